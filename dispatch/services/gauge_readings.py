"""Taking readings: each stands for itself, once for each gauge and moment, whatever is doubtful about it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from accounts.models import User
from common.locking import locked_all
from dispatch.choices.floods import ReadingSource
from dispatch.models import Gauge, GaugeReading
from dispatch.rules.gauge_rows import ReadingRow
from dispatch.rules.gauges import own_mark
from dispatch.services.gauge_state import River, Settled, gauge_settle, river_read
from realtime.models import Realm


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one reading: `taken`, `repeated`, or the code of what it was refused for; and what is doubtful."""

    index: int
    gauge: str
    measured_at: datetime | None
    code: str
    mark: str = ""

    @property
    def is_refused(self) -> bool:
        """Whether it is not kept."""
        return self.code not in {"taken", "repeated"}


@dataclass(slots=True)
class ReadingsTaken:
    """What became of a batch, and how its gauges stand now."""

    results: list[RowResult]
    settled: list[Settled] = field(default_factory=list)
    river: River | None = None


def readings_take(
    *, realm: Realm, rows: Sequence[ReadingRow], source: ReadingSource, user: User | None, at: datetime
) -> ReadingsTaken:
    """Keep readings and settle their gauges. The same reading again changes nothing; another for its moment is refused.

    Call it in a transaction: the gauges are locked, in the order of their keys.
    """
    codes = {row.gauge for row in rows}
    gauges = {
        gauge.code: gauge
        for gauge in locked_all(Gauge.objects.filter(realm=realm, is_active=True, code__in=codes), "realm", "agency")
    }
    results: list[RowResult] = []
    new: list[GaugeReading] = []
    known = _known(gauges, rows)
    for row in rows:
        gauge = gauges.get(row.gauge)
        moment = row.measured_at.astimezone(UTC)
        if gauge is None:
            results.append(RowResult(row.index, row.gauge, moment, "unknown_gauge"))
            continue
        kept = known.get((gauge.pk, moment))
        if kept is None:
            mark = own_mark(gauge.scale, height_cm=row.height_cm, measured_at=moment, received_at=at)
            kept = GaugeReading(
                gauge=gauge, measured_at=moment, height_cm=row.height_cm, received_at=at, source=source, mark=mark,
                note=row.note, made_by=user,
            )  # fmt: skip
            known[gauge.pk, moment] = kept
            new.append(kept)
            results.append(RowResult(row.index, row.gauge, moment, "taken", mark))
        else:
            code = "repeated" if kept.height_cm == row.height_cm else "reading_differs"
            results.append(RowResult(row.index, row.gauge, moment, code, kept.mark))
    GaugeReading.objects.bulk_create(new)
    taken = ReadingsTaken(results)
    if new:
        taken.river = river_read(realm=realm)
        touched = {reading.gauge_id for reading in new}
        for gauge in sorted(gauges.values(), key=lambda item: item.pk):
            if gauge.pk in touched:
                taken.settled.append(gauge_settle(gauge=gauge, river=taken.river, at=at))
    return taken


def _known(gauges: dict[str, Gauge], rows: Sequence[ReadingRow]) -> dict[tuple[object, datetime], GaugeReading]:
    moments = [row.measured_at for row in rows]
    found = GaugeReading.objects.filter(gauge__in=gauges.values(), measured_at__in=moments)
    return {(reading.gauge_id, reading.measured_at): reading for reading in found}
