"""ONVIF devices asked from the admin and the command line, and a camera tried at all its addresses."""

import getpass
import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.models import AuditEntry
from cameras.models import Camera
from tests import factories
from tests.fakes.cameras import camera, served
from tests.fakes.onvif import onvif_device
from tests.recognition.engine.test_pipeline import street

pytestmark = pytest.mark.django_db
BASE = "/admin/cameras/camera/"
PICTURE = street()


@pytest.fixture
def administrator() -> Client:
    client = Client()
    client.force_login(factories.user(Role.CAMERA_ADMINISTRATOR))
    factories.agency()
    return client


def test_a_list_of_addresses_is_asked_and_one_becomes_a_camera(administrator: Client) -> None:
    with onvif_device(PICTURE, username="kamera", password="sandi-rahasia", fault="clock") as device:
        values = {
            "addresses": f"{device.url}, 192.0.2.9\n127.0.0.1:1025", "username": "kamera", "password": "sandi-rahasia",
        }  # fmt: skip
        answer = administrator.post(f"{BASE}onvif/", values)
    page = answer.content.decode()
    assert "1920 × 1080" in page
    assert "▲ meleset" in page
    assert "jaringan dan porta" in page
    assert "tidak dapat dihubungi" in page
    assert "sandi-rahasia" not in page
    assert "sandi-rahasia" not in str(AuditEntry.objects.get(action="onvif_probed").data)
    add_url = answer.context["results"][0]["profiles"][0][1]
    form = administrator.get(add_url).content.decode()
    for told in (f"http://127.0.0.1:{device.port}/still/utama", "rtsp://127.0.0.1:8554/utama", device.url, "Siaga"):
        assert told in form


@pytest.mark.parametrize(("addresses", "told"), [(" , ", "satu alamat"), (" ".join(map(str, range(65))), "64 alamat")])
def test_too_few_or_too_many_addresses_are_refused(administrator: Client, addresses: str, told: str) -> None:
    assert told in administrator.post(f"{BASE}onvif/", {"addresses": addresses}).content.decode()


def test_the_command_asks_for_the_password_and_names_what_it_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getpass", lambda _prompt: "rahasia")
    out = io.StringIO()
    with onvif_device(PICTURE, username="kamera", password="rahasia") as device:
        call_command("onvif_probe", device.url, user="kamera", stdout=out)
        assert f"still  http://127.0.0.1:{device.port}/still/utama" in out.getvalue()
        with pytest.raises(CommandError, match="1 of 2"):
            call_command(
                "onvif_probe", device.url, "192.0.2.1", user="kamera", json=True, stdout=(told := io.StringIO())
            )
    first, second = json.loads(told.getvalue())
    assert first["device"]["profiles"][0]["profile"]["width"] == 1920
    assert second == {"address": "192.0.2.1", "fault": "address_refused"}


def test_all_addresses_of_a_camera_are_tried(administrator: Client) -> None:
    with onvif_device(PICTURE) as device, served({"a.jpg": PICTURE}) as base:
        row = camera("A", f"{base}/a.jpg")
        Camera.objects.filter(pk=row.pk).update(onvif_url=device.url, stream_url="rtsp://127.0.0.1:1025/x")
        answer = administrator.post(f"{BASE}{row.pk}/trial/")
    page = answer.content.decode()
    assert [trial["is_good"] for trial in answer.context["trials"]] == [True, False, True]
    assert "Periksa porta di sini" in page
    row.refresh_from_db()
    assert row.clock_skew_s is not None
    assert row.width is not None
    Camera.objects.filter(pk=row.pk).update(hfov_deg=90)
    assert "7.7 m (mengidentifikasi sampai 3.8 m)" in administrator.get(f"{BASE}{row.pk}/change/").content.decode()


def test_a_refused_password_is_not_tried_at_the_next_address(administrator: Client) -> None:
    with onvif_device(PICTURE, username="kamera", password="rahasia") as device:
        row = camera("A", device.url)
        Camera.objects.filter(pk=row.pk).update(kind="onvif", credential_user="kamera", onvif_url=device.url)
        answer = administrator.post(f"{BASE}{row.pk}/trial/")
        asked = len(device.asked)
    assert len(answer.context["trials"]) == 1
    assert asked <= 3
    assert "banyak kamera mengunci akun" in answer.content.decode()


def test_a_black_picture_is_a_warning(administrator: Client, black: bytes) -> None:
    with served({"a.jpg": black}) as base:
        row = camera("A", f"{base}/a.jpg")
        page = administrator.post(f"{BASE}{row.pk}/trial/").content.decode()
    assert "hampir hitam" in page


@pytest.fixture
def black() -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (320, 180)).save(buffer, "JPEG")
    return buffer.getvalue()


def test_the_command_takes_a_file_or_says_what_is_wrong(tmp_path: Path) -> None:
    factories.agency()
    path = tmp_path / "kamera.csv"
    head = "code,name,owner,kind,url,lat,lon"
    row = "A,Simpang,bpbd,http_jpeg,http://127.0.0.1:8000/a,-6.2,106.8"
    path.write_text(f"{head}\n{row}\n", encoding="utf-8-sig")
    out = io.StringIO()
    call_command("cameras_import", path, dry_run=True, stdout=out)
    assert "1 new, 0 changed, 0 the same, 0 errors, 0 not in the file and left as they are: not taken" in out.getvalue()
    assert not Camera.objects.exists()
    call_command("cameras_import", path, json=True, stdout=(told := io.StringIO()))
    assert json.loads(told.getvalue())["applied"] is True
    assert Camera.objects.get().version == 1
    path.write_text(f"{head}\n{row.replace('-6.2', '6.2')}\n{row.replace('A,', ',')}\n")
    err = io.StringIO()
    with pytest.raises(CommandError, match="Nothing was taken"):
        call_command("cameras_import", path, stdout=out, stderr=err)
    assert "kamera.csv:3: code: '': This may not be empty." in err.getvalue()
    assert Camera.objects.get().lat == -6.2
    with pytest.raises(CommandError, match=r"tiada\.csv"):
        call_command("cameras_import", tmp_path / "tiada.csv")


def test_the_pages_have_their_names() -> None:
    for name in ("import", "template", "map", "probe"):
        assert reverse(f"admin:cameras_camera_{name}")
