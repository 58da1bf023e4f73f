"""What happened, in words of the reader's language: lines of a story, steps of a call, reasons."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from django.db.models import TextChoices
from django.utils.dateparse import parse_datetime
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext

from dispatch.choices import (
    AssignmentState,
    CallbackOutcome,
    EscalationLevel,
    IncidentState,
    LinkKind,
    NextStep,
    OverrideReason,
    PartState,
    PersonRole,
    TimelineKind,
    UnitAlarmKind,
    UnitStatus,
)
from recognition.choices import MatchState


class Names(Protocol):
    """Looks up the names of codes, in the reader's language."""

    def type(self, code: str) -> str:
        """Of an incident type."""

    def agency(self, code: str) -> str:
        """Of an agency."""

    def disposition(self, code: str) -> str:
        """Of how something ended."""

    def card(self, code: str) -> str:
        """Of a protocol card."""

    def outcome(self, card: str, version: int, code: str) -> str:
        """Of what a card proposes."""


Data = Mapping[str, Any]
Maker = Callable[[Data, Names], str]


def line_words(*, kind: str, text: str, data: Data, names: Names) -> str:
    """A line of a story as a sentence; what a person wrote with it (`text`) is not part of it, but for a note."""
    if kind == TimelineKind.NOTE:
        return text
    return LINES[kind](data, names) if kind in LINES else label_of(TimelineKind, kind)


def label_of(words: type[TextChoices], code: Any) -> str:
    """The word for a code; the code itself where it has none."""
    return str(words(code).label) if code in words.values else str(code)


def reason_words(reason: str) -> str:
    """A reason that the system wrote down, in words; what a person wrote stays as it is."""
    if reason in CallbackOutcome.values:
        return label_of(CallbackOutcome, reason)
    made = {
        "not_answered": gettext("not answered in time"),
        "called_back": gettext("called back"),
        "no_number": gettext("there is no number to call back"),
        "units": gettext("follows from the units"),
        "cancelled": gettext("the incident was called off"),
        "closed_with_incident": gettext("closed with the incident"),
    }
    return made.get(reason, reason)


def source_words(source: str) -> str:
    """Who did what no person did."""
    kind, _colon, code = source.partition(":")
    return gettext("exchange %(code)s") % {"code": code} if kind == "pbx" else "Siaga"


def fault_words(code: str) -> str:
    """Why a camera gave no picture."""
    faults = {
        "auth": gettext("password refused"),
        "timeout": gettext("no answer in time"),
        "unreachable": gettext("cannot be reached"),
        "address_refused": gettext("address not allowed"),
        "redirect_refused": gettext("sends on elsewhere"),
        "http_status": gettext("answers with an error"),
        "stream_broken": gettext("stream breaks off"),
        "tls": gettext("wrong certificate"),
        "analysis_failed": gettext("not analysed"),
        "incident_closed": gettext("incident is closed"),
    }
    return faults.get(code, gettext("no usable picture"))


def _opened(data: Data, names: Names) -> str:
    if "call" in data:
        return gettext("Incident opened from call %(call)s") % data
    return gettext("Incident opened")


def _changed(data: Data, names: Names) -> str:
    return gettext("Changed: %(fields)s") % {"fields": "; ".join(dict.fromkeys(_fields(data, names)))}


def _fields(data: Data, names: Names) -> list[str]:
    texts = {
        "place_text": gettext("place"),
        "caller_name": gettext("caller"),
        "caller_number": gettext("telephone"),
        "priority": gettext("priority"),
        "type": gettext("type"),
    }
    plain = {
        "lat": gettext("position"),
        "lon": gettext("position"),
        "radius_m": gettext("position"),
        "place": gettext("place"),
        "summary": gettext("what is told"),
    }
    found = []
    for field, change in data.items():
        if field in texts and isinstance(change, list) and len(change) == 2:
            old, new = (names.type(value) if field == "type" else value or "–" for value in change)
            found.append(f"{texts[field]} {old} → {new}")
        elif field != "place" or "place_text" not in data:
            found.append(plain.get(field, field))
    return found


def _cameras_asked(data: Data, names: Names) -> str:
    count = int(data.get("cameras") or 0)
    if not count:
        return gettext("No camera is near")
    return ngettext("%(count)d camera asked", "%(count)d cameras asked", count) % {"count": count}


def _state(data: Data, names: Names) -> str:
    old, new = label_of(IncidentState, data.get("old", "")), label_of(IncidentState, data.get("new", ""))
    return f"{old} → {new}"


def _linked(data: Data, names: Names) -> str:
    return f"#{data.get('child')} {label_of(LinkKind, data.get('kind'))} #{data.get('parent')}"


def _unlinked(data: Data, names: Names) -> str:
    return gettext("No longer: %(link)s") % {"link": _linked(data, names)}


