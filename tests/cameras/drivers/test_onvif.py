"""The ONVIF driver against a device that answers well, and badly in every way that real ones do."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest

from cameras.drivers import onvif, onvif_soap
from cameras.drivers.grab import grab
from cameras.drivers.guard import Guard
from cameras.drivers.types import CameraFault, CameraSource, GrabLimits
from cameras.farm.onvif import ONVIF_FAULTS, OnvifDevice
from tests.cameras.drivers.test_http import jpeg

LIMITS = GrabLimits(connect_timeout_s=1.0, read_timeout_s=1.0, total_timeout_s=5.0)
GUARD = Guard.parse(["127.0.0.0/8"], "1024-65535")
PICTURE = jpeg()
USER, PASSWORD = "kamera", "rahasia & <aman>"


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onvif, "_ADDRESSES", onvif._Addresses())


def device(**values: Any) -> OnvifDevice:
    return OnvifDevice(lambda: PICTURE, **{"username": USER, "password": PASSWORD, **values})


def source(url: str, password: str = PASSWORD) -> CameraSource:
    return CameraSource("onvif", url, USER, password)


@pytest.mark.parametrize("auth", ["wsse", "digest"])
@pytest.mark.parametrize("media", [1, 2])
async def test_a_device_is_described_with_the_largest_picture_first(auth: str, media: int) -> None:
    async with device(auth=auth, media=media) as fake:
        found = await onvif.onvif_probe(source(fake.url), guard=GUARD, limits=LIMITS)
        assert fake.clear_passwords == 0
    assert (found.make, found.model, found.firmware, found.serial) == ("Siaga", "Ladang & Co", "1.0", "0001")
    assert found.clock_skew_s is not None
    assert abs(found.clock_skew_s) < 2
    assert [(item.profile.token, item.profile.width, item.profile.height) for item in found.profiles] == [
        ("utama", 1920, 1080), ("kecil", 640, 360),
    ]  # fmt: skip
    main = found.profiles[0]
    assert main.snapshot_url == fake.url.replace("onvif/device_service", "still/utama")
    assert main.stream_url == "rtsp://127.0.0.1:8554/utama"
    assert main.profile.codec == "H264"
    assert not main.is_mended


@pytest.mark.parametrize("auth", ["wsse", "digest"])
async def test_a_still_is_pulled_and_the_next_one_by_one_address(auth: str) -> None:
    async with device(auth=auth) as fake:
        first = await grab(source(fake.url), guard=GUARD, limits=LIMITS)
        asked = len(fake.asked)
        second = await grab(source(fake.url), guard=GUARD, limits=LIMITS)
    assert first.sha256 == second.sha256 == hashlib.sha256(PICTURE).hexdigest()
    assert set(fake.asked[asked:]) == {"still/utama"}


async def test_a_clock_an_hour_ahead_is_told_and_the_digest_still_holds() -> None:
    async with device(fault="clock") as fake:
        found = await onvif.onvif_probe(source(fake.url), guard=GUARD, limits=LIMITS)
        assert found.clock_skew_s is not None
        assert 3595 < found.clock_skew_s < 3605
        assert (await grab(source(fake.url), guard=GUARD, limits=LIMITS)).width == 320


@pytest.mark.parametrize("auth", ["wsse", "digest"])
async def test_a_wrong_password_is_tried_once_for_each_way(auth: str) -> None:
    async with device(auth=auth) as fake:
        with pytest.raises(CameraFault) as caught:
            await grab(source(fake.url, "salah"), guard=GUARD, limits=LIMITS)
        assert caught.value.code == "auth"
        assert len(fake.asked) <= 3 + (auth == "digest")


async def test_addresses_of_another_host_are_taken_to_the_one_that_was_asked() -> None:
    async with device(fault="foreign") as fake:
        found = await onvif.onvif_probe(source(fake.url), guard=GUARD, limits=LIMITS)
        assert (await grab(source(fake.url), guard=GUARD, limits=LIMITS)).sha256
    assert all(item.is_mended for item in found.profiles)
    assert found.profiles[0].snapshot_url == f"http://127.0.0.1:{fake.port}/still/utama"
    assert found.profiles[0].stream_url == "rtsp://127.0.0.1:8554/utama"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("no_media", "onvif_fault"),
        ("page", "onvif_not_soap"),
        ("huge", "onvif_not_soap"),
        ("bomb", "onvif_not_soap"),
        ("hang", "timeout"),
        ("no_snapshot", "onvif_no_snapshot"),
        ("moved", "http_status"),
        ("broken", "http_status"),
    ],
)
async def test_every_fault_has_its_name(fault: str, code: str) -> None:
    async with device(fault=fault) as fake:
        with pytest.raises(CameraFault) as caught:
            await grab(source(fake.url), guard=GUARD, limits=LIMITS)
    assert caught.value.code == code


async def test_a_device_without_stills_still_tells_its_streams() -> None:
    async with device(fault="no_snapshot") as fake:
        found = await onvif.onvif_probe(source(fake.url), guard=GUARD, limits=LIMITS)
    assert [(item.snapshot_url, bool(item.stream_url)) for item in found.profiles] == [("", True)] * 2


async def test_what_the_guard_refuses_is_never_asked() -> None:
    closed = Guard.parse(["10.0.0.0/8"], "80")
    async with device() as fake:
        for url in (fake.url, fake.url.replace("127.0.0.1", "localhost"), "rtsp://10.0.0.1/x"):
            with pytest.raises(CameraFault) as caught:
                await onvif.onvif_probe(source(url), guard=closed, limits=LIMITS)
            assert caught.value.code == "address_refused"
        assert fake.asked == []


async def test_a_still_that_moved_is_looked_for_again() -> None:
    async with device() as fake:
        known = source(fake.url)
        onvif._ADDRESSES.keep(known, fake.url.replace("onvif/device_service", "tiada"))
        assert (await grab(known, guard=GUARD, limits=LIMITS)).width == 320
        assert "GetSnapshotUri" in fake.asked


@pytest.mark.parametrize(
    ("url", "base", "expected"),
    [
        ("http://10.0.0.5/s.jpg?a=1", "http://10.0.0.5/onvif", ("http://10.0.0.5/s.jpg?a=1", False)),
        ("http://10.0.0.5:81/s.jpg", "http://10.0.0.5/onvif", ("http://10.0.0.5:81/s.jpg", False)),
        ("http://192.168.1.5/s.jpg", "http://10.0.0.5:8001/onvif", ("http://10.0.0.5:8001/s.jpg", True)),
        ("https://evil.test/s", "http://10.0.0.5/onvif", ("http://10.0.0.5/s", True)),
        ("rtsp://192.168.1.5:8554/a", "http://10.0.0.5:8001/onvif", ("rtsp://10.0.0.5:8554/a", True)),
        ("rtsp://a:b@10.0.0.5/a", "http://10.0.0.5/onvif", ("rtsp://10.0.0.5/a", False)),
        ("file:///etc/passwd", "http://10.0.0.5/onvif", ("", False)),
        ("http://10.0.0.5:99999/", "http://10.0.0.5/onvif", ("", False)),
        ("", "http://10.0.0.5/onvif", ("", False)),
    ],
)
def test_an_address_stays_on_the_host_that_was_asked(url: str, base: str, expected: tuple[str, bool]) -> None:
    assert onvif_soap.on_host(url, base) == expected


def test_the_digest_is_that_of_the_standard() -> None:
    nonce = b"\x2c\xb0\x8c\x58" * 4
    header = onvif_soap.security_header("a<b", "p", created=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), nonce=nonce)
    right = hashlib.sha1(nonce + b"2026-01-02T03:04:05.000Z" + b"p").digest()
    assert onvif_soap.password_digest(nonce, "2026-01-02T03:04:05.000Z", "p") == right
    assert "a&lt;b" in header
    assert ">p<" not in header


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("10.0.0.5", "http://10.0.0.5/onvif/device_service"),
        ("10.0.0.5:8000/", "http://10.0.0.5:8000/onvif/device_service"),
        ("https://cam.example", "https://cam.example/onvif/device_service"),
        ("http://10.0.0.5/own/path", "http://10.0.0.5/own/path"),
    ],
)
def test_an_address_alone_is_completed(address: str, expected: str) -> None:
    assert onvif.service_url(address) == expected


def test_an_unknown_fault_is_refused() -> None:
    assert "nope" not in ONVIF_FAULTS
    with pytest.raises(ValueError, match="nope"):
        OnvifDevice(lambda: b"", fault="nope")
