"""What the places of a command name: rows, or the possibilities where there is more than one. Never a guess."""

import difflib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Q, QuerySet, Value
from django.db.models.functions import Replace, Upper

from cameras.models import Camera
from common.errors import ConflictError, TerminalError, ValidationError, gettext_noop
from dispatch.choices import CLOSED_INCIDENT_STATES
from dispatch.models import Disposition, Incident, IncidentType, Unit
from dispatch.rules.commands.match import Match, match_start, number_fits, slug
from dispatch.rules.commands.table import DISPOSITION_WORDS
from dispatch.rules.commands.types import Parsed
from dispatch.selectors.names import language_read
from dispatch.selectors.state import INCIDENTS, UNITS
from realtime.models import Realm

CHOICES_MAX = 8
CLOSED_LOOKED_AT = 5
NEAR = 0.6


@dataclass(frozen=True, slots=True)
class Choice:
    """A whole line that may have been meant, and what it would be about."""

    line: str
    label: str


class NotOneError(TerminalError):
    """A place of a command names nothing, or several things; `choices` are the lines that name one."""

    def __init__(self, code: str, message: str, data: Mapping[str, Any], choices: Iterable[Choice] = ()) -> None:
        super().__init__(code, message, data)
        self.choices = tuple(choices)


def incident_resolve(*, realm: Realm, parsed: Parsed, selected: uuid.UUID | None, name: str = "incident") -> Incident:
    """The incident that a place names; an open one where there is one, or the selected one for a point.

    Raises ValidationError `nothing_selected`, NotOneError `unknown_incident` or `ambiguous_incident`.
    """
    typed = parsed.values.get(name, ".")
    if typed == ".":
        row = INCIDENTS.filter(realm=realm, pk=selected).first() if selected else None
        if row is None:
            raise ValidationError("nothing_selected", gettext_noop("No incident is selected; name one by its number."))
        return row
    found = incidents_named(realm, typed)
    if len(found) == 1:
        return found[0]
    data = {"typed": typed}
    if not found:
        raise NotOneError("unknown_incident", gettext_noop("There is no incident %(typed)s."), data)
    choices = [Choice(parsed.line(**{name: f"#{row.number}"}), incident_label(row)) for row in found[:CHOICES_MAX]]
    raise NotOneError(
        "ambiguous_incident", gettext_noop("%(typed)s can be several incidents; choose one."), data, choices
    )


def incidents_named(realm: Realm, typed: str) -> list[Incident]:
    """Open incidents that digits name; where there is none, those of the last closed ones."""
    rows = INCIDENTS.filter(realm=realm)
    numbers = rows.exclude(state__in=CLOSED_INCIDENT_STATES).values_list("number", flat=True)
    fitting = [number for number in numbers if number_fits(typed, number)]
    if not fitting:
        fitting = _numbers_ending(typed, rows.aggregate(last=Max("number"))["last"] or 0)
    return list(rows.filter(number__in=fitting).order_by("-number"))


def incident_label(row: Incident) -> str:
    """An incident in one line; reads `type`."""
    kind = row.type.name_en if language_read() == "en" else row.type.name_id
    return " · ".join(part for part in (f"#{row.number}", row.priority, kind, row.place_text) if part)


def units_resolve(*, realm: Realm, parsed: Parsed, name: str = "units") -> list[Unit]:
    """The units that a place names; hyphens may be left out. NotOneError names the first that is not known.

    What is near to a wrong call sign is offered, and nothing is done with the others meanwhile.
    """
    typed = parsed.values[name].split(",")
    found = _units_by(realm, typed)
    for index, word in enumerate(typed):
        rows = _of_word(found, word)
        if len(rows) == 1:
            continue
        others = [row.call_sign for row in rows] or _near(word, _call_signs(realm))
        lines = [",".join([*typed[:index], other, *typed[index + 1 :]]) for other in others[:CHOICES_MAX]]
        choices = [Choice(parsed.line(**{name: line}), other) for line, other in zip(lines, others, strict=False)]
        if rows:
            raise NotOneError(
                "ambiguous_unit", gettext_noop("%(typed)s can be several units; choose one."), {"typed": word}, choices
            )
        raise NotOneError("unknown_unit", gettext_noop("There is no unit %(typed)s."), {"typed": word}, choices)
    return list({row.pk: row for word in typed for row in _of_word(found, word)}.values())


def type_resolve(parsed: Parsed) -> tuple[str, str]:
    """The code of the type that a line begins with, and the words after it; raises NotOneError."""
    words = f"{parsed.values['type']} {parsed.values['place']}"
    rows = list(IncidentType.objects.filter(is_active=True))
    match = match_start(words, forms_of(rows))
    if len(match.codes) == 1:
        return match.codes[0], match.rest
    typed = parsed.values["type"]
    if not match.codes:
        near = _near(slug(typed), [row.code for row in rows])
        choices = _choices(parsed, "type", rows, near)
        raise NotOneError(
            "unknown_type", gettext_noop("There is no incident type “%(typed)s”."), {"typed": typed}, choices
        )
    raise NotOneError(
        "ambiguous_type", gettext_noop("“%(typed)s” can be several types; choose one."), {"typed": typed},
        _choices(parsed, "type", rows, match.codes),
    )  # fmt: skip