def _person(data: Data, names: Names) -> str:
    role = {"role": label_of(PersonRole, data.get("role"))}
    if data.get("added"):
        return gettext("Person written down: %(role)s") % role
    return gettext("Person taken off the list: %(role)s") % role


def _assignment(data: Data, names: Names) -> str:
    words = f"{data.get('unit')}: {label_of(AssignmentState, data.get('state'))}"
    if data.get("to"):
        words += f" → #{data['to']}"
    if data.get("destination"):
        words += f" → {data['destination']}"
    if data.get("override"):
        reason = label_of(OverrideReason, data["override"])
        return gettext("%(step)s (not as proposed: %(reason)s)") % {"step": words, "reason": reason}
    return words


def _unit_alarm(data: Data, names: Names) -> str:
    words = f"{data.get('unit')}: {label_of(UnitAlarmKind, data.get('alarm'))}"
    if data.get("acknowledged"):
        return gettext("%(alarm)s: somebody looks at it") % {"alarm": words}
    if data.get("ended"):
        return gettext("%(alarm)s: is over") % {"alarm": words}
    if data.get("status"):
        return f"{words} ({label_of(UnitStatus, data['status'])})"
    return words


def _protocol(data: Data, names: Names) -> str:
    card = str(data.get("card", ""))
    found = names.outcome(card, int(data.get("version") or 0), str(data.get("outcome", "")))
    return gettext("Card “%(card)s”: %(outcome)s") % {"card": names.card(card), "outcome": found}


def _next_step(data: Data, names: Names) -> str:
    step = label_of(NextStep, data.get("step"))
    return gettext("Next step: %(step)s, due %(due)s") % {"step": step, "due": _clock(data.get("due_at"))}


def _escalated(data: Data, names: Names) -> str:
    level, step = label_of(EscalationLevel, data.get("level")), label_of(NextStep, data.get("step"))
    if "agency" in data:
        step = f"{step} ({names.agency(str(data['agency']))})"
    return gettext("Overdue, told to the %(level)s: %(step)s") % {"level": level, "step": step}


def _handed_over(data: Data, names: Names) -> str:
    return gettext("Owner: %(old)s → %(new)s") % {"old": data.get("from") or "–", "new": data.get("to")}


def _contact(data: Data, names: Names) -> str:
    outcome = label_of(CallbackOutcome, data.get("outcome"))
    return gettext("Caller to be told: %(outcome)s") % {"outcome": outcome}


def _eido(data: Data, names: Names) -> str:
    told = {
        "sender": names.agency(str(data["agency"])) if data.get("agency") else data.get("element"),
        "number": data.get("number") or "–",
        "type": data.get("type") or "–",
        "state": label_of(IncidentState, data.get("state")),
    }
    words = gettext("%(sender)s tells of its incident %(number)s: %(type)s, %(state)s") % told
    if data.get("kept"):
        words += "; " + gettext("not taken over, since it was changed here: %(fields)s") % {
            "fields": ", ".join(dict.fromkeys(_fields(dict.fromkeys(data["kept"]), names)))
        }
    return words


def _clock(value: Any) -> str:
    moment = parse_datetime(str(value)) if value else None
    return f"{localtime(moment):%H:%M:%S}" if moment else "–"


LINES: Mapping[str, Maker] = {
    TimelineKind.OPENED: _opened,
    TimelineKind.CALL_JOINED: lambda data, names: gettext("Call %(call)s joined") % data,
    TimelineKind.CHANGED: _changed,
    TimelineKind.CAMERAS_ASKED: _cameras_asked,
    TimelineKind.CAMERA_FAILED: lambda data, names: f"{data.get('camera')}: {fault_words(str(data.get('fault')))}",
    TimelineKind.CANDIDATE: lambda data, names: gettext("Candidate at %(camera)s") % data,
    TimelineKind.REVIEWED: lambda data, names: f"{data.get('camera')}: {label_of(MatchState, data.get('state'))}",
    TimelineKind.STATE: _state,
    TimelineKind.LINKED: _linked,
    TimelineKind.UNLINKED: _unlinked,
    TimelineKind.PERSON: _person,
    TimelineKind.PART: lambda data, names: (
        f"{names.agency(str(data.get('agency')))}: {label_of(PartState, data.get('state'))}"
    ),
    TimelineKind.ASSIGNMENT: _assignment,
    TimelineKind.UNIT_ALARM: _unit_alarm,
    TimelineKind.PROTOCOL: _protocol,
    TimelineKind.NEXT_STEP: _next_step,
    TimelineKind.ESCALATED: _escalated,
    TimelineKind.HANDED_OVER: _handed_over,
    TimelineKind.CONTACT: _contact,
    TimelineKind.EIDO: _eido,
    TimelineKind.STORM: lambda data, names: gettext("Storm mode on") if data.get("on") else gettext("Storm mode off"),
}
