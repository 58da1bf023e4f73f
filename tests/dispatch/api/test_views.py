"""Calls and incidents over HTTP, on real rows; after each action the events must lead to the fresh state."""

import json
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.utils import translation

from accounts.choices import Role
from accounts.models import AuditEntry, User
from accounts.services.audit import audit_faults
from dispatch.models import Call, Incident, TimelineEntry
from realtime.models import Event
from tests import factories
from tests.dispatch.console import Console

pytestmark = pytest.mark.django_db
MISSING = "00000000-0000-7000-8000-000000000000"


@pytest.fixture(autouse=True)
def _rows(db: None) -> Iterator[None]:
    factories.live_realm()
    factories.incident_type()
    factories.village()
    yield
    assert list(audit_faults()) == []


@pytest.fixture
def console() -> Console:
    return Console(factories.user(Role.CALL_TAKER))


def applied(state: dict[str, Any], events: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What a console's reducer makes of an old state and the events after it."""
    lists = {"call.changed": "calls", "incident.changed": "incidents"}
    made = {name: {entity["id"]: entity for entity in state[name]} for name in lists.values()}
    for event in events:
        if event["kind"] in lists:
            made[lists[event["kind"]]][event["entity_id"]] = event["payload"]
    return made


def test_a_call_becomes_an_incident_and_the_events_tell_it_all(console: Console) -> None:
    before = console.state()
    call = console.send("POST", "calls/", {"caller_number": None}).json()
    assert call["state"] == "queued"
    assert call["caller_number"] is None  # 112 works without a SIM
    assert console.send("POST", f"calls/{call['id']}/answer/").json()["state"] == "answered"
    answer = console.send(
        "POST",
        "incidents/",
        {"type": "orang-hilang", "place": "31.74.01.1003", "summary": "Anak", "call": call["id"]},
    )
    assert answer.status_code == 201
    incident = answer.json()
    assert (incident["priority"], incident["state"], incident["place_text"]) == ("P2", "pending", "Manggarai")
    assert (incident["lat"], incident["lon"], incident["radius_m"]) == (-6.2102, 106.8503, 700.0)
    assert console.send("POST", f"calls/{call['id']}/end/").json()["state"] == "ended"

    after = console.state()
    assert applied(before, console.events(before["head"])) == applied(after, [])
    assert after["calls"][0]["incident_id"] == incident["id"]
    assert sorted(AuditEntry.objects.values_list("action", flat=True)) == [
        "call_answered", "call_ended", "call_received", "incident_opened",
    ]  # fmt: skip


def test_an_unknown_place_in_words_never_blocks_a_ticket(console: Console) -> None:
    answer = console.send("POST", "incidents/", {"type": "orang-hilang", "place_text": "dekat warung yang biru"})
    assert answer.status_code == 201
    assert (answer.json()["place_text"], answer.json()["lat"]) == ("dekat warung yang biru", None)


@pytest.mark.parametrize(
    ("path", "body", "code", "field"),
    [
        ("incidents/", {}, "invalid", "type"),
        ("incidents/", {"type": "tidak-ada"}, "unknown_type", "type"),
        ("incidents/", {"type": "orang-hilang", "place": "99"}, "unknown_place", "place"),
        ("incidents/", {"type": "orang-hilang", "priority": "P9"}, "invalid", "priority"),
        ("incidents/", {"type": "orang-hilang", "lat": -6.2}, "invalid", "lat"),
        ("incidents/", {"type": "orang-hilang", "lat": 91, "lon": 0}, "invalid", "lat"),
        ("incidents/", '{"type": "orang-hilang", "lat": NaN, "lon": 1}', "parse_error", None),
        ("incidents/", {"type": "orang-hilang", "sumary": "salah ketik"}, "invalid", "sumary"),
        ("incidents/", {"type": "orang-hilang", "summary": "x" * 4001}, "invalid", "summary"),
        ("incidents/", {"type": ["orang-hilang"]}, "invalid", "type"),
        ("incidents/", [1, 2], "invalid", "non_field_errors"),
        ("incidents/", "{broken", "parse_error", None),
        ("calls/", {"caller_number": "tidak ada"}, "invalid", "caller_number"),
        ("calls/", {"medium": "merpati"}, "invalid", "medium"),
    ],
)
def test_bad_input_is_named_and_writes_nothing(
    console: Console, path: str, body: Any, code: str, field: str | None
) -> None:
    answer = console.send("POST", path, body)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == code
    assert error["retry"] is False
    assert field is None or field in error["data"]["fields"]
    assert not Incident.objects.exists()
    assert not Call.objects.exists()
    assert not Event.objects.exists()
    assert not AuditEntry.objects.exists()


def test_an_oversize_body_is_refused(console: Console) -> None:
    answer = console.send("POST", "incidents/", {"type": "orang-hilang", "summary": "x" * 1_100_000})
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "request_too_large")
    assert "1024 KiB" in answer.json()["error"]["message"]
    assert not Incident.objects.exists()


