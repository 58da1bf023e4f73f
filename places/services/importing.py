"""Taking places from CSV: all of a file or nothing of it, with every wrong row named."""

import csv
import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction

from places.choices import PlaceKind
from places.models import Place

COLUMNS = ("code", "kind", "name", "parent", "aliases", "lat", "lon", "accuracy_m", "source")
COMPARED = ("kind", "name", "aliases", "parent_id", "lat", "lon", "accuracy_m", "source")


@dataclass(slots=True)
class ImportResult:
    """How many rows were new, changed or the same, and what is wrong with which line."""

    added: int = 0
    changed: int = 0
    same: int = 0
    faults: list[str] = field(default_factory=list)


def places_import(lines: Iterable[str], *, is_dry_run: bool = False) -> ImportResult:
    """Add or change places by code; a parent stands before its children. With any fault nothing is written."""
    result = ImportResult()
    reader = csv.DictReader(lines)
    missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        result.faults.append(f"line 1: columns are missing: {', '.join(missing)}")
        return result
    with transaction.atomic():
        known = {place.code: place for place in Place.objects.all()}
        for number, row in enumerate(reader, start=2):
            try:
                _take(row, known, result)
            except ValueError as error:
                result.faults.append(f"line {number}: {error}")
            except ValidationError as error:
                faults = "; ".join(f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items())
                result.faults.append(f"line {number}: {faults}")
        if is_dry_run or result.faults:
            transaction.set_rollback(True)
    return result


def _take(row: dict[str, str], known: dict[str, Place], result: ImportResult) -> None:
    parent = row["parent"].strip()
    if parent and parent not in known:
        raise ValueError(f"there is no parent {parent!r} before it")
    if row["kind"] not in PlaceKind.values:
        raise ValueError(f"kind {row['kind']!r} is none of {', '.join(PlaceKind.values)}")
    code = row["code"].strip()
    is_new = code not in known
    place = known.get(code) or Place(code=code)
    before = None if is_new else [getattr(place, name) for name in COMPARED]
    place.kind, place.name, place.source = row["kind"], row["name"].strip(), row["source"].strip()
    place.aliases = [alias.strip() for alias in row["aliases"].split(";") if alias.strip()]
    place.parent_id = known[parent].pk if parent else None
    place.lat, place.lon = _number(row, "lat"), _number(row, "lon")
    place.accuracy_m = _number(row, "accuracy_m")
    if before == [getattr(place, name) for name in COMPARED]:
        result.same += 1
        return
    place.full_clean(validate_unique=is_new)
    place.save()
    known[code] = place
    result.added += before is None
    result.changed += before is not None


def _number(row: dict[str, str], column: str) -> float:
    text = (row[column] or "").strip()
    try:
        value = float(text)
    except ValueError as error:
        hint = " (decimals are written with a point)" if "," in text else ""
        raise ValueError(f"{column} {text!r} is no number{hint}") from error
    if not math.isfinite(value):
        raise ValueError(f"{column} {text!r} is no number")
    return value
