"""The patrol against real cameras on loopback: good, dark, frozen, refusing and dead ones."""

import io
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np
import pytest
from PIL import Image
from pytest_django.fixtures import Settings

from cameras.choices import Condition, FaultKind
from cameras.farm.config import SceneSpec
from cameras.farm.scene import clock_stamp, jpeg_of, scene_make
from cameras.models import Camera, CameraFaultCase, CameraHealth, CameraHour, MaintenanceWindow
from cameras.rules.frozen import is_unmoved
from cameras.rules.health import Look
from cameras.services import patrol
from cameras.services.derive import small_picture
from cameras.services.health import Outcome, outcomes_record
from cameras.services.patrol import patrol_run
from cameras.storage import picture_read
from common import clock
from realtime.models import Event
from tests import factories

pytestmark = pytest.mark.django_db
SCENE = scene_make(SceneSpec(seed=7))


class Street:
    """What the cameras show; each answer of `live` has its own noise, as a sensor has."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.is_dead = False
        self.random = np.random.default_rng(1)

    def picture(self, name: str) -> tuple[int, bytes]:
        self.asked.append(name)
        if self.is_dead:
            return 500, b""
        if name == "live":
            noise = self.random.normal(0, 3, SCENE.shape).astype(np.int16)
            return 200, jpeg_of(np.clip(SCENE + noise, 0, 255).astype(np.uint8))
        if name == "frozen":
            return 200, jpeg_of(clock_stamp(SCENE, f"12:00:{len(self.asked):02}"))
        return {"dark": (200, jpeg_of(SCENE // 40)), "refused": (401, b""), "page": (200, b"<html>")}.get(
            name, (404, b"")
        )


@pytest.fixture
def street() -> Iterator[tuple[Street, str]]:
    shown = Street()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = shown.picture(self.path.strip("/"))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name of the base class
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield shown, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def camera(name: str, base: str) -> Camera:
    return Camera.objects.create(
        code=name, name=name, owner=factories.agency(), kind="http_jpeg", url=f"{base}/{name}", lat=-6.21, lon=106.85
    )


def patrolled(times: int = 1) -> None:
    """Everybody is due, as often as asked; what is left alone stays so."""
    for _ in range(times):
        patrol_run(budget_s=0)  # makes rows
        CameraHealth.objects.update(due_at=clock.now())
        patrol_run(budget_s=8)


def health(code: str) -> CameraHealth:
    return CameraHealth.objects.get(camera__code=code)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patrol, "SECOND_LOOK_S", 0.05)
    factories.live_realm()


def test_every_camera_is_looked_at_and_each_gets_what_it_deserves(street: tuple[Street, str]) -> None:
    _, base = street
    for name in ("live", "frozen", "dark", "refused", "page"):
        camera(name, base)
    patrolled(5)
    assert {row.camera_id: row for row in CameraHealth.objects.all()}.keys() == set(
        Camera.objects.values_list("pk", flat=True)
    )
    live, frozen, dark, refused, page = (health(n) for n in ("live", "frozen", "dark", "refused", "page"))
    assert (live.condition, live.flags) == (Condition.UP, [])
    assert (frozen.condition, frozen.flags) == (Condition.DEGRADED, ["frozen"])
    assert (dark.condition, dark.flags) == (Condition.DEGRADED, ["dark"])
    assert (refused.condition, refused.fault_code) == (Condition.DEGRADED, "auth")
    assert (page.condition, page.fault_code) == (Condition.DOWN, "picture_not_a_picture")
    kinds = dict(CameraFaultCase.objects.filter(ended_at__isnull=True).values_list("camera__code", "kind"))
    assert kinds == {
        "frozen": FaultKind.PICTURE, "dark": FaultKind.PICTURE, "refused": FaultKind.AUTH, "page": FaultKind.DOWN,
    }  # fmt: skip


def test_a_refused_password_is_not_tried_again(street: tuple[Street, str]) -> None:
    shown, base = street
    camera("refused", base)
    patrolled(4)
    assert shown.asked == ["refused"]


def test_a_camera_that_dies_leaves_its_last_good_picture_and_one_event(street: tuple[Street, str]) -> None:
    shown, base = street
    camera("live", base)
    patrolled()
    kept = health("live").last_good_path
    assert Image.open(io.BytesIO(picture_read(kept))).size == (640, 360)
    shown.is_dead = True
    patrolled(3)
    assert health("live").condition == Condition.DOWN
    case = CameraFaultCase.objects.get()
    assert (case.kind, case.fault_code, case.last_good_path) == (FaultKind.DOWN, "http_status", kept)
    event = Event.objects.get(kind="camera_summary.changed")
    assert (event.payload["began"], event.payload["down"], event.payload["faults_open"]) == (["live"], 1, 1)

    shown.is_dead = False
    CameraHealth.objects.update(breaker_open_until=None)
    patrolled(2)
    case.refresh_from_db()
    assert case.ended_at is not None
    assert health("live").condition == Condition.UP
    assert health("live").last_good_path != kept  # the case keeps its own
    assert picture_read(kept)
    assert Event.objects.filter(kind="camera_summary.changed").count() == 2


def test_hours_add_up(street: tuple[Street, str]) -> None:
    shown, base = street
    camera("dark", base)
    patrolled(2)
    shown.is_dead = True
    patrolled()
    row = CameraHour.objects.get()
    assert (row.tries, row.pictures, row.flagged) == (3, 2, 2)
    assert row.duration_ms > 0


def test_who_is_in_maintenance_is_neither_asked_nor_missed(street: tuple[Street, str]) -> None:
    shown, base = street
    one = camera("live", base)
    at = clock.now()
    MaintenanceWindow.objects.create(
        camera=one, begins_at=at - timedelta(hours=1), ends_at=at + timedelta(hours=1), reason="ganti lensa"
    )
    patrolled(3)
    assert shown.asked == []
    assert health("live").condition == Condition.UNKNOWN
    assert health("live").due_at > at


def test_what_a_dead_patrol_held_is_due_again(street: tuple[Street, str]) -> None:
    shown, base = street
    camera("live", base)
    patrol_run(budget_s=0)
    at = clock.now()
    CameraHealth.objects.update(due_at=at - timedelta(seconds=30), lease_until=at + timedelta(seconds=20))
    assert patrol_run(budget_s=1) == 0
    CameraHealth.objects.update(lease_until=at - timedelta(seconds=1))
    assert patrol_run(budget_s=5) == 1
    assert shown.asked == ["live"]


def test_new_cameras_are_spread_over_the_period(street: tuple[Street, str], settings: Settings) -> None:
    settings.CAMERA_PATROL_S = 600
    _, base = street
    for number in range(40):
        camera(f"c{number}", base)
    at = clock.now()
    patrol_run(budget_s=0)
    waits = [(due_at - at).total_seconds() for due_at in CameraHealth.objects.values_list("due_at", flat=True)]
    assert (min(waits) < 200, max(waits) > 400, max(waits) < 601) == (True, True, True)


def test_an_incident_and_the_patrol_write_the_same_row(street: tuple[Street, str]) -> None:
    _, base = street
    one = camera("live", base)
    outcomes_record({one.pk: Outcome(Look(clock.now(), fault_code="timeout"))})
    assert health("live").failures_in_row == 1
    patrolled()
    assert (health("live").failures_in_row, health("live").condition) == (0, Condition.UP)
    outcomes_record({one.pk + 1: Outcome(Look(clock.now()))})  # deleted meanwhile
    assert CameraHealth.objects.count() == 1


def test_masks_are_filled_in_what_the_patrol_keeps() -> None:
    left = [[[0.0, 0.0], [0.5, 0.0], [0.5, 1.0], [0.0, 1.0]]]
    picture = np.asarray(Image.open(io.BytesIO(small_picture(jpeg_of(SCENE), masks=left))))
    assert picture[:, :310].max() <= 8
    assert picture[:, 330:].mean() > 40


def test_frozen_is_told_from_a_quiet_night() -> None:
    night = (SCENE // 6).astype(np.uint8)
    random = np.random.default_rng(3)

    def shot(text: str, sigma: float) -> bytes:
        noise = random.normal(0, sigma, night.shape)
        return jpeg_of(clock_stamp(np.clip(night + noise, 0, 255).astype(np.uint8), text))

    assert is_unmoved(jpeg_of(clock_stamp(night, "03:00:01")), jpeg_of(clock_stamp(night, "03:00:07")))
    assert not is_unmoved(shot("03:00:01", 2.0), shot("03:00:07", 2.0))
    smaller = cv2.resize(night, (1280, 720)).astype(np.uint8)
    assert not is_unmoved(jpeg_of(night), jpeg_of(smaller))
