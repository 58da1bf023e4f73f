"""What may come next on the command line, for who may use it. Reads little: it is asked at every pause in typing."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from itertools import islice

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.permissions import Permission
from cameras.models import Camera
from dispatch.choices import CLOSED_INCIDENT_STATES, Priority
from dispatch.models import Disposition, IncidentType
from dispatch.presenters.story import label_of
from dispatch.rules.commands.hints import Cursor
from dispatch.rules.commands.match import slug
from dispatch.rules.commands.table import COMMANDS
from dispatch.rules.commands.types import Kind
from dispatch.selectors.commands import Choice, incident_label, plain_units
from dispatch.selectors.names import language_read
from dispatch.selectors.state import INCIDENTS
from places.models import Place
from places.selectors import place_search
from realtime.models import Realm

SHOWN_MAX = 8
PLACE_MIN, PLACE_WORDS_MAX = 3, 6


def completions_read(*, realm: Realm, user: User, cursors: list[Cursor], selected: uuid.UUID | None) -> list[Choice]:
    """Whole lines, each with what it would be about; at most SHOWN_MAX."""
    return list(islice(_all(realm, user, cursors, selected), SHOWN_MAX))


def _all(realm: Realm, user: User, cursors: list[Cursor], selected: uuid.UUID | None) -> Iterator[Choice]:
    for cursor in cursors:
        if cursor.command is None:
            yield from _verbs(user, cursor)
        elif cursor.argument is not None and user.may(Permission(cursor.command.permission)):
            if cursor.argument.kind == Kind.INCIDENT:
                yield from _incidents(realm, cursor, selected)
            elif cursor.argument.kind in COMPLETERS:
                yield from COMPLETERS[cursor.argument.kind](realm, cursor)


def _verbs(user: User, cursor: Cursor) -> Iterator[Choice]:
    language, typed = language_read(), cursor.typed.upper()
    for command in sorted(COMMANDS, key=lambda item: item.verb != typed):
        if not user.may(Permission(command.permission)):
            continue
        if any(word.startswith(typed) for word in (command.verb, *command.aliases)):
            line = f"{command.verb} " if command.forms != ((),) else command.verb
            yield Choice(line, f"{command.usage(language)} — {command.help(language)}")


def _incidents(realm: Realm, cursor: Cursor, selected: uuid.UUID | None) -> Iterator[Choice]:
    rows = INCIDENTS.filter(realm=realm).exclude(state__in=CLOSED_INCIDENT_STATES).order_by("priority", "-opened_at")
    digits = cursor.typed.removeprefix("#")
    if not cursor.typed and selected is not None:
        yield from (Choice(cursor.line("."), incident_label(row)) for row in rows.filter(pk=selected))
    if not digits.isdecimal():
        rows = rows.none() if digits else rows
    elif cursor.typed.startswith("#"):
        rows = rows.filter(Q(number__startswith=digits))
    else:
        rows = rows.filter(Q(number__contains=digits))
    yield from (Choice(cursor.line(f"#{row.number}"), incident_label(row)) for row in rows[:SHOWN_MAX])


def _units(realm: Realm, cursor: Cursor) -> Iterator[Choice]:
    taken = {name.upper().replace("-", "") for name in cursor.head.split()[-1:] for name in name.split(",")}
    rows = plain_units(realm).filter(Q(plain__startswith=cursor.typed.strip().upper().replace("-", "")))
    for unit in rows.exclude(Q(plain__in=taken) if cursor.head.endswith(",") else Q(pk=None))[:SHOWN_MAX]:
        yield Choice(cursor.line(unit.call_sign), " · ".join(filter(None, (unit.call_sign, unit.status, unit.name))))


def _priorities(_realm: Realm, cursor: Cursor) -> Iterator[Choice]:
    typed = cursor.typed.upper().removeprefix("P")
    for value in Priority.values:
        if value.removeprefix("P").startswith(typed):
            yield Choice(cursor.line(value.removeprefix("P")), label_of(Priority, value))


def _named(cursor: Cursor, rows: Iterator[IncidentType | Disposition]) -> Iterator[Choice]:
    field, typed = f"name_{language_read()}", slug(cursor.typed)
    for row in rows:
        if any(slug(form).startswith(typed) for form in (row.code, row.name_id, row.name_en)):
            yield Choice(cursor.line(row.code), str(getattr(row, field)))


def _types(_realm: Realm, cursor: Cursor) -> Iterator[Choice]:
    yield from _named(cursor, IncidentType.objects.filter(is_active=True).iterator())


def _dispositions(_realm: Realm, cursor: Cursor) -> Iterator[Choice]:
    slashed = cursor if cursor.head.endswith("/") else Cursor(f"{cursor.head.rstrip()} /", "", cursor.command)
    yield from _named(slashed, Disposition.objects.filter(is_active=True).iterator())


def _places(_realm: Realm, cursor: Cursor) -> Iterator[Choice]:
    if len(cursor.typed) < PLACE_MIN:
        return
    shown: set[str] = set()
    found = [(place, place.parent.name if place.parent else "") for place in _begun(cursor.typed)]
    found += [(item.place, item.parent_text) for item in place_search(cursor.typed, limit=SHOWN_MAX)]
    for place, parent in found:
        if place.code not in shown:
            shown.add(place.code)
            yield Choice(cursor.line(f"@{place.code}"), " · ".join(filter(None, (place.name, parent))))


def _begun(typed: str) -> QuerySet[Place]:
    """Places in whose names all these words stand, the last of which is not typed to its end."""
    rows = Place.objects.select_related("parent").order_by("name", "code")
    for word in typed.split()[:PLACE_WORDS_MAX]:
        rows = rows.filter(name__icontains=word)
    return rows[:SHOWN_MAX]


def _cameras(_realm: Realm, cursor: Cursor) -> Iterator[Choice]:
    if cursor.typed:
        rows = Camera.objects.filter(code__istartswith=cursor.typed).order_by("code")
        yield from (Choice(cursor.line(row.code), str(row)) for row in rows[:SHOWN_MAX])


COMPLETERS: Mapping[Kind, Callable[[Realm, Cursor], Iterator[Choice]]] = {
    Kind.UNIT: _units,
    Kind.UNITS: _units,
    Kind.PRIORITY: _priorities,
    Kind.TYPE: _types,
    Kind.DISPOSITION: _dispositions,
    Kind.PLACE: _places,
    Kind.PLACE_TEXT: _places,
    Kind.CAMERA: _cameras,
}
