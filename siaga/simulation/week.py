"""A stretch of simulated time, by default a week: Jakarta's calls, bots at every desk, the beat's jobs, one clock.

Everything but time, the telephone lines and the broker's bell is the site itself: requests go through its whole stack,
rows into a real database.
"""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management import call_command

from common.clock import monotonic_s
from dispatch.models import Call, Escalation, Incident
from dispatch.models.incidents import IS_OPEN
from dispatch.rules.traffic import Burst, TrafficSettings, traffic_draw
from dispatch.rules.traffic.figures import CALLS_A_DAY
from realtime.models import LIVE, Realm
from siaga.simulation.beats import beats_of_schedule
from siaga.simulation.bots import Habits, House
from siaga.simulation.cast import Cast, cast_make, user_switch
from siaga.simulation.checks import faults_now
from siaga.simulation.places import spots_of_rows
from siaga.simulation.room import Garage, Room
from siaga.simulation.roster import Staff
from siaga.simulation.switchboard import Switchboard
from siaga.simulation.transports import WsgiTransport, refusals_unlogged
from siaga.simulation.virtual import VirtualWorld
from siaga.simulation.world import Tally

# A Monday, midnight in Jakarta, in the year of the figures.
STARTS_AT = datetime(2024, 6, 30, 17, 0, tzinfo=UTC)
DAY_S = 86400.0
SAY_EVERY_S = 3600.0
LATE_S = 10.0  # the beat that escalates comes every 5 s, and one more may just have been missed


@dataclass(frozen=True, slots=True)
class WeekSettings:
    """How long (s), how many operators in all (a third of them in each shift), and how much comes in."""

    duration_s: float = 7 * DAY_S
    seed: int = 1
    operators: int = 33
    calls_a_day: float = CALLS_A_DAY
    calls_a_second: float | None = None
    starts_after_s: float = 0.0
    bursts: tuple[Burst, ...] | None = None
    habits: Habits = field(default_factory=Habits)
    is_exhaustive: bool = False  # skip no beat


@dataclass(slots=True)
class Week:
    """What was run, and what has to be known to check it."""

    settings: WeekSettings
    starts_at: datetime
    ends_at: datetime
    rung: list[str]
    tally: Tally
    beats_run: int
    wall_s: float
    cpu_s: float
    samples: list[str] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        """Figures for JSON."""
        virtual_s = (self.ends_at - self.starts_at).total_seconds()
        return {
            "virtual_s": virtual_s,
            "wall_s": round(self.wall_s, 1),
            "cpu_s": round(self.cpu_s, 1),
            "speed": round(virtual_s / self.wall_s),
            "calls": Call.objects.count(),
            "incidents": Incident.objects.count(),
            "incidents_open": Incident.objects.filter(IS_OPEN).count(),
            "escalations": {
                level: Escalation.objects.filter(level=level).count() for level in ("desk", "supervisor", "head")
            },
            "beats_run": self.beats_run,
            **self.tally.as_dict(),
        }


def week_run(settings: WeekSettings, say: Callable[[str], object]) -> Week:
    """Run it in the database that this process points at, which must be a scratch one.

    Every hour of the run it is looked at whether the work is in order at that moment too.
    """
    with _begun(settings) as (world, cast, tally):
        week = Week(settings, world.starts_at, world.now(), [], tally, 0, 0.0, 0.0)
        week.ends_at = world.starts_at + timedelta(seconds=settings.duration_s)
        began_s, began_cpu_s = monotonic_s(), time.process_time()
        switchboard = _opened(settings, world, cast, week)
        at = world.starts_at
        with _interrupted_by_hand(world):
            while at < week.ends_at:
                world.run(until=min(at + timedelta(seconds=SAY_EVERY_S), week.ends_at))
                at = world.now()
                if world.is_stopped:
                    say("interrupted; what was done so far is checked")
                    week.ends_at = at
                week.samples += [f"{at:%a %H:%M} UTC: {fault}" for fault in faults_now(at=at, late_s=LATE_S)]
                say(_progress(week, at, monotonic_s() - began_s))
        week.wall_s, week.cpu_s = monotonic_s() - began_s, time.process_time() - began_cpu_s
        week.beats_run = world.beats_run
        week.rung = [line.plan.key for line in switchboard.lines.values()]
    return week


@contextmanager
def _interrupted_by_hand(world: VirtualWorld) -> Iterator[None]:
    """Ctrl+C ends the run after the present step, so that nothing is half done."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, world.stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _begun(settings: WeekSettings) -> Iterator[tuple[VirtualWorld, Cast, Tally]]:
    starts_at = STARTS_AT + timedelta(seconds=settings.starts_after_s)
    beats = beats_of_schedule(starts_at, is_exhaustive=settings.is_exhaustive)
    world = VirtualWorld(starts_at=starts_at, realm_id=Realm.objects.get(code=LIVE).pk, beats=beats)
    call_command("places_import", verbosity=0)
    with world.running(), refusals_unlogged():
        yield world, cast_make(operators=settings.operators), Tally()


def _opened(settings: WeekSettings, world: VirtualWorld, cast: Cast, week: Week) -> Switchboard:
    transport = WsgiTransport()
    switchboard = Switchboard(
        world=world, transport=transport, code=cast.pbx_code, secret=cast.pbx_secret, tally=week.tally,
        seed=settings.seed,
    )  # fmt: skip
    garage = Garage(cast.units, settings.seed)
    house = House(world, transport, switchboard, Room(), garage, week.tally, settings.habits, settings.seed)
    staff = Staff(house, cast)
    first_hour = settings.starts_after_s / 3600 % 24
    bursts = settings.bursts if settings.bursts is not None else _bursts(settings.duration_s)
    traffic = TrafficSettings(
        duration_s=settings.duration_s, seed=settings.seed, first_hour=first_hour, bursts=bursts,
        calls_a_second=settings.calls_a_second, calls_a_day=settings.calls_a_day,
    )  # fmt: skip

    async def live() -> None:
        await switchboard.check()
        await staff.come_in()
        world.spawn(staff.work_in_shifts(world.starts_at, week.ends_at))
        world.spawn(switchboard.feed(traffic_draw(traffic, spots_of_rows()), world.starts_at))
        world.spawn(_leavers(world, cast))

    world.spawn(live())
    return switchboard


def _bursts(duration_s: float) -> tuple[Burst, ...]:
    """One event a day of which many tell, towards the evening."""
    evenings = [19.5 * 3600 + day * DAY_S for day in range(int(duration_s / DAY_S) + 1)]
    return tuple(
        Burst(at_s, calls=(6, 12, 40)[number % 3]) for number, at_s in enumerate(evenings) if at_s + 600 < duration_s
    )


async def _leavers(world: VirtualWorld, cast: Cast) -> None:
    """Now and then the account of a dispatcher is switched off in the middle of the work, and on again a day later."""
    for login in cast.dispatchers:
        await world.sleep(DAY_S * 0.8)
        user_switch(login.username, is_active=False)
        await world.sleep(DAY_S * 0.4)
        user_switch(login.username, is_active=True)


def _progress(week: Week, at: datetime, wall_s: float) -> str:
    virtual_s = (at - week.starts_at).total_seconds()
    return (
        f"{virtual_s / 3600:6.1f} h · {Call.objects.count()} calls · {Incident.objects.count()} incidents, "
        f"{Incident.objects.filter(IS_OPEN).count()} open · {Escalation.objects.count()} escalations · "
        f"{virtual_s / wall_s:.0f} times real time"
    )
