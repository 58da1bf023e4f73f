"""Any order, repetition and batching of a call's events, whatever people and the clock do in between: one row, the
same state. Over the real database, through the real webhook; every constraint is checked after every request.
"""

import itertools
import math
import random as chance
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.choices import Role
from accounts.models import User
from common import clock
from common.errors import ConflictError
from dispatch.actions import calls as act
from dispatch.choices import CallbackOutcome, CallClass
from dispatch.models import Call, CallLocation, CallTransition, PbxEvent, Presence
from dispatch.rules.transitions import Machine, is_allowed
from dispatch.services.callbacks import callbacks_arrange
from dispatch.services.offers import calls_offer
from realtime.models import Realm
from tests import factories
from tests.dispatch.console import exchange_send

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
IN_ONE_TEST = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink over a database takes minutes
)  # fmt: skip
# Ends are rarer than in life, or few events would be left to come after what people do.
KINDS = ("ringing", "answered", "answered", "held", "held", "transferred", "ended", "abandoned")
# What must not depend on the order of hearing.
FACTS = (
    "state", "arrived_at", "answered_at", "ended_at", "caller_number", "answered_by_id", "language", "skill", "lat",
    "lon", "radius_m", "location_source", "located_at", "call_class", "callback_due_at", "offered_to_id",
    "is_lowered", "escalation",
)  # fmt: skip


class World:
    """A clock that is set, an operator without a desk's extension, and two desks with one."""

    def __init__(self) -> None:
        self.at = START
        self.realm: Realm = factories.live_realm()
        self.operator: User = factories.user(Role.CALL_TAKER)
        for extension in ("101", "102"):
            Presence.objects.create(user=factories.user(Role.CALL_TAKER), extension=extension)
        factories.pbx()

    def now(self) -> datetime:
        return self.at

    def person(self, step: Callable[..., Any], call: Call, **more: Any) -> bool:
        """What the operator does; False where it is no longer possible."""
        try:
            step(user=self.operator, source="uji", realm=self.realm, call_id=call.pk, **more)
        except ConflictError:
            return False
        return True


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    made = World()
    monkeypatch.setattr(clock, "now", made.now)
    yield made
    connection.check_constraints()


where = st.fixed_dictionaries(
    {
        "lat": st.sampled_from([-6.1, -6.2]),
        "lon": st.just(106.8),
        "radius_m": st.sampled_from([5.0, 20.0, 900.0]),
        "source": st.sampled_from(["aml", "cell", "pbx"]),
        "measured_at": st.sampled_from([0, 20, 45, 9000]).map(lambda s: (START + timedelta(seconds=s)).isoformat()),
    }
)
second = st.integers(0, 6) | st.just(7200)  # two hours from now: the exchange's clock is wrong
event = st.fixed_dictionaries(
    {
        "event": st.sampled_from(KINDS),
        "second": second,
        "agent": st.sampled_from([None, "", "101", "102", "999"]),
        "cause": st.sampled_from(["", "normal", "dropped", "failed", "?"]),
        "caller": st.sampled_from([None, "0811-000-111", "+62811000111"]),
        "language": st.sampled_from(["", "id", "en"]),
        "skill": st.sampled_from(["", "medis"]),
        "location": st.none() | where,
    }
)
told = st.lists(event, min_size=1, max_size=6)
moments = st.sampled_from([0, 3.5, 3600])
ways = st.integers(0, 2**32).map(chance.Random)  # its own, evenly: what is drawn by hypothesis leans to first and last


def batches(events: list[Any], name: str, random: chance.Random) -> Iterator[list[Any]]:
    """The events of a call in a way of their own: shuffled, some told again, some together."""
    sent = []
    for number, fields in enumerate(events):
        at = (START + timedelta(seconds=fields["second"])).isoformat()
        rest = {key: value for key, value in fields.items() if key != "second"}
        sent.append({"id": f"{number}", "call": name, "at": at} | rest)
    sent += random.sample(sent, random.randint(0, len(sent)))
    random.shuffle(sent)
    while sent:
        count = random.randint(1, 3)
        yield sent[:count]
        sent = sent[count:]


