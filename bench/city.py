"""A whole city's units and open incidents, for what is measured at full size."""

import random
import uuid
from collections.abc import Sequence
from datetime import timedelta
from itertools import cycle, islice
from typing import Any

from asgiref.sync import sync_to_async
from django.core.management import call_command

from accounts.models import Agency, User
from common import clock
from dispatch.actions.incidents import incident_open
from dispatch.actions.units import units_send
from dispatch.choices import Priority
from dispatch.models import IncidentType, RunCard, Station, Unit, UnitPosition, UnitType
from dispatch.services.incidents import IncidentDraft
from places.models import Place
from realtime.models import LIVE, Realm

SEED = 112
# Call sign, agency, and how many of a hundred: engines and ambulances first, as in the city's services.
FLEET = (
    ("pompa", "gulkarmat", 28), ("tangki", "gulkarmat", 6), ("tangga", "gulkarmat", 3), ("rescue", "gulkarmat", 8),
    ("ambulans-dasar", "pk3d", 14), ("ambulans-lanjut", "pk3d", 6), ("patroli", "polda", 16), ("satpol", "satpolpp", 8),
    ("dishub", "dishub", 6), ("perahu", "bpbd", 3), ("komando", "bpbd", 2),
)  # fmt: skip
SCATTER_DEG = 0.02  # some two kilometres around a post


@sync_to_async
def city_make(*, units: int, incidents: int, busy: int, username: str) -> list[str]:
    """So many units at posts of all districts with fresh positions, so many open incidents, `busy` units on them.

    Returns the incidents' ids.
    """
    call_command("run_cards_import", verbosity=0)
    chance = random.Random(SEED)
    names = _units_make(units, chance)
    positions_renew()
    return _incidents_make(
        incidents, names[:: max(1, units // busy)][:busy], User.objects.get(username=username), chance
    )


def positions_renew() -> None:
    """Every unit somewhere around its post, just now."""
    at, chance = clock.now(), random.Random(SEED)
    rows = [
        {"unit_id": key, "lat": lat + _off(chance), "lon": lon + _off(chance)}
        for key, lat, lon in Unit.objects.exclude(station=None).values_list("pk", "station__lat", "station__lon")
    ]
    UnitPosition.objects.all().delete()
    UnitPosition.objects.bulk_create(
        UnitPosition(
            **row, measured_at=at, received_at=at, source="gateway", kept_lat=row["lat"], kept_lon=row["lon"],
            kept_at=at,
        )
        for row in rows
    )  # fmt: skip


def batch(names: Sequence[str], chance: random.Random) -> list[dict[str, Any]]:
    """One message of a gateway: every unit a little further."""
    at = (clock.now() - timedelta(milliseconds=200)).isoformat()
    return [
        {
            "unit": name, "lat": round(-6.2 + _off(chance) * 5, 6), "lon": round(106.83 + _off(chance) * 5, 6),
            "speed_kmh": round(chance.uniform(0, 60), 1), "heading_deg": round(chance.uniform(0, 359), 1),
            "accuracy_m": 8.0, "measured_at": at,
        }
        for name in names
    ]  # fmt: skip


def _units_make(count: int, chance: random.Random) -> list[str]:
    realm = Realm.objects.get(code=LIVE)
    agencies = {code: Agency.objects.get(code=code) for _type, code, _share in FLEET}
    types = {row.code: row for row in UnitType.objects.all()}
    districts = list(Place.objects.filter(kind="district").order_by("code"))
    posts = {
        (code, place.pk): Station(
            code=f"bench-{code}-{place.pk}", name=f"{code} {place.name}", agency=agency, district=place,
            lat=place.lat + _off(chance) / 2, lon=place.lon + _off(chance) / 2,
        )
        for code, agency in agencies.items()
        for place in districts
    }  # fmt: skip
    Station.objects.bulk_create(posts.values())
    kinds = [(kind, code) for kind, code, share in FLEET for _number in range(share)]
    chance.shuffle(kinds)
    places = cycle(districts)
    Unit.objects.bulk_create(
        Unit(
            realm=realm, call_sign=f"B{number:03}", agency=agencies[code], type=types[kind],
            station=posts[code, next(places).pk], crew_count=4,
        )
        for number, (kind, code) in enumerate(islice(cycle(kinds), count))
    )  # fmt: skip
    return [f"B{number:03}" for number in range(count)]


def _incidents_make(count: int, busy: Sequence[str], user: User, chance: random.Random) -> list[str]:
    realm = Realm.objects.get(code=LIVE)
    carded = set(RunCard.objects.values_list("type__code", flat=True))
    kinds = cycle(IncidentType.objects.filter(code__in=carded).order_by("code").values_list("code", flat=True))
    found: list[uuid.UUID] = []
    for number in range(count):
        draft = IncidentDraft(
            type_code=next(kinds), priority=chance.choice(Priority.values[:3]), place_text=f"Jl. Contoh {number}",
            lat=-6.2 + _off(chance) * 5, lon=106.83 + _off(chance) * 5,
        )  # fmt: skip
        made = incident_open(user=user, source="bench", realm=realm, draft=draft)
        found.append(made.pk)
    for number, name in enumerate(busy):
        units_send(user=user, source="bench", realm=realm, incident_id=found[number], call_signs=[name])
    return [str(key) for key in found]


def _off(chance: random.Random) -> float:
    return chance.uniform(-SCATTER_DEG, SCATTER_DEG)
