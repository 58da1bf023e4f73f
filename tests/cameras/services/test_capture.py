"""From a real camera on loopback to a row with its bytes on disk."""

import hashlib
import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PIL import Image
from pytest_django.fixtures import Settings

from cameras.drivers.types import CameraFault, Grab
from cameras.models import Camera, Snapshot
from cameras.rules.still import still_facts
from cameras.services.capture import camera_source, pictures_pull, snapshot_record
from cameras.services.looks import fault_seen, picture_seen
from cameras.storage import picture_read
from tests import factories

pytestmark = pytest.mark.django_db
BUFFER = io.BytesIO()
Image.effect_noise((320, 180), 50).convert("RGB").save(BUFFER, "JPEG")
PICTURE = BUFFER.getvalue()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/good.jpg" else 404)
        self.end_headers()
        self.wfile.write(PICTURE if self.path == "/good.jpg" else b"")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name of the base class
        """Quiet."""


@pytest.fixture
def base() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def camera(code: str, url: str) -> Camera:
    made = Camera(code=code, name=code, owner=factories.agency(), kind="http_jpeg", url=url, lat=-6.21, lon=106.85)
    made.full_clean()
    made.save()
    return made


def test_a_picture_becomes_a_row_with_its_bytes(base: str, settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    cameras = {code: camera(code, f"{base}/{path}") for code, path in (("A", "good.jpg"), ("B", "missing.jpg"))}
    results = dict(pictures_pull({code: camera_source(one) for code, one in cameras.items()}, deadline_s=5))
    good, bad = results["A"], results["B"]
    assert isinstance(good, Grab)
    assert isinstance(bad, CameraFault)
    snapshot = snapshot_record(realm=factories.live_realm(), camera=cameras["A"], grab=good)
    picture_seen(camera=cameras["A"], grab=good, facts=still_facts(good.data))
    fault_seen(camera=cameras["B"], fault=bad)

    stored = Snapshot.objects.get(pk=snapshot.pk)
    assert picture_read(stored.path) == PICTURE
    assert stored.sha256 == hashlib.sha256(PICTURE).hexdigest()
    assert (stored.byte_count, stored.width, stored.height) == (len(PICTURE), 320, 180)
    cameras["A"].refresh_from_db()
    cameras["B"].refresh_from_db()
    assert cameras["A"].last_ok_at == stored.received_at
    assert cameras["B"].last_fault_code == "http_status"
    assert cameras["B"].last_ok_at is None


def test_the_password_is_sealed_to_its_camera() -> None:
    one, other = camera("A", "http://127.0.0.1:8000/"), camera("B", "http://127.0.0.1:8000/")
    one.credential_user = "kam"
    one.password_set("rahasia")
    one.save()
    one.refresh_from_db()
    assert b"rahasia" not in bytes(one.credential_sealed or b"")
    assert camera_source(one).password == "rahasia"
    other.credential_sealed = one.credential_sealed
    with pytest.raises(Exception, match="seal_broken"):
        other.password_read()