def test_errors_speak_the_readers_language(console: Console) -> None:
    body = {"type": "orang-hilang", "place": "99"}
    assert "Tempat ini tidak dikenal" in console.send("POST", "incidents/", body).json()["error"]["message"]
    console.client.cookies["siaga_language"] = "en"
    with translation.override("en"):
        assert "This place is not known" in console.send("POST", "incidents/", body).json()["error"]["message"]


def test_a_request_without_a_key_does_nothing(console: Console) -> None:
    answer = console.client.post("/api/v1/calls/", {}, content_type="application/json")
    assert answer.json()["error"]["code"] == "idempotency_key_missing"
    assert not Call.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_fifty_submits_with_one_key_are_one_incident() -> None:
    user = factories.user(Role.CALL_TAKER)
    key = str(uuid.uuid4())

    def submit(_number: int) -> tuple[int, str]:
        answer = Console(user).send("POST", "incidents/", {"type": "orang-hilang"}, key=key)
        connection.close()
        return answer.status_code, answer.json()["id"]

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(submit, range(50)))
    assert len(answers) == 1
    assert Incident.objects.count() == 1
    assert Event.objects.filter(kind="incident.changed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_of_many_gets_the_call_and_the_others_learn_who() -> None:
    users = [factories.user(Role.CALL_TAKER) for _ in range(8)]
    call_id = Console(users[0]).send("POST", "calls/", {}).json()["id"]

    def answer(user: User) -> tuple[int, Any]:
        got = Console(user).send("POST", f"calls/{call_id}/answer/")
        connection.close()
        return got.status_code, got.json()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(answer, users))
    winners = [body for code, body in answers if code == 200]
    assert len(winners) == 1
    losers = [body["error"] for code, body in answers if code == 409]
    assert len(losers) == 7
    assert {error["data"]["who"] for error in losers} == {winners[0]["answered_by"]}


def test_a_change_needs_the_revision_and_loses_nobodys_work(console: Console) -> None:
    incident = console.send("POST", "incidents/", {"type": "orang-hilang"}).json()
    path = f"incidents/{incident['id']}/"
    assert console.send("PATCH", path, {"summary": "a"}).status_code == 428
    changed = console.send("PATCH", path, {"summary": "a", "priority": "P1"}, **{"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["revision"]) == (200, 2)
    stale = console.send("PATCH", path, {"summary": "b"}, **{"If-Match": '"1"'})
    assert stale.status_code == 412
    assert stale.json()["error"]["data"] == {"revision": 2, "conflicts": {"summary": "a"}}
    read = console.client.get(f"/api/v1/{path}").json()
    assert read["incident"]["summary"] == "a"
    assert read["timeline"][-1]["data"] == {"summary": ["", "a"], "priority": ["P2", "P1"]}


def test_notes_are_kept_in_order(console: Console) -> None:
    incident = console.send("POST", "incidents/", {"type": "orang-hilang"}).json()
    for text in ("kaus merah", "terakhir di peron 3"):
        assert console.send("POST", f"incidents/{incident['id']}/notes/", {"text": text}).status_code == 201
    notes = TimelineEntry.objects.filter(kind="note").order_by("occurred_at")
    assert [note.text for note in notes] == ["kaus merah", "terakhir di peron 3"]


@pytest.mark.parametrize("path", [f"incidents/{MISSING}/notes/", f"calls/{MISSING}/answer/", f"calls/{MISSING}/end/"])
def test_what_is_not_there_is_not_found(console: Console, path: str) -> None:
    answer = console.send("POST", path, {"text": "x"} if path.endswith("notes/") else None)
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


def test_a_call_that_waits_cannot_be_ended(console: Console) -> None:
    call_id = console.send("POST", "calls/", {}).json()["id"]
    answer = console.send("POST", f"calls/{call_id}/end/")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "state_conflict")
    assert Call.objects.get().state == "queued"


def test_the_document_of_the_api_names_every_address(console: Console) -> None:
    text = console.client.get("/api/schema/").content.decode()
    assert json.loads(text)["openapi"].startswith("3.1")
    for path in ("/api/v1/calls/", "/api/v1/incidents/{incident_id}/", "/api/v1/state/", "Idempotency-Key", "If-Match"):
        assert path in text
