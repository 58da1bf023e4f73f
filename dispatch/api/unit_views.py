"""Units over HTTP: proposals, status, crews, alarms, positions; and what a crew does with its own unit."""

import uuid
from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import IDEMPOTENCY_KEY as KEY
from accounts.api import idempotent, repeatable
from accounts.permissions import Permission
from common import clock
from common.errors import ValidationError, gettext_noop
from dispatch.actions import unit_reports as actions
from dispatch.actions.units import unit_divert
from dispatch.api.serializers import (
    AssignmentSerializer,
    DivertSerializer,
    EmergencySerializer,
    ReasonSerializer,
    UnitCrewSerializer,
    UnitStatusSerializer,
)
from dispatch.api.unit_answers import (
    AdviceAnswer,
    OwnUnitAnswer,
    PositionsTakenAnswer,
    UnitPositionsAnswer,
    UnitsAnswer,
)
from dispatch.events import AssignmentPayload, UnitAlarmPayload, UnitPayload
from dispatch.presenters.incidents import assignment_present
from dispatch.presenters.units import unit_alarm_present, unit_present
from dispatch.rules.positions import BATCH_MAX
from dispatch.selectors.recommendation import advice_read, recommendation_read
from dispatch.selectors.units import own_unit_read, positions_read, units_read
from dispatch.services.positions import Taken
from realtime.api import LiveAPIView
from realtime.models import LIVE, Realm

SOURCE, CREW = "api", "unit"
POSITION = {
    "type": "object",
    "properties": {
        "unit": {"type": "string", "description": "call sign"},
        "lat": {"type": "number"},
        "lon": {"type": "number"},
        "speed_kmh": {"type": "number", "nullable": True},
        "heading_deg": {"type": "number", "nullable": True},
        "accuracy_m": {"type": "number", "nullable": True},
        "measured_at": {"type": "string", "format": "date-time", "description": "with its zone"},
    },
    "required": ["lat", "lon", "measured_at"],
}
POSITIONS = {
    "type": "object",
    "properties": {"positions": {"type": "array", "items": POSITION, "maxItems": BATCH_MAX}},
    "required": ["positions"],
}


class DeviceAPIView(LiveAPIView):
    """For devices, which work in the live realm and read no stream."""

    @property
    def realm(self) -> Realm:
        """The live realm."""
        return Realm.objects.get(code=LIVE)


class RecommendationView(LiveAPIView):
    """Whom to send."""

    required_permissions = {"GET": Permission.UNIT_VIEW}

    @extend_schema(
        responses={200: AdviceAnswer}, parameters=[OpenApiParameter("alarm", int, description="alarm level, 1 to 5")]
    )
    def get(self, request: Request, incident_id: uuid.UUID) -> Response:
        """Units in order with reasons and numbers, what is missing and why, and who was passed over."""
        text = request.query_params.get("alarm", "1")
        level = int(text) if text.isdecimal() and len(text) == 1 else 0
        advice = recommendation_read(realm=self.realm, incident_id=incident_id, alarm_level=level, at=clock.now())
        return Response(advice_read(advice, name_field=name_field()))


