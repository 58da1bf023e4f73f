"""Rounds, candidates and pictures over HTTP: who may, what is refused, what is written down."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from accounts.choices import Role
from accounts.models import AuditEntry
from accounts.services.audit import audit_faults
from dispatch.models import Incident
from dispatch.services.analyses import faces_recognise
from dispatch.services.captures import snapshots_take
from dispatch.services.derivatives import pictures_derive
from dispatch.services.rounds import round_assign
from recognition.choices import EntryKind
from recognition.engine.engines import load
from recognition.models import CandidateMatch, Review
from tests import factories
from tests.dispatch.api.test_views import MISSING
from tests.dispatch.console import Console
from tests.fakes.cameras import camera, served
from tests.recognition.engine.test_pipeline import photo, street
from tests.recognition.services.test_services import active

pytestmark = pytest.mark.django_db
PICTURE = street(("subject-a-3", 90))
CONFIRM = {"decision": "confirm", "reason": "face_shape", "viewed_ms": 2500}
PLACE = {"type": "orang-hilang", "lat": -6.2099, "lon": 106.8502}


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with served({"a.jpg": PICTURE}) as address:
        yield address


@pytest.fixture(autouse=True)
def _house(db: None, settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    settings.FACE_MATCHING_ENABLED = True
    factories.live_realm()
    factories.incident_type().__class__.objects.update(face_matching_allowed=True)
    yield
    assert list(audit_faults()) == []


def console(role: Role = Role.DISPATCHER) -> Console:
    return Console(factories.user(role))


def candidate(base: str, kind: EntryKind = EntryKind.MISSING) -> tuple[Console, Incident, CandidateMatch]:
    active(photo("subject-a-1"), kind=kind)
    camera("A", f"{base}/a.jpg")
    one = console()
    incident = Incident.objects.get(pk=one.send("POST", "incidents/", PLACE).json()["id"])
    round_assign(incident_id=incident.pk)
    for row_id in snapshots_take(incident_id=incident.pk):
        faces_recognise(row_id=row_id)
    return one, incident, CandidateMatch.objects.get()


def test_the_state_shows_cameras_and_candidates_to_those_who_may(base: str) -> None:
    one, incident, match = candidate(base)
    state = one.state()
    assert [row["state"] for row in state["incident_cameras"]] == ["analysed"]
    assert [found["id"] for found in state["matches"]] == [str(match.pk)]
    read = one.client.get(f"/api/v1/incidents/{incident.pk}/").json()
    assert read["matches"] == state["matches"]
    trainer = Console(factories.user(Role.TRAINER))
    assert trainer.client.get(f"/api/v1/incidents/{incident.pk}/").status_code == 403


def test_asking_again_waits_for_the_round_before(base: str) -> None:
    one, incident, _match = candidate(base)
    key = str(uuid.uuid4())
    first = one.send("POST", f"incidents/{incident.pk}/rounds/", key=key)
    assert (first.status_code, first.json()["rounds_wanted"]) == (202, 2)
    assert one.send("POST", f"incidents/{incident.pk}/rounds/", key=key).json() == first.json()
    refused = one.send("POST", f"incidents/{incident.pk}/rounds/")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "round_running")
    assert one.send("POST", f"incidents/{MISSING}/rounds/").status_code == 404


def test_without_a_position_there_is_nobody_to_ask() -> None:
    one = console()
    incident_id = one.send("POST", "incidents/", {"type": "orang-hilang", "place_text": "dekat pasar"}).json()["id"]
    refused = one.send("POST", f"incidents/{incident_id}/rounds/")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "no_position")


def test_a_review_reaches_the_second_console(base: str) -> None:
    one, _incident, match = candidate(base)
    second = console(Role.CALL_TAKER)
    head = second.state()["head"]
    answer = one.send("POST", f"matches/{match.pk}/reviews/", CONFIRM)
    assert (answer.status_code, answer.json()["state"]) == (201, "confirmed")
    told = [event for event in second.events(head) if event["kind"] == "match.changed"]
    assert [event["payload"]["state"] for event in told] == ["confirmed"]
    assert second.state()["matches"][0] == told[0]["payload"]


def test_a_wanted_person_needs_two_who_do_not_know_of_each_other(base: str) -> None:
    one, _incident, match = candidate(base, EntryKind.WANTED)
    first = one.send("POST", f"matches/{match.pk}/reviews/", CONFIRM).json()
    assert (first["state"], first["reviews"], first["review_count"]) == ("second_review", [], 1)
    again = one.send("POST", f"matches/{match.pk}/reviews/", CONFIRM)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "already_reviewed")
    second = console().send("POST", f"matches/{match.pk}/reviews/", CONFIRM).json()
    assert (second["state"], len(second["reviews"])) == ("confirmed", 2)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"decision": "maybe", "reason": "quality", "viewed_ms": 1}, "invalid"),
        ({"decision": "reject", "viewed_ms": 1}, "invalid"),
        ({"decision": "reject", "reason": "quality", "viewed_ms": -1}, "invalid"),
        ({"decision": "reject", "reason": "quality", "viewed_ms": "lama"}, "invalid"),
        ({"decision": "reject", "reason": "other", "viewed_ms": 1}, "note_missing"),
        ({"decision": "confirm", "reason": "face_shape", "viewed_ms": 300}, "viewed_too_short"),
        ({"decision": "reject", "reason": "quality", "viewed_ms": 1, "skor": 1}, "invalid"),
    ],
)
def test_a_review_that_cannot_be_taken_says_why_and_leaves_no_trace(
    base: str, body: dict[str, object], code: str
) -> None:
    one, _incident, match = candidate(base)
    answer = one.send("POST", f"matches/{match.pk}/reviews/", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert Review.objects.count() == 0


def test_a_doubled_review_is_one(base: str) -> None:
    one, _incident, match = candidate(base)
    key = str(uuid.uuid4())
    answers = [one.send("POST", f"matches/{match.pk}/reviews/", CONFIRM, key=key).json() for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert Review.objects.count() == 1


def test_a_picture_is_shown_with_faces_covered_and_who_saw_it_is_written_down(base: str) -> None:
    one, incident, match = candidate(base)
    address = f"/api/v1/snapshots/{match.snapshot_id}/picture/?incident={incident.pk}"
    early = one.client.get(address)
    assert (early.status_code, early.json()["code"]) == (202, "picture_preparing")
    assert early["Cache-Control"] == "no-store"
    assert AuditEntry.objects.filter(action="snapshot_viewed").count() == 0  # nothing was seen
    assert pictures_derive() == 1
    answer = one.client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer.content != PICTURE
    assert load("sface").observe(answer.content).faces == ()
    entry = AuditEntry.objects.get(action="snapshot_viewed")
    assert (entry.object_id, entry.purpose) == (str(match.snapshot_id), f"incident {incident.number}")
    assert entry.data == {"copy": "covered"}


def test_the_original_is_for_who_has_to_judge_it_or_says_what_for(base: str) -> None:
    one, incident, match = candidate(base)
    address = f"/api/v1/snapshots/{match.snapshot_id}/picture/?incident={incident.pk}"
    review = f"{address}&match={match.pk}"
    answer = one.client.get(review)
    assert (answer.status_code, answer.content, answer["Cache-Control"]) == (200, PICTURE, "no-store")
    export = f"{address}&original=1"
    asked = [
        (Role.DISPATCHER, f"{address}&match={MISSING}", 403),
        (Role.DISPATCHER, f"{address}&match=x", 400),
        (Role.DISPATCHER, f"{export}&purpose=berkas perkara", 403),
        (Role.SUPERVISOR, export, 400),
        (Role.SUPERVISOR, f"{export}&purpose=berkas perkara", 200),
        (Role.AUDITOR, review, 403),
    ]
    answers = [(role, path, console(role).client.get(path).status_code) for role, path, _status in asked]
    assert answers == asked
    assert one.send("POST", f"matches/{match.pk}/reviews/", CONFIRM).status_code == 201
    assert one.client.get(review).status_code == 403  # judged: nothing of theirs is open in it
    entries = AuditEntry.objects.filter(action="snapshot_viewed").order_by("sequence")
    assert [(entry.data["copy"], entry.purpose) for entry in entries] == [
        ("original", f"review, incident {incident.number}"),
        ("original", f"incident {incident.number}: berkas perkara"),
    ]


def test_a_picture_needs_its_own_incident_as_purpose(base: str) -> None:
    one, _incident, match = candidate(base)
    other = one.send("POST", "incidents/", PLACE).json()["id"]
    address = f"/api/v1/snapshots/{match.snapshot_id}/picture/"
    assert one.client.get(address).status_code == 400
    assert one.client.get(f"{address}?incident=x").status_code == 400
    assert one.client.get(f"{address}?incident={other}").status_code == 404
    assert AuditEntry.objects.filter(action="snapshot_viewed").count() == 0


def test_a_reference_photo_is_opened_for_the_review_and_written_down(base: str) -> None:
    one, _incident, match = candidate(base)
    answer = one.client.get(f"/api/v1/matches/{match.pk}/reference/")
    assert (answer.status_code, answer.content) == (200, photo("subject-a-1"))
    assert AuditEntry.objects.filter(action="reference_viewed").count() == 1
    denied = Console(factories.user(Role.CAMERA_ADMINISTRATOR)).client.get(f"/api/v1/matches/{match.pk}/reference/")
    assert denied.status_code == 403
    assert AuditEntry.objects.filter(action="reference_viewed").count() == 1
    assert one.client.get(f"/api/v1/matches/{MISSING}/reference/").status_code == 404


def test_types_come_in_the_order_of_the_form() -> None:
    kinds = console().client.get("/api/v1/incident-types/").json()["incident_types"]
    assert kinds[0].keys() == {"code", "name_id", "name_en", "default_priority", "face_matching_allowed"}
    assert "orang-hilang" in [kind["code"] for kind in kinds]
