"""What exchanges tell, over the signed webhook. In whatever order: test_exchange_order.py; signed: _signature.py."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.choices import Role
from accounts.models import AuditEntry
from common import clock
from dispatch.choices import CallState, NumberReview, OfferOutcome
from dispatch.models import Call, CallLocation, CallOffer, NumberReputation, PbxEvent, PbxLink, Presence
from dispatch.services.callbacks import callbacks_arrange
from dispatch.services.exchanges import SEEN_EVERY
from dispatch.services.offers import calls_offer
from tests import factories
from tests.dispatch.console import Console, exchange_send

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


def event(kind: str, second: float, call: str = "c1", **more: Any) -> dict[str, Any]:
    at = (START + timedelta(seconds=second)).isoformat()
    return {"id": f"{call}-{kind}-{second}", "event": kind, "call": call, "at": at} | more


class Clock:
    """Our clock, set to seconds after START."""

    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        return self.at

    def set(self, second: float) -> None:
        self.at = START + timedelta(seconds=second)


@pytest.fixture
def time_told(monkeypatch: pytest.MonkeyPatch) -> Clock:
    told = Clock()
    monkeypatch.setattr(clock, "now", told.now)
    return told


@pytest.fixture(autouse=True)
def _pbx(db: None) -> None:
    factories.live_realm()
    factories.pbx()


@pytest.fixture
def console() -> Console:
    return Console(factories.user(Role.CALL_TAKER))


def call_of(name: str = "c1") -> Call:
    return Call.objects.get(pbx_call=name)


def steps(call: Call) -> list[tuple[str, datetime]]:
    return list(call.transitions.order_by("id").values_list("new", "occurred_at"))


@pytest.mark.parametrize(
    ("events", "count"),
    [
        ([event("ringing", 0, caller="0811000111")], 18),
        ([event("ringing", 0)], 15),  # no number, no mark and no text of it
        ([event("answered", 1, "known", agent="101")], 16),
        ([event("ended", 9, "known")], 15),
        ([event("ringing", 0, "known", caller="0811000112")], 6),  # told before
    ],
)
def test_an_event_costs_so_many_queries(events: list[dict[str, Any]], count: int) -> None:
    """Each is a round trip under locks that all calls of a storm wait for; BEGIN and COMMIT are among them."""
    exchange_send([event("ringing", 0, "known", caller="0811000112")])
    with CaptureQueriesContext(connection) as queries:
        assert exchange_send(events).status_code == 202
    assert len(queries) == count, [query["sql"][:90] for query in queries.captured_queries]


def test_that_an_exchange_was_heard_of_is_not_written_each_time() -> None:
    pbx, now = factories.pbx(), clock.now()
    exchange_send([event("ringing", 0)])
    pbx.refresh_from_db()
    first_at = pbx.seen_at
    assert first_at is not None
    assert first_at >= now
    exchange_send([event("ringing", 1, "c2")])
    pbx.refresh_from_db()
    assert pbx.seen_at == first_at
    PbxLink.objects.update(seen_at=first_at - SEEN_EVERY)
    exchange_send([event("ringing", 2, "c3")])
    pbx.refresh_from_db()
    assert pbx.seen_at > first_at


def test_a_call_as_an_exchange_tells_it() -> None:
    operator = factories.user(Role.CALL_TAKER)
    Presence.objects.create(user=operator, extension="101")
    answer = exchange_send([event("ringing", 0, caller="0812-3456-7890", language="en", skill="medis")])
    assert (answer.status_code, answer.json()) == (202, {"accepted": 1, "repeated": 0})
    call = call_of()
    assert (call.state, call.caller_number, call.language, call.skill) == ("queued", "+6281234567890", "en", "medis")
    exchange_send([event("answered", 4, agent="101"), event("held", 20), event("answered", 30)])
    call.refresh_from_db()
    assert (call.state, call.answered_by) == ("answered", operator)
    exchange_send([event("ended", 95, cause="normal")])
    call.refresh_from_db()
    assert (call.state, call.ended_at) == ("ended", START + timedelta(seconds=95))
    assert PbxEvent.objects.count() == 5
    told = [(state, (at - START).total_seconds()) for state, at in steps(call)]
    assert told == [("queued", 0), ("answered", 4), ("held", 20), ("answered", 30), ("ended", 95)]
    assert {step.source for step in call.transitions.all()} == {"pbx:pbx-uji"}


def test_one_audit_entry_tells_of_a_batch_and_none_of_a_repetition() -> None:
    batch = [event("ringing", 0, "a"), event("ringing", 0, "b"), event("answered", 2, "b")]
    exchange_send(batch)
    exchange_send(batch)
    (entry,) = AuditEntry.objects.filter(action="line_heard")
    assert (entry.source, entry.actor, entry.data["events"], entry.data["calls_new"]) == ("pbx:pbx-uji", None, 3, 2)
    assert set(entry.data["calls"]) == {str(call.pk) for call in Call.objects.all()}


def test_the_same_id_in_another_call_is_another_event() -> None:
    same = {"id": "1"}
    answer = exchange_send([event("ringing", 0, "a") | same, event("ringing", 0, "b") | same])
    assert answer.json() == {"accepted": 2, "repeated": 0}
    assert PbxEvent.objects.count() == Call.objects.count() == 2


def where(second: float) -> dict[str, Any]:
    return {
        "lat": -6.2 - second / 1000, "lon": 106.8, "radius_m": 10.0 * (second + 1), "source": "aml",
        "measured_at": (START + timedelta(seconds=second * 20)).isoformat(),
    }  # fmt: skip


def test_the_best_position_stands_on_the_call_and_all_are_kept() -> None:
    cell = where(0) | {"radius_m": 900.0, "source": "cell"}
    exchange_send([event("ringing", 0, location=cell), event("answered", 2, location=where(1))])
    call = call_of()
    assert (call.radius_m, call.location_source) == (20.0, "aml")
    assert CallLocation.objects.count() == 2


def test_a_phone_whose_clock_is_ahead_does_not_outdo_what_comes_later(time_told: Clock) -> None:
    tomorrow = where(0) | {"measured_at": (START + timedelta(days=1)).isoformat()}
    time_told.set(1)
    exchange_send([event("ringing", 0, location=tomorrow)])
    assert call_of().located_at == START + timedelta(seconds=1)
    time_told.set(60)
    moved = where(5) | {"measured_at": (START + timedelta(seconds=59)).isoformat()}
    exchange_send([event("answered", 50, location=moved)])
    assert (call_of().lat, call_of().radius_m) == (moved["lat"], 60.0)


def test_who_hung_up_is_called_back_and_who_has_no_number_is_closed(time_told: Clock) -> None:
    time_told.set(8)
    exchange_send([event("ringing", 0, "a", caller="+62811000111"), event("abandoned", 7, "a")])
    exchange_send([event("ringing", 0, "b", caller="anonymous"), event("abandoned", 7, "b")])
    assert set(Call.objects.values_list("state", flat=True)) == {"abandoned"}
    time_told.set(12.9)
    assert callbacks_arrange() == 0  # the exchange may still correct itself
    time_told.set(13)
    assert callbacks_arrange() == 2
    due = call_of("a")
    assert due.state == CallState.CALLBACK_DUE
    assert due.callback_due_at is not None
    closed = call_of("b")
    assert (closed.state, closed.call_class, closed.caller_number) == ("closed", "dropped", None)


def test_late_news_of_a_call_may_still_be_corrected(time_told: Clock) -> None:
    """What waited in an adapter while we were away is an hour old when it comes."""
    time_told.set(3600)
    exchange_send([event("ringing", 0), event("abandoned", 7)])
    assert callbacks_arrange() == 0
    exchange_send([event("answered", 9)])
    assert call_of().state == "answered"
    assert call_of().ended_at is None


def test_an_answer_heard_after_all_takes_a_call_from_the_callback_list(time_told: Clock) -> None:
    for name, late in (("a", "answered"), ("b", "ended"), ("c", "held")):
        time_told.set(8)
        exchange_send([event("ringing", 0, name, caller="+62811000111"), event("abandoned", 7, name)])
        time_told.set(20)
        assert callbacks_arrange() == 1
        exchange_send([event(late, 9, name)])
        call = call_of(name)
        assert (call.state, call.callback_due_at) == (late, None)


def test_an_answer_heard_after_somebody_tried_to_call_back_changes_nothing(time_told: Clock, console: Console) -> None:
    time_told.set(8)
    exchange_send([event("ringing", 0, caller="+62811000111"), event("abandoned", 7)])
    time_told.set(20)
    callbacks_arrange()
    console.post(f"calls/{call_of().pk}/callback/", {"outcome": "no_answer"})
    exchange_send([event("answered", 9)])
    call = call_of()
    assert (call.state, call.answered_at) == ("callback_due", START + timedelta(seconds=9))


def test_the_old_line_has_no_say_in_a_conversation_of_the_callback(time_told: Clock, console: Console) -> None:
    time_told.set(8)
    exchange_send([event("ringing", 0, caller="+62811000111"), event("abandoned", 7)])
    time_told.set(20)
    callbacks_arrange()
    console.post(f"calls/{call_of().pk}/callback/", {"outcome": "reached"})
    time_told.set(30)
    assert exchange_send([event("held", 3), event("ended", 7, cause="dropped")]).status_code == 202
    call = call_of()
    assert (call.state, call.ended_at, call.answered_by) == ("answered", None, console.user)


def test_the_console_and_the_exchange_tell_of_one_call(time_told: Clock, console: Console) -> None:
    exchange_send([event("ringing", 0)])
    call = call_of()
    time_told.set(4)
    assert console.post(f"calls/{call.pk}/answer/")["answered_by"] == str(console.user)
    exchange_send([event("answered", 3)])
    time_told.set(10)
    assert console.post(f"calls/{call.pk}/hold/")["state"] == "held"
    exchange_send([event("ringing", 1)])  # late; does not take the caller off hold
    assert call_of().state == "held"
    time_told.set(60)
    exchange_send([event("ended", 60)])
    call = call_of()
    assert (call.state, call.answered_by, call.answered_at) == ("ended", console.user, START + timedelta(seconds=3))
    console.post(f"calls/{call.pk}/close/", {"call_class": "information"})
    exchange_send([event("ended", 59), event("answered", 61), event("abandoned", 62)])
    call = call_of()
    assert (call.state, call.ended_at) == ("closed", START + timedelta(seconds=59))


@pytest.mark.parametrize("kind", ["answered", "held", "transferred", "ringing"])
def test_who_ended_it_here_is_not_disturbed_by_a_line_that_is_still_up(
    time_told: Clock, console: Console, kind: str
) -> None:
    time_told.set(2)
    exchange_send([event("ringing", 0), event("answered", 1)])
    time_told.set(9)
    console.post(f"calls/{call_of().pk}/end/")
    assert exchange_send([event(kind, 12)]).status_code == 202
    call = call_of()
    assert (call.state, call.ended_at) == ("ended", START + timedelta(seconds=9))


def test_a_caller_who_was_gone_when_the_call_was_taken_is_called_back(time_told: Clock, console: Console) -> None:
    time_told.set(1)
    exchange_send([event("ringing", 0, caller="+62811000111")])
    time_told.set(4)
    console.post(f"calls/{call_of().pk}/answer/")
    exchange_send([event("abandoned", 3)])
    assert call_of().state == "dropped"
    time_told.set(20)
    assert callbacks_arrange() == 1
    assert call_of().state == "callback_due"


def test_a_line_that_broke_after_the_conversation_is_called_back(time_told: Clock, console: Console) -> None:
    time_told.set(2)
    exchange_send([event("ringing", 0, caller="+62811000111"), event("answered", 1)])
    time_told.set(9)
    console.post(f"calls/{call_of().pk}/end/")
    exchange_send([event("ended", 8, cause="dropped")])
    assert call_of().state == "dropped"


def test_the_person_at_the_newest_desk_that_is_known_has_the_call() -> None:
    first, second = factories.user(Role.CALL_TAKER), factories.user(Role.CALL_TAKER)
    Presence.objects.create(user=first, extension="101")
    Presence.objects.create(user=second, extension="102")
    exchange_send([event("ringing", 0), event("transferred", 9, agent="999"), event("answered", 3, agent="101")])
    assert call_of().answered_by == first
    exchange_send([event("answered", 12, agent="102")])
    assert call_of().answered_by == second


@pytest.mark.parametrize(("agent", "outcome"), [("101", OfferOutcome.TAKEN), ("102", OfferOutcome.TAKEN_ELSEWHERE)])
def test_the_desk_that_rang_is_told_who_took_the_call(agent: str, outcome: OfferOutcome, console: Console) -> None:
    Presence.objects.create(user=console.user, extension="101")
    Presence.objects.create(user=factories.user(Role.CALL_TAKER), extension="102")
    exchange_send([event("ringing", 0)])
    console.post("presence/", {"state": "ready"})
    assert calls_offer(realm=factories.live_realm()) == 1
    exchange_send([event("answered", 3, agent=agent)])
    assert CallOffer.objects.get().outcome == outcome
    assert (call_of().state, call_of().offered_to) == ("answered", None)


def test_a_marked_number_is_known_again_when_it_is_told_late() -> None:
    now = clock.now()
    NumberReputation.objects.create(
        realm=factories.live_realm(), number="+62811000111", prank_count=9, last_at=now, marked_at=now,
        marked_until=now + timedelta(hours=1), review=NumberReview.WAITING,
    )  # fmt: skip
    exchange_send([event("ringing", 0)])
    assert not call_of().is_lowered
    exchange_send([event("ringing", 1, caller="0811000111")])
    assert (call_of().is_lowered, call_of().caller_number) == (True, "+62811000111")


def test_an_exchange_whose_clock_is_ahead_does_not_lose_its_place_or_its_callback(time_told: Clock) -> None:
    hour = 3600
    time_told.set(0)
    exchange_send([event("ringing", hour, caller="+62811000111")])
    assert call_of().arrived_at == START
    time_told.set(9)
    exchange_send([event("abandoned", hour + 9)])
    assert (call_of().state, call_of().ended_at) == ("abandoned", START + timedelta(seconds=9))
    time_told.set(20)
    assert callbacks_arrange() == 1
