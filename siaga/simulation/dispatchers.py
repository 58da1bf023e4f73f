"""Dispatchers: send units, correct what was told, put doubled incidents together, finish what they own, hand over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from siaga.simulation.bots import Bot, House
from siaga.simulation.care import incident_finish, units_send
from siaga.simulation.desk import Login

PROPOSED_ENOUGH = 0.6


class Dispatcher(Bot):
    """One dispatcher for one shift after another; those of a shift share the work by the incident's number."""

    def __init__(self, house: House, login: Login) -> None:
        super().__init__(house, login)
        self.is_here = False
        self.place, self.places = 0, 1
        self._seen: set[str] = set()
        self._finishing: set[str] = set()

    async def shift(self, ends_at: datetime, next_ones: Sequence[Bot]) -> None:
        """Work until then, and hand over what is still open."""
        self.is_here = True
        await self.world.sleep(max(0.0, (ends_at - self.world.now()).total_seconds()))
        self.is_here = False
        if next_ones and not self.maybe(self.habits.skips_handover):
            body = {"username": self.source.choice(next_ones).desk.login.username, "note": "Pergantian regu."}
            await self.act("handovers/", body, named="offer handover")

    def hear(self, kind: str, payload: dict[str, Any]) -> None:
        """Something to do."""
        if kind == "handover.changed":
            if payload["state"] == "offered" and payload["to_user"] == self.label:
                self.world.spawn(self._take_over(payload))
        elif kind == "part.changed" and self.is_here and payload["state"] == "rejected":
            self.world.spawn(self._ask_another(payload))
        elif kind == "incident.changed" and self.is_here:
            self._incident(payload)

    def _incident(self, incident: dict[str, Any]) -> None:
        is_mine = incident["number"] % self.places == self.place
        if incident["state"] == "pending" and is_mine and incident["id"] not in self._seen:
            self._seen.add(incident["id"])
            if not self.maybe(self.habits.leaves_incident):
                self.world.spawn(self._dispatch(incident))
        is_to_close = incident["state"] == "all_clear" and incident["owner"] == self.label
        if is_to_close and incident["id"] not in self._finishing and not self.maybe(self.habits.leaves_closing):
            self._finishing.add(incident["id"])
            self.world.spawn(self._finish(incident["id"]))
        if incident["state"] in {"closed", "cancelled"} and is_mine and incident["id"] in self._seen:
            self._seen.discard(incident["id"])
            if self.maybe(self.habits.reopens):
                self.world.spawn(self._reopen(incident["id"]))

    async def _dispatch(self, incident: dict[str, Any]) -> None:
        await self.pause(10, 60)
        if await self._merged(incident):
            return
        if self.maybe(0.15):
            await self._correct(incident)
        await units_send(self, incident)
        if self.maybe(self.habits.false_report):
            await self.pause(60, 400)
            body = {"disposition": "laporan-palsu", "note": "Tidak ada apa-apa di lokasi."}
            await self.act(f"incidents/{incident['id']}/cancel/", body, named="cancel incident")

    async def _merged(self, incident: dict[str, Any]) -> bool:
        """Whether it is another incident's event; then it goes into that one, now and then by mistake."""
        asked = {
            "type": incident["type"], "lat": incident["lat"], "lon": incident["lon"], "radius_m": incident["radius_m"],
            "words": incident["summary"],
        }  # fmt: skip
        query = urlencode({name: value for name, value in asked.items() if value is not None})
        found = await self.look(f"incidents/duplicates/?{query}", named="duplicates")
        others = [
            item["incident"]["id"]
            for item in (found or {}).get("duplicates", ())
            if item["incident"]["number"] < incident["number"] and item["score"] >= PROPOSED_ENOUGH
        ]
        if not others or self.maybe(0.2):
            return False
        body = {"other": others[0], "kind": "merged", "reason": "Kejadian yang sama."}
        if await self.act(f"incidents/{incident['id']}/links/", body, named="merge") is None:
            return False
        if self.maybe(0.15):
            await self.pause(60, 600)
            undone = {"reason": "Ternyata kejadian lain."}
            await self.act(f"incidents/{incident['id']}/merge-undo/", undone, named="undo merge")
        return True

    async def _correct(self, incident: dict[str, Any]) -> None:
        headers = {"If-Match": f'"{incident["revision"]}"'}
        body = {"priority": self.source.choice(("P1", "P2", "P3"))}
        await self.act(f"incidents/{incident['id']}/", body, named="correct incident", method="PATCH", headers=headers)

    async def _finish(self, incident_id: str) -> None:
        await self.pause(30, 900)
        await incident_finish(self, incident_id)
        self._finishing.discard(incident_id)

    async def _reopen(self, incident_id: str) -> None:
        await self.pause(60, 1800)
        body = {"reason": "Pelapor menelepon lagi: belum selesai."}
        await self.act(f"incidents/{incident_id}/reopen/", body, named="reopen incident")

    async def _ask_another(self, part: dict[str, Any]) -> None:
        await self.pause(20, 200)
        incident = self.room.incidents.get(part["incident_id"])
        if incident is None or incident["owner"] != self.label or self.maybe(0.3):
            return
        body = {"agency": self.source.choice(("bpbd", "satpol-pp", "gulkarmat")), "role": "dispatched"}
        await self.act(f"incidents/{part['incident_id']}/parts/", body, named="tell another agency")

    async def _take_over(self, handover: dict[str, Any]) -> None:
        await self.pause(20, 300)
        word = "decline" if self.maybe(self.habits.declines_handover) else "accept"
        await self.act(f"handovers/{handover['id']}/{word}/", named=f"{word} handover")