def disposition_match(text: str, *, is_exact: bool = False) -> Match:
    """The dispositions that a text may begin with, and the note after it."""
    forms = forms_of(Disposition.objects.filter(is_active=True))
    for word, code in DISPOSITION_WORDS.items():
        if code in {known for codes in forms.values() for known in codes}:
            forms.setdefault(word, frozenset({code}))
    return match_start(text, forms, is_exact=is_exact)


def disposition_resolve(parsed: Parsed) -> tuple[str, str]:
    """The code of a disposition and the note after it; raises NotOneError with all that there are."""
    typed = parsed.values["disposition"]
    match = disposition_match(typed)
    if len(match.codes) == 1:
        return match.codes[0], match.rest
    rows = list(Disposition.objects.filter(is_active=True))
    choices = _choices(parsed, "disposition", rows, match.codes or [row.code for row in rows], limit=len(rows))
    raise NotOneError(
        "ambiguous_disposition" if match.codes else "unknown_disposition",
        gettext_noop("“%(typed)s” is no single outcome; choose one."), {"typed": typed[:40]}, choices,
    )  # fmt: skip


def camera_resolve(parsed: Parsed) -> Camera:
    """A camera by its code; raises NotOneError."""
    typed = parsed.values["camera"]
    rows = list(Camera.objects.select_related("village").filter(code__iexact=typed))
    if len(rows) == 1:
        return rows[0]
    begun = Camera.objects.filter(code__istartswith=typed).order_by("code")[:CHOICES_MAX]
    choices = [Choice(parsed.line(camera=row.code), str(row)) for row in rows or begun]
    raise NotOneError("unknown_camera", gettext_noop("There is no camera %(typed)s."), {"typed": typed[:40]}, choices)


def forms_of(rows: Iterable[IncidentType | Disposition]) -> dict[str, frozenset[str]]:
    """Code and both names of each, as slugs."""
    forms: dict[str, frozenset[str]] = {}
    for row in rows:
        for form in {row.code, slug(row.name_id), slug(row.name_en)}:
            forms[form] = forms.get(form, frozenset()) | {row.code}
    # A code is the name of one thing, whatever else is called so.
    return forms | {row.code: frozenset({row.code}) for row in rows}


def plain_units(realm: Realm) -> QuerySet[Unit]:
    """Units in service; `plain` is the call sign without hyphens."""
    rows = UNITS.filter(realm=realm, is_active=True)
    return rows.annotate(plain=Upper(Replace("call_sign", Value("-"), Value("")))).order_by("call_sign")


def open_require(incident: Incident) -> None:
    """Raise ConflictError `incident_closed` for an incident that is over."""
    if not incident.is_open:
        raise ConflictError(
            "incident_closed", gettext_noop("Incident #%(number)s is closed."), {"number": incident.number}
        )


def _of_word(rows: Sequence[Unit], word: str) -> list[Unit]:
    exact = [row for row in rows if row.call_sign.upper() == word]
    return exact or [row for row in rows if row.call_sign.upper().replace("-", "") == word.replace("-", "")]


def _units_by(realm: Realm, words: Iterable[str]) -> list[Unit]:
    return list(plain_units(realm).filter(Q(plain__in=[word.replace("-", "") for word in words])))


def _call_signs(realm: Realm) -> list[str]:
    return list(Unit.objects.filter(realm=realm, is_active=True).values_list("call_sign", flat=True))


def _near(word: str, names: Iterable[str]) -> list[str]:
    by_upper = {name.upper(): name for name in names}
    return [by_upper[name] for name in difflib.get_close_matches(word.upper(), by_upper, n=CHOICES_MAX, cutoff=NEAR)]


def _choices(
    parsed: Parsed, name: str, rows: Iterable[IncidentType | Disposition], codes: Iterable[str], *,
    limit: int = CHOICES_MAX,
) -> list[Choice]:  # fmt: skip
    field = f"name_{language_read()}"
    names = {row.code: str(getattr(row, field)) for row in rows}
    return [Choice(parsed.line(**{name: code}), names[code]) for code in list(codes)[:limit]]


def _numbers_ending(typed: str, last: int) -> list[int]:
    """The last numbers up to `last` that digits name: the whole number, or those that end so."""
    digits = typed.removeprefix("#")
    step = 10 ** len(digits)
    if typed.startswith("#") or len(digits) < 4:
        return [int(digits)]
    top = last - (last - int(digits)) % step
    return [number for number in range(top, 0, -step)[:CLOSED_LOOKED_AT] if number_fits(typed, number)]
