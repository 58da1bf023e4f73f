"""Taking run cards from YAML: all of a file or nothing of it, with every fault named by its place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import yaml
from django.db import transaction

from accounts.services.audit import SYSTEM, audit_write
from dispatch.choices import Priority
from dispatch.models import Capability, IncidentType, RunCard, RunCardLine, UnitType

HEAD = frozenset({"valid_from", "source", "cards"})
CARD = frozenset({"type", "priority", "reason", "levels", "valid_from", "valid_until", "source"})
LEVEL = frozenset({"alarm", "send"})
LINE = frozenset({"unit", "can", "count", "reason"})


@dataclass(slots=True)
class CardsTaken:
    """How many cards were new, changed or the same, and what is wrong where."""

    added: int = 0
    changed: int = 0
    same: int = 0
    faults: list[str] = field(default_factory=list)


class _Wrong(Exception):
    """A fault, with where it is."""


def run_cards_import(text: str, *, is_dry_run: bool = False) -> CardsTaken:
    """Add cards, or change those of the same type, priority, level and first day. With any fault nothing is written.

    A card may have a first and last day and a source of its own; without a last day it keeps the one that it has.
    """
    taken = CardsTaken()
    try:
        content = _checked(yaml.safe_load(text), HEAD, "file")
        valid_from = _day(content, "valid_from")
        if valid_from is None or not isinstance(content.get("cards"), list):
            raise _Wrong("file: `valid_from` is a day and `cards` a list")
    except (yaml.YAMLError, _Wrong) as error:
        taken.faults.append(str(error))
        return taken
    known = _Known(valid_from, str(content.get("source", ""))[:120])
    with transaction.atomic():
        for where, values in _levels(content["cards"], taken.faults):
            try:
                _take(values, known, taken)
            except _Wrong as error:
                taken.faults.append(f"{where}: {error}")
        if is_dry_run or taken.faults:
            transaction.set_rollback(True)
        elif taken.added or taken.changed:
            audit_write(
                actor=SYSTEM, action="run_cards_imported", object_type="dispatch.runcard", object_id="",
                data={"added": taken.added, "changed": taken.changed},
            )  # fmt: skip
    return taken


class _Known:
    def __init__(self, valid_from: date, source: str) -> None:
        self.valid_from, self.source = valid_from, source
        self.kinds = {row.code: row for row in IncidentType.objects.all()}
        self.types = {row.code: row for row in UnitType.objects.all()}
        self.capabilities = {row.code: row for row in Capability.objects.all()}
        self.seen: set[tuple[str, str, int, date]] = set()


def _levels(cards: list[Any], faults: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, raw in enumerate(cards, start=1):
        try:
            card = _checked(raw, CARD, f"card {number}")
            where = f"card {number} ({card.get('type')} {card.get('priority', '')})".replace(" )", ")")
            if not isinstance(card.get("levels"), list) or not card["levels"]:
                raise _Wrong(f"{where}: `levels` is a list")
            levels = [_checked(level, LEVEL, f"{where} level") for level in card["levels"]]
        except _Wrong as error:
            faults.append(str(error))
            continue
        for level in levels:
            yield f"{where} alarm {level.get('alarm')}", {**card, **level}


def _take(values: Mapping[str, Any], known: _Known, taken: CardsTaken) -> None:
    kind = known.kinds.get(values.get("type"))  # type: ignore[arg-type]
    if kind is None:
        raise _Wrong(f"there is no incident type {values.get('type')!r}")
    priority, level = values.get("priority", ""), values.get("alarm")
    if priority not in {"", *Priority.values}:
        raise _Wrong(f"priority {priority!r} is none of {', '.join(Priority.values)}")
    if not isinstance(level, int) or not 1 <= level <= 5:
        raise _Wrong("`alarm` is a level from 1 to 5")
    first, last = _day(values, "valid_from") or known.valid_from, _day(values, "valid_until")
    if last is not None and last < first:
        raise _Wrong("`valid_until` is before `valid_from`")
    if (kind.code, priority, level, first) in known.seen:
        raise _Wrong("this card stands twice in the file")
    known.seen.add((kind.code, priority, level, first))
    send = values.get("send")  # an empty list says that nobody is sent
    lines = [_line(raw, known) for raw in (send if isinstance(send, list) else [None])]
    card, is_new = RunCard.objects.get_or_create(
        type=kind, priority=priority, alarm_level=level, valid_from=first, defaults={"valid_until": last}
    )
    reason, source = str(values.get("reason", ""))[:1000], str(values.get("source", known.source))[:120]
    told = {"reason": reason, "source": source, "valid_until": last or card.valid_until}
    old = None if is_new else [_values(line) for line in card.lines.all()]
    if old == [_values(line) for line in lines] and all(getattr(card, name) == told[name] for name in told):
        taken.same += 1
        return
    for name, value in told.items():
        setattr(card, name, value)
    card.save(update_fields=list(told))
    card.lines.all().delete()
    for order, line in enumerate(lines, start=1):
        line.card, line.order = card, order
    RunCardLine.objects.bulk_create(lines)
    taken.added += is_new
    taken.changed += not is_new


def _line(raw: Any, known: _Known) -> RunCardLine:
    line = _checked(raw, LINE, "send")
    unit, can, count = line.get("unit"), line.get("can"), line.get("count", 1)
    if (unit is None) == (can is None):
        raise _Wrong("each line names either `unit` or `can`")
    if unit is not None and unit not in known.types:
        raise _Wrong(f"there is no unit type {unit!r}")
    if can is not None and can not in known.capabilities:
        raise _Wrong(f"there is no capability {can!r}")
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= 20:
        raise _Wrong("`count` is a number from 1 to 20")
    return RunCardLine(
        unit_type=known.types[unit] if unit else None, capability=known.capabilities[can] if can else None,
        count=count, reason=str(line.get("reason", ""))[:200],
    )  # fmt: skip


def _day(values: Mapping[str, Any], name: str) -> date | None:
    found = values.get(name)
    # A moment is a day too, by Python's lights.
    if found is not None and (not isinstance(found, date) or isinstance(found, datetime)):
        raise _Wrong(f"`{name}` is a day")
    return found


def _values(line: RunCardLine) -> tuple[Any, ...]:
    return line.unit_type_id, line.capability_id, line.count, line.reason


def _checked(raw: Any, names: frozenset[str], where: str) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise _Wrong(f"{where}: is no mapping")
    unknown = sorted(str(name) for name in set(raw) - names)
    if unknown:
        raise _Wrong(f"{where}: unknown: {', '.join(unknown)}")
    return raw
