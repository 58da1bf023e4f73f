"""Commands for incidents."""

from typing import Any

from common.errors import ConflictError, gettext_noop
from dispatch.actions import incidents as actions
from dispatch.actions.commands.base import Asked, Outcome
from dispatch.actions.links import incident_link
from dispatch.choices import LinkKind
from dispatch.models import Incident
from dispatch.presenters.incidents import incident_present, link_present, timeline_present
from dispatch.rules.commands.table import CANCELLED
from dispatch.rules.commands.types import Parsed
from dispatch.selectors.command_places import Located, place_resolve
from dispatch.selectors.commands import (
    Choice,
    NotOneError,
    disposition_match,
    incident_resolve,
    open_require,
    type_resolve,
)
from dispatch.selectors.state import incident_get
from dispatch.services.incidents import IncidentDraft


def incident_open(asked: Asked) -> Outcome:
    """A new one; a place that is not known does not hold it back."""
    code, words = type_resolve(asked.parsed)
    if not words:
        raise NotOneError("place_missing", gettext_noop("Say where: a name, @code, lat,lon, or words in quotes."), {})
    parsed = Parsed(asked.parsed.command, asked.parsed.form, {"type": code, "place": words})
    where = place_resolve(words, parsed)
    draft = IncidentDraft(
        code, place_text=where.text, place_code=where.code, lat=where.lat, lon=where.lon, radius_m=where.radius_m
    )
    incident = actions.incident_open(**asked.by(), draft=draft)
    outcome = _of(incident)
    if where.has_point:
        at = where.name or where.text
        outcome.say(gettext_noop("Incident #%(number)s is open: %(place)s."), number=incident.number, place=at)
    else:
        outcome.say(
            gettext_noop("Incident #%(number)s is open, without a point on the map: set it."), number=incident.number
        )
    outcome.show = _panel(incident)
    return outcome


def priority_set(asked: Asked) -> Outcome:
    """As it stood when it was read: who changed it meanwhile is not overruled."""
    incident = _open_one(asked)
    priority = asked.value("priority")
    outcome = _of(_changed(asked, incident, {"priority": priority}))
    outcome.say(gettext_noop("#%(number)s is %(priority)s now."), number=incident.number, priority=priority)
    return outcome


def note_add(asked: Asked) -> Outcome:
    """A closed incident takes notes, too."""
    incident = _one(asked)
    line = actions.note_add(**asked.by(), incident_id=incident.pk, text=asked.value("text"))
    outcome = Outcome()
    outcome.change("timeline", timeline_present(line))
    outcome.say(gettext_noop("Noted in #%(number)s."), number=incident.number)
    return outcome


def incident_relocate(asked: Asked) -> Outcome:
    """To a place with a point; words in quotes change the words alone."""
    incident = _open_one(asked)
    where = place_resolve(asked.value("place"), asked.parsed)
    if not where.has_point and not where.is_quoted:
        quoted = f'"{where.text}"'
        raise NotOneError(
            "unknown_place", gettext_noop("“%(typed)s” is no known place; in quotes only the words are changed."),
            {"typed": where.text[:60]}, [Choice(asked.parsed.line(place=quoted), quoted)],
        )  # fmt: skip
    outcome = _of(_changed(asked, incident, _place_fields(where)))
    at = where.name or where.text
    outcome.say(gettext_noop("#%(number)s is at %(place)s now."), number=incident.number, place=at)
    return outcome


def incident_merge(asked: Asked) -> Outcome:
    """The first into the second."""
    child = _open_one(asked)
    into = incident_resolve(realm=asked.realm, parsed=asked.parsed, selected=asked.selected, name="into")
    open_require(into)
    link = incident_link(**asked.by(), incident_id=child.pk, other_id=into.pk, kind=LinkKind.MERGED)
    outcome = Outcome()
    outcome.change("links", link_present(link))
    ends = (incident_get(realm=asked.realm, incident_id=key) for key in (child.pk, into.pk))
    outcome.change("incidents", *(incident_present(row) for row in ends))
    outcome.say(gettext_noop("#%(number)s merged into #%(into)s."), number=child.number, into=into.number)
    outcome.show = _panel(into)
    return outcome


def incident_cancel(asked: Asked) -> Outcome:
    """The reason may begin with a disposition as it is written; without one it was called off."""
    incident = _open_one(asked)
    text = asked.value("text")
    match = disposition_match(text, is_exact=True)
    code, note = (match.codes[0], match.rest) if len(match.codes) == 1 else (CANCELLED, text)
    row = actions.incident_cancel(**asked.by(), incident_id=incident.pk, disposition=code, note=note)
    outcome = _of(row)
    outcome.say(gettext_noop("#%(number)s called off."), number=incident.number)
    return outcome


def incident_take(asked: Asked) -> Outcome:
    """Be its owner from now on."""
    incident = _open_one(asked)
    if incident.owner_id == asked.user.pk:
        raise ConflictError("owner_already", gettext_noop("#%(number)s is yours already."), {"number": incident.number})
    before = str(incident.owner or "–")
    outcome = _of(actions.owner_take(**asked.by(), incident_id=incident.pk))
    outcome.say(
        gettext_noop("#%(number)s is yours now; before, it was %(owner)s's."), number=incident.number, owner=before
    )
    return outcome


def _one(asked: Asked) -> Incident:
    return incident_resolve(realm=asked.realm, parsed=asked.parsed, selected=asked.selected)


def _open_one(asked: Asked) -> Incident:
    incident = _one(asked)
    open_require(incident)
    return incident


def _changed(asked: Asked, incident: Incident, changes: dict[str, Any]) -> Incident:
    return actions.incident_change(**asked.by(), incident_id=incident.pk, revision=incident.revision, changes=changes)


def _place_fields(where: Located) -> dict[str, Any]:
    if where.is_quoted:
        return {"place_text": where.text}
    return {
        "place_text": where.text, "place": where.code, "lat": where.lat, "lon": where.lon, "radius_m": where.radius_m,
    }  # fmt: skip


def _of(incident: Incident) -> Outcome:
    outcome = Outcome()
    outcome.change("incidents", incident_present(incident))
    return outcome


def _panel(incident: Incident) -> dict[str, Any]:
    return {"panel": "incident", "incident": {"id": str(incident.pk), "number": incident.number}}
