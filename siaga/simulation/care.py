"""Taking care of one incident: what its next step asks for, whoever does it."""

from datetime import timedelta
from typing import Any

from siaga.simulation.bots import Bot
from siaga.simulation.crews import Reports, crew_run

DISPOSITIONS = ("tertangani", "tertangani", "tertangani", "diserahkan-instansi", "tidak-ditemukan", "sudah-pergi")
UNITS_FOR = {"kebakaran": 3, "kecelakaan": 2, "banjir": 2, "tawuran": 2, "bangunan-roboh": 3, "gempa": 2}


async def units_send(bot: Bot, incident: dict[str, Any]) -> int:
    """Send what the type needs; units that others have are passed over. How many went."""
    wanted, sent = UNITS_FOR.get(incident["type"], 1), 0
    for sign in bot.house.garage.candidates(incident["type"]):
        if sent == wanted:
            break
        path = f"incidents/{incident['id']}/assignments/"
        assignment = await bot.act(path, {"unit": sign}, named="send unit")
        if assignment is not None:
            sent += 1
            bot.world.spawn(crew_run(bot, assignment))
            await bot.pause(1, 6)
    return sent


async def incident_finish(bot: Bot, incident_id: str) -> None:
    """Tell the caller, then close with how it ended."""
    outcome = bot.source.choice(("reached", "reached", "reached", "no_answer", "busy"))
    contact = await bot.act(f"incidents/{incident_id}/contacts/", {"outcome": outcome}, named="tell caller")
    await bot.pause(5, 40)
    reason = "" if contact is not None and outcome == "reached" else "not_reached"
    if contact is None:
        reason = "no_number"
    body = {
        "disposition": bot.source.choice(DISPOSITIONS), "note": "Selesai.", "not_informed_reason": reason,
        "ends_parts": bot.maybe(0.7),
    }  # fmt: skip
    closed = await bot.act(f"incidents/{incident_id}/close/", body, named="close incident")
    if closed is None:
        await bot.pause(60, 300)
        body |= {"ends_parts": True, "not_informed_reason": "on_scene"}
        await bot.act(f"incidents/{incident_id}/close/", body, named="close incident")


async def incident_push(bot: Bot, incident_id: str) -> None:
    """Do now what is overdue; used by those who are told of it."""
    found = await bot.look(f"incidents/{incident_id}/", named="look into incident")
    if found is None:
        return
    incident = found["incident"]
    if incident["owner"] != bot.label and bot.maybe(0.3):
        await bot.act(f"incidents/{incident_id}/owner/", {"username": ""}, named="take over incident")
    live = [row for row in found["assignments"] if row["ended_at"] is None]
    state = incident["state"]
    if state in {"intake", "pending"}:
        if await units_send(bot, incident) == 0:
            await _later(bot, incident_id, "dispatch", "Semua unit keluar; dicari bantuan wilayah lain.")
    elif state == "assigned":
        for row in live:
            await _raise(bot, row)
    elif state in {"enroute", "on_scene", "under_control"}:
        await _ask_scene(bot, incident, live)
    elif state == "all_clear":
        await incident_finish(bot, incident_id)


async def _raise(bot: Bot, row: dict[str, Any]) -> None:
    """A unit that does not acknowledge: by telephone it does, or another goes."""
    report = Reports(bot, row["id"])
    if bot.maybe(0.6):
        if await report("enroute"):
            await bot.pause(300, 900)
            await report("on_scene")
            await bot.pause(600, 2400)
            await report("cleared")
    else:
        await report("cancelled_enroute", reason="Tidak menjawab, diganti.")


async def _ask_scene(bot: Bot, incident: dict[str, Any], live: list[dict[str, Any]]) -> None:
    """A report from the scene: it is under control, it takes longer, or the unit has left without saying so."""
    key, way = incident["id"], bot.source.random()
    if way < 0.3 and incident["state"] == "on_scene":
        await bot.act(f"incidents/{key}/state/", {"state": "under_control", "reason": ""}, named="under control")
    elif way < 0.7:
        await bot.act(f"incidents/{key}/notes/", {"text": "Laporan dari lokasi: masih ditangani."}, named="note")
        await _later(bot, key, "situation_report", "Tanya lagi keadaan di lokasi.")
    else:
        for row in live:
            if row["state"] in {"on_scene", "transporting", "at_destination"}:
                await Reports(bot, row["id"])("cleared")
            elif bot.maybe(0.5):
                await Reports(bot, row["id"])("cancelled_enroute", reason="Tidak diperlukan lagi.")


async def _later(bot: Bot, incident_id: str, step: str, text: str) -> None:
    due_at = bot.world.now() + timedelta(seconds=bot.source.choice((300, 600, 1200, 1800)))
    body = {"step": step, "text": text, "due_at": due_at.isoformat(), "reason": text}
    await bot.act(f"incidents/{incident_id}/next-step/", body, named="set next step")
