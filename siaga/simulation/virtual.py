"""A world on a virtual clock: what is due next happens next, and the time between costs nothing.

One thread does everything in turn: a step of a bot, a task that was rung for, a beat of Celery's schedule. After each
step the events that it published go to everybody who may see them, as the hub of a web process hands them on.
"""

import heapq
import itertools
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from accounts.models import User
from common import clock, doorbell
from realtime.access import may_read_event
from realtime.selectors import BATCH, events_after, realm_head
from siaga.simulation.beats import MICROSECOND, Beat
from siaga.simulation.desk import Desk
from siaga.simulation.watch import TableWatch
from siaga.simulation.world import Hear

RING_TAKES = timedelta(milliseconds=50)  # from the commit over the broker to the worker
Work = Coroutine[Any, Any, None]


class _Pause:
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __await__(self) -> Generator[float, None, None]:
        yield self._seconds


class VirtualWorld:
    """Use as `with world.running(): ...`, then `run`. Beats are skipped only where the schedule's `QUIET` allows it."""

    is_ending = False  # it just stops

    def __init__(self, *, starts_at: datetime, realm_id: int, beats: list[Beat]) -> None:
        self.starts_at, self.beats_run, self.is_stopped = starts_at, 0, False
        self._at, self._realm_id = starts_at, realm_id
        self._beats, self._watch = beats, TableWatch()
        self._numbers = itertools.count()
        self._due: list[tuple[datetime, int, Work | Callable[[], object]]] = []
        self._rung: set[tuple[object, tuple[str, ...]]] = set()
        self._listeners: list[tuple[User, Hear]] = []
        self._position = 0
        self._turn = (starts_at, -1)

    def now(self) -> datetime:
        """The virtual moment."""
        return self._at

    def sleep(self, seconds: float) -> _Pause:
        """Go on so much later."""
        return _Pause(seconds)

    def spawn(self, work: Work) -> None:
        """Begin at the present moment, after what waits for it already."""
        self._put(self._at, work)

    async def listen(self, desk: Desk, hear: Hear) -> None:
        """Hand on events from now."""
        user = User.objects.prefetch_related("role_grants").get(username=desk.login.username)
        self._listeners.append((user, hear))

    @contextmanager
    def running(self) -> Iterator[None]:
        """The clock and the doorbell of this thread are this world's."""
        with ExitStack() as stack:
            stack.enter_context(clock.run_by(self.now))
            stack.enter_context(doorbell.answered_by(self._ring))
            stack.enter_context(connection.execute_wrapper(self._watch))
            self._position = realm_head(realm_id=self._realm_id)
            yield

    def stop(self, *_signal: object) -> None:
        """Live no longer than the present step; also as the handler of a signal."""
        self.is_stopped = True

    def run(self, *, until: datetime) -> None:
        """Live until then, or until stopped; what is due at that moment still happens."""
        while not self.is_stopped:
            beat, beat_at = self._beat_next(until)
            if self._due and self._due[0][0] <= min(beat_at, until):
                self._at, _number, work = heapq.heappop(self._due)
                self._step(work)
            elif beat is not None and beat_at <= until:
                self._at = beat_at
                self._beat(beat)
            else:
                self._at = until
                return
            self._hand_on()

    def _put(self, at: datetime, work: Work | Callable[[], object]) -> None:
        heapq.heappush(self._due, (at, next(self._numbers), work))

    def _step(self, work: Work | Callable[[], object]) -> None:
        if callable(work):
            work()
            return
        try:
            seconds: float = work.send(None)
        except StopIteration:
            return
        self._put(self._at + timedelta(seconds=max(0.0, seconds)), work)

    def _ring(self, task: doorbell.Task, texts: tuple[str, ...]) -> None:
        if (task, texts) in self._rung:
            return  # the same ring waits already: whoever answers it finds both
        self._rung.add((task, texts))

        def answer() -> None:
            self._rung.discard((task, texts))
            task(*texts)

        self._put(self._at + RING_TAKES, answer)

    def _beat_next(self, until: datetime) -> tuple[Beat | None, datetime]:
        for place, beat in enumerate(self._beats):
            if self._watch.take(beat.name, beat.reads):
                # At one moment the jobs have their turns in the order of the schedule; who had it waits for the next.
                has_had_it = self._at == self._turn[0] and place <= self._turn[1]
                beat.disturb(self._at + MICROSECOND if has_had_it else self._at)
        if not self._beats:
            return None, until
        found = min(self._beats, key=lambda item: item.next_at)
        return found, found.next_at

    def _beat(self, beat: Beat) -> None:
        self._turn = (self._at, self._beats.index(beat))
        if beat.turn(self._at):
            self.beats_run += 1

    def _hand_on(self) -> None:
        if not self._watch.take("hub", frozenset({"realtime_event"})):
            return
        while True:
            events = events_after(realm_id=self._realm_id, sequence=self._position)
            for event in events:
                self._position = event.sequence
                for user, hear in self._listeners:
                    if may_read_event(user, event.kind, event.agency_ids):
                        hear(event.kind, event.payload)
            if len(events) < BATCH:
                return
