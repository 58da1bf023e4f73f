"""Taking gauges, ways of the water and planned tasks from a file: adds what is missing, keeps what was changed here."""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Model

from accounts.models import Agency
from accounts.services.audit import Actor, audit_write
from dispatch.models import FloodTaskPlan, Gauge, GaugeReach
from dispatch.rules.gauge_seed import LEVELS, GaugeSeed, Rivers, rivers_read
from dispatch.rules.protocol_text import Fault
from places.models import Place
from realtime.models import Realm


@dataclass(slots=True)
class GaugesSeeded:
    """What became of a file: how many rows are new or the same, which ones differ here, and every fault."""

    added: int = 0
    same: int = 0
    differing: list[str] = field(default_factory=list)
    faults: tuple[Fault, ...] = ()
    gauges: list[Gauge] = field(default_factory=list)


def gauges_seed(*, realm: Realm, text: str, actor: Actor, is_dry_run: bool = False) -> GaugesSeeded:
    """Add what is missing, each row with its audit entry; with any fault nothing is written.

    `gauges` are the new ones, which are still to be told.
    """
    agencies = {agency.code: agency for agency in Agency.objects.all()}
    places = {place.code: place for place in Place.objects.all()}
    read = rivers_read(text, agencies=set(agencies), places=set(places))
    if read.rivers is None:
        return GaugesSeeded(faults=read.faults)
    taking = _Taking(realm, actor, agencies, places)
    with transaction.atomic():
        taking.take(read.rivers)
        transaction.set_rollback(is_dry_run)
    return taking.result


class _Taking:
    def __init__(self, realm: Realm, actor: Actor, agencies: dict[str, Agency], places: dict[str, Place]) -> None:
        self._realm, self._actor, self._agencies, self._places = realm, actor, agencies, places
        self.result = GaugesSeeded()

    def take(self, rivers: Rivers) -> None:
        gauges = {seed.code: self._gauge(seed) for seed in rivers.gauges}
        for reach in rivers.reaches:
            names = ("travel_min_s", "travel_s", "travel_max_s")
            values = {
                name: round(hours * 3600) for name, hours in zip(names, reach.hours, strict=True)
            } | {"source": reach.source}  # fmt: skip
            way, is_new = GaugeReach.objects.get_or_create(
                upper=gauges[reach.upper], lower=gauges[reach.lower], defaults=values
            )
            self._count(way, values, f"{reach.upper} → {reach.lower}", is_new=is_new)
        for order, task in enumerate(rivers.tasks, start=1):
            values = {"text_en": task.en, "due_s": task.minutes * 60}
            plan, is_new = FloodTaskPlan.objects.get_or_create(
                level=LEVELS[task.level], gauge=gauges[task.gauge] if task.gauge else None,
                agency=self._agencies[task.agency] if task.agency else None, text_id=task.id,
                defaults=values | {"order": order * 10},
            )  # fmt: skip
            self._count(plan, values, f"Siaga {task.level}: {task.id}", is_new=is_new)

    def _gauge(self, seed: GaugeSeed) -> Gauge:
        values: dict[str, Any] = seed.model_dump(exclude={"code", "levels", "warn_from", "agency", "kelurahan"})
        values |= {
            "level_3_cm": seed.levels.III, "level_2_cm": seed.levels.II, "level_1_cm": seed.levels.I,
            "warn_from_level": LEVELS[seed.warn_from] if seed.warn_from else None,
            "agency": self._agencies[seed.agency] if seed.agency else None,
        }  # fmt: skip
        gauge, is_new = Gauge.objects.get_or_create(realm=self._realm, code=seed.code, defaults=values)
        if is_new:
            gauge.places.set([self._places[code] for code in seed.kelurahan])
            self.result.gauges.append(gauge)
        self._count(gauge, values, seed.code, is_new=is_new)
        return gauge

    def _count(self, row: Model, values: dict[str, Any], name: str, *, is_new: bool) -> None:
        kept = {column: getattr(row, column) for column in values}
        if is_new:
            self.result.added += 1
            audit_write(
                actor=self._actor, action=f"{row._meta.model_name}_created", object_type=row._meta.label_lower,
                object_id=row.pk, realm=self._realm.code, data={"name": name},
            )  # fmt: skip
        elif kept == values and getattr(row, "is_active", True):
            self.result.same += 1
        else:
            self.result.differing.append(name)
