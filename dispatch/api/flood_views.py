"""Flood tasks, proposed warnings and blocked roads over HTTP."""

import uuid

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import IDEMPOTENCY_KEY as KEY
from accounts.api import idempotent
from accounts.permissions import Permission
from dispatch.actions import floods as actions
from dispatch.api.documents import ExchangeAPIView
from dispatch.api.flood_answers import FeatureListAnswer, FloodTaskListAnswer, FloodWarningListAnswer
from dispatch.api.flood_serializers import FloodReasonSerializer, RoadBlockSerializer, TaskDoneSerializer
from dispatch.flood_events import FloodTaskPayload, FloodWarningPayload, RoadBlockPayload
from dispatch.presenters.floods import (
    flood_task_present,
    flood_warning_present,
    road_block_feature,
    road_block_present,
)
from dispatch.selectors.floods import ROADS, TASKS, road_blocks_open, tasks_open, warnings_open

SOURCE = "api"
LISTED_MAX = 500
ALL = OpenApiParameter("all", bool, description="those that are over, too")


class FloodTaskListView(ExchangeAPIView):
    """Tasks of a flood."""

    required_permissions = {"GET": Permission.GAUGE_VIEW}

    @extend_schema(responses={200: FloodTaskListAnswer}, parameters=[ALL])
    def get(self, request: Request) -> Response:
        """Those that nobody has answered for, what is due first on top; at most 500."""
        rows = TASKS.filter(realm=self.realm).order_by("-made_at") if _is_all(request) else tasks_open(realm=self.realm)
        return Response({"tasks": [flood_task_present(row).model_dump() for row in rows[:LISTED_MAX]]})


class FloodTaskDoneView(ExchangeAPIView):
    """A task is done."""

    required_permissions = {"POST": Permission.FLOOD_WORK}

    @extend_schema(request=TaskDoneSerializer, responses={200: FloodTaskPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, task_id: uuid.UUID) -> Response:
        """By whoever's agency it is, or by the centre; 409 `task_answered` names who was faster."""
        task = actions.task_done(
            user=self.user, source=SOURCE, realm=self.realm, task_id=task_id, **self.taken(TaskDoneSerializer)
        )
        return Response(flood_task_present(task).model_dump())


class FloodTaskNotPossibleView(ExchangeAPIView):
    """A task cannot be done."""

    required_permissions = {"POST": Permission.FLOOD_WORK}

    @extend_schema(request=FloodReasonSerializer, responses={200: FloodTaskPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, task_id: uuid.UUID) -> Response:
        """With the reason, which the report keeps."""
        task = actions.task_not_possible(
            user=self.user, source=SOURCE, realm=self.realm, task_id=task_id, **self.taken(FloodReasonSerializer)
        )
        return Response(flood_task_present(task).model_dump())


class FloodWarningListView(ExchangeAPIView):
    """Warnings that rules propose."""

    required_permissions = {"GET": Permission.ALERT_VIEW}

    @extend_schema(responses={200: FloodWarningListAnswer})
    def get(self, request: Request) -> Response:
        """Those that wait for a person."""
        rows = warnings_open(realm=self.realm)
        return Response({"warnings": [flood_warning_present(row).model_dump() for row in rows]})


class FloodWarningConfirmView(ExchangeAPIView):
    """Letting a warning out."""

    required_permissions = {"POST": Permission.WARNING_CONFIRM}

    @extend_schema(request=None, responses={200: FloodWarningPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, warning_id: uuid.UUID) -> Response:
        """By a person, never by a token. It becomes a CAP warning; the one before about this gauge is replaced."""
        warning = actions.warning_confirm(user=self.user, source=SOURCE, realm=self.realm, warning_id=warning_id)
        return Response(flood_warning_present(warning).model_dump())


class FloodWarningDeclineView(ExchangeAPIView):
    """Not letting a warning out."""

    required_permissions = {"POST": Permission.WARNING_CONFIRM}

    @extend_schema(request=FloodReasonSerializer, responses={200: FloodWarningPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, warning_id: uuid.UUID) -> Response:
        """With the reason."""
        warning = actions.warning_decline(
            user=self.user, source=SOURCE, realm=self.realm, warning_id=warning_id, **self.taken(FloodReasonSerializer)
        )
        return Response(flood_warning_present(warning).model_dump())


class RoadBlockListView(ExchangeAPIView):
    """Blocked roads."""

    required_permissions = {"GET": Permission.GAUGE_VIEW, "POST": Permission.ROAD_BLOCK}

    @extend_schema(responses={200: FeatureListAnswer}, parameters=[ALL])
    def get(self, request: Request) -> Response:
        """As GeoJSON, the newest first; at most 500."""
        rows = ROADS.filter(realm=self.realm) if _is_all(request) else road_blocks_open(realm=self.realm)
        return Response(
            {"type": "FeatureCollection", "features": [road_block_feature(row) for row in rows[:LISTED_MAX]]}
        )

    @extend_schema(request=RoadBlockSerializer, responses={201: RoadBlockPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request) -> Response:
        """From now on the recommendation counts with it."""
        serializer = RoadBlockSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        block = actions.road_block(user=self.user, source=SOURCE, realm=self.realm, draft=serializer.draft())
        return Response(road_block_present(block).model_dump(), status=201)


class RoadOpenView(ExchangeAPIView):
    """Opening a road again."""

    required_permissions = {"POST": Permission.ROAD_BLOCK}

    @extend_schema(request=FloodReasonSerializer, responses={200: RoadBlockPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, block_id: uuid.UUID) -> Response:
        """`reason` says how it is known; 409 `road_open` when somebody was faster."""
        block = actions.road_open(
            user=self.user, source=SOURCE, realm=self.realm, block_id=block_id,
            note=self.taken(FloodReasonSerializer)["reason"],
        )  # fmt: skip
        return Response(road_block_present(block).model_dump())


def _is_all(request: Request) -> bool:
    return request.query_params.get("all", "").lower() in {"1", "true"}
