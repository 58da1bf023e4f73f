"""What follows when an incident's fields change, whoever changed them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.services.audit import Actor
from dispatch.actions.telling import Telling
from dispatch.choices import TimelineKind
from dispatch.models import Incident
from dispatch.services.reputation import numbers_raise
from dispatch.services.sharing import parts_prioritise, parts_share
from dispatch.services.states import caller_numbers


def change_follow(incident: Incident, changed: Mapping[str, Any], telling: Telling, actor: Actor, at: datetime) -> None:
    """The line of the story, and agencies and callers that are concerned now; `changed` is `{field: [old, new]}`."""
    telling.line(incident, TimelineKind.CHANGED, changed)
    if "priority" in changed:
        for part in parts_prioritise(incident=incident, was=changed["priority"][0]):
            telling.part(part)
    if {"type", "priority"} & set(changed):
        for part in parts_share(incident=incident, actor=actor, at=at):
            telling.part(part)
    if "caller_number" in changed:
        numbers_follow(incident, telling)
    telling.incident(incident)


def numbers_follow(incident: Incident, telling: Telling) -> None:
    """Calls of those who told of an emergency are no longer offered late."""
    for waiting in numbers_raise(realm=incident.realm, numbers=caller_numbers(incident)):
        telling.call(waiting)
