"""Each step of the way to a picture fails where it should, and no step behind it is tried."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cameras.drivers.diagnose import Diagnosis, Outcome, Step, diagnose
from cameras.drivers.guard import Guard
from cameras.drivers.types import CameraSource, GrabLimits
from cameras.farm.onvif import OnvifDevice
from tests.cameras.drivers.test_http import jpeg

LIMITS = GrabLimits(connect_timeout_s=1.0, read_timeout_s=1.0, total_timeout_s=4.0)
GUARD = Guard.parse(["127.0.0.0/8"], "1024-65535")
PICTURE = jpeg()


async def answer(request: web.Request) -> web.StreamResponse:
    name = request.path.strip("/")
    if name == "auth":
        return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="x"'})
    if name == "hang":
        await asyncio.sleep(30)
    bodies = {"good": PICTURE, "page": b"<html></html>", "cut": PICTURE[:-400]}
    return web.Response(body=bodies[name]) if name in bodies else web.Response(status=404)


@asynccontextmanager
async def serving(context: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/{name}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    yield f"{'https' if context else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


def outcomes(found: Diagnosis) -> dict[Step, Outcome]:
    assert [result.step for result in found.steps] == list(Step)
    return {result.step: result.outcome for result in found.steps}


def failed_at(found: Diagnosis) -> tuple[Step, str]:
    (failed,) = [result for result in found.steps if result.outcome == Outcome.FAILED]
    after = list(Step)[list(Step).index(failed.step) + 1 :]
    assert all(outcomes(found)[step] == Outcome.NOT_REACHED for step in after)
    assert found.fault is not None
    return failed.step, failed.code


async def of(url: str, kind: str = "http_jpeg", user: str = "", guard: Guard = GUARD, pin: str = "") -> Diagnosis:
    return await diagnose(CameraSource(kind, url, user, "x", pin), guard=guard, limits=LIMITS)


async def test_a_good_camera_passes_all_steps() -> None:
    async with serving() as base:
        found = await of(f"{base}/good")
    assert found.is_good
    assert found.grab is not None
    assert outcomes(found) == {
        **dict.fromkeys(Step, Outcome.OK), Step.TLS: Outcome.NOT_NEEDED, Step.SIGN_IN: Outcome.NOT_NEEDED,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "user", "step", "code"),
    [
        ("auth", "a", Step.SIGN_IN, "auth"),
        ("none", "a", Step.PICTURE, "http_status"),
        ("hang", "", Step.PICTURE, "timeout"),
        ("page", "", Step.USABLE, "picture_not_a_picture"),
        ("cut", "a", Step.USABLE, "picture_truncated"),
    ],
)
async def test_what_the_camera_does_wrong_has_its_step(path: str, user: str, step: Step, code: str) -> None:
    async with serving() as base:
        assert failed_at(await of(f"{base}/{path}", user=user)) == (step, code)


@pytest.mark.parametrize(
    ("url", "kind", "step", "code"),
    [
        ("http://192.0.2.1/x", "http_jpeg", Step.ADDRESS, "address_refused"),
        ("rtsp://127.0.0.1:8000/x", "http_jpeg", Step.ADDRESS, "address_refused"),
        ("http://nama-yang-tidak-ada.invalid:8000/x", "http_jpeg", Step.NAME, "unreachable"),
        ("http://127.0.0.1:1025/x", "http_jpeg", Step.CONNECTION, "unreachable"),
        ("rtsp://127.0.0.1:1025/x", "rtsp", Step.CONNECTION, "unreachable"),
    ],
)
async def test_what_is_wrong_before_the_camera_has_its_step(url: str, kind: str, step: Step, code: str) -> None:
    assert failed_at(await of(url, kind)) == (step, code)


async def test_a_name_that_leads_outside_is_found_out() -> None:
    narrow = Guard.parse(["10.0.0.0/8"], "1024-65535")
    name = socket.gethostname()  # leads to this machine, which is not in the network
    assert failed_at(await of(f"http://{name}:8000/x", guard=narrow)) == (Step.NETWORK, "address_refused")


def certificate(folder: Path) -> tuple[ssl.SSLContext, str]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kamera")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1)).sign(key, hashes.SHA256())
    )  # fmt: skip
    path = folder / "kamera.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context, sha256(made.public_bytes(serialization.Encoding.DER)).hexdigest()


async def test_a_certificate_must_be_known_or_pinned_and_its_fingerprint_is_told(tmp_path: Path) -> None:
    context, pin = certificate(tmp_path)
    async with serving(context) as base:
        assert failed_at(await of(f"{base}/good")) == (Step.TLS, "tls")
        wrong = await of(f"{base}/good", pin="ab" * 32)
        assert failed_at(wrong) == (Step.TLS, "tls")
        told = {result.step: result.detail for result in wrong.steps}
        assert told[Step.TLS] == f"SHA-256 {pin}"
        right = await of(f"{base}/good", pin=pin)
    assert right.is_good
    assert outcomes(right)[Step.TLS] == Outcome.OK


async def test_a_device_is_asked_what_it_is_and_no_picture() -> None:
    async with OnvifDevice(lambda: PICTURE, username="a", password="x") as device:
        good = await diagnose(CameraSource("onvif", device.url, "a", "x"), guard=GUARD, limits=LIMITS, asks_device=True)
        bad = await diagnose(CameraSource("onvif", device.url, "a", "y"), guard=GUARD, limits=LIMITS, asks_device=True)
        picture = await of(device.url, "onvif", "a")
    assert good.device is not None
    assert outcomes(good)[Step.PICTURE] == Outcome.NOT_NEEDED
    assert failed_at(bad) == (Step.SIGN_IN, "auth")
    assert picture.is_good
