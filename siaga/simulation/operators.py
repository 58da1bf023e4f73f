"""Call-takers: ready, answer, ask, open or append, close with a class, call back those who left."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from dispatch.rules.traffic import CallKind, PlannedCall
from siaga.simulation.bots import Bot, House
from siaga.simulation.desk import Login
from siaga.simulation.switchboard import Line

SEEN_EVERY_S = 55.0
PROPOSED_ENOUGH = 0.5
CARDS = {
    "medis": ("henti-jantung", "perdarahan", "tersedak", "persalinan"), "kebakaran": ("kebakaran",),
    "kebakaran-kendaraan": ("kebakaran",), "kecelakaan": ("kecelakaan",), "banjir": ("banjir",), "gempa": ("gempa",),
    "bocor-gas": ("bocor-gas",), "kabel-putus": ("sengatan-listrik",), "kdrt": ("kekerasan",),
    "bunuh-diri": ("bunuh-diri",), "orang-hilang": ("anak-hilang",),
}  # fmt: skip


class Operator(Bot):
    """One call-taker for one shift after another."""

    def __init__(self, house: House, login: Login) -> None:
        super().__init__(house, login)
        self.is_busy = self.is_here = False

    async def shift(self, ends_at: datetime) -> None:
        """Be ready until then; whoever is in a call goes on to its end."""
        self.is_here = True
        while self.world.now() < ends_at:
            if self.maybe(self.habits.walks_off):
                await self.pause(120, 900)  # the site finds out by itself that nobody is there
            await self.act("presence/", {"state": "ready", "languages": ["id", "en"]}, named="ready")
            if not self.is_busy:
                self._call_back_begin()
            await self.world.sleep(SEEN_EVERY_S)
        self.is_here = False
        await self.act("presence/", {"state": "away"}, named="away")

    def hear(self, kind: str, payload: dict[str, Any]) -> None:
        """It rings here."""
        if kind != "call.changed" or payload["offered_to"] != self.label or payload["state"] != "offered":
            return
        if self.is_here and not self.is_busy and self.house.switchboard.line_of(payload) is not None:
            self.is_busy = True
            self.world.spawn(self._take(payload))

    async def _take(self, call: dict[str, Any]) -> None:
        try:
            await (self.pause(11, 15) if self.maybe(self.habits.lets_it_ring) else self.pause(1, 6))
            if await self.act(f"calls/{call['id']}/answer/", named="answer") is None:
                return
            line = self.house.switchboard.line_of(call)
            if line is not None:
                self.house.switchboard.pick_up(line, self.desk.login.extension)
                await self._talk(call, line)
        finally:
            self.is_busy = False

    async def _talk(self, call: dict[str, Any], line: Line) -> None:
        plan = line.plan
        talks: dict[CallKind, Callable[[dict[str, Any], Line], Awaitable[str]]] = {
            CallKind.DROPPED: self._nobody, CallKind.PRANK: self._prank, CallKind.EMERGENCY: self._emergency,
            CallKind.NON_EMERGENCY: self._question,
        }  # fmt: skip
        call_class = await talks[plan.kind](call, line)
        await self._close(call, line, call_class)

    async def _nobody(self, call: dict[str, Any], line: Line) -> str:
        """Silence, or a line that breaks in mid-sentence."""
        await self.pause(4, 8)
        if line.is_up and line.plan.is_silent:
            await self.act(f"calls/{call['id']}/silent/", named="silent")
            await self._card("panggilan-sunyi", {"call": call["id"]})
        await self.pause(2, 10)
        return "ghost" if line.plan.is_silent else "dropped"

    async def _prank(self, _call: dict[str, Any], line: Line) -> str:
        await self.world.sleep(min(line.plan.talk_s, self.source.uniform(4, 20)))
        return "prank"

    async def _question(self, call: dict[str, Any], line: Line) -> str:
        if self.maybe(0.1):
            await self.pause(10, 20)
            if await self.act(f"calls/{call['id']}/hold/", named="hold") is not None:
                await self.pause(10, 40)
                await self.act(f"calls/{call['id']}/resume/", named="resume")
        await self._listen(line)
        return "information" if "?" in line.plan.words else "non_emergency"

    async def _emergency(self, call: dict[str, Any], line: Line) -> str:
        """Ask where and what, open an incident or append to one, and go through the card while the caller is there."""
        plan = line.plan
        await self.pause(8, 20)
        if plan.position is None or self.maybe(0.3):
            now = self.world.now().isoformat()
            told = {"lat": plan.event.lat, "lon": plan.event.lon, "radius_m": 100.0, "measured_at": now}
            await self.act(f"calls/{call['id']}/position/", told, named="position")
        known = await self._duplicate(plan)
        if known is not None and not self.maybe(self.habits.misses_duplicate):
            await self.pause(3, 8)
            if await self.act(f"incidents/{known}/calls/", {"call": call["id"]}, named="append") is not None:
                await self._listen(line)
                return "duplicate"
        await self.pause(5, 15)
        incident = await self._open(call, plan)
        if incident is not None and plan.event.type_code in CARDS:
            await self._card(self.source.choice(CARDS[plan.event.type_code]), {"incident": incident["id"]})
        await self._listen(line)
        return "emergency"

    async def _duplicate(self, plan: PlannedCall) -> str | None:
        asked = {
            "type": plan.event.type_code, "lat": plan.event.lat, "lon": plan.event.lon, "radius_m": 100,
            "words": plan.words,
        }  # fmt: skip
        found = await self.look(f"incidents/duplicates/?{urlencode(asked)}", named="duplicates")
        best = (found or {}).get("duplicates") or [None]
        return best[0]["incident"]["id"] if best[0] and best[0]["score"] >= PROPOSED_ENOUGH else None

    async def _open(self, call: dict[str, Any], plan: PlannedCall) -> dict[str, Any] | None:
        event = plan.event
        told = {
            "type": event.type_code, "summary": plan.words, "call": call["id"], "caller_number": plan.caller_number,
            "place_text": event.spot.name, "lat": event.lat, "lon": event.lon, "radius_m": 100.0,
        }  # fmt: skip
        if self.maybe(0.2):  # only the kelurahan is known
            told |= {"place": event.spot.code, "lat": None, "lon": None, "radius_m": None}
        return await self.act("incidents/", told, named="open incident")

    async def _card(self, code: str, of: dict[str, str]) -> None:
        """Ask a card to its end; what it proposes is for the dispatcher to take."""
        run = await self.act("protocol-runs/", {"card": code, **of}, named="card")
        while run is not None and run["question"] is not None:
            await self.pause(2, 6)
            key = self.source.choice(run["question"]["answers"])["key"]
            answer = {"position": run["position"], "key": key}
            run = await self.act(f"protocol-runs/{run['id']}/", answer, named="card answer")

    async def _listen(self, line: Line) -> None:
        """Until the caller hangs up."""
        while line.is_up:
            await self.pause(2, 6)

    async def _close(self, call: dict[str, Any], line: Line, call_class: str) -> None:
        self.house.switchboard.hang_up(line)
        if self.maybe(self.habits.forgets_class):
            return  # somebody else will find it
        if call_class not in {"prank", "ghost", "dropped"}:
            await self.pause(1, 8)
            if self.maybe(0.4):
                await self.act(f"calls/{call['id']}/wrap-up/", named="wrap up")
            await self.pause(3, 60)
        if call_class == "emergency" and (self.room.calls.get(call["id"]) or {}).get("incident_id") is None:
            call_class = "information"
        await self.act(f"calls/{call['id']}/close/", {"call_class": call_class}, named=f"close {call_class}")

    def _call_back_begin(self) -> None:
        """Take the first one on the list whom nobody else has taken up."""
        for call in self.room.callbacks(self.world.now()):
            line = self.house.switchboard.line_of(call)
            if line is not None:
                self.room.taken.add(call["id"])
                self.is_busy = True
                self.world.spawn(self._call_back(call, line))
                return

    async def _call_back(self, call: dict[str, Any], line: Line) -> None:
        try:
            await self.pause(5, 40)
            outcome = line.plan.callbacks[min(line.callbacks, len(line.plan.callbacks) - 1)]
            line.callbacks += 1
            tried = await self.act(f"calls/{call['id']}/callback/", {"outcome": outcome}, named=f"call back {outcome}")
            if tried is not None and outcome == "reached":
                await self._reached(call, line)
        finally:
            self.room.taken.discard(call["id"])
            self.is_busy = False

    async def _reached(self, call: dict[str, Any], line: Line) -> None:
        call_class = "ghost"
        if line.plan.kind == CallKind.EMERGENCY:
            call_class = await self._emergency(call, line)
        elif line.plan.kind == CallKind.NON_EMERGENCY:
            call_class = "information"
        await self.pause(10, 50)
        if self.maybe(self.habits.forgets_to_end):
            return
        if self.maybe(0.5):
            await self.act(f"calls/{call['id']}/end/", named="end")
        await self._close(call, line, call_class)
