"""Supervisors and the head of operations: see to what was escalated, and go through the report of undone work."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from siaga.simulation.bots import Bot, House
from siaga.simulation.care import incident_push
from siaga.simulation.desk import Login

ROUND_S = 900.0


class Supervisor(Bot):
    """One for each shift."""

    def __init__(self, house: House, login: Login, *, level: str = "supervisor", owns: Callable[[], list[Bot]]) -> None:
        super().__init__(house, login)
        self.level, self.is_here = level, False
        self._owns = owns  # who may own incidents now
        self._seen: set[str] = set()

    async def shift(self, ends_at: datetime) -> None:
        """A round through the report every quarter of an hour."""
        self.is_here = True
        turn = 0
        while self.world.now() < ends_at:
            await self.world.sleep(ROUND_S)
            await self._round()
            turn += 1
            if turn % 4 == 0:
                await self._numbers()
        self.is_here = False

    def hear(self, kind: str, payload: dict[str, Any]) -> None:
        """Something was escalated to this level."""
        if kind != "incident.changed" or not self.is_here or payload["escalation"] != self.level:
            return
        mark = f"{payload['id']} {payload['due_at']}"
        if mark in self._seen:
            return
        self._seen.add(mark)
        if not self.maybe(self.habits.supervisor_ignores):
            self.world.spawn(self._see_to(payload["id"]))

    async def _see_to(self, incident_id: str) -> None:
        await self.pause(20, 180)
        await incident_push(self, incident_id)

    async def _round(self) -> None:
        report = await self.look("undone/", named="report of undone work")
        if report is None:
            return
        for incident in report["incidents_unowned"]:
            owner = self.source.choice(self._owns())
            body = {"username": owner.desk.login.username}
            await self.act(f"incidents/{incident['id']}/owner/", body, named="give incident to another")
        for incident in report["incidents_overdue"][:5]:
            if self.maybe(0.7):
                await incident_push(self, incident["id"])
        await self._close_calls(report)
        await self._take_offered(report)

    async def _close_calls(self, report: dict[str, Any]) -> None:
        """What somebody left without a class, or did not end."""
        for call in [*report["calls_unclosed"], *report["calls_endless"]]:
            if self.house.switchboard.line_of(call) is None or call["state"] in {"abandoned", "dropped"}:
                continue
            if call["escalation"] or call in report["calls_endless"]:
                call_class = "emergency" if call["incident_id"] else "information"
                await self.act(f"calls/{call['id']}/close/", {"call_class": call_class}, named="close for another")

    async def _take_offered(self, report: dict[str, Any]) -> None:
        """What was handed over and not taken."""
        for handover in report["handovers_open"]:
            for incident_id in handover["incident_ids"][:3]:
                if self.maybe(0.3):
                    await self.act(f"incidents/{incident_id}/owner/", {"username": ""}, named="take over incident")

    async def _numbers(self) -> None:
        found = await self.look("numbers/review/", named="marked numbers")
        for number in (found or {}).get("numbers", ())[:10]:
            body = {"is_kept": self.maybe(0.7), "note": "Diperiksa dari riwayat panggilan."}
            await self.act(f"numbers/{number['id']}/review/", body, named="review number")
