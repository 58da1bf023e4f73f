"""Callers of a storm who hung up are settled together; whoever is on the line, or elsewhere, is not."""

from datetime import timedelta

import pytest

from accounts.choices import Role
from accounts.models import AuditEntry
from common import clock
from dispatch.choices import CallClass, CallState
from dispatch.models import Call, Storm
from dispatch.services import storm_calls
from dispatch.services.callbacks import callbacks_arrange
from tests import factories
from tests.dispatch.console import Console, exchange_send

pytestmark = pytest.mark.django_db
FIRE = {"lat": -6.17, "lon": 106.8, "radius_m": 20.0, "source": "aml"}


def line(number: int, kind: str, *, lat: float = FIRE["lat"], age_s: float = 30.0) -> dict[str, object]:  # type: ignore[assignment]
    at = (clock.now() - timedelta(seconds=age_s)).isoformat()
    location = FIRE | {"lat": lat, "measured_at": at} if kind == "ringing" else None
    return {"id": f"{number}-{kind}", "event": kind, "call": f"c{number}", "at": at, "caller": f"+62811000{number:03}",
            "location": location}  # fmt: skip


@pytest.fixture
def desk() -> Console:
    factories.live_realm()
    factories.pbx()
    factories.incident_type("kebakaran")
    factories.follow_rules()
    return Console(factories.user(Role.CALL_TAKER))


@pytest.fixture
def storm(desk: Console) -> Storm:
    incident = desk.post("incidents/", {"type": "kebakaran", "lat": -6.17, "lon": 106.8}, expect=201)
    made = desk.post(f"incidents/{incident['id']}/storms/", {}, expect=201)
    return Storm.objects.get(pk=made["id"])


def ring(*events: dict[str, object]) -> None:
    assert exchange_send(list(events)).status_code == 202


def test_who_hung_up_is_joined_and_closed_and_who_waits_is_not(desk: Console, storm: Storm) -> None:
    ring(line(1, "ringing"), line(2, "ringing"), line(3, "ringing"), line(4, "ringing", lat=-6.3))
    ring(line(1, "abandoned", age_s=20), line(2, "abandoned", age_s=20), line(4, "abandoned", age_s=20))
    callbacks_arrange()
    head = desk.state()["head"]

    assert desk.post(f"storms/{storm.pk}/settle/") == {"closed": 2, "left": 0}

    states = dict(Call.objects.values_list("pbx_call", "state"))
    assert states == {"c1": "closed", "c2": "closed", "c3": "queued", "c4": "callback_due"}
    closed = Call.objects.filter(state=CallState.CLOSED)
    assert {call.call_class for call in closed} == {CallClass.DUPLICATE}
    assert {call.incident_id for call in closed} == {storm.incident_id}
    assert {call.callback_due_at for call in closed} == {None}
    assert {event["kind"] for event in desk.events(head)} == {"call.changed", "timeline.added"}
    assert AuditEntry.objects.filter(action="call_closed", actor=desk.user).count() == 2


def test_again_there_is_nothing_to_settle(desk: Console, storm: Storm) -> None:
    ring(line(1, "ringing"), line(1, "abandoned", age_s=20))
    desk.post(f"storms/{storm.pk}/settle/")
    assert desk.post(f"storms/{storm.pk}/settle/") == {"closed": 0, "left": 0}


def test_a_big_storm_is_settled_in_parts(desk: Console, storm: Storm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storm_calls, "SETTLE_MAX", 2)
    for number in range(3):
        ring(line(number, "ringing"), line(number, "abandoned", age_s=20))
    assert desk.post(f"storms/{storm.pk}/settle/") == {"closed": 2, "left": 1}
    assert desk.post(f"storms/{storm.pk}/settle/") == {"closed": 1, "left": 0}


def test_only_operators_may_and_an_unknown_storm_is_not_found(desk: Console, storm: Storm) -> None:
    ring(line(1, "ringing"), line(1, "abandoned", age_s=20))
    auditor = Console(factories.user(Role.AUDITOR))
    assert auditor.refused(f"storms/{storm.pk}/settle/") == (403, "access_denied")
    assert desk.refused("storms/00000000-0000-7000-8000-000000000000/settle/")[0] == 404
    assert Call.objects.filter(state=CallState.CLOSED).count() == 0
