"""Officers of the agencies: accept, reject, forward or say nothing; be done with their part."""

from typing import Any

from siaga.simulation.bots import Bot


class Officer(Bot):
    """One agency, day and night."""

    def hear(self, kind: str, payload: dict[str, Any]) -> None:
        """We are told of something."""
        part = payload.get("part")
        if kind != "agency_incident.changed" or part is None or part["state"] != "notified":
            return
        mark = f"{part['id']} {part['notified_at']}"
        if mark in self.room.taken:
            return
        self.room.taken.add(mark)
        if part["answer_due_at"] is not None:
            self.world.spawn(self._answer(part))

    async def _answer(self, part: dict[str, Any]) -> None:
        way, habits, path = self.source.random(), self.habits, f"parts/{part['id']}"
        if way < habits.agency_silent:
            await self.pause(70, 1800)  # late, or never
            if self.maybe(0.4):
                return
        else:
            await self.pause(5, 70)
        way = self.source.random()
        if way < habits.agency_rejects:
            await self.act(f"{path}/reject/", {"reason": "Bukan kewenangan kami."}, named="agency rejects")
        elif way < habits.agency_rejects + habits.agency_forwards:
            body = {"agency": "bpbd", "reason": "Ditangani wilayah lain."}
            await self.act(f"{path}/forward/", body, named="agency forwards")
        elif await self.act(f"{path}/accept/", named="agency accepts") is not None:
            await self.pause(900, 5400)
            if self.maybe(0.8):
                await self.act(f"{path}/done/", {"disposition": "tertangani"}, named="agency done")
