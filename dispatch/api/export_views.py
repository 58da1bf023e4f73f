"""Tables as CSV. Who takes one, of which time and what for, is written down before the first byte leaves."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from accounts.permissions import Permission
from common.errors import NotFoundError, ValidationError, gettext_noop
from dispatch.api.documents import DocumentRenderer, ExchangeAPIView
from dispatch.selectors.exports import EXPORTS, Export, export_chunks

SPAN_MAX = timedelta(days=400)
PURPOSE_LENGTH_MIN, PURPOSE_LENGTH_MAX = 5, 300


class CsvRenderer(DocumentRenderer):
    """A table."""

    media_type = "text/csv"
    format = "csv"


class ExportView(ExchangeAPIView):
    """A table of the service."""

    required_permissions = {"GET": Permission.DATA_EXPORT}
    renderer_classes = [JSONRenderer, CsvRenderer]

    @extend_schema(
        responses={(200, "text/csv"): OpenApiTypes.STR},
        parameters=[
            OpenApiParameter("name", str, OpenApiParameter.PATH, enum=sorted(EXPORTS)),
            OpenApiParameter("from", str, required=True, description="a day, or a moment with its offset"),
            OpenApiParameter("to", str, required=True, description="the last day, or the moment before which it ends"),
            OpenApiParameter("purpose", str, required=True, description="what it is for; stands in the audit record"),
        ],
    )
    def get(self, request: Request, name: str) -> StreamingHttpResponse:
        """`incidents`, `calls` or `timings` of at most 400 days, with a head, in the order of time."""
        export = EXPORTS.get(name)
        if export is None:
            raise NotFoundError
        start, end = _span(request)
        purpose = purpose_of(request)
        span = "/".join(moment.isoformat(timespec="seconds") for moment in (start, end))
        self.seen(f"{name}_exported", "dispatch.export", span, purpose)
        chunks = export_chunks(export=export, realm=self.realm, start=start, end=end)
        content = chunks_in_steps(chunks) if isinstance(request._request, ASGIRequest) else chunks
        return StreamingHttpResponse(content, content_type="text/csv; charset=utf-8", headers=_headers(export, start))


def _headers(export: Export, start: datetime) -> dict[str, str]:
    name = f"siaga-{export.name}-{timezone.localtime(start):%Y%m%d}.csv"
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }


async def chunks_in_steps(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Under ASGI a plain iterator would be read to its end before the first byte is sent."""
    step = sync_to_async(lambda: next(chunks, None))
    while (chunk := await step()) is not None:
        yield chunk


def _span(request: Request) -> tuple[datetime, datetime]:
    start = _moment(request, "from")
    end = _moment(request, "to", is_end=True)
    if not timedelta() < end - start <= SPAN_MAX:
        raise _wrong("to", gettext_noop("The time ends after it begins, and spans at most 400 days."))
    return start, end


def _moment(request: Request, name: str, *, is_end: bool = False) -> datetime:
    text = request.query_params.get(name, "")
    try:
        day = parse_date(text)
        moment = None if day else parse_datetime(text)
        if day is not None:
            day += timedelta(days=1 if is_end else 0)
            moment = timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001  # a local day
        if moment is not None and moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise _wrong(name, gettext_noop("Write a day like 2026-01-31, or a moment with its offset."))


def purpose_of(request: Request) -> str:
    """What it is for, which must be said."""
    purpose = request.query_params.get("purpose", "").replace("\0", "").strip()
    if not PURPOSE_LENGTH_MIN <= len(purpose) <= PURPOSE_LENGTH_MAX:
        raise _wrong("purpose", gettext_noop("Say what this is for."))
    return purpose


def _wrong(name: str, message: str) -> ValidationError:
    return ValidationError("invalid_query", message, {"fields": {name: [message]}})
