"""Hours and last good pictures are kept for their days and no longer."""

from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings

from cameras.models import Camera, CameraFaultCase, CameraHour
from cameras.rules.history import hour_of
from cameras.services import history
from cameras.storage import picture_read, picture_write
from cameras.tasks import camera_history_forget
from common import clock
from siaga.simulation.foresight import QUIET
from tests import factories

pytestmark = pytest.mark.django_db


def camera() -> Camera:
    return Camera.objects.create(
        code="K", name="K", owner=factories.agency(), kind="http_jpeg", url="http://127.0.0.1:9/x", lat=-6.2, lon=106.8
    )


def test_hours_are_deleted_after_their_days_in_batches(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CAMERA_HOURS_DAYS = 31
    monkeypatch.setattr(history, "BATCH", 10)
    row, at = camera(), hour_of(clock.now())
    CameraHour.objects.bulk_create(
        CameraHour(camera=row, hour=at - timedelta(days=31) + timedelta(hours=hour)) for hour in range(-24, 24)
    )
    due_at = QUIET["cameras.tasks.camera_history_forget"][1](clock.now())
    assert due_at is not None
    assert due_at <= clock.now()
    camera_history_forget()
    left = CameraHour.objects.order_by("hour").values_list("hour", flat=True)
    assert left.count() in {23, 24}
    assert min(left) >= clock.now() - timedelta(days=31)
    due_at = QUIET["cameras.tasks.camera_history_forget"][1](clock.now())
    assert due_at is not None
    assert due_at > clock.now()


def test_the_pictures_of_faults_that_are_long_over_go_and_the_faults_stay() -> None:
    row, at = camera(), clock.now()
    paths = {}
    for name, ended_at in {"open": None, "fresh": at - timedelta(days=29), "old": at - timedelta(days=31)}.items():
        paths[name] = picture_write(name.encode(), suffix="jpg")
        CameraFaultCase.objects.create(
            camera=row, kind="down", fault_code=name, began_at=at - timedelta(days=40), ended_at=ended_at,
            last_good_path=paths[name], last_good_at=at - timedelta(days=40),
        )  # fmt: skip
    camera_history_forget()
    assert [picture_read(paths[name]) for name in ("open", "fresh")] == [b"open", b"fresh"]
    with pytest.raises(FileNotFoundError):
        picture_read(paths["old"])
    assert CameraFaultCase.objects.count() == 3
    old = CameraFaultCase.objects.get(fault_code="old")
    assert (old.last_good_path, old.last_good_at) == ("", None)
    camera_history_forget()
