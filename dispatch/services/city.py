"""Taking a city's agencies and sharing rules from a file: adds what is missing, leaves alone what was changed here."""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Model

from accounts.models import Agency
from accounts.services.audit import Actor, audit_write
from dispatch.models import IncidentType, SharingRule
from dispatch.rules.city import City, city_read
from dispatch.rules.protocol_text import Fault


@dataclass(slots=True)
class CitySeeded:
    """What became of a file: how many rows are new or the same, which ones differ here, and every fault."""

    added: int = 0
    same: int = 0
    differing: list[str] = field(default_factory=list)
    faults: tuple[Fault, ...] = ()


def city_seed(*, text: str, actor: Actor, is_dry_run: bool = False) -> CitySeeded:
    """Add agencies and rules by code, each with its audit entry; with any fault nothing is written."""
    types = {kind.code: kind for kind in IncidentType.objects.all()}
    read = city_read(text, set(types))
    if read.city is None:
        return CitySeeded(faults=read.faults)
    result = CitySeeded()
    with transaction.atomic():
        agencies = _agencies(read.city, actor, result)
        for code, rules in read.city.sharing.items():
            for seed in rules:
                values = {"role": seed.role, "up_to_priority": seed.up_to, "answer_timeout_s": seed.answer_s}
                rule, is_new = SharingRule.objects.get_or_create(
                    type=types[code], agency=agencies[seed.agency], defaults=values
                )
                _count(result, rule, is_new, values, f"{code}, {seed.agency}")
                if is_new:
                    _audit(actor, "sharingrule_created", rule, {"type": code, "agency": seed.agency})
        transaction.set_rollback(is_dry_run)
    return result


def _agencies(city: City, actor: Actor, result: CitySeeded) -> dict[str, Agency]:
    found = {}
    for seed in city.agencies:
        agency, is_new = Agency.objects.get_or_create(code=seed.code, defaults={"name": seed.name})
        _count(result, agency, is_new, {"name": seed.name}, seed.code)
        if is_new:
            _audit(actor, "agency_created", agency, {"code": seed.code})
        found[seed.code] = agency
    return found


def _count(result: CitySeeded, row: Model, is_new: bool, values: dict[str, Any], name: str) -> None:
    kept = {column: getattr(row, column) for column in values}
    if is_new:
        result.added += 1
    elif kept == values and getattr(row, "is_active", True):
        result.same += 1
    else:
        result.differing.append(name)


def _audit(actor: Actor, action: str, row: Model, data: dict[str, Any]) -> None:
    audit_write(actor=actor, action=action, object_type=row._meta.label_lower, object_id=row.pk, data=data)
