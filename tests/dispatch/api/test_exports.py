"""CSV out of the service: who, what for, and what it never holds."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import AsyncRequestFactory, Client
from django.utils import timezone, translation
from rest_framework.test import force_authenticate

from accounts.choices import Role
from accounts.models import AuditEntry, User
from accounts.permissions import ROLE_PERMISSIONS, Permission
from accounts.services.audit import SYSTEM
from dispatch.api.export_views import ExportView, chunks_in_steps
from dispatch.models import Call
from dispatch.selectors import exports
from dispatch.services.moves import call_begin
from tests import factories
from tests.dispatch.console import Console

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate().isoformat()
QUERY = {"from": TODAY, "to": TODAY, "purpose": "laporan bulanan"}


@pytest.fixture
def supervisor() -> User:
    """Who has taken a call, opened an incident from it and sent a unit."""
    factories.live_realm()
    factories.incident_type()
    factories.follow_rules()
    factories.unit()
    user = factories.user(Role.SUPERVISOR)
    console = Console(user)
    call = console.post("calls/", {"caller_number": "+62811223344"}, expect=201)
    console.post(f"calls/{call['id']}/answer/")
    body = {
        "type": "orang-hilang", "lat": -6.2102, "lon": 106.8503, "radius_m": 50.5, "call": call["id"],
        "caller_name": "Rahasia Sekali", "summary": "=cmd|' /C calc'!A0", "place_text": "@rumah",
    }  # fmt: skip
    incident = console.post("incidents/", body, expect=201)
    console.post(f"incidents/{incident['id']}/assignments/", {"unit": "AMB-01"}, expect=201)
    return user


def take(user: User, name: str, **query: str) -> Any:
    client = Client()
    client.force_login(user)
    return client.get(f"/api/v1/exports/{name}/", QUERY | query)


def rows_of(answer: Any) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_incidents(supervisor: User) -> None:
    answer = take(supervisor, "incidents")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="siaga-incidents-')
    (row,) = rows_of(answer)
    assert (row["type"], row["priority"], row["state"], row["lat"], row["lon"], row["radius_m"]) == (
        "orang-hilang", "P2", "assigned", "-6.2102", "106.8503", "50.5",
    )  # fmt: skip
    assert (row["calls"], row["units"], row["closed_at"]) == ("1", "1", "")
    assert row["opened_at"].endswith("+07:00")


def test_calls_and_times(supervisor: User) -> None:
    (call,) = rows_of(take(supervisor, "calls"))
    assert (call["has_number"], call["state"], call["class"]) == ("true", "answered", "")
    (timing,) = rows_of(take(supervisor, "timings"))
    assert float(timing["arrival_to_answer_s"]) >= 0
    assert float(timing["answer_to_dispatch_s"]) >= 0
    assert (timing["first_unit_there_at"], timing["dispatch_to_scene_s"]) == ("", "")


@pytest.mark.parametrize("name", list(exports.EXPORTS))
def test_nobodys_name_number_or_words_are_in_it(supervisor: User, name: str) -> None:
    text = b"".join(take(supervisor, name).streaming_content).decode()
    for secret in ("Rahasia", "811223344", "calc", "rumah"):
        assert secret not in text


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_language_changes_nothing(supervisor: User, language: str) -> None:
    supervisor.language = language
    supervisor.save()
    with translation.override(language):
        (row,) = rows_of(take(supervisor, "incidents"))
    assert (row["lat"], row["state"]) == ("-6.2102", "assigned")


def test_the_record_has_it_before_the_first_byte(supervisor: User) -> None:
    answer = take(supervisor, "calls", purpose="audit mutu\0")
    entry = AuditEntry.objects.get(action="calls_exported")
    assert (entry.actor, entry.purpose) == (supervisor, "audit mutu")
    assert entry.object_id.count("/") == 1
    assert rows_of(answer)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"purpose": ""}, "purpose"), ({"purpose": "x"}, "purpose"), ({"purpose": "x" * 301}, "purpose"),
        ({"from": ""}, "from"), ({"from": "kemarin"}, "from"), ({"from": "2026-13-01"}, "from"),
        ({"from": "2026-01-01T00:00:00"}, "from"), ({"to": "9999-12-31"}, "to"), ({"from": "2020-01-01"}, "to"),
        ({"from": TODAY, "to": "2020-01-01"}, "to"), ({"from": "0001-01-01"}, "from"), ({"from": "\0"}, "from"),
    ],
)  # fmt: skip
def test_what_is_missing_or_wrong_is_named_and_nothing_leaves(
    supervisor: User, query: dict[str, str], field: str
) -> None:
    answer = take(supervisor, "calls", **query)
    assert (answer.status_code, list(answer.json()["error"]["data"]["fields"])) == (400, [field])
    assert not AuditEntry.objects.filter(action="calls_exported").exists()


def test_times_limit_it(supervisor: User) -> None:
    call = Call.objects.get()
    at = call.arrived_at
    before = (at - timedelta(seconds=1)).isoformat()
    assert rows_of(take(supervisor, "calls", **{"from": before, "to": at.isoformat()})) == []
    assert (
        len(rows_of(take(supervisor, "calls", **{"from": at.isoformat(), "to": (at + timedelta(1)).isoformat()}))) == 1
    )


def test_an_unknown_table_is_not_found(supervisor: User) -> None:
    assert take(supervisor, "persons").status_code == 404


def test_many_rows_comechunks_in_steps_each_once(supervisor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "CHUNK", 3)
    realm, at = factories.live_realm(), Call.objects.get().arrived_at
    # Some share one moment: the place in the order must still be unique.
    for number in range(10):
        moment = at + timedelta(number // 4)
        call = Call(realm=realm, number=10**9 + number, state="queued", arrived_at=moment)
        call_begin(call=call, actor=SYSTEM, at=moment)
    start, end = at - timedelta(days=1), at + timedelta(days=9)
    chunks = list(exports.export_chunks(export=exports.EXPORTS["calls"], realm=realm, start=start, end=end))
    assert len(chunks) == 1 + 4
    numbers = [row["number"] for row in csv.DictReader(io.StringIO(b"".join(chunks).decode(), newline=""))]
    assert len(numbers) == len(set(numbers)) == 11


def test_under_asgi_it_is_not_read_to_its_end_first(supervisor: User) -> None:
    request = AsyncRequestFactory().get("/api/v1/exports/calls/", QUERY)
    force_authenticate(request, supervisor)
    answer = ExportView.as_view()(request, name="calls")
    assert (answer.status_code, getattr(answer, "is_async", None)) == (200, True)


async def test_each_step_is_asked_for_when_it_is_needed() -> None:
    asked: list[int] = []

    def steps() -> Iterator[bytes]:
        for number in range(3):
            asked.append(number)
            yield str(number).encode()

    found = []
    async for chunk in chunks_in_steps(steps()):
        found.append((chunk, list(asked)))
    assert found == [(b"0", [0]), (b"1", [0, 1]), (b"2", [0, 1, 2])]


@pytest.mark.parametrize("role", list(Role))
def test_only_who_may_export_sees_table_and_page(role: Role) -> None:
    factories.live_realm()
    user = factories.user(role, agency=factories.agency())
    may = Permission.DATA_EXPORT in ROLE_PERMISSIONS[role]
    assert take(user, "calls").status_code == (200 if may else 403)
    client = Client()
    client.force_login(user)
    page = client.get("/kerja/ekspor/")
    assert page.status_code == (200 if may else 403)
    assert AuditEntry.objects.filter(action="calls_exported").exists() is may