def send(batch: list[Any]) -> None:
    answer = exchange_send(batch)
    assert answer.status_code == 202, answer.content
    connection.check_constraints()


def facts_of(call: Call) -> dict[str, Any]:
    places = CallLocation.objects.filter(call=call).values_list("lat", "radius_m", "source", "measured_at")
    return {name: getattr(call, name) for name in FACTS} | {"places": sorted(places)}


def checked(name: str, count: int) -> Call:
    """The one row of this call: every step legal and in one chain, the newest the state."""
    call = Call.objects.get(pbx_call=name)
    assert PbxEvent.objects.filter(pbx_call=name).count() == count
    steps = list(CallTransition.objects.filter(call=call).order_by("id"))
    assert (steps[0].old, steps[0].new) == ("", "queued")
    assert all(is_allowed(Machine.CALL, step.old, step.new) for step in steps[1:])
    assert all(later.old == earlier.new for earlier, later in itertools.pairwise(steps))
    assert steps[-1].new == call.state
    assert all(step.occurred_at <= clock.now() for step in steps)
    assert (call.ended_at is None) or call.state not in {"queued", "offered", "answered", "held"}
    return call


@given(told, moments, ways)
@IN_ONE_TEST
def test_any_order_and_repetition_is_one_row_in_the_same_state(
    world: World, told: list[Any], moment: float, random: chance.Random
) -> None:
    world.at = START + timedelta(seconds=moment)
    found = []
    for _way in range(3):
        name = uuid.uuid4().hex
        for batch in batches(told, name, random):
            send(batch)
        found.append(facts_of(checked(name, len(told))))
    assert found[0] == found[1] == found[2]


@given(told, moments, ways)
@IN_ONE_TEST
def test_an_operators_claim_in_between_counts_the_same_wherever_it_falls(
    world: World, told: list[Any], moment: float, random: chance.Random
) -> None:
    """Where it was still possible; where it was not, all is as without it. Half of the ways the call rings first."""
    world.at = START + timedelta(seconds=moment)
    found: dict[bool, list[Any]] = {True: [], False: []}
    for way in range(5):
        name, is_claimed = uuid.uuid4().hex, False
        parts = list(batches(told, name, random))
        claimed_after = random.randint(1, len(parts)) if way else len(parts) + 1
        for sent, batch in enumerate(parts, start=1):
            send(batch)
            if sent == claimed_after:
                if way % 2:
                    _ring(world)
                is_claimed = world.person(act.call_answer, Call.objects.get(pbx_call=name))
        found[is_claimed].append(facts_of(checked(name, len(told))))
    for facts in found.values():
        assert all(other == facts[0] for other in facts)
    assert found[False]  # the first way is always without


def _ring(world: World) -> None:
    """The call is offered to a desk that is ready."""
    Presence.objects.filter(extension="101").update(state="ready", seen_at=world.at, idle_since=world.at)
    calls_offer(realm=world.realm)
    Presence.objects.update(state="away")
    connection.check_constraints()


STORIES = [
    ("ringing 0", "abandoned 2", "answered 3", "ended 9 normal"),
    ("ringing 0", "abandoned 2", "held 3", "answered 5"),
    ("answered 1", "held 3", "ended 6 dropped", "ended 8 normal"),
]


@pytest.mark.parametrize("story", STORIES)
def test_the_callback_list_in_between_loses_nobody(world: World, story: tuple[str, ...]) -> None:
    """In every order, however long the exchange takes to tell the rest: the same as had it all come at once."""
    name, world.at = uuid.uuid4().hex, START + timedelta(hours=3)
    found = []

    def told(rest: dict[str, str]) -> None:
        """Each of the rest next, and all orders of those after it: a beginning that orders share is told once."""
        for key, text in rest.items():
            mark, began_at = transaction.savepoint(), world.at
            kind, second, cause = [*text.split(), ""][:3]
            at = (START + timedelta(seconds=int(second))).isoformat()
            send([{"id": key, "call": name, "event": kind, "at": at, "cause": cause, "caller": "0811000111"}])
            world.at += timedelta(seconds=10)
            callbacks_arrange()
            told({other: rest[other] for other in rest if other != key})
            transaction.savepoint_rollback(mark)
            world.at = began_at
        if not rest:
            call = checked(name, len(story))
            found.append(facts_of(call) | {"callback_due_at": call.callback_due_at is None})

    told({str(number): text for number, text in enumerate(story)})
    assert len(found) == math.factorial(len(story))
    assert all(facts == found[0] for facts in found)
    assert {facts["state"] for facts in found} <= {"ended", "answered", "callback_due"}


