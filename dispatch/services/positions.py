"""Taking positions: two statements for a whole batch. No audit entry and no event for each (docs/adr/0021)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from common.geo import METRES_PER_DEGREE
from dispatch.choices import PositionSource
from dispatch.models import Unit, UnitTrack
from dispatch.rules.positions import KEEP_EVERY, KEEP_MOVED_M, Fault, Fix, batch_read
from realtime.models import Realm

FORGET_BATCH = 20_000
# Rows are taken in the order of their keys, so that two batches do not wait for each other. What is older than what
# is known changes nothing. A point goes into the track when enough time has passed or the unit has moved enough.
_WRITE = """
WITH told AS (
    SELECT * FROM unnest(
        %(unit)s::bigint[], %(lat)s::float8[], %(lon)s::float8[], %(speed)s::float8[], %(heading)s::float8[],
        %(accuracy)s::float8[], %(measured)s::timestamptz[]
    ) AS t(unit_id, lat, lon, speed_kmh, heading_deg, accuracy_m, measured_at) ORDER BY unit_id
), written AS (
    INSERT INTO dispatch_unitposition AS p (
        unit_id, lat, lon, speed_kmh, heading_deg, accuracy_m, measured_at, received_at, source,
        kept_lat, kept_lon, kept_at
    )
    SELECT unit_id, lat, lon, speed_kmh, heading_deg, accuracy_m, measured_at, %(received)s, %(source)s,
        lat, lon, measured_at FROM told
    ON CONFLICT (unit_id) DO UPDATE SET
        lat = excluded.lat, lon = excluded.lon, speed_kmh = excluded.speed_kmh, heading_deg = excluded.heading_deg,
        accuracy_m = excluded.accuracy_m, measured_at = excluded.measured_at, received_at = excluded.received_at,
        source = excluded.source,
        (kept_lat, kept_lon, kept_at) = (
            SELECT CASE WHEN is_kept THEN excluded.lat ELSE p.kept_lat END,
                CASE WHEN is_kept THEN excluded.lon ELSE p.kept_lon END,
                CASE WHEN is_kept THEN excluded.measured_at ELSE p.kept_at END
            FROM (
                SELECT excluded.measured_at - p.kept_at >= %(every)s
                    OR abs(excluded.lat - p.kept_lat) >= %(degrees)s
                    OR abs(excluded.lon - p.kept_lon) * cos(radians(excluded.lat)) >= %(degrees)s AS is_kept
            ) AS compared
        )
    WHERE excluded.measured_at > p.measured_at
    RETURNING p.*
), kept AS (
    INSERT INTO dispatch_unittrack (unit_id, lat, lon, speed_kmh, heading_deg, measured_at)
    SELECT unit_id, lat, lon, speed_kmh, heading_deg, measured_at FROM written WHERE kept_at = measured_at
)
SELECT unit_id FROM written
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """How many positions were written, how many were older than what is known, and what was wrong with the others."""

    accepted: int
    ignored: int
    faults: list[Fault]


def positions_take(
    *, realm: Realm, items: Sequence[Any], source: PositionSource, at: datetime, only_unit: int | None = None
) -> Taken:
    """Write a batch; each item stands for itself. `only_unit` refuses those of any other unit."""
    fixes, faults = batch_read(items, at)
    rows = Unit.objects.filter(realm=realm, is_active=True, call_sign__in=[fix.call_sign for _index, fix in fixes])
    if only_unit is not None:
        rows = rows.filter(pk=only_unit)
    keys = dict(rows.values_list("call_sign", "pk"))
    known = [(keys[fix.call_sign], fix) for _index, fix in fixes if fix.call_sign in keys]
    faults += [Fault(index, "unknown_unit", fix.call_sign) for index, fix in fixes if fix.call_sign not in keys]
    accepted = _write(known, source, at) if known else 0
    return Taken(accepted, len(known) - accepted, sorted(faults, key=lambda fault: fault.index))


def _write(known: Sequence[tuple[int, Fix]], source: PositionSource, at: datetime) -> int:
    values: dict[str, Any] = {
        "unit": [key for key, _fix in known],
        "lat": [fix.lat for _key, fix in known],
        "lon": [fix.lon for _key, fix in known],
        "speed": [fix.speed_kmh for _key, fix in known],
        "heading": [fix.heading_deg for _key, fix in known],
        "accuracy": [fix.accuracy_m for _key, fix in known],
        "measured": [fix.measured_at for _key, fix in known],
        "received": at,
        "source": source,
        "every": KEEP_EVERY,
        "degrees": KEEP_MOVED_M / METRES_PER_DEGREE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, values)
        return len(cursor.fetchall())


def tracks_forget(*, at: datetime) -> int:
    """Delete tracks older than UNIT_TRACK_DAYS, some at a time; returns how many."""
    old = UnitTrack.objects.filter(measured_at__lt=at - timedelta(days=settings.UNIT_TRACK_DAYS))
    return UnitTrack.objects.filter(pk__in=old.values("pk")[:FORGET_BATCH]).delete()[0]
