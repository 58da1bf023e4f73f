"""What exchanges tell, over the signed webhook."""

import itertools
import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.choices import Role
from common import clock
from dispatch.choices import CallState
from dispatch.models import Call, CallLocation, PbxEvent, Presence
from dispatch.rules.transitions import Machine, is_allowed
from dispatch.services.callbacks import callbacks_arrange
from tests import factories
from tests.dispatch.console import Console, exchange_send

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
IN_ONE_TEST = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def event(kind: str, second: float, call: str = "c1", **more: Any) -> dict[str, Any]:
    at = (START + timedelta(seconds=second)).isoformat()
    return {"id": f"{call}-{kind}-{second}", "event": kind, "call": call, "at": at} | more


@pytest.fixture(autouse=True)
def _pbx(db: None) -> None:
    factories.live_realm()
    factories.pbx()


def facts_of(call: Call) -> dict[str, Any]:
    """All that must not depend on the order of hearing."""
    names = (
        "state", "arrived_at", "answered_at", "ended_at", "caller_number", "answered_by_id", "language", "skill", "lat",
        "lon", "radius_m", "location_source", "call_class", "callback_due_at",
    )  # fmt: skip
    return {name: getattr(call, name) for name in names}


def test_a_call_as_an_exchange_tells_it() -> None:
    operator = factories.user(Role.CALL_TAKER)
    Presence.objects.create(user=operator, extension="101")
    answer = exchange_send([event("ringing", 0, caller="0812-3456-7890", language="en", skill="medis")])
    assert (answer.status_code, answer.json()) == (202, {"accepted": 1, "repeated": 0})
    call = Call.objects.get()
    assert (call.state, call.caller_number, call.language, call.skill) == ("queued", "+6281234567890", "en", "medis")
    exchange_send([event("answered", 4, agent="101"), event("held", 20), event("answered", 30)])
    call.refresh_from_db()
    assert (call.state, call.answered_by) == ("answered", operator)
    exchange_send([event("ended", 95, cause="normal")])
    call.refresh_from_db()
    assert (call.state, call.ended_at) == ("ended", START + timedelta(seconds=95))
    assert PbxEvent.objects.count() == 5


def test_the_same_again_changes_nothing() -> None:
    events = [event("ringing", 0), event("answered", 3), event("ended", 9)]
    assert exchange_send(events).json() == {"accepted": 3, "repeated": 0}
    before = facts_of(Call.objects.get())
    assert exchange_send(events).json() == {"accepted": 0, "repeated": 3}
    assert facts_of(Call.objects.get()) == before


kinds = st.sampled_from(["ringing", "answered", "held", "transferred", "ended", "abandoned"])
told = st.lists(
    st.tuples(kinds, st.integers(0, 5), st.sampled_from(["", "normal", "dropped"]), st.booleans()),
    min_size=1, max_size=6, unique_by=lambda item: item[:2],
)  # fmt: skip


@given(told, st.randoms(use_true_random=False))
@IN_ONE_TEST
def test_any_order_and_repetition_is_one_row_in_the_same_state(told: list[Any], random: Any) -> None:
    """With a number; then settled by the clock, as it would be."""
    rows = []
    for _way in range(2):
        name = uuid.uuid4().hex
        events = [
            event(kind, second, name, cause=cause, caller="+62811000111", agent="101" if kind == "answered" else "",
                  location=where(second) if located else None)
            for kind, second, cause, located in told
        ]  # fmt: skip
        events = [*events, *random.sample(events, random.randint(0, len(events)))]
        random.shuffle(events)
        while events:
            count = random.randint(1, len(events))
            assert exchange_send(events[:count]).status_code == 202
            events = events[count:]
        callbacks_arrange()
        call = Call.objects.get(pbx_call=name)
        rows.append(facts_of(call) | {"callback_due_at": call.callback_due_at is not None})
        steps = list(call.transitions.order_by("id").values_list("old", "new"))
        assert steps[0] == ("", "queued")
        assert all(is_allowed(Machine.CALL, old, new) for old, new in steps[1:])
        assert all(later[0] == earlier[1] for earlier, later in itertools.pairwise(steps))
        assert steps[-1][1] == call.state
    assert rows[0] == rows[1]


def where(second: int) -> dict[str, Any]:
    return {
        "lat": -6.2 - second / 1000, "lon": 106.8, "radius_m": 10.0 * (second + 1), "source": "aml",
        "measured_at": (START + timedelta(seconds=second * 20)).isoformat(),
    }  # fmt: skip


