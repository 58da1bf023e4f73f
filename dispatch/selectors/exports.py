"""What can be taken out as CSV. Nobody's name, number or words are in it: what is counted is not who called."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Model, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dispatch.formats.table import lines
from dispatch.models import Call, Incident
from realtime.models import Realm

CHUNK = 500
Row = list[Any]


@dataclass(frozen=True, slots=True)
class Export:
    """One table: its name in the address, its title, its columns, where its rows come from and how one looks.

    Rows are ordered and limited by `moment`, a column that never changes.
    """

    name: str
    title: str | Promise
    columns: tuple[str, ...]
    moment: str
    rows: Callable[[], QuerySet[Any]]
    row: Callable[[Any], Row]


def export_chunks(*, export: Export, realm: Realm, start: datetime, end: datetime) -> Iterator[bytes]:
    """The head, then the rows with `start <= moment < end`, a few hundred at a time: no query and no text is long."""
    yield lines([export.columns])
    last: Model | None = None
    while True:
        rows = export.rows().filter(realm=realm, **{f"{export.moment}__gte": start, f"{export.moment}__lt": end})
        if last is not None:
            at = getattr(last, export.moment)
            rows = rows.filter(Q(**{f"{export.moment}__gt": at}) | Q(**{export.moment: at, "pk__gt": last.pk}))
        found = list(rows.order_by(export.moment, "pk")[:CHUNK])
        if found:
            yield lines(export.row(row) for row in found)
            last = found[-1]
        if len(found) < CHUNK:
            return


def _incidents() -> QuerySet[Incident]:
    return Incident.objects.select_related("type", "place", "disposition", "merged_into").annotate(
        call_count=Count("calls", distinct=True),
        agency_count=Count("parts", distinct=True),
        unit_count=Count("assignments__unit", distinct=True),
    )


def _incident(row: Any) -> Row:
    return [
        row.number, row.pk, row.type.code, row.priority, row.state, _local(row.opened_at), _local(row.closed_at),
        _local(row.reopened_at), row.place.code if row.place else None, row.lat, row.lon, row.radius_m,
        row.call_count, row.agency_count, row.unit_count, row.disposition.code if row.disposition else None,
        row.merged_into.number if row.merged_into else None,
    ]  # fmt: skip


def _calls() -> QuerySet[Call]:
    return Call.objects.select_related("incident")


def _call(row: Call) -> Row:
    return [
        row.number, row.pk, row.medium, row.state, row.call_class, row.language, row.caller_number is not None,
        row.is_lowered, _local(row.arrived_at), _local(row.offered_at), _local(row.answered_at),
        _local(row.location_verified_at), _local(row.incident_created_at), _local(row.first_dispatch_at),
        _local(row.ended_at), _local(row.wrapup_ended_at), _local(row.closed_at), row.callback_attempts,
        row.incident.number if row.incident else None,
    ]  # fmt: skip


def _timings() -> QuerySet[Incident]:
    return Incident.objects.select_related("type").annotate(
        arrived=Min("calls__arrived_at"),
        answered=Min("calls__answered_at"),
        told=Min("parts__notified_at"),
        sent=Min("assignments__made_at"),
        there=Min("assignments__reached_scene_at"),
    )


def _timing(row: Any) -> Row:
    return [
        row.number, row.type.code, row.priority, _local(row.arrived), _local(row.answered), _local(row.opened_at),
        _local(row.told), _local(row.sent), _local(row.there), _local(row.closed_at),
        _between(row.arrived, row.answered), _between(row.answered, row.told), _between(row.answered, row.sent),
        _between(row.sent, row.there), _between(row.opened_at, row.closed_at),
    ]  # fmt: skip


def _local(value: datetime | None) -> datetime | None:
    return timezone.localtime(value) if value else None


def _between(start: datetime | None, end: datetime | None) -> float | None:
    """Seconds; nothing where a moment was skipped."""
    return round((end - start).total_seconds(), 1) if start and end else None


EXPORTS = {
    export.name: export
    for export in (
        Export(
            "incidents", _("Incidents"),
            ("number", "id", "type", "priority", "state", "opened_at", "closed_at", "reopened_at", "place", "lat",
             "lon", "radius_m", "calls", "agencies", "units", "disposition", "merged_into"),
            "opened_at", _incidents, _incident,
        ),
        Export(
            "calls", _("Calls"),
            ("number", "id", "medium", "state", "class", "language", "has_number", "is_lowered", "arrived_at",
             "offered_at", "answered_at", "location_verified_at", "incident_created_at", "first_dispatch_at",
             "ended_at", "wrapup_ended_at", "closed_at", "callback_attempts", "incident"),
            "arrived_at", _calls, _call,
        ),
        Export(
            "timings", _("Times of incidents"),
            ("number", "type", "priority", "first_call_at", "first_answer_at", "opened_at", "first_agency_told_at",
             "first_unit_sent_at", "first_unit_there_at", "closed_at", "arrival_to_answer_s",
             "answer_to_agency_s", "answer_to_dispatch_s", "dispatch_to_scene_s", "open_to_close_s"),
            "opened_at", _timings, _timing,
        ),
    )
}  # fmt: skip