class DivertView(LiveAPIView):
    """Sending a unit elsewhere."""

    required_permissions = {"POST": Permission.UNIT_ASSIGN}

    @extend_schema(request=DivertSerializer, responses={201: AssignmentPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, assignment_id: uuid.UUID) -> Response:
        """In one act; whoever owns the incident that it leaves is told. Answers with the new assignment."""
        taken = self.taken(DivertSerializer)
        row = unit_divert(
            user=self.user, source=SOURCE, realm=self.realm, assignment_id=assignment_id,
            incident_id=taken["incident"], reason=taken["reason"],
        )  # fmt: skip
        return Response(assignment_present(row).model_dump(), status=201)


class UnitListView(LiveAPIView):
    """Units."""

    required_permissions = {"GET": Permission.UNIT_VIEW}

    @extend_schema(responses={200: UnitsAnswer})
    def get(self, request: Request) -> Response:
        """`{"units", "positions", "alarms"}` of everything in service."""
        return Response(units_read(realm=self.realm, at=clock.now()))


class UnitStatusView(LiveAPIView):
    """How a unit stands."""

    required_permissions = {"POST": Permission.UNIT_ASSIGN}

    @extend_schema(request=UnitStatusSerializer, responses={200: UnitPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, call_sign: str) -> Response:
        """What the desk heard of it. Its work does not end by this: 409 `unit_on_assignment`."""
        unit = actions.unit_status(
            user=self.user, source=SOURCE, realm=self.realm, call_sign=call_sign, **self.taken(UnitStatusSerializer)
        )
        return Response(unit_present(unit).model_dump())


class UnitCrewView(LiveAPIView):
    """Who is on it."""

    required_permissions = {"POST": Permission.UNIT_ASSIGN}

    @extend_schema(request=UnitCrewSerializer, responses={200: UnitPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, call_sign: str) -> Response:
        """The crew of this shift, and how it is reached."""
        unit = actions.unit_crew(
            user=self.user, source=SOURCE, realm=self.realm, call_sign=call_sign, **self.taken(UnitCrewSerializer)
        )
        return Response(unit_present(unit).model_dump())


class UnitEmergencyView(LiveAPIView):
    """A unit in distress."""

    required_permissions = {"POST": Permission.UNIT_ASSIGN}

    @extend_schema(request=EmergencySerializer, responses={201: UnitAlarmPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, call_sign: str) -> Response:
        """The desk heard it on the radio."""
        alarm = actions.unit_emergency(
            user=self.user, source=SOURCE, realm=self.realm, call_sign=call_sign, **self.taken(EmergencySerializer)
        )
        return Response(unit_alarm_present(alarm).model_dump(), status=201)


class UnitAlarmAcknowledgeView(LiveAPIView):
    """Looking at an alarm."""

    required_permissions = {"POST": Permission.UNIT_ASSIGN}

    @extend_schema(request=None, responses={200: UnitAlarmPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, alarm_id: uuid.UUID) -> Response:
        """Nobody else is told; 409 `alarm_taken` names who was faster. An emergency goes on until it is ended."""
        alarm = actions.alarm_acknowledge(user=self.user, source=SOURCE, realm=self.realm, alarm_id=alarm_id)
        return Response(unit_alarm_present(alarm).model_dump())


class UnitAlarmEndView(LiveAPIView):
    """Ending an emergency."""

    required_permissions = {"POST": Permission.UNIT_ASSIGN}

    @extend_schema(request=ReasonSerializer, responses={200: UnitAlarmPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, alarm_id: uuid.UUID) -> Response:
        """The unit is safe; say how that is known."""
        alarm = actions.emergency_end(
            user=self.user, source=SOURCE, realm=self.realm, alarm_id=alarm_id, **self.taken(ReasonSerializer)
        )
        return Response(unit_alarm_present(alarm).model_dump())


class UnitPositionListView(DeviceAPIView):
    """Positions."""

    required_permissions = {"GET": Permission.UNIT_VIEW, "POST": Permission.UNIT_POSITION_SEND}

    @extend_schema(responses={200: UnitPositionsAnswer})
    def get(self, request: Request) -> Response:
        """Where every unit was last seen, and how fresh that is."""
        return Response({"positions": positions_read(realm=self.realm, at=clock.now())})

    @extend_schema(request={"application/json": POSITIONS}, responses={200: PositionsTakenAnswer})
    @repeatable
    def post(self, request: Request) -> Response:
        """From a gateway, at most 500, each for itself.

        Answers `{"accepted", "ignored", "errors": [{"index", "unit", "code"}]}`. What is older than what is known is
        ignored, so sending a batch again changes nothing.
        """
        items = request.data.get("positions") if isinstance(request.data, dict) else None
        if not isinstance(items, list) or not 0 < len(items) <= BATCH_MAX:
            raise ValidationError(
                "positions_invalid", gettext_noop("Send a list of 1 to %(limit)d positions."),
                {"limit": BATCH_MAX, "fields": {"positions": []}},
            )  # fmt: skip
        return Response(_taken(actions.positions_send(user=self.user, realm=self.realm, items=items)))


class OwnUnitView(DeviceAPIView):
    """A crew's own unit."""

    required_permissions = {"GET": Permission.UNIT_REPORT}

    @extend_schema(responses={200: OwnUnitAnswer})
    def get(self, request: Request) -> Response:
        """How it stands, what it is on, and what may come next; 404 for who is no unit's account."""
        return Response(own_unit_read(realm=self.realm, user=self.user))


class OwnStatusView(DeviceAPIView):
    """What a crew says of itself."""

    required_permissions = {"POST": Permission.UNIT_REPORT}

    @extend_schema(request=UnitStatusSerializer, responses={200: OwnUnitAnswer}, parameters=[KEY])
    @idempotent
    def post(self, request: Request) -> Response:
        """A status that belongs to its work is taken as the next step of that."""
        actions.own_status(user=self.user, source=CREW, realm=self.realm, **self.taken(UnitStatusSerializer))
        return Response(own_unit_read(realm=self.realm, user=self.user))


class OwnStepView(DeviceAPIView):
    """A crew's next step."""

    required_permissions = {"POST": Permission.UNIT_REPORT}

    @extend_schema(request=AssignmentSerializer, responses={200: OwnUnitAnswer}, parameters=[KEY])
    @idempotent
    def post(self, request: Request) -> Response:
        """In the work that it has; refusing needs a reason."""
        actions.own_step(user=self.user, source=CREW, realm=self.realm, **self.taken(AssignmentSerializer))
        return Response(own_unit_read(realm=self.realm, user=self.user))


class OwnEmergencyView(DeviceAPIView):
    """The emergency button."""

    required_permissions = {"POST": Permission.UNIT_REPORT}

    @extend_schema(request=EmergencySerializer, responses={201: OwnUnitAnswer}, parameters=[KEY])
    @idempotent
    def post(self, request: Request) -> Response:
        """Every press counts; it ends only by a person at the centre."""
        actions.own_emergency(user=self.user, source=CREW, realm=self.realm, **self.taken(EmergencySerializer))
        return Response(own_unit_read(realm=self.realm, user=self.user), status=201)


class OwnPositionView(DeviceAPIView):
    """Where the crew's device is."""

    required_permissions = {"POST": Permission.UNIT_REPORT}

    @extend_schema(request={"application/json": POSITION}, responses={200: PositionsTakenAnswer})
    @repeatable
    def post(self, request: Request) -> Response:
        """For its own unit only."""
        return Response(_taken(actions.own_position(user=self.user, realm=self.realm, item=request.data)))


def name_field() -> str:
    """Which of the two names is in the reader's language."""
    return "name_en" if get_language() == "en" else "name_id"


def _taken(taken: Taken) -> dict[str, Any]:
    errors = [{"index": fault.index, "unit": fault.unit, "code": fault.code} for fault in taken.faults]
    return {"accepted": taken.accepted, "ignored": taken.ignored, "errors": errors}
