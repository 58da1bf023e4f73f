"""From a line to what was done or refused."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from accounts.access import Permission, require
from accounts.models import User
from common.errors import SiagaError, TerminalError, gettext_noop
from dispatch.actions.broadcasts import broadcast_send as broadcast_send_act
from dispatch.actions.commands import incidents, shows, units
from dispatch.actions.commands.base import Asked, Outcome
from dispatch.presenters.broadcasts import broadcast_present
from dispatch.rules.commands.parser import parse
from dispatch.rules.commands.types import Parsed, Refusal
from dispatch.services.broadcasts import MINUTES
from realtime.models import Realm


def broadcast_send(asked: Asked) -> Outcome:
    """To every desk of the centre."""
    minutes = int(asked.value("minutes") or MINUTES)
    row = broadcast_send_act(**asked.by(), text=asked.value("text"), minutes=minutes)
    outcome = Outcome()
    outcome.change("broadcasts", broadcast_present(row))
    outcome.say(gettext_noop("Shown on all desks for %(minutes)d min."), minutes=minutes)
    return outcome


# `Command.does` -> what does it.
RUNNERS: Mapping[str, Callable[[Asked], Outcome]] = {
    "incident_open": incidents.incident_open,
    "units_send": units.units_send,
    "unit_enroute": units.unit_enroute,
    "unit_arrived": units.unit_arrived,
    "unit_clear": units.unit_clear,
    "alarm_acknowledge": units.alarm_acknowledge,
    "priority_set": incidents.priority_set,
    "note_add": incidents.note_add,
    "incident_relocate": incidents.incident_relocate,
    "cameras_show": shows.cameras_show,
    "matches_show": shows.matches_show,
    "find_show": shows.find_show,
    "map_show": shows.map_show,
    "unit_show": shows.unit_show,
    "incident_merge": incidents.incident_merge,
    "incident_cancel": incidents.incident_cancel,
    "broadcast_send": broadcast_send,
    "incident_take": incidents.incident_take,
    "help_show": shows.help_show,
}


@dataclass(frozen=True, slots=True)
class Answered:
    """What a line came to: exactly one of `outcome`, `refusal` (not understood) and `error` (not done)."""

    text: str
    parsed: Parsed | None = None
    outcome: Outcome | None = None
    refusal: Refusal | None = None
    error: SiagaError | None = None


def command_run(*, user: User, realm: Realm, text: str, selected: uuid.UUID | None = None) -> Answered:
    """Do what the line says, or say why not. What may succeed when it is sent again is raised (RetryableError)."""
    require(user, Permission.COMMAND_USE)
    parsed = parse(text)
    if isinstance(parsed, Refusal):
        return Answered(text, refusal=parsed)
    try:
        require(user, Permission(parsed.command.permission))
        outcome = RUNNERS[parsed.command.does](Asked(user, realm, parsed, selected))
    except TerminalError as error:
        return Answered(text, parsed, error=error)
    return Answered(text, parsed, outcome)
