"""The pages of cameras: who sees what, hours as bars, and the line of those that died."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import translation

from accounts.choices import Role
from cameras.models import Camera, CameraFaultCase, CameraGroup, CameraHealth, CameraHour, MaintenanceWindow
from cameras.rules.history import Hour, hour_of
from common import clock
from dispatch.choices import IncidentCameraState
from dispatch.models import CameraWatch, Incident, IncidentCamera
from dispatch.templatetags.cameras import HEIGHT, hours_words, percent, span_words, time_curve, uptime_bars
from tests import factories
from tests.dispatch.console import Console
from tests.dispatch.views.room import camera_fault, page, room, visible

pytestmark = pytest.mark.django_db
LIST = "/kerja/kamera/"


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def maintainer() -> Console:
    factories.live_realm()
    return Console(factories.user(Role.CAMERA_ADMINISTRATOR))


def bars(markup: str, kind: str) -> list[tuple[float, float]]:
    """x and height of the bars of one kind."""
    found = re.findall(rf'class="{kind}" x="([\d.]+)" y="[\d.]+" width="[\d.]+" height="([\d.]+)"', markup)
    return [(float(x), float(height)) for x, height in found]


def test_hours_are_bars_as_high_as_their_share() -> None:
    at = hour_of(clock.now())
    day = [Hour(at - timedelta(hours=back)) for back in range(23, -1, -1)]
    day[0] = Hour(day[0].at, tries=4, pictures=4)
    day[1] = Hour(day[1].at, tries=4, pictures=3, flagged=1)
    day[2] = Hour(day[2].at, tries=4)
    markup = uptime_bars(day)
    room_px = HEIGHT - 2
    assert bars(markup, "fit") == [(0, room_px), (7, room_px / 2)]
    assert bars(markup, "unfit") == [(7.5, round(room_px / 4 - 1, 1))]
    assert [x for x, _height in bars(markup, "none")] == [14]
    assert len(bars(markup, "untried")) == 21
    words = hours_words(day)
    assert percent((1 + 0.75 + 0) / 3) in words
    assert percent((1 + 0.5 + 0) / 3) in words
    assert words in markup
    assert "never" in hours_words([Hour(at)])


def test_the_curve_has_gaps_where_there_was_no_picture() -> None:
    at = hour_of(clock.now())
    hours = [Hour(at, 1, 1, 0, 100), Hour(at, 1, 1, 0, 300), Hour(at), Hour(at, 2, 2, 0, 400)]
    markup = time_curve(hours)
    assert len(re.findall("<polyline", markup)) == 2
    assert "100 to 300 ms, 200 ms" in markup
    assert "<svg" not in time_curve([Hour(at)])


def test_figures_do_not_round_a_loss_away() -> None:
    assert [percent(value) for value in (None, 0.0, 1.0, 0.99999, 0.5)] == ["–", "0 %", "100 %", "99.9 %", "50.0 %"]
    assert [span_words(timedelta(minutes=value)) for value in (0, 61, 60 * 49)] == ["0 min", "1 h 1 min", "2 d 1 h"]


def test_a_camera_is_told_whole(maintainer: Console) -> None:
    case = camera_fault("PAGI/1", kind="picture", fault_code="turned")
    at = hour_of(clock.now())
    CameraHour.objects.bulk_create(
        CameraHour(camera=case.camera, hour=at - timedelta(hours=back), tries=2, pictures=1 if back < 24 else 2,
                   duration_ms=100)
        for back in range(100)
    )  # fmt: skip
    group = CameraGroup.objects.create(name="Koridor uji")
    group.cameras.add(case.camera)
    MaintenanceWindow.objects.create(
        group=group, begins_at=clock.now() - timedelta(hours=1),
        ends_at=clock.now() + timedelta(hours=1), reason="tiang"
    )  # fmt: skip
    CameraHealth.objects.update(thumbnail=bytes(64 * 36), sharpness=0.5)
    shown = visible(page(maintainer, f"{LIST}PAGI/1/"))
    for words in ("The camera looks elsewhere than it did.", "50 %", "88.0 %", "tiang", "Koridor uji", "021-555"):
        assert words.replace("50 %", "50.0 %") in shown, words
    assert "data:image/png" in page(maintainer, f"{LIST}PAGI/1/")
    assert page(maintainer, f"{LIST}TIDAK-ADA/", status=404)


def test_who_may_only_look_gets_no_contact_no_picture_and_no_button(maintainer: Console) -> None:
    case = camera_fault()
    CameraFaultCase.objects.update(last_good_path="a/b.jpg", last_good_at=clock.now())
    for address in (LIST, f"{LIST}{case.camera.code}/"):
        whole, less = page(maintainer, address), page(factories.user(Role.CALL_TAKER), address)
        assert ("021-555" in whole, "last-good" in whole, "/trial/" in whole) == (True, True, True)
        live = less.partition('id="live"')[2]
        assert ("021-555" in live, "last-good" in live, "/trial/" in live) == (False, False, False)
        assert "The camera did not answer in time." in visible(less)


def test_every_tab_says_why_it_is_empty(maintainer: Console) -> None:
    assert "There are no cameras yet" in visible(page(maintainer, LIST))
    camera_fault()
    assert "No fault fits this filter." in visible(page(maintainer, f"{LIST}?q=tidakada"))
    assert "You have taken nothing up." in visible(page(maintainer, f"{LIST}?show=mine"))
    assert "Page 1 of 2" not in visible(page(maintainer, f"{LIST}?page=99999"))
    for number in range(50):
        camera_fault(f"K-{number}")
    assert "Page 2 of 2" in visible(page(maintainer, f"{LIST}?page=99"))


def alarm(desk: Console) -> str:
    markup = page(desk, LIST)
    return visible(markup.partition('id="camera-alarm"')[2].partition('id="content"')[0])


def test_a_camera_that_died_is_told_until_somebody_takes_note_or_takes_it_up(maintainer: Console) -> None:
    case, other = camera_fault(), Console(factories.user(Role.SUPERVISOR))
    camera_fault("K-GELAP", kind="picture", fault_code="dark")
    assert "Camera died : UJI-KAM" in re.sub(r"\s*:\s*", " : ", alarm(maintainer))
    assert "K-GELAP" not in alarm(maintainer)
    maintainer.post("camera-alarms/seen/", {"until": CameraFaultCase.objects.get(pk=case.pk).began_at.isoformat()})
    assert "UJI-KAM" not in alarm(maintainer)
    assert "UJI-KAM" in alarm(other)
    other.send("PATCH", f"camera-faults/{case.pk}/", {"taken": True})
    assert "UJI-KAM" not in alarm(other)
    later = camera_fault("K-LAIN")
    assert "K-LAIN" in alarm(maintainer)
    CameraFaultCase.objects.filter(pk=later.pk).update(began_at=clock.now() - timedelta(hours=1))
    assert "K-LAIN" not in alarm(maintainer)
    assert "camera-alarm" not in page(factories.user(Role.CALL_TAKER), LIST)


def test_nobody_silences_what_is_still_to_come(maintainer: Console) -> None:
    maintainer.post("camera-alarms/seen/", {"until": (clock.now() + timedelta(days=3)).isoformat()})
    camera_fault()
    assert "UJI-KAM" in alarm(maintainer)


def test_many_at_once_are_one_line(maintainer: Console) -> None:
    for number in range(9):
        camera_fault(f"K-{number}")
    Camera.objects.filter(code__in=["K-0", "K-1"]).update(village=None)
    told = alarm(maintainer)
    assert "9 cameras died at once" in told
    assert "Manggarai 7 · elsewhere 2" in told
    assert "DISHUB 9" in told
    assert "K-3" not in told


def test_the_line_names_open_incidents_that_are_watched_by_it() -> None:
    made = room()
    incident = Incident.objects.get(pk=made.incident())
    case, at = camera_fault(), clock.now()
    IncidentCamera.objects.create(
        realm=incident.realm, incident=incident, camera=case.camera, rank=1, distance_m=1.0, wanted_at=at,
        state=IncidentCameraState.FAILED, fault_code="timeout",
    )  # fmt: skip
    CameraWatch.objects.update_or_create(
        incident=incident,
        defaults={
            "realm": incident.realm, "scene_lat": -6.2, "scene_lon": 106.8, "lat": -6.2, "lon": 106.8, "origin_at": at,
            "started_at": at, "stop_at": at + timedelta(minutes=5), "ended_at": None, "end": "",
        },
    )  # fmt: skip
    assert f"watched for #{incident.number}" in alarm(made.desk)
    # Whoever may not see incidents is not told of them.
    assert "watched for" not in alarm(Console(factories.user(Role.CAMERA_ADMINISTRATOR)))
    CameraWatch.objects.update(ended_at=at, end="stopped")
    assert "watched for" not in alarm(made.desk)


def test_the_room_counts_cameras_without_naming_any() -> None:
    desk = Console(factories.user(Role.SUPERVISOR))
    factories.live_realm()
    camera_fault("K-1")
    camera_fault("K-2", kind="picture", fault_code="dark")
    markup = page(desk, "/kerja/ruang/")
    box = visible(markup.partition('aria-labelledby="f-cameras"')[2].partition("</section>")[0])
    assert "Cameras up 0" in box
    assert "degraded 1" in box
    assert "down 1" in box
    assert "K-1" not in visible(markup)
    assert "camera_summary.changed" in markup