def test_the_best_position_stands_on_the_call_and_all_are_kept() -> None:
    cell = where(0) | {"radius_m": 900.0, "source": "cell"}
    exchange_send([event("ringing", 0, location=cell), event("answered", 2, location=where(1))])
    call = Call.objects.get()
    assert (call.radius_m, call.location_source) == (20.0, "aml")
    assert CallLocation.objects.count() == 2


def test_who_hung_up_is_called_back_and_who_has_no_number_is_closed() -> None:
    exchange_send([event("ringing", 0, "a", caller="+62811000111"), event("abandoned", 7, "a")])
    exchange_send([event("ringing", 0, "b", caller="anonymous"), event("abandoned", 7, "b")])
    assert set(Call.objects.values_list("state", flat=True)) == {"abandoned"}
    assert callbacks_arrange() == 2
    due = Call.objects.get(pbx_call="a")
    assert due.state == CallState.CALLBACK_DUE
    assert due.callback_due_at is not None
    closed = Call.objects.get(pbx_call="b")
    assert (closed.state, closed.call_class, closed.caller_number) == ("closed", "dropped", None)


def test_the_exchange_may_correct_itself_before_anybody_is_called_back() -> None:
    now = clock.now()

    def late(kind: str, ago_s: float) -> dict[str, Any]:
        return {"id": kind, "event": kind, "call": "c9", "at": (now - timedelta(seconds=ago_s)).isoformat()}

    exchange_send([late("ringing", 9), late("abandoned", 2)])
    assert callbacks_arrange() == 0
    exchange_send([late("answered", 1)])
    assert Call.objects.get().state == "answered"


def test_the_console_and_the_exchange_tell_of_one_call() -> None:
    console = Console(factories.user(Role.CALL_TAKER))
    exchange_send([event("ringing", 0)])
    call = Call.objects.get()
    assert console.post(f"calls/{call.pk}/answer/")["answered_by"] == str(console.user)
    exchange_send([event("answered", 3)])
    assert console.post(f"calls/{call.pk}/hold/")["state"] == "held"
    exchange_send([event("ringing", 1)])  # late; does not take the caller off hold
    call.refresh_from_db()
    assert call.state == "held"
    exchange_send([event("ended", 60)])
    call.refresh_from_db()
    assert (call.state, call.answered_by) == ("ended", console.user)
    console.post(f"calls/{call.pk}/close/", {"call_class": "information"})
    exchange_send([event("ended", 61)])
    call.refresh_from_db()
    assert call.state == "closed"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"secret": "falsch"}, 401, "signature_invalid"),
        ({"code": "tidak-ada"}, 401, "signature_invalid"),
        ({"at_s": int(time.time()) - 900}, 401, "signature_stale"),
    ],
)
def test_who_cannot_sign_is_not_heard(change: dict[str, Any], status: int, code: str) -> None:
    answer = exchange_send([event("ringing", 0)], **change)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert not Call.objects.exists()


def test_no_signature_at_all() -> None:
    answer = Client().post("/api/v1/pbx/pbx-uji/events/", {"events": []}, content_type="application/json")
    assert answer.status_code == 401


def test_the_secret_before_holds_until_the_next_change() -> None:
    pbx = factories.pbx()
    pbx.secret_set("baru")
    pbx.save()
    assert exchange_send([event("ringing", 0)]).status_code == 202
    assert exchange_send([event("ringing", 1)], secret="baru").status_code == 202
    pbx.secret_set("lebih baru")
    pbx.save()
    assert exchange_send([event("ringing", 2)]).status_code == 401


@pytest.mark.parametrize(
    "events",
    [[], [{}], [event("meledak", 0)], [event("ringing", 0) | {"at": "kemarin"}], [event("ringing", 0, extra=1)],
     [event("ringing", 0, location={"lat": 91, "lon": 0, "radius_m": 1, "measured_at": START.isoformat()})],
     [event("ringing", second) for second in range(101)], b"{broken", b'{"events": 5}', b"[]"],
)  # fmt: skip
def test_what_is_malformed_is_named_and_nothing_of_it_is_taken(events: Any) -> None:
    answer = exchange_send(events)
    assert answer.status_code == 400, answer.content
    assert not Call.objects.exists()
