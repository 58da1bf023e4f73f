"""The life of a call, from the queue to its class."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts.choices import Role
from common import clock
from common.phones import number_normalise
from dispatch.choices import CallState, OfferOutcome
from dispatch.models import Call, CallOffer, CallTransition, NumberReputation, Presence, QueueAlarm
from dispatch.services.alarms import queue_watch
from dispatch.services.callbacks import callbacks_arrange
from dispatch.services.offers import calls_offer
from dispatch.services.presences import presences_away
from tests import factories
from tests.dispatch.console import Console

pytestmark = pytest.mark.django_db
NUMBER = "+628110001112"


@pytest.fixture(autouse=True)
def _rows(db: None) -> None:
    factories.live_realm()
    factories.incident_type()


@pytest.fixture
def console() -> Console:
    return Console(factories.user(Role.CALL_TAKER))


@pytest.fixture
def supervisor() -> Console:
    return Console(factories.user(Role.SUPERVISOR))


class Clock:
    """Time that a test says."""

    def __init__(self) -> None:
        self.at = clock.now()

    def now(self) -> datetime:
        return self.at

    def go(self, **delta: float) -> None:
        self.at += timedelta(**delta)


@pytest.fixture
def time_told(monkeypatch: pytest.MonkeyPatch) -> Clock:
    told = Clock()
    monkeypatch.setattr(clock, "now", told.now)
    return told


def waiting(console: Console, number: str | None = NUMBER, **more: Any) -> str:
    """A call that waits."""
    identity: str = console.post("calls/", {"caller_number": number} | more, expect=201)["id"]
    return identity


def talking(console: Console, number: str | None = NUMBER) -> str:
    """A call that is answered."""
    identity = waiting(console, number)
    console.post(f"calls/{identity}/answer/")
    return identity


def test_a_whole_life_with_its_times(console: Console) -> None:
    key = waiting(console)
    for step, state in (("answer", "answered"), ("hold", "held"), ("resume", "answered"), ("end", "ended")):
        assert console.post(f"calls/{key}/{step}/")["state"] == state
    assert console.post(f"calls/{key}/wrap-up/")["state"] == "wrap_up"
    closed = console.post(f"calls/{key}/close/", {"call_class": "information", "note": "jam buka"})
    assert (closed["state"], closed["call_class"], closed["note"]) == ("closed", "information", "jam buka")
    steps = console.get(f"calls/{key}/")["steps"]
    assert [step["new"] for step in steps] == [
        "queued", "answered", "held", "answered", "ended", "wrap_up", "closed",
    ]  # fmt: skip
    assert all(step["actor"] == str(console.user) and step["source"] == "api" for step in steps)
    call = Call.objects.get()
    assert call.arrived_at <= call.answered_at <= call.ended_at <= call.wrapup_ended_at  # type: ignore[operator]
    assert call.location_verified_at is None  # what did not happen has no time


def test_a_prank_is_one_key(console: Console) -> None:
    key = talking(console)
    assert console.post(f"calls/{key}/close/", {"call_class": "prank"})["state"] == "closed"
    assert [row.new for row in CallTransition.objects.order_by("id")] == ["queued", "answered", "ended", "closed"]


def test_an_emergency_needs_its_incident(console: Console) -> None:
    key = talking(console)
    assert console.refused(f"calls/{key}/close/", {"call_class": "emergency"}) == (400, "class_needs_incident")
    assert Call.objects.get().state == "answered"  # nothing was done by half
    console.post("incidents/", {"type": "orang-hilang", "call": key}, expect=201)
    assert console.post(f"calls/{key}/close/", {"call_class": "emergency"})["state"] == "closed"


@pytest.mark.parametrize("step", ["hold", "resume", "end", "drop", "wrap-up", "silent", "callback", "close"])
def test_a_call_that_waits_can_only_be_answered(console: Console, step: str) -> None:
    key = waiting(console)
    body = {"close": {"call_class": "prank"}, "callback": {"outcome": "reached"}}.get(step)
    assert console.refused(f"calls/{key}/{step}/", body) == (409, "state_conflict")
    assert Call.objects.get().state == "queued"


def test_the_database_lets_no_state_change_unrecorded(console: Console) -> None:
    key = waiting(console)
    with transaction.atomic():
        Call.objects.filter(pk=key).update(state="answered")
        with pytest.raises(IntegrityError, match="newest step"):
            connection.check_constraints()
        transaction.set_rollback(True)
    with pytest.raises(IntegrityError, match="call_closed_has_class"), transaction.atomic():
        Call.objects.filter(pk=key).update(state="closed")


# --- offering -------------------------------------------------------------------------------------------------------


def ready(console: Console, **more: Any) -> None:
    console.post("presence/", {"state": "ready"} | more)


def test_a_call_rings_at_the_longest_idle_and_goes_on_after_ten_seconds(time_told: Clock, console: Console) -> None:
    realm = factories.live_realm()
    first, second = Console(factories.user(Role.CALL_TAKER)), Console(factories.user(Role.CALL_TAKER))
    ready(first)
    time_told.go(seconds=5)
    ready(second)
    key = waiting(console)
    assert calls_offer(realm=realm) == 1
    call = Call.objects.get()
    assert (call.state, call.offered_to, call.offered_at) == ("offered", first.user, time_told.at)
    time_told.go(seconds=9.9)
    calls_offer(realm=realm)
    assert Call.objects.get().offered_to == first.user
    time_told.go(seconds=0.2)
    calls_offer(realm=realm)
    assert Call.objects.get().offered_to == second.user
    assert list(CallOffer.objects.values_list("outcome", flat=True)) == ["expired", "open"]
    assert second.post(f"calls/{key}/answer/")["answered_by"] == str(second.user)
    assert CallOffer.objects.get(user=second.user).outcome == OfferOutcome.TAKEN
    waiting(console, None)
    calls_offer(realm=realm)
    assert Call.objects.get(state="offered").offered_to == first.user  # who talks is not offered another


def test_somebody_else_may_be_faster(console: Console) -> None:
    offered = Console(factories.user(Role.CALL_TAKER))
    ready(offered)
    key = waiting(console)
    calls_offer(realm=factories.live_realm())
    assert console.post(f"calls/{key}/answer/")["answered_by"] == str(console.user)
    assert CallOffer.objects.get().outcome == OfferOutcome.TAKEN_ELSEWHERE
    assert offered.refused(f"calls/{key}/answer/") == (409, "call_taken")


def test_a_console_that_is_gone_is_not_offered_anything(time_told: Clock, console: Console) -> None:
    gone = Console(factories.user(Role.CALL_TAKER))
    ready(gone)
    time_told.go(seconds=91)
    waiting(console)
    assert calls_offer(realm=factories.live_realm()) == 0
    assert presences_away() == 1
    assert Presence.objects.get().state == "away"


@pytest.mark.django_db(transaction=True)
def test_many_offering_at_once_ring_each_desk_once() -> None:
    realm = factories.live_realm()
    desks = [Console(factories.user(Role.CALL_TAKER)) for _ in range(4)]
    for desk in desks:
        ready(desk)
    for _ in range(6):
        waiting(desks[0], None)

    def offer(_turn: int) -> int:
        count = calls_offer(realm=realm)
        connection.close()
        return count

    with ThreadPoolExecutor(8) as pool:
        offered = sum(pool.map(offer, range(8)))
    calls_offer(realm=realm)
    assert offered <= 4
    offers = list(CallOffer.objects.filter(outcome="open").values_list("user_id", "call_id"))
    assert len(offers) == len({user for user, _call in offers}) == len({call for _user, call in offers}) == 4


def test_the_queue_alarm_goes_on_once_and_off_again(time_told: Clock, console: Console) -> None:
    realm = factories.live_realm()
    keys = [waiting(console, None) for _ in range(11)]
    assert queue_watch(realm=realm) is not None
    assert queue_watch(realm=realm) is not None
    assert QueueAlarm.objects.get().waiting_max == 11
    for key in keys[:7]:
        console.post(f"calls/{key}/answer/")
    assert queue_watch(realm=realm) is None
    assert QueueAlarm.objects.get().ended_at is not None
    kinds = [event["payload"]["ended_at"] for event in console.events(0) if event["kind"] == "queue.changed"]
    assert [bool(ended) for ended in kinds] == [False, True]


# --- callbacks ------------------------------------------------------------------------------------------------------


def test_who_was_cut_off_is_called_back_until_reached(console: Console, time_told: Clock) -> None:
    key = talking(console)
    assert console.post(f"calls/{key}/drop/")["state"] == "callback_due"
    assert [call["id"] for call in console.get("callbacks/")["callbacks"]] == [key]
    tried = console.post(f"calls/{key}/callback/", {"outcome": "no_answer"})
    assert (tried["state"], tried["callback_attempts"]) == ("callback_due", 1)
    time_told.go(minutes=10)
    reached = console.post(f"calls/{key}/callback/", {"outcome": "reached", "note": "di rumah"})
    assert (reached["state"], reached["callback_due_at"], reached["ended_at"]) == ("answered", None, None)
    console.post(f"calls/{key}/close/", {"call_class": "information"})
    assert [row["outcome"] for row in console.get(f"calls/{key}/")["attempts"]] == ["no_answer", "reached"]


def test_after_three_failures_it_is_closed_as_dropped(console: Console) -> None:
    key = talking(console)
    console.post(f"calls/{key}/close/", {"call_class": "dropped"})
    for _ in range(2):
        assert console.post(f"calls/{key}/callback/", {"outcome": "busy"})["state"] == "callback_due"
    last = console.post(f"calls/{key}/callback/", {"outcome": "off"})
    assert (last["state"], last["call_class"]) == ("closed", "dropped")
    assert console.refused(f"calls/{key}/callback/", {"outcome": "busy"}) == (409, "state_conflict")


def test_a_broken_call_without_a_number_cannot_be_called_back(console: Console) -> None:
    key = talking(console, None)
    dropped = console.post(f"calls/{key}/drop/")
    assert (dropped["state"], dropped["call_class"]) == ("closed", "dropped")
    assert callbacks_arrange() == 0


# --- numbers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0811-000-1112", NUMBER), ("+62 811 000 1112", NUMBER), ("62811 0001112", "+628110001112"), ("112", "112"),
     ("anonymous", None), ("", None), (None, None), ("021 5550123", "+62215550123"),
     ("+1 202 555 0123", "+12025550123")],
)  # fmt: skip
def test_one_number_however_it_is_written(text: str | None, expected: str | None) -> None:
    assert number_normalise(text) == expected


def test_three_pranks_make_a_mark_that_lowers_and_never_blocks(
    console: Console, supervisor: Console, time_told: Clock
) -> None:
    for _ in range(3):
        console.post(f"calls/{talking(console)}/close/", {"call_class": "prank"})
    key = waiting(console)
    assert Call.objects.get(pk=key).is_lowered
    ready(console)
    calls_offer(realm=factories.live_realm())
    assert Call.objects.get(pk=key).state == "offered"  # nobody else waits: it rings
    assert console.refused("numbers/review/", method="GET") == (403, "access_denied")
    marked = supervisor.get("numbers/review/")["numbers"]
    assert [(row["number"], row["prank_count"]) for row in marked] == [(NUMBER, 3)]
    supervisor.post(f"numbers/{marked[0]['id']}/review/", {"is_kept": False, "note": "anak kecil"})
    assert not Call.objects.get(pk=waiting(console)).is_lowered
    time_told.go(days=2)
    assert not Call.objects.get(pk=waiting(console)).is_lowered


def test_a_mark_is_void_while_an_incident_of_the_number_is_open(console: Console) -> None:
    for _ in range(3):
        console.post(f"calls/{talking(console)}/close/", {"call_class": "prank"})
    lowered = waiting(console)
    assert Call.objects.get(pk=lowered).is_lowered
    console.post("incidents/", {"type": "orang-hilang", "caller_number": "0811 000 1112"}, expect=201)
    assert not Call.objects.get(pk=lowered).is_lowered
    assert not Call.objects.get(pk=waiting(console)).is_lowered
    assert NumberReputation.objects.get().marked_until is not None


def test_the_mark_ends_by_itself(console: Console, time_told: Clock) -> None:
    for _ in range(3):
        console.post(f"calls/{talking(console)}/close/", {"call_class": "prank"})
    time_told.go(hours=25)
    assert not Call.objects.get(pk=waiting(console)).is_lowered


def test_earlier_calls_and_incidents_of_a_number(console: Console) -> None:
    first = talking(console)
    incident = console.post("incidents/", {"type": "orang-hilang", "call": first}, expect=201)
    second = talking(console)
    history = console.get(f"calls/{second}/")["history"]
    assert [call["id"] for call in history["calls"]] == [first]
    assert [row["id"] for row in history["incidents"]] == [incident["id"]]
    assert console.get("numbers/?number=08110001112")["calls"][0]["id"] == second


def test_a_silent_call_is_marked_with_its_time(console: Console) -> None:
    key = talking(console)
    assert console.post(f"calls/{key}/silent/")["silent_at"] is not None


# --- positions ------------------------------------------------------------------------------------------------------


def test_a_callers_phone_says_where_it_is(console: Console) -> None:
    key = talking(console)
    link = console.post(f"calls/{key}/location-link/", expect=201)
    path = "/" + link["url"].split("/", 3)[3]
    phone = Client()
    assert phone.get(path).status_code == 200
    body = {"lat": -6.21, "lon": 106.85, "radius_m": 12.5}
    assert phone.post(path, body, content_type="application/json").status_code == 200
    position = console.get(f"calls/{key}/")["call"]["position"]
    assert (position["lat"], position["radius_m"], position["source"]) == (-6.21, 12.5, "browser")
    assert phone.post("/lokasi/salah/", body, content_type="application/json").status_code == 404
    assert phone.post(path, {"lat": 99}, content_type="application/json").status_code == 400
    console.post(f"calls/{key}/close/", {"call_class": "information"})
    assert phone.post(path, body, content_type="application/json").status_code == 410


def test_what_a_caller_tells_is_kept_with_its_radius(console: Console) -> None:
    key = talking(console)
    console.post(f"calls/{key}/position/", {"lat": -6.2, "lon": 106.8, "radius_m": 500})
    better = console.post(f"calls/{key}/position/", {"lat": -6.21, "lon": 106.81, "radius_m": 40})
    assert better["position"]["radius_m"] == 40
    worse = console.post(f"calls/{key}/position/", {"lat": -6.3, "lon": 106.9, "radius_m": 900})
    assert worse["position"]["radius_m"] == 40
    assert len(console.get(f"calls/{key}/")["positions"]) == 3


def test_one_of_many_gets_a_callback_too(console: Console) -> None:
    key = talking(console)
    console.post(f"calls/{key}/drop/")
    other = Console(factories.user(Role.CALL_TAKER))
    assert other.post(f"calls/{key}/answer/")["state"] == CallState.ANSWERED
    assert console.refused(f"calls/{key}/answer/") == (409, "call_taken")
