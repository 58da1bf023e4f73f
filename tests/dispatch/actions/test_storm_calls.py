"""Callers of a storm who hung up are settled together; whoever is on the line, or elsewhere, is not."""

from datetime import timedelta

import pytest

from accounts.choices import Role
from accounts.models import AuditEntry
from common import clock
from dispatch.choices import CallClass, CallState
from dispatch.models import Call, Storm
from dispatch.services import callbacks, storm_calls, storms
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


@pytest.fixture
def long_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an exchange told counts as settled at once: here nothing more comes."""
    monkeypatch.setattr(callbacks, "SETTLE", timedelta(0))


def ring(*events: dict[str, object]) -> None:
    assert exchange_send(list(events)).status_code == 202


@pytest.mark.usefixtures("long_heard")
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


def left_before(desk: Console) -> None:
    """Calls by what became of them: c1 abandoned, c2 to be called back, c3 dropped, c4 waits; the rest are others'."""
    ring(line(2, "ringing"), line(2, "abandoned", age_s=20))
    callbacks_arrange()
    ring(*(line(number, "ringing") for number in (1, 3, 4, 5)))
    ring(line(6, "ringing", lat=-6.3), line(7, "ringing", age_s=600))
    ring(line(3, "answered", age_s=25), line(5, "answered", age_s=25))
    other = desk.post("incidents/", {"type": "kebakaran", "lat": -6.17, "lon": 106.8}, expect=201)
    desk.post(f"incidents/{other['id']}/calls/", {"call": str(Call.objects.get(pbx_call="c5").pk)})
    ring(*(line(number, "ended", age_s=20) | {"cause": "dropped"} for number in (3, 5)))
    ring(*(line(number, "abandoned", age_s=20) for number in (1, 6, 7)))
    states = dict(Call.objects.values_list("pbx_call", "state"))
    assert states == {
        "c1": "abandoned", "c2": "callback_due", "c3": "dropped", "c4": "queued", "c5": "dropped", "c6": "abandoned",
        "c7": "abandoned",
    }  # fmt: skip


@pytest.mark.usefixtures("long_heard")
def test_who_left_just_before_the_storm_belongs_to_it_unless_from_elsewhere_earlier_or_another_incident(
    desk: Console,
) -> None:
    left_before(desk)
    incident = desk.post("incidents/", {"type": "kebakaran", "lat": -6.17, "lon": 106.8}, expect=201)
    head = desk.state()["head"]

    storm = desk.post(f"incidents/{incident['id']}/storms/", {}, expect=201)

    grouped = set(Call.objects.filter(storm=storm["id"]).values_list("pbx_call", flat=True))
    assert grouped == {"c1", "c2", "c3", "c4"}
    told = [event["entity_id"] for event in desk.events(head) if event["kind"] == "call.changed"]
    assert sorted(told) == sorted(
        str(key) for key in Call.objects.filter(storm=storm["id"]).values_list("pk", flat=True)
    )
    assert desk.post(f"storms/{storm['id']}/settle/") == {"closed": 3, "left": 0}
    assert set(Call.objects.filter(state="closed").values_list("pbx_call", flat=True)) == {"c1", "c2", "c3"}


@pytest.mark.usefixtures("long_heard")
def test_a_storm_that_starts_by_itself_takes_those_who_left_too(desk: Console) -> None:
    left_before(desk)
    incident = desk.post("incidents/", {"type": "kebakaran", "lat": -6.17, "lon": 106.8}, expect=201)
    for number in range(10, 10 + storms.CALLS_TO_START - 4):  # four are there already
        assert not Storm.objects.exists()
        ring(line(number, "ringing"), line(number, "answered", age_s=20))
        call = Call.objects.get(pbx_call=f"c{number}")
        desk.post(f"incidents/{incident['id']}/calls/", {"call": str(call.pk)})
    storm = Storm.objects.get()
    assert {"c1", "c2", "c3", "c4"} <= set(storm.calls.values_list("pbx_call", flat=True))
    assert not storm.calls.filter(pbx_call__in=["c5", "c6", "c7"]).exists()


@pytest.mark.usefixtures("long_heard")
def test_of_very_many_who_left_the_newest_are_taken_and_all_who_wait(
    desk: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storms, "GONE_MAX", 2)
    for number in range(1, 5):
        ring(line(number, "ringing", age_s=100 - number), line(number, "abandoned", age_s=20))
    ring(*(line(number, "ringing") for number in range(5, 9)))
    incident = desk.post("incidents/", {"type": "kebakaran", "lat": -6.17, "lon": 106.8}, expect=201)
    storm = desk.post(f"incidents/{incident['id']}/storms/", {}, expect=201)
    grouped = set(Call.objects.filter(storm=storm["id"]).values_list("pbx_call", flat=True))
    assert grouped == {"c3", "c4", "c5", "c6", "c7", "c8"}
