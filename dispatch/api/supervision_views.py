"""Targets and the room over HTTP."""

from datetime import UTC, datetime, timedelta

from django.http import HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import Permission
from common import clock
from common.errors import ValidationError, gettext_noop
from dispatch.api.export_views import CsvRenderer
from dispatch.api.supervision_answers import RoomAnswer, TargetsAnswer
from dispatch.choices.supervision import TargetGroup
from dispatch.formats.table import lines
from dispatch.presenters.supervision import COLUMNS, figure_present, figure_row, room_present
from dispatch.selectors.room import room_read
from dispatch.selectors.targets import SPAN_MAX, day_start, figures_read
from realtime.api import LiveAPIView

# Far beyond them neither the calendar of Python nor that of the database goes on.
YEARS = range(1990, 2200)


class TargetListView(LiveAPIView):
    """Targets, and how far they were met."""

    required_permissions = {"GET": Permission.SUPERVISION_VIEW}
    renderer_classes = [JSONRenderer, CsvRenderer]

    @extend_schema(
        responses={200: TargetsAnswer, (200, "text/csv"): OpenApiTypes.STR},
        parameters=[
            OpenApiParameter("from", str, description="a day, or a moment with its offset; today if left out"),
            OpenApiParameter("until", str, description="the last day, or the moment before which it ends; today"),
            OpenApiParameter("by", str, enum=TargetGroup.values, description="by what figures are told apart"),
        ],
    )
    def get(self, request: Request) -> Response | HttpResponse:
        """Counts, shares and percentiles of at most 400 days; as CSV with `Accept: text/csv` or `?format=csv`."""
        start, end = span_read(request)
        group = request.query_params.get("by", TargetGroup.ALL)
        if group not in TargetGroup.values:
            raise _wrong("by", gettext_noop("Some fields need correction."))
        at = clock.now()
        found = figures_read(realm=self.realm, start=start, end=end, at=at, group=TargetGroup(group))
        if getattr(request.accepted_renderer, "format", "") == "csv":
            span = "/".join(moment.isoformat(timespec="seconds") for moment in (start, end))
            self.seen("targets_exported", "dispatch.target", span, str(group))
            name = f"siaga-targets-{group}-{timezone.localtime(start):%Y%m%d}.csv"
            headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
            rows = [COLUMNS, *(figure_row(figure) for figure in found)]
            return HttpResponse(lines(rows), content_type="text/csv; charset=utf-8", headers=headers)
        body = {"from": start.isoformat(), "until": end.isoformat(), "at": at.isoformat(), "by": group}
        return Response(body | {"figures": [figure_present(figure) for figure in found]})


class RoomView(LiveAPIView):
    """The room as it is now."""

    required_permissions = {"GET": Permission.SUPERVISION_VIEW}

    @extend_schema(responses={200: RoomAnswer})
    def get(self, request: Request) -> Response:
        """Queue, desks and what each does since when, incidents by owner, units, storms, and today's figures."""
        return Response(room_present(room_read(realm=self.realm, at=clock.now())))


def span_read(request: Request) -> tuple[datetime, datetime]:
    """`from` and `until` as the moments between which it is asked; today where they are left out."""
    today = timezone.localdate(clock.now()).isoformat()
    start = _moment("from", request.query_params.get("from") or today, is_end=False)
    end = _moment("until", request.query_params.get("until") or today, is_end=True)
    if not timedelta() < end - start <= SPAN_MAX:
        raise _wrong("until", gettext_noop("The time ends after it begins, and spans at most 400 days."))
    return start, end


def _moment(name: str, text: str, *, is_end: bool) -> datetime:
    try:
        day = parse_date(text)
        if day is not None and day.year in YEARS:
            return day_start(day + timedelta(days=1 if is_end else 0))
        moment = None if day else parse_datetime(text)
        if moment is not None and moment.tzinfo is not None and moment.year in YEARS:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise _wrong(name, gettext_noop("Write a day like 2026-01-31, or a moment with its offset."))


def _wrong(name: str, message: str) -> ValidationError:
    return ValidationError("invalid_query", message, {"fields": {name: [message]}})
