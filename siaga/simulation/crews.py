"""Crews: what a unit that was sent reports by radio, entered by a dispatcher."""

from typing import Any

from siaga.simulation.bots import Bot

CARRIES = "pk3d"


async def crew_run(radio: Bot, assignment: dict[str, Any]) -> None:
    """From the alarm to the last report. Some never answer, some refuse, some cannot be raised for long."""
    step = Reports(radio, assignment["id"])
    source, habits = radio.source, radio.habits
    if radio.maybe(habits.crew_silent):
        return  # whoever looks after the incident has to find out
    await radio.pause(15, 90)
    if radio.maybe(habits.crew_refuses):
        await step("refused", reason="Ban bocor, unit tidak bisa jalan.")
        return
    if not await step("acknowledged"):
        return
    await radio.pause(20, 120)
    if not await step("enroute"):
        return
    await radio.world.sleep(min(5400, source.lognormvariate(6.4, 0.5)))  # half arrive within ten minutes
    if not await step("on_scene"):
        return
    await radio.world.sleep(min(14400, source.lognormvariate(7.2, 0.7)))  # half are done within 22 minutes
    if assignment["agency"] == CARRIES and radio.maybe(0.6):
        if not await step("transporting"):
            return
        await radio.pause(400, 1500)
        await step("at_destination")
        await radio.pause(300, 1500)
    await step("cleared")


class Reports:
    """Reports of one assignment; false once the site refuses one, because somebody else ended it."""

    def __init__(self, radio: Bot, assignment_id: str) -> None:
        self._radio, self._path = radio, f"assignments/{assignment_id}/"

    async def __call__(self, state: str, *, reason: str = "") -> bool:
        """Enter one report."""
        return await self._radio.act(self._path, {"state": state, "reason": reason}, named=f"unit {state}") is not None