PERSON: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "answer": (act.call_answer, {}),
    "hold": (act.call_hold, {}),
    "resume": (act.call_resume, {}),
    "end": (act.call_end, {}),
    "drop": (act.call_drop, {}),
    "wrap_up": (act.call_wrap_up, {}),
    "close": (act.call_close, {"call_class": CallClass.INFORMATION}),
    "close_dropped": (act.call_close, {"call_class": CallClass.DROPPED}),
    "reached": (act.callback_try, {"outcome": CallbackOutcome.REACHED}),
    "no_answer": (act.callback_try, {"outcome": CallbackOutcome.NO_ANSWER}),
    "refused": (act.callback_try, {"outcome": CallbackOutcome.REFUSED}),
}


LIVES = [
    ["answer", "hold", "resume", "end", "wrap_up", "close"],
    ["ring", "answer", "end", "clock", "close_dropped", "clock", "no_answer", "reached", "end"],
    ["clock", "reached", "hold", "resume", "drop", "refused"],
    ["answer", "drop", "clock", "answer", "end", "close"],
]
deeds = st.sampled_from(LIVES) | st.lists(st.sampled_from([*PERSON, "clock", "ring"]), min_size=3, max_size=9)


@given(st.lists(event, min_size=5, max_size=6), deeds, ways)
@IN_ONE_TEST
def test_whatever_people_do_the_exchange_is_always_heard(
    world: World, told: list[Any], does: list[str], random: chance.Random
) -> None:
    """Never an error, never a step outside the table, and nothing reopens what a person closed."""
    name, world.at = uuid.uuid4().hex, START + timedelta(seconds=4)
    parts: list[Any] = list(batches(told, name, random))
    waiting = list(does)
    closed: dict[str, Any] | None = None
    for part in parts:
        send(part)
        call = Call.objects.get(pbx_call=name)
        for _ in range(min(random.randint(0, 3), len(waiting))):
            world.at += timedelta(seconds=random.choice([0, 1, 10]))
            _do(world, waiting.pop(0), call)
            connection.check_constraints()
        call.refresh_from_db()
        if closed is not None:
            assert {key: getattr(call, key) for key in closed} == closed
        if call.state == "closed":
            closed = {"state": "closed", "call_class": call.call_class, "closed_at": call.closed_at}
    checked(name, len(told))


def _do(world: World, what: str, call: Call) -> None:
    if what == "clock":
        callbacks_arrange()
    elif what == "ring":
        _ring(world)
    else:
        step, more = PERSON[what]
        world.person(step, call, **more)


@given(st.lists(st.tuples(st.sampled_from("ab"), event), min_size=2, max_size=10), ways)
@IN_ONE_TEST
def test_calls_that_come_together_do_not_mix(world: World, told: list[Any], random: chance.Random) -> None:
    """Two calls in the same batches: each as if it had come alone."""
    world.at = START + timedelta(hours=3)
    alone, together = uuid.uuid4().hex, uuid.uuid4().hex
    own = {call: [fields for name, fields in told if name == call] for call in "ab"}
    mixed = [part for call in "ab" for batch in batches(own[call], together + call, random) for part in batch]
    random.shuffle(mixed)
    while mixed:
        count = random.randint(1, len(mixed))
        send(mixed[:count])
        mixed = mixed[count:]
    for call in "ab":
        for batch in batches(own[call], alone + call, random):
            send(batch)
        if own[call]:
            assert facts_of(checked(together + call, len(own[call]))) == facts_of(checked(alone + call, len(own[call])))
