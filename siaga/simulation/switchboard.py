"""The telephone exchange with the callers behind it. It tells the site what happens on its lines, as adapters do:
signed, sometimes twice, sometimes late, sometimes in the wrong order, and once in a while not at all.
"""

import json
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from common.signing import signature_of
from dispatch.rules.traffic import PlannedCall
from siaga.simulation.desk import Answer, SiteAway, Transport
from siaga.simulation.world import Tally, Time

REPEATED, LATE, LOST_END = 0.01, 0.02, 0.001
LATE_S = 20.0


class ExchangeRefused(Exception):
    """The site does not take this exchange's events; the message says why."""


@dataclass(slots=True)
class Line:
    """One call at the exchange; `state` is ringing, up or down."""

    plan: PlannedCall
    arrived_at: datetime
    state: str = "ringing"
    callbacks: int = 0

    @property
    def is_up(self) -> bool:
        """Whether the caller is there to talk to."""
        return self.state == "up"


class Switchboard:
    """All lines. Operators find the one of a call by the moment of its arrival, which the exchange told.

    `run` goes before the ids of calls, which may have been sent before; `rings` is told of each new line.
    """

    def __init__(
        self, *, world: Time, transport: Transport, code: str, secret: str, tally: Tally, seed: int, run: str = "",
        rings: Callable[["Switchboard", Line], object] | None = None,
    ) -> None:  # fmt: skip
        self._world, self._transport, self._tally = world, transport, tally
        self._code, self._secret, self._run, self._rings = code, secret, run, rings
        self._source = random.Random(f"exchange {seed}")  # noqa: S311  # simulated chance
        self.lines: dict[datetime, Line] = {}

    async def check(self) -> None:
        """Raise ExchangeRefused unless the site takes events of this exchange."""
        answer = await self._post([])
        code = _code_of(answer.body)
        if code in {"signature_invalid", "signature_stale"}:
            raise ExchangeRefused(
                f"{self._transport.base_url} refuses the exchange {self._code!r}: {code} (secret, code or clock wrong)"
            )
        if answer.status != 400:  # an empty batch is refused for being empty, once it is known who sends it
            raise ExchangeRefused(f"{self._transport.base_url} answers {answer.status} to the exchange: is this Siaga?")

    async def feed(self, calls: Iterable[PlannedCall], starts_at: datetime, *, speed: float = 1.0) -> None:
        """Let every planned call ring at its time, or at so many times the speed."""
        for plan in calls:
            wait_s = (starts_at + timedelta(seconds=plan.at_s / speed) - self._world.now()).total_seconds()
            await self._world.sleep(max(0.0, wait_s))
            if self._world.is_ending:
                return
            self._world.spawn(self._ring(plan))

    def line_of(self, call: dict[str, Any]) -> Line | None:
        """The line of a call as an event shows it; None when another exchange has it."""
        return self.lines.get(datetime.fromisoformat(call["arrived_at"]))

    def pick_up(self, line: Line, extension: str) -> bool:
        """The operator's telephone is lifted; False when the caller has just left."""
        if line.state != "ringing":
            return False
        line.state = "up"
        self._world.spawn(self._tell(line, "answered", agent=extension))
        self._world.spawn(self._talk(line))
        return True

    def hang_up(self, line: Line, cause: str = "") -> None:
        """Either side ends it."""
        if line.state == "up":
            line.state = "down"
            self._world.spawn(self._tell(line, "ended", cause=cause))

    async def _ring(self, plan: PlannedCall) -> None:
        at = self._world.now()
        while at in self.lines:
            at += timedelta(microseconds=1)
        line = self.lines[at] = Line(plan, at)
        where = None
        if plan.position is not None:
            lat, lon, radius_m, source = plan.position
            where = {"lat": lat, "lon": lon, "radius_m": radius_m, "measured_at": at.isoformat(), "source": source}
        if self._rings is not None:
            self._rings(self, line)
        await self._tell(line, "ringing", at=at, caller=plan.caller_number, language=plan.language, location=where)
        await self._world.sleep(plan.hangs_up_after_s)
        if line.state == "ringing":
            line.state = "down"
            await self._tell(line, "abandoned")

    async def _talk(self, line: Line) -> None:
        breaks_after_s = line.plan.breaks_after_s
        await self._world.sleep(line.plan.talk_s if breaks_after_s is None else breaks_after_s)
        self.hang_up(line, "dropped" if breaks_after_s is not None and not line.plan.is_silent else "")

    async def _tell(self, line: Line, kind: str, *, at: datetime | None = None, **more: Any) -> None:
        moment = at or self._world.now()
        if kind == "ended" and self._source.random() < LOST_END:
            self._tally.done["line event lost"] += 1
            return
        key = f"{self._run}{line.plan.key}"
        event: dict[str, Any] = {"id": f"{key}-{kind}", "event": kind, "call": key, "at": moment.isoformat()}
        event |= {name: value for name, value in more.items() if value}
        if kind != "ringing" and self._source.random() < LATE:
            await self._world.sleep(self._source.uniform(1.0, LATE_S))
        for _turn in range(2 if self._source.random() < REPEATED else 1):
            await self._send(event)

    async def _send(self, event: dict[str, Any]) -> None:
        try:
            answer = await self._post([event])
        except SiteAway:
            self._tally.broken["exchange: site away"] += 1
            return
        if answer.status != 202:
            self._tally.broken[f"exchange: {answer.status} {_code_of(answer.body)}"] += 1
            return
        self._tally.done[f"line {event['event']}"] += 1

    async def _post(self, events: list[dict[str, Any]]) -> Answer:
        body = json.dumps({"events": events}).encode()
        timestamp = str(int(time.time()))  # of the machine: a signature is fresh or not in real time
        headers = {
            "Content-Type": "application/json",
            "X-Siaga-Timestamp": timestamp,
            "X-Siaga-Signature": signature_of(self._secret, timestamp, body),
        }
        return await self._transport.request("POST", f"/api/v1/pbx/{self._code}/events/", headers=headers, body=body)


def _code_of(body: bytes) -> str:
    try:
        return str(json.loads(body)["error"]["code"])
    except (ValueError, KeyError, TypeError):
        return ""
