"""What the banner over every page says of the rivers: who is high, who is silent, where the water goes."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, prefetch_related_objects
from django.utils.dateparse import parse_datetime

from accounts.models import User
from accounts.permissions import Permission
from dispatch.choices.floods import SiagaLevel
from dispatch.models import Gauge, GaugeLevelChange, GaugeLevelSeen
from realtime.models import Realm

# Many names in a row are read by nobody; the page of the rivers has them.
SILENT_NAMED_MAX = 4


@dataclass(slots=True)
class RiverLine:
    """One gauge in the banner. `change` waits for this person to take note of it, where `is_new`."""

    gauge: Gauge
    change: GaugeLevelChange | None
    is_stale: bool
    is_new: bool
    waves: list[dict[str, Any]]
    places: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Banner:
    """`lines` for rivers that are high, whose change is new, or whose water is on its way; the gravest first.

    `silent` are the others without a fresh reading: nothing is known of them, so they are never shown as calm.
    """

    lines: list[RiverLine]
    silent: list[Gauge]
    calm: int
    worst: int

    @property
    def is_empty(self) -> bool:
        """Whether no gauge is kept at all."""
        return not (self.lines or self.silent or self.calm)

    @property
    def silent_named(self) -> list[Gauge]:
        """The silent ones, where they are few enough to be named."""
        return self.silent if len(self.silent) <= SILENT_NAMED_MAX else []


def banner_read(*, realm: Realm, user: User, at: datetime) -> Banner | None:
    """The banner for one person; None for who may not see gauges."""
    if not user.may(Permission.GAUGE_VIEW):
        return None
    gauges = list(Gauge.objects.filter(realm=realm, is_active=True).order_by("order", "code"))
    changes = _changes(realm, user) if gauges else {}
    lines, silent, calm = [], [], 0
    for gauge in gauges:
        line = _line(gauge, changes.get(gauge.pk), at)
        if line is not None:
            lines.append(line)
        elif gauge_is_stale(gauge, at):
            silent.append(gauge)
        else:
            calm += 1
    prefetch_related_objects([line.gauge for line in lines], "places")
    for line in lines:
        line.places = sorted(place.name for place in line.gauge.places.all())
    lines.sort(key=lambda line: (line.gauge.level or SiagaLevel.IV, line.gauge.order))
    return Banner(lines, silent, calm, min((line.gauge.level or 4 for line in lines), default=4))


def gauge_is_stale(gauge: Gauge, at: datetime) -> bool:
    """Whether nothing fresh is known of it, whether or not that was told yet."""
    if gauge.measured_at is None or gauge.is_stale:
        return True
    return gauge.measured_at + timedelta(seconds=gauge.stale_after_s) <= at


def waves_shown(gauge: Gauge) -> list[dict[str, Any]]:
    """Its water on the way, with moments to show."""
    names = ("left_at", "expected_from", "expected_at", "expected_until")
    return [{**wave, **{name: parse_datetime(wave[name]) for name in names}} for wave in gauge.waves]


def _line(gauge: Gauge, change: GaugeLevelChange | None, at: datetime) -> RiverLine | None:
    is_high = gauge.level is not None and gauge.level < SiagaLevel.IV
    # That a river is back at normal is worth a note; that it never was anything else is not.
    is_new = change is not None and not change.is_seen and (is_high or change.old is not None)  # type: ignore[attr-defined]
    if not (is_high or is_new or gauge.waves):
        return None
    return RiverLine(gauge, change, gauge_is_stale(gauge, at), is_new, waves_shown(gauge))


def _changes(realm: Realm, user: User) -> dict[Any, GaugeLevelChange]:
    seen = GaugeLevelSeen.objects.filter(change=OuterRef("pk"), user=user)
    rows = GaugeLevelChange.objects.filter(realm=realm, ended_at=None).annotate(is_seen=Exists(seen))
    return {change.gauge_id: change for change in rows}
