"""The state machine that all exchanges share: whatever comes in whatever order, its events make sense."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as some

from pbx.calls import Calls, Told
from pbx.neutral import Location, NeutralEvent

AT = datetime(2026, 3, 1, tzinfo=UTC)
FOLLOWS = {
    None: {"ringing"},
    "ringing": {"ringing", "answered", "abandoned"},
    "answered": {"answered", "held", "transferred", "ended"},
    "held": {"held", "answered", "transferred", "ended"},
    "transferred": {"answered", "transferred", "ended"},
    "ended": set(),
    "abandoned": set(),
}
STEPS = ("ring", "answer", "hold", "resume", "transfer", "requeue", "news id", "news en", "finish")


def step(calls: Calls, name: str, at: datetime | None) -> list[NeutralEvent]:
    if name == "ring":
        return calls.ring("c", at, caller="+62811")
    if name in {"answer", "transfer"}:
        return list(getattr(calls, name)("c", at, agent="201"))
    if name.startswith("news"):
        return calls.news("c", at, Told(language="id" if name == "news id" else "en"))
    if name == "finish":
        return calls.finish("c", at, cause="normal")
    return list(getattr(calls, name)("c", at))


def restarted(calls: Calls) -> Calls:
    """What a new process knows: the rows that the spool kept."""
    rows: dict[str, str] = {}
    for key, row in calls.changes().items():
        if row is not None:
            rows[key] = row
    return Calls(rows.values(), now=lambda: AT)


@given(names=some.lists(some.sampled_from(STEPS), max_size=12), timed=some.booleans())
def test_any_order_makes_sense(names: list[str], *, timed: bool) -> None:
    calls = Calls(now=lambda: AT)
    events = [event for name in names for event in step(calls, name, AT if timed else None)]
    before: str | None = None
    for event in events:
        assert event.event in FOLLOWS[before]
        before = event.event
    times = [event.at for event in events]
    assert times == sorted(set(times))
    assert timed or len({event.id for event in events}) == len(events)


@given(names=some.lists(some.sampled_from(STEPS[:-1]), min_size=1, max_size=8))
def test_a_restart_changes_nothing(names: list[str]) -> None:
    straight, stopped = Calls(now=lambda: AT), Calls(now=lambda: AT)
    where = Told(language="id", skill="fire", location=Location(1, 2, 3, "cell", AT))
    for calls in (straight, stopped):
        for name in names:
            step(calls, name, None)
        calls.note("c", where)
    stopped = restarted(stopped)
    for name in (*names, "finish"):
        assert step(stopped, name, None) == step(straight, name, None)
