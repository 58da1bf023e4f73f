"""Commands that change nothing but what is on the screen of who types them."""

from typing import Any

from common.errors import gettext_noop
from dispatch.actions.commands.base import Asked, Outcome
from dispatch.presenters.commands import command_present
from dispatch.rules.commands.table import BY_WORD, COMMANDS
from dispatch.selectors.command_places import place_resolve
from dispatch.selectors.command_shows import (
    CAMERAS_SHOWN,
    camera_part,
    cameras_of,
    found_by,
    incident_part,
    matches_waiting,
    unit_history,
)
from dispatch.selectors.commands import NotOneError, camera_resolve, incident_resolve, units_resolve


def cameras_show(asked: Asked) -> Outcome:
    """The nearest of an incident, or one by its code."""
    if asked.value("camera"):
        return _shown({"panel": "camera", "camera": camera_part(camera_resolve(asked.parsed))})
    incident = incident_resolve(realm=asked.realm, parsed=asked.parsed, selected=asked.selected)
    cameras = cameras_of(incident, int(asked.value("count") or CAMERAS_SHOWN))
    outcome = _shown({"panel": "cameras", "incident": incident_part(incident), "cameras": cameras})
    if not cameras:
        outcome.say(gettext_noop("No camera is near #%(number)s."), number=incident.number)
    return outcome


def matches_show(asked: Asked) -> Outcome:
    """The panel in which candidates are judged; nothing is judged here."""
    incident = incident_resolve(realm=asked.realm, parsed=asked.parsed, selected=asked.selected)
    waiting = matches_waiting(incident)
    outcome = _shown({"panel": "matches", "incident": incident_part(incident), "waiting": waiting})
    outcome.say(
        gettext_noop("#%(number)s, candidates that wait for a judgement: %(waiting)d."),
        number=incident.number, waiting=waiting,
    )  # fmt: skip
    return outcome


def find_show(asked: Asked) -> Outcome:
    """By what is written about it."""
    words = asked.value("words")[:100]
    found = found_by(realm=asked.realm, user=asked.user, words=words)
    outcome = _shown({"panel": "find", "query": words, **found})
    outcome.say(gettext_noop("%(count)d found."), count=sum(len(rows) for rows in found.values()))
    return outcome


def map_show(asked: Asked) -> Outcome:
    """A place, or a point."""
    where = place_resolve(asked.value("place"), asked.parsed)
    if not where.has_point:
        raise NotOneError("unknown_place", gettext_noop("There is no place %(typed)s."), {"typed": where.text[:60]})
    return _shown(
        {"panel": "map", "name": where.name or where.text, "code": where.code, "lat": where.lat, "lon": where.lon}
    )


def unit_show(asked: Asked) -> Outcome:
    """Where it stood and what it was on."""
    unit = units_resolve(realm=asked.realm, parsed=asked.parsed, name="unit")[0]
    return _shown({"panel": "unit", **unit_history(unit, asked.user)})


def help_show(asked: Asked) -> Outcome:
    """All commands, or one."""
    word = asked.value("words").upper()
    if word and word not in BY_WORD:
        raise NotOneError(
            "unknown_command", gettext_noop("There is no command “%(word)s”; ? lists them."), {"word": word}
        )
    commands = [BY_WORD[word]] if word else list(COMMANDS)
    return _shown({"panel": "help", "commands": [command_present(command, asked.user) for command in commands]})


def _shown(show: dict[str, Any]) -> Outcome:
    return Outcome(show=show)
