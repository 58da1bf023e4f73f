"""Watches on real rows and a real camera server: schedule, ring, sighting, operators' choices, stop."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from accounts.choices import Role
from accounts.models import User
from accounts.services.audit import audit_faults
from cameras.models import AccessAgreement, Camera, CameraHealth, Snapshot
from common import clock
from common.errors import AccessDeniedError, ValidationError
from dispatch.actions import incidents as actions
from dispatch.actions import watches
from dispatch.actions.matches import match_review
from dispatch.choices import Reach, WatchEnd, WatchOrigin
from dispatch.models import CameraWatch, Incident, IncidentCamera, IncidentType, TimelineEntry
from dispatch.presenters.cameras import watch_present
from dispatch.services import watch_rounds, watching
from dispatch.services.analyses import faces_recognise
from dispatch.services.captures import snapshots_take
from dispatch.services.incidents import IncidentDraft
from dispatch.services.rounds import round_assign
from dispatch.services.watch_rounds import watches_ask
from dispatch.services.watching import watch_tick
from realtime.models import Event
from recognition.choices import Decision, MatchState, ReviewReason
from recognition.models import CandidateMatch
from tests import factories
from tests.fakes.cameras import camera, served
from tests.recognition.engine.test_pipeline import photo, street
from tests.recognition.services.test_services import active

pytestmark = pytest.mark.django_db
LAT, LON = -6.2099, 106.8502
PICTURES = {"a.jpg": street(("subject-a-3", 90)), "black.jpg": b""}


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with served(PICTURES) as address:
        yield address


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = datetime.fromisoformat("2026-11-30T03:00:00+00:00")

    def now(self) -> datetime:
        return self.at

    def later(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    moved = Hands()
    monkeypatch.setattr(clock, "now", moved.now)
    return moved


@pytest.fixture(autouse=True)
def _house(db: None, settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    settings.CAMERA_DEADLINE_S = 2
    factories.live_realm()
    factories.incident_type()
    yield
    assert list(audit_faults()) == []


def opened() -> Incident:
    draft = IncidentDraft(type_code="orang-hilang", lat=LAT, lon=LON)
    return actions.incident_open(
        user=factories.user(Role.CALL_TAKER), source="test", realm=factories.live_realm(), draft=draft
    )


def pulled(incident: Incident) -> int:
    """All pictures that are wanted, taken; nobody is sought, so none waits for recognition."""
    list(snapshots_take(incident_id=incident.pk))
    return Snapshot.objects.filter(incident_id=incident.pk).count()


def begun(base: str, *codes: str) -> Incident:
    for number, code in enumerate(codes or ("A",)):
        camera(code, f"{base}/a.jpg", north_m=50.0 + 10 * number)
    incident = opened()
    round_assign(incident_id=incident.pk)
    pulled(incident)
    return incident


def who(incident: Incident) -> dict[str, Any]:
    return {"user": factories.user(Role.DISPATCHER), "source": "test", "realm": incident.realm,
            "incident_id": incident.pk}  # fmt: skip


def test_the_cameras_are_asked_by_schedule_until_the_stop(base: str, hands: Hands) -> None:
    incident = begun(base)
    asked = []
    for _ in range(1_000):
        hands.later(2)
        if incident.pk in watches_ask():
            asked.append((hands.at - incident.opened_at).total_seconds())
            pulled(incident)
    assert asked[:12] == [10.0 * n for n in range(1, 13)]
    assert asked[12:14] == [140.0, 160.0]
    assert asked[-2:] == [780.0, 840.0]
    watch = CameraWatch.objects.get()
    assert (watch.end, watch.due_at) == (WatchEnd.TIME, None)
    assert watch.ended_at == incident.opened_at + timedelta(seconds=900)
    row = IncidentCamera.objects.get()
    assert row.times_asked == 1 + len(asked) == Snapshot.objects.count()
    assert TimelineEntry.objects.filter(kind="cameras_asked").count() == 1  # the story is not filled with them
    last = Event.objects.filter(kind="camera_watch.changed").order_by("sequence").last()
    assert last is not None
    assert last.payload == watch_present(watch).model_dump(mode="json")


def test_a_watch_ends_with_its_incident(base: str, hands: Hands) -> None:
    incident = begun(base)
    actions.incident_cancel(**who(incident), disposition=factories.disposition().code)
    hands.later(10)
    assert watches_ask() == []
    assert CameraWatch.objects.get().end == WatchEnd.CLOSED


def test_without_a_camera_there_is_nothing_to_go_on_with(hands: Hands) -> None:
    incident = opened()
    assert round_assign(incident_id=incident.pk) == 0
    assert CameraWatch.objects.get().end == WatchEnd.NO_CAMERA


def test_later_cameras_further_out_join(base: str, hands: Hands) -> None:
    camera("FAR", f"{base}/a.jpg", north_m=900)
    IncidentType.objects.update(reach=Reach.FOOT)
    incident = begun(base)
    assert set(incident.cameras.values_list("camera__code", flat=True)) == {"A"}
    hands.later(700)  # 980 m on foot
    assert watch_tick(incident_id=incident.pk) == 2
    far = incident.cameras.get(camera__code="FAR")
    assert (far.rank, "in_ring" in far.reasons, far.round) == (2, True, 1)


def test_a_confirmed_sighting_starts_again_there(base: str, hands: Hands) -> None:
    incident = begun(base, "A", "B")
    hands.later(400)
    seen = Snapshot.objects.filter(camera__code="B").first()
    assert seen is not None
    watching.sighting_take(incident_id=incident.pk, snapshot=seen)
    watch = CameraWatch.objects.get()
    assert (watch.origin, watch.lat, watch.lon) == (WatchOrigin.SIGHTING, seen.camera.lat, seen.camera.lon)
    assert (watch.origin_at, watch.started_at, watch.due_at) == (seen.received_at, hands.at, hands.at)
    assert incident.pk in watches_ask()
    assert watching.sighting_take(incident_id=incident.pk, snapshot=seen) is None  # nothing newer


def test_a_moved_incident_is_watched_where_it_is(base: str, hands: Hands) -> None:
    incident = begun(base)
    changed = actions.incident_change(
        user=factories.user(Role.DISPATCHER), source="test", realm=incident.realm, incident_id=incident.pk,
        revision=1, changes={"lat": LAT + 0.0004, "lon": LON},
    )  # fmt: skip
    round_assign(incident_id=changed.pk)
    watch = CameraWatch.objects.get()
    assert (watch.lat, watch.origin, incident.cameras.filter(round=2).count()) == (LAT + 0.0004, WatchOrigin.SCENE, 1)


def test_a_dead_camera_is_left_alone_by_the_schedule_and_told_once(base: str, hands: Hands) -> None:
    camera("GONE", f"{base}/gone.jpg", north_m=30)
    incident = begun(base)
    for _ in range(60):
        hands.later(2)
        watches_ask()
        pulled(incident)
    row = IncidentCamera.objects.get(camera__code="GONE")
    assert CameraHealth.objects.get(camera__code="GONE").condition == "down"
    assert 3 <= row.times_asked <= 6  # 13 times in these two minutes, were it not for the breaker
    assert IncidentCamera.objects.get(camera__code="A").times_asked == 13
    assert TimelineEntry.objects.filter(kind="camera_failed").count() == 1


def test_recognition_that_is_busy_gets_no_more(base: str, hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    incident = begun(base, "A", "B", "C")
    monkeypatch.setattr(watch_rounds, "pictures_affordable", lambda: 0)
    hands.later(10)
    assert watches_ask() == []
    monkeypatch.setattr(watch_rounds, "pictures_affordable", lambda: 2)
    hands.later(2)  # it stayed due
    assert watches_ask() == [incident.pk]
    assert IncidentCamera.objects.filter(state="wanted").count() == 2
    assert CameraWatch.objects.get().pictures_spared == 1


def test_what_recognition_can_take_follows_from_what_waits(base: str, settings: Settings) -> None:
    settings.INFERENCE_PROCESSES = 2
    free = watch_rounds.pictures_affordable()
    assert free == int(2 * 2000 / watch_rounds.ANALYSIS_MS * 0.7)
    for code in "ABC":
        camera(code, f"{base}/a.jpg")
    round_assign(incident_id=opened().pk)
    assert watch_rounds.pictures_affordable() == free - 3


def test_the_urgent_are_asked_first(base: str, hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    calm, urgent = begun(base), opened()
    Incident.objects.filter(pk=calm.pk).update(priority="P4")
    Incident.objects.filter(pk=urgent.pk).update(priority="P1")
    round_assign(incident_id=urgent.pk)
    pulled(urgent)
    hands.later(10)
    monkeypatch.setattr(watch_rounds, "pictures_affordable", lambda: 12)
    assert watches_ask() == [urgent.pk]


def test_an_operator_adds_a_camera_and_takes_one_out(base: str, hands: Hands) -> None:
    camera("FAR", f"{base}/a.jpg", north_m=3_000)
    incident = begun(base, "A", "B")
    watches.camera_wish(**who(incident), code="far", is_wanted=True)
    watches.camera_wish(**who(incident), code="A", is_wanted=False)
    assert watch_tick(incident_id=incident.pk) == 2
    rows = {row.camera.code: row for row in incident.cameras.select_related("camera")}
    assert (rows["FAR"].reasons, rows["FAR"].state) == (["added_by_operator"], "wanted")
    assert (rows["A"].times_asked, rows["B"].times_asked) == (1, 2)
    payload = watch_present(CameraWatch.objects.select_related("incident__type").get())
    assert (payload.added, payload.removed) == (["FAR"], ["A"])
    watches.camera_wish(**who(incident), code="A", is_wanted=True)  # and back
    pulled(incident)
    assert watch_tick(incident_id=incident.pk) == 3


def test_bad_choices_are_refused_and_change_nothing(base: str, hands: Hands) -> None:
    incident = begun(base)
    Camera.objects.filter(code="A").update(state="decommissioned")
    for code in ("nowhere", "A"):
        with pytest.raises(ValidationError, match="camera_unknown"):
            watches.camera_wish(**who(incident), code=code, is_wanted=True)
    for area in ([[LAT, LON]], [[LAT, LON], [LAT + 1, LON], [LAT, LON + 1]]):
        with pytest.raises(ValidationError, match="area_bad"):
            watches.area_set(**who(incident), area=area)
    stranger: User = factories.user(Role.AGENCY_OFFICER)
    with pytest.raises(AccessDeniedError):
        watches.area_set(**who(incident) | {"user": stranger}, area=[])
    watch = CameraWatch.objects.get()
    assert (watch.area, watch.wishes.count()) == ([], 0)


def test_an_area_replaces_the_radius_and_may_be_taken_back(base: str, hands: Hands) -> None:
    camera("EAST", f"{base}/a.jpg", north_m=0)
    Camera.objects.filter(code="EAST").update(lon=LON + 0.02)
    incident = begun(base)
    around = [
        [LAT - 0.002, LON + 0.018],
        [LAT + 0.002, LON + 0.018],
        [LAT + 0.002, LON + 0.022],
        [LAT - 0.002, LON + 0.022],
    ]
    watches.area_set(**who(incident), area=around)
    assert watch_tick(incident_id=incident.pk) == 1
    assert "in_area" in incident.cameras.get(camera__code="EAST").reasons
    pulled(incident)
    watches.area_set(**who(incident), area=[])
    watch_tick(incident_id=incident.pk)
    assert (
        incident.cameras.get(camera__code="EAST").times_asked,
        incident.cameras.get(camera__code="A").times_asked,
    ) == (1, 2)


def test_longer_needs_a_reason_and_has_an_end(base: str, hands: Hands) -> None:
    incident = begun(base)
    watches.watch_extend(**who(incident), minutes=60, reason="anak terlihat menuju terminal")
    watch = CameraWatch.objects.get()
    assert (watch.stop_at, watch.extension_reason) == (hands.at + timedelta(hours=1), "anak terlihat menuju terminal")
    hands.later(3_000)
    watches_ask()
    pulled(incident)
    hands.later(60)
    assert watches_ask() == [incident.pk]  # the last pace goes on
    hands.later(2_000)
    with pytest.raises(ValidationError, match="too_long"):
        watches.watch_extend(**who(incident), minutes=60, reason="masih dicari")


def test_an_operator_ends_it_and_may_begin_again(base: str, hands: Hands) -> None:
    incident = begun(base)
    watches.watch_stop(**who(incident))
    watches.watch_stop(**who(incident))
    assert CameraWatch.objects.get().end == WatchEnd.STOPPED
    hands.later(60)
    assert watches_ask() == []
    watches.camera_wish(**who(incident), code="A", is_wanted=True)
    assert watch_tick(incident_id=incident.pk) == 1
    assert CameraWatch.objects.get().end == ""


def test_an_agreement_says_when_and_for_what_a_camera_is_asked(base: str, hands: Hands) -> None:
    camera("A", f"{base}/a.jpg")
    agreement = AccessAgreement.objects.create(
        number="PKS-1", owner=factories.agency(), kind="integrated", document="arsip/1", valid_from="2026-01-01",
        hours_from="06:00", hours_until="20:00",
    )  # fmt: skip
    Camera.objects.update(agreement=agreement)
    hands.at = datetime.fromisoformat("2026-11-30T20:30:00+07:00")
    assert round_assign(incident_id=opened().pk) == 0
    hands.at = datetime.fromisoformat("2026-12-01T08:00:00+07:00")
    assert round_assign(incident_id=opened().pk) == 1
    AccessAgreement.objects.update(purposes=["health"])
    assert round_assign(incident_id=opened().pk) == 0
    AccessAgreement.objects.update(purposes=["incident"], valid_until="2026-11-30")
    assert round_assign(incident_id=opened().pk) == 0
    AccessAgreement.objects.update(valid_until=None, hours_from="22:00", hours_until="09:00")
    assert round_assign(incident_id=opened().pk) == 1


def test_a_preset_that_shows_the_scene_is_proposed(base: str, hands: Hands) -> None:
    camera("PTZ", f"{base}/a.jpg", north_m=100)
    Camera.objects.update(mount="ptz", ptz_presets=[{"name": "stasiun", "heading_deg": 180.0, "hfov_deg": 50.0}])
    incident = opened()
    round_assign(incident_id=incident.pk)
    assert incident.cameras.get().preset == "stasiun"


def test_a_sought_person_who_stays_is_one_candidate(base: str, hands: Hands, settings: Settings) -> None:
    settings.FACE_MATCHING_ENABLED = True
    IncidentType.objects.update(face_matching_allowed=True)
    active(photo("subject-a-1"))
    incident = begun_searched(base)
    match = CandidateMatch.objects.get()
    expires_at = match.expires_at
    for _ in range(3):
        searched_again(incident, hands)
    match.refresh_from_db()
    assert (match.frames, match.state) == (4, MatchState.PROPOSED)
    assert match.expires_at > expires_at
    assert TimelineEntry.objects.filter(kind="candidate").count() == 1
    assert Event.objects.filter(kind="match.changed").count() == 1  # no alarm for each picture


@pytest.mark.parametrize(("decision", "later_s", "candidates"), [
    (Decision.REJECT, 20, 1), (Decision.REJECT, 600, 1), (Decision.CONFIRM, 20, 1), (Decision.CONFIRM, 400, 2),
])  # fmt: skip
@pytest.mark.usefixtures("_searching")
def test_what_a_person_decided_stands(
    base: str, hands: Hands, decision: Decision, later_s: float, candidates: int
) -> None:
    incident = begun_searched(base)
    match = CandidateMatch.objects.get()
    match_review(
        user=factories.user(Role.DISPATCHER), source="test", realm=incident.realm, match_id=match.pk,
        decision=decision, reason=ReviewReason.FEATURES, note="", viewed_ms=4000,
    )  # fmt: skip
    hands.later(later_s)
    searched_again(incident, hands)
    assert CandidateMatch.objects.count() == candidates


@pytest.fixture
def _searching(hands: Hands, settings: Settings) -> None:
    settings.FACE_MATCHING_ENABLED = True
    IncidentType.objects.update(face_matching_allowed=True)
    active(photo("subject-a-1"))


def begun_searched(base: str) -> Incident:
    camera("A", f"{base}/a.jpg")
    incident = opened()
    round_assign(incident_id=incident.pk)
    for row_id in snapshots_take(incident_id=incident.pk):
        faces_recognise(row_id=row_id)
    return incident


def searched_again(incident: Incident, hands: Hands) -> None:
    hands.later(20)
    assert watch_tick(incident_id=incident.pk) == 1
    for row_id in snapshots_take(incident_id=incident.pk):
        faces_recognise(row_id=row_id)
