"""Gauges and their readings over HTTP: single, in batches, as CSV; levels and who has taken note of them."""

import uuid
from collections.abc import Mapping
from typing import IO, Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import IDEMPOTENCY_KEY as KEY
from accounts.api import idempotent, repeatable
from accounts.permissions import Permission
from common.errors import ValidationError, gettext_noop
from common.parsers import BoundedJSONParser
from dispatch.actions import gauges as actions
from dispatch.api.documents import ExchangeAPIView
from dispatch.api.flood_answers import GaugeAnswer, GaugeListAnswer, ReadingsAnswer
from dispatch.api.flood_serializers import CsvSerializer, SingleReadingSerializer
from dispatch.flood_events import GaugeLevelPayload
from dispatch.presenters.floods import gauge_level_present, gauge_present, reading_present
from dispatch.presenters.reading_words import mark_text, row_text
from dispatch.rules.gauge_rows import BATCH_MAX
from dispatch.selectors.floods import CHANGES, changes_open, gauge_get, gauges_active, readings_of
from dispatch.services.gauge_readings import ReadingsTaken
from dispatch.services.gauge_state import course_read

SOURCE = "api"
CHANGES_SHOWN = 50
READING = {
    "type": "object",
    "properties": {
        "gauge": {"type": "string", "description": "code"},
        "measured_at": {"type": "string", "format": "date-time", "description": "with its offset"},
        "height_cm": {"type": "number"},
        "note": {"type": "string"},
    },
    "required": ["gauge", "measured_at", "height_cm"],
}
READINGS = {
    "type": "object",
    "properties": {"readings": {"type": "array", "items": READING, "maxItems": BATCH_MAX}},
    "required": ["readings"],
}


class CsvParser(BaseParser):
    """The body as it came, within the limit for bodies."""

    media_type = "text/csv"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Text of UTF-8; other bytes are told as unreadable by the action."""
        return {"csv": (parser_context or {})["request"].body.decode("utf-8-sig", errors="replace")}


class GaugeListView(ExchangeAPIView):
    """Gauges."""

    required_permissions = {"GET": Permission.GAUGE_VIEW}

    @extend_schema(responses={200: GaugeListAnswer}, operation_id="gauges_list")
    def get(self, request: Request) -> Response:
        """Every gauge in use with how it stands, upstream first, and the level of each as it was told last."""
        return Response(
            {
                "gauges": [gauge_present(row).model_dump() for row in gauges_active(realm=self.realm)],
                "levels": [gauge_level_present(row).model_dump() for row in changes_open(realm=self.realm)],
            }
        )


class GaugeView(ExchangeAPIView):
    """One gauge."""

    required_permissions = {"GET": Permission.GAUGE_VIEW}

    @extend_schema(responses={200: GaugeAnswer}, operation_id="gauges_retrieve")
    def get(self, request: Request, code: str) -> Response:
        """With its readings of two days, what is doubtful about each, and its last changes of level."""
        gauge = gauge_get(realm=self.realm, code=code)
        marks = course_read(gauge).marks
        readings = [reading_present(row, marks.get(row.measured_at, "")) for row in readings_of(gauge)]
        changes = CHANGES.filter(gauge=gauge).order_by("-told_at", "-pk")[:CHANGES_SHOWN]
        return Response(
            {
                "gauge": gauge_present(gauge).model_dump(),
                "readings": [{**reading, "mark_text": mark_text(reading["mark"])} for reading in readings],
                "changes": [gauge_level_present(row).model_dump() for row in changes],
            }
        )


class SingleReadingView(ExchangeAPIView):
    """What one gauge shows."""

    required_permissions = {"POST": Permission.GAUGE_WRITE}

    @extend_schema(request=SingleReadingSerializer, responses={200: ReadingsAnswer, 201: ReadingsAnswer})
    @repeatable
    def post(self, request: Request, code: str) -> Response:
        """201 for a new reading, 200 for one that is known; 400 `reading_refused` says why not, 404 no such gauge."""
        gauge_get(realm=self.realm, code=code)
        item = {"gauge": code, **self.taken(SingleReadingSerializer)}
        taken = actions.readings_send(user=self.user, source=SOURCE, realm=self.realm, items=[item])
        (result,) = taken.results
        if result.is_refused:
            name = result.mark if result.measured_at is None else "height_cm"
            raise ValidationError(
                "reading_refused", gettext_noop("This reading is not kept."),
                {"reason": result.code, "fields": {name or "height_cm": [row_text(result.code, result.mark)]}},
            )  # fmt: skip
        return Response(answer_of(taken), status=201 if result.code == "taken" else 200)


class ReadingListView(ExchangeAPIView):
    """Readings of many gauges."""

    required_permissions = {"POST": Permission.GAUGE_WRITE}

    @extend_schema(request={"application/json": READINGS}, responses={200: ReadingsAnswer})
    @repeatable
    def post(self, request: Request) -> Response:
        """At most 500, in any order, each for itself; `rows` says what became of each. Again, it changes nothing."""
        items = request.data.get("readings") if isinstance(request.data, dict) else None
        if not isinstance(items, list) or not 0 < len(items) <= BATCH_MAX:
            raise ValidationError(
                "readings_invalid", gettext_noop("Send a list of 1 to %(limit)d readings."),
                {"limit": BATCH_MAX, "fields": {"readings": []}},
            )  # fmt: skip
        return Response(answer_of(actions.readings_send(user=self.user, source=SOURCE, realm=self.realm, items=items)))


class ReadingCsvView(ExchangeAPIView):
    """Readings as a file."""

    required_permissions = {"POST": Permission.GAUGE_WRITE}
    parser_classes = [BoundedJSONParser, CsvParser]

    @extend_schema(
        request={"text/csv": OpenApiTypes.STR, "application/json": CsvSerializer}, responses={200: ReadingsAnswer},
        parameters=[OpenApiParameter("offset", str, description="+07:00: of times without their own")],
    )  # fmt: skip
    @repeatable
    def post(self, request: Request) -> Response:
        """Columns gauge, measured_at, height_cm and, if wanted, note; `row` is the line in the file."""
        taken = self.taken(CsvSerializer)
        offset = taken["offset"] or request.query_params.get("offset", "")
        done = actions.readings_import(
            user=self.user, source=SOURCE, realm=self.realm, text=taken["csv"], offset=offset
        )
        return Response(answer_of(done))


class LevelAcknowledgeView(ExchangeAPIView):
    """Taking note of a level."""

    required_permissions = {"POST": Permission.GAUGE_VIEW}

    @extend_schema(request=None, responses={200: GaugeLevelPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, change_id: uuid.UUID) -> Response:
        """For this person alone: others still see it as new. The level itself stays as long as the water does."""
        change = actions.level_acknowledge(user=self.user, source=SOURCE, realm=self.realm, change_id=change_id)
        return Response(gauge_level_present(change).model_dump())


def answer_of(taken: ReadingsTaken) -> dict[str, Any]:
    """What became of a batch, row by row."""
    codes = [result.code for result in taken.results]
    return {
        "taken": codes.count("taken"),
        "repeated": codes.count("repeated"),
        "refused": sum(1 for result in taken.results if result.is_refused),
        "rows": [
            {
                "row": result.index,
                "gauge": result.gauge,
                "measured_at": result.measured_at.isoformat() if result.measured_at else None,
                "code": result.code,
                "mark": result.mark if result.measured_at else "",
                "text": row_text(result.code, result.mark),
            }
            for result in taken.results
        ],
    }
