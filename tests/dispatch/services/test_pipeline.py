"""The steps of an incident's response on real rows, real faces and a real camera server; no worker takes part."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from accounts.choices import Role
from accounts.models import AuditEntry
from accounts.services.audit import audit_faults
from cameras.models import Snapshot
from cameras.storage import picture_read
from common import clock
from common.errors import ConflictError
from dispatch.actions import incidents as actions
from dispatch.actions.matches import match_review
from dispatch.choices import IncidentCameraState, TimelineKind
from dispatch.models import Incident, IncidentCamera, TimelineEntry
from dispatch.presenters.cameras import incident_camera_present, match_present
from dispatch.services.analyses import faces_recognise
from dispatch.services.captures import snapshots_take
from dispatch.services.incidents import IncidentDraft
from dispatch.services.matches import matches_expire
from dispatch.services.resumption import response_resume
from dispatch.services.rounds import round_assign
from realtime.models import Event
from recognition import actions as recognition_actions
from recognition.choices import Decision, MatchState, ReviewReason
from recognition.models import CandidateMatch, FaceAnalysis
from recognition.services.reviews import review_record
from tests import factories
from tests.fakes.cameras import camera, served
from tests.recognition.engine.test_pipeline import photo, street
from tests.recognition.services.test_services import active

pytestmark = pytest.mark.django_db
State = IncidentCameraState
PICTURES = {"a.jpg": street(("subject-a-3", 90)), "b.jpg": street(("subject-b-1", 80)), "page": b"<html></html>"}


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with served(PICTURES) as address:
        yield address


@pytest.fixture(autouse=True)
def _house(db: None, settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    settings.FACE_MATCHING_ENABLED = True
    settings.CAMERA_DEADLINE_S = 2
    factories.live_realm()
    factories.incident_type().__class__.objects.update(face_matching_allowed=True)
    yield
    assert list(audit_faults()) == []


def opened(*, lat: float | None = -6.2099) -> Incident:
    draft = IncidentDraft(type_code="orang-hilang", lat=lat, lon=None if lat is None else 106.8502)
    user = factories.user(Role.CALL_TAKER)
    return actions.incident_open(user=user, source="test", realm=factories.live_realm(), draft=draft)


def states(incident: Incident) -> dict[str, str]:
    rows = IncidentCamera.objects.filter(incident=incident).select_related("camera")
    return {row.camera.code: row.state for row in rows}


def run(incident: Incident) -> None:
    round_assign(incident_id=incident.pk)
    for row_id in snapshots_take(incident_id=incident.pk):
        faces_recognise(row_id=row_id)


def candidate(base: str) -> tuple[Incident, CandidateMatch]:
    active(photo("subject-a-1"))
    camera("A", f"{base}/a.jpg")
    incident = opened()
    run(incident)
    return incident, CandidateMatch.objects.get()


def test_a_sought_person_becomes_a_candidate_and_bad_cameras_say_why(base: str) -> None:
    entry = active(photo("subject-a-1"))
    for code, path in (("A", "a.jpg"), ("B", "b.jpg"), ("C", "page"), ("D", "gone"), ("E", "hang")):
        camera(code, f"{base}/{path}")
    incident = opened()
    run(incident)
    assert states(incident) == {"A": "analysed", "B": "analysed", "C": "failed", "D": "failed", "E": "failed"}
    faults = dict(IncidentCamera.objects.filter(state=State.FAILED).values_list("camera__code", "fault_code"))
    assert faults == {"C": "picture_not_a_picture", "D": "http_status", "E": "timeout"}
    match = CandidateMatch.objects.get()
    assert (match.entry_id, match.camera.code, match.state) == (entry.pk, "A", MatchState.PROPOSED)
    assert dict(FaceAnalysis.objects.values_list("snapshot__camera__code", "faces_found")) == {"A": 1, "B": 1}
    kept = Snapshot.objects.get(camera__code="A")
    assert picture_read(kept.path) == PICTURES["a.jpg"]
    told = list(TimelineEntry.objects.filter(incident=incident).values_list("kind", flat=True))
    assert sorted(told) == ["camera_failed"] * 3 + ["cameras_asked", "candidate", "opened"]


def test_the_events_end_in_what_the_rows_say(base: str) -> None:
    incident, match = candidate(base)
    last = {event.entity_id: event for event in Event.objects.order_by("sequence")}
    row = IncidentCamera.objects.select_related("camera", "snapshot").get(incident=incident)
    assert last[str(row.pk)].payload == incident_camera_present(row).model_dump(mode="json")
    assert last[str(match.pk)].payload == match_present(match).model_dump(mode="json")
    steps = [
        event.payload["state"] for event in Event.objects.filter(kind="incident_camera.changed").order_by("sequence")
    ]
    assert steps == ["wanted", "capturing", "captured", "analysing", "analysed"]


def test_repeated_rings_change_nothing(base: str) -> None:
    incident, _match = candidate(base)
    before = Event.objects.count()
    assert round_assign(incident_id=incident.pk) == 0
    assert list(snapshots_take(incident_id=incident.pk)) == []
    faces_recognise(row_id=IncidentCamera.objects.get().pk)
    assert (Event.objects.count(), Snapshot.objects.count(), CandidateMatch.objects.count()) == (before, 1, 1)


@pytest.mark.parametrize("switch", ["deployment", "type", "camera", "nobody"])
def test_each_switch_alone_keeps_faces_from_being_looked_at(base: str, settings: Settings, switch: str) -> None:
    if switch != "nobody":
        active(photo("subject-a-1"))
    if switch == "deployment":
        settings.FACE_MATCHING_ENABLED = False
    if switch == "type":
        factories.incident_type().__class__.objects.update(face_matching_allowed=False)
    camera("A", f"{base}/a.jpg", face_matching_allowed=switch != "camera")
    incident = opened()
    run(incident)
    assert states(incident) == {"A": "analysed"}
    row = IncidentCamera.objects.get()
    assert row.faces_found is None
    assert (FaceAnalysis.objects.count(), CandidateMatch.objects.count()) == (0, 0)
    assert row.snapshot is not None


def test_an_incident_without_a_position_asks_its_cameras_once_it_has_one(base: str) -> None:
    camera("A", f"{base}/a.jpg")
    incident = opened(lat=None)
    assert round_assign(incident_id=incident.pk) == 0
    changed = actions.incident_change(
        user=factories.user(Role.DISPATCHER), source="test", realm=factories.live_realm(), incident_id=incident.pk,
        revision=1, changes={"lat": -6.2099, "lon": 106.8502},
    )  # fmt: skip
    assert changed.rounds_wanted == 1
    assert round_assign(incident_id=incident.pk) == 1
    assert states(incident) == {"A": "wanted"}


def test_no_camera_near_is_told_too() -> None:
    incident = opened()
    assert round_assign(incident_id=incident.pk) == 0
    line = TimelineEntry.objects.get(kind=TimelineKind.CAMERAS_ASKED)
    assert line.data == {"round": 1, "cameras": 0}


def test_cameras_are_asked_again_only_when_the_round_before_is_over(base: str) -> None:
    camera("A", f"{base}/b.jpg")
    incident = opened()
    user = factories.user(Role.DISPATCHER)
    with pytest.raises(ConflictError, match="round_running"):
        actions.cameras_pull(user=user, source="test", realm=factories.live_realm(), incident_id=incident.pk)
    run(incident)
    again = actions.cameras_pull(user=user, source="test", realm=factories.live_realm(), incident_id=incident.pk)
    run(again)
    assert sorted(IncidentCamera.objects.values_list("round", "state")) == [(1, "analysed"), (2, "analysed")]


def lapse(**values: object) -> None:
    IncidentCamera.objects.update(lease_until=clock.now() - timedelta(seconds=1), **values)


def test_the_sweeper_gives_back_what_a_dead_worker_held_and_ends_what_failed_twice(base: str) -> None:
    active(photo("subject-a-1"))
    camera("A", f"{base}/a.jpg")
    incident = opened()
    round_assign(incident_id=incident.pk)
    lapse(state=State.CAPTURING, attempts=1)
    assert response_resume().captures == [incident.pk]
    assert states(incident) == {"A": "wanted"}
    (row_id,) = snapshots_take(incident_id=incident.pk)
    lapse(state=State.ANALYSING, attempts=1)
    assert response_resume().analyses == [row_id]
    assert response_resume().analyses == []  # rung for a moment ago
    lapse(state=State.ANALYSING, attempts=2)
    assert response_resume().analyses == []
    row = IncidentCamera.objects.get()
    assert (row.state, row.fault_code) == ("failed", "analysis_failed")


def test_the_sweeper_rings_for_a_round_whose_message_was_lost() -> None:
    incident = opened()
    assert response_resume().rounds == []
    Incident.objects.update(changed_at=clock.now() - timedelta(seconds=10))
    assert response_resume().rounds == [incident.pk]


def test_who_comes_back_after_the_lease_writes_nothing(base: str) -> None:
    active(photo("subject-a-1"))
    for code in ("A", "B"):
        camera(code, f"{base}/a.jpg")
    incident = opened()
    round_assign(incident_id=incident.pk)
    taken = snapshots_take(incident_id=incident.pk)
    first = next(taken)
    # While the second picture is on its way its lease runs out, and somebody else takes the step.
    IncidentCamera.objects.exclude(pk=first).update(attempts=7, lease_until=clock.now() + timedelta(seconds=60))
    assert list(taken) == []
    assert Snapshot.objects.count() == 1


def test_a_lost_picture_file_fails_the_row_and_not_the_worker(base: str, tmp_path: Path) -> None:
    active(photo("subject-a-1"))
    camera("A", f"{base}/a.jpg")
    incident = opened()
    round_assign(incident_id=incident.pk)
    (row_id,) = snapshots_take(incident_id=incident.pk)
    for path in tmp_path.rglob("*.jpg"):
        path.unlink()
    faces_recognise(row_id=row_id)
    assert IncidentCamera.objects.get().fault_code == "picture_lost"


def test_a_review_settles_and_stands_in_story_and_audit(base: str) -> None:
    incident, match = candidate(base)
    user = factories.user(Role.DISPATCHER)
    settled = match_review(
        user=user, source="test", realm=factories.live_realm(), match_id=match.pk, decision=Decision.CONFIRM,
        reason=ReviewReason.FACE_SHAPE, note="", viewed_ms=2500,
    )  # fmt: skip
    assert settled.state == MatchState.CONFIRMED
    line = TimelineEntry.objects.get(incident=incident, kind=TimelineKind.REVIEWED)
    assert (line.author, line.data["decision"]) == (user, "confirm")
    assert AuditEntry.objects.filter(action="match_reviewed", object_id=str(match.pk)).count() == 1
    assert Event.objects.filter(kind="match.changed").latest("sequence").payload["reviews"][0]["reviewer"] == str(user)


def test_the_first_of_two_reviews_stays_hidden_until_the_second(base: str) -> None:
    incident, match = candidate(base)
    match_review(
        user=factories.user(Role.DISPATCHER), source="test", realm=factories.live_realm(), match_id=match.pk,
        decision=Decision.UNSURE, reason=ReviewReason.QUALITY, note="", viewed_ms=900,
    )  # fmt: skip
    told = Event.objects.filter(kind="match.changed").latest("sequence").payload
    assert (told["state"], told["reviews"], told["review_count"]) == ("second_review", [], 1)
    line = TimelineEntry.objects.get(incident=incident, kind=TimelineKind.REVIEWED)
    assert "decision" not in line.data


def test_candidates_of_somebody_no_longer_sought_end_at_once(base: str) -> None:
    _incident, match = candidate(base)
    recognition_actions.entry_withdraw(
        user=factories.user(Role.WATCHLIST_OFFICER), source="test", entry_id=match.entry_id, reason="ditemukan"
    )
    with pytest.raises(ConflictError, match="entry_ended"):
        review_record(
            match_id=match.pk, user=factories.user(Role.DISPATCHER), decision=Decision.CONFIRM,
            reason=ReviewReason.FEATURES, note="", viewed_ms=3000,
        )  # fmt: skip
    assert matches_expire() == 1
    match.refresh_from_db()
    assert (match.state, match.photo) == (MatchState.EXPIRED, None)


def test_candidates_nobody_judges_expire(base: str) -> None:
    _incident, match = candidate(base)
    assert matches_expire() == 0
    CandidateMatch.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert matches_expire() == 1
    match.refresh_from_db()
    assert match.state == MatchState.EXPIRED
    assert Event.objects.filter(kind="match.changed").latest("sequence").payload["state"] == "expired"
