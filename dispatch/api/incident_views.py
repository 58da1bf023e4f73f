"""What is done with an incident, over HTTP."""

import uuid
from typing import Any

from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import IDEMPOTENCY_KEY as KEY
from accounts.api import idempotent
from accounts.models import User
from accounts.permissions import Permission
from common import clock
from common.errors import ValidationError, gettext_noop
from dispatch.actions import incidents as actions
from dispatch.actions import links as link_actions
from dispatch.actions import units as unit_actions
from dispatch.api.incident_answers import ContactAnswer, DuplicatesAnswer, PersonAnswer
from dispatch.api.serializers import (
    AssignmentSerializer,
    CallAppendSerializer,
    CancelSerializer,
    CloseSerializer,
    ContactSerializer,
    IncidentSplitSerializer,
    LinkSerializer,
    NextStepSerializer,
    OwnerSerializer,
    PersonSerializer,
    ReasonSerializer,
    StateSerializer,
    StormSerializer,
    UnitSendSerializer,
)
from dispatch.api.unit_answers import UnitsSentAnswer
from dispatch.events import AssignmentPayload, IncidentPayload, LinkPayload, StormPayload
from dispatch.presenters.calls import storm_present
from dispatch.presenters.incidents import (
    assignment_present,
    contact_present,
    incident_present,
    link_present,
    person_present,
)
from dispatch.presenters.units import sent_present
from dispatch.rules.duplicates import Report
from dispatch.selectors.duplicates import duplicates_propose
from dispatch.services.incidents import IncidentDraft
from realtime.api import LiveAPIView

SOURCE = "api"
# drf-spectacular has an extension for our payloads; its types know serializers only.
SENT_EITHER: Any = [AssignmentPayload, UnitsSentAnswer]
SENT = PolymorphicProxySerializer("UnitSendAnswer", SENT_EITHER, None)


class IncidentStateView(LiveAPIView):
    """Under control, or all clear."""

    required_permissions = {"POST": Permission.INCIDENT_EDIT}

    @extend_schema(request=StateSerializer, responses={200: IncidentPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, incident_id: uuid.UUID) -> Response:
        """States that follow from units cannot be typed."""
        incident = actions.incident_state(
            user=self.user, source=SOURCE, realm=self.realm, incident_id=incident_id, **self.taken(StateSerializer)
        )
        return Response(incident_present(incident).model_dump())


class IncidentCloseView(LiveAPIView):
    """Closing."""

    required_permissions = {"POST": Permission.INCIDENT_CLOSE}

    @extend_schema(request=CloseSerializer, responses={200: IncidentPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, incident_id: uuid.UUID) -> Response:
        """400 `caller_not_told`, 409 `units_at_work` or `agencies_at_work` say what is still to be done."""
        incident = actions.incident_close(
            user=self.user, source=SOURCE, realm=self.realm, incident_id=incident_id, **self.taken(CloseSerializer)
        )
        return Response(incident_present(incident).model_dump())


class IncidentCancelView(LiveAPIView):
    """Calling off."""

    required_permissions = {"POST": Permission.INCIDENT_CLOSE}

    @extend_schema(request=CancelSerializer, responses={200: IncidentPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, incident_id: uuid.UUID) -> Response:
        """Units under way are turned back; 409 `units_at_work` while one works there."""
        incident = actions.incident_cancel(
            user=self.user, source=SOURCE, realm=self.realm, incident_id=incident_id, **self.taken(CancelSerializer)
        )
        return Response(incident_present(incident).model_dump())


class IncidentReopenView(LiveAPIView):
    """Opening again."""

    required_permissions = {"POST": Permission.INCIDENT_CLOSE}

    @extend_schema(request=ReasonSerializer, responses={200: IncidentPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, incident_id: uuid.UUID) -> Response:
        """It stays open until a person closes it."""
        incident = actions.incident_reopen(
            user=self.user, source=SOURCE, realm=self.realm, incident_id=incident_id, **self.taken(ReasonSerializer)
        )
        return Response(incident_present(incident).model_dump())


class NextStepView(LiveAPIView):
    """What is next."""

    required_permissions = {"POST": Permission.INCIDENT_EDIT}

    @extend_schema(request=NextStepSerializer, responses={200: IncidentPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, incident_id: uuid.UUID) -> Response:
        """Says the next step and its deadline; what was escalated stays on record."""
        incident = actions.next_step_set(
            user=self.user, source=SOURCE, realm=self.realm, incident_id=incident_id, **self.taken(NextStepSerializer)
        )
        return Response(incident_present(incident).model_dump())


class OwnerView(LiveAPIView):
    """Who sees to it."""

    required_permissions = {"POST": Permission.INCIDENT_EDIT}

    @extend_schema(request=OwnerSerializer, responses={200: IncidentPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, incident_id: uuid.UUID) -> Response:
        """Take it, or give it to somebody."""
        incident = actions.owner_take(
            user=self.user, source=SOURCE, realm=self.realm, incident_id=incident_id,
            owner=user_named(self.taken(OwnerSerializer)["username"]),
        )  # fmt: skip
        return Response(incident_present(incident).model_dump())


class PersonListView(LiveAPIView):
    """Persons in an incident."""

    required_permissions = {"POST": Permission.INCIDENT_EDIT}

    @extend_schema(request=PersonSerializer, responses={201: PersonAnswer}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, incident_id: uuid.UUID) -> Response:
        """Write one down."""
        person = actions.person_add(
            user=self.user, source=SOURCE, realm=self.realm, incident_id=incident_id, **self.taken(PersonSerializer)
        )
        return Response(person_present(person), status=201)


class PersonView(LiveAPIView):
    """One person in an incident."""

    required_permissions = {"DELETE": Permission.INCIDENT_EDIT}

    @extend_schema(responses={200: PersonAnswer}, parameters=[KEY])
    @idempotent
    def delete(self, request: Request, incident_id: uuid.UUID, person_id: uuid.UUID) -> Response:
        """Take them off the list; the row stays, with when."""
        person = actions.person_remove(
            user=self.user, source=SOURCE, realm=self.realm, incident_id=incident_id, person_id=person_id
        )
        return Response(person_present(person))


class ContactListView(LiveAPIView):
    """Telling the callers."""

    required_permissions = {"POST": Permission.INCIDENT_EDIT}

    @extend_schema(request=ContactSerializer, responses={201: ContactAnswer}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, incident_id: uuid.UUID) -> Response:
        """Write down one try."""
        contact = actions.caller_contact(
            user=self.user, source=SOURCE, realm=self.realm, incident_id=incident_id, **self.taken(ContactSerializer)
        )
        return Response(contact_present(contact), status=201)


class CallAppendView(LiveAPIView):
    """Calls that tell of the same event."""

    required_permissions = {"POST": Permission.INCIDENT_OPEN}

    @extend_schema(request=CallAppendSerializer, responses={200: IncidentPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, incident_id: uuid.UUID) -> Response:
        """Append a call to the incident."""
        incident = actions.call_append(
            user=self.user, source=SOURCE, realm=self.realm, incident_id=incident_id,
            call_id=self.taken(CallAppendSerializer)["call"],
        )  # fmt: skip
        return Response(incident_present(incident).model_dump())


class LinkListView(LiveAPIView):
    """Links of an incident."""

    required_permissions = {"POST": Permission.INCIDENT_EDIT}

    @extend_schema(request=LinkSerializer, responses={201: LinkPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, incident_id: uuid.UUID) -> Response:
        """Part of another, related to it, or merged into it."""
        taken = self.taken(LinkSerializer)
        link = link_actions.incident_link(
            user=self.user, source=SOURCE, realm=self.realm, incident_id=incident_id, other_id=taken.pop("other"),
            **taken,
        )  # fmt: skip
        return Response(link_present(link).model_dump(), status=201)


class LinkView(LiveAPIView):
    """One link."""

    required_permissions = {"DELETE": Permission.INCIDENT_EDIT}

    @extend_schema(responses={200: LinkPayload}, parameters=[KEY])
    @idempotent
    def delete(self, request: Request, link_id: uuid.UUID) -> Response:
        """End it; it stays in the history."""
        link = link_actions.link_end(user=self.user, source=SOURCE, realm=self.realm, link_id=link_id)
        return Response(link_present(link).model_dump())


class MergeUndoView(LiveAPIView):
    """Taking a merge back."""

    required_permissions = {"POST": Permission.INCIDENT_EDIT}

    @extend_schema(request=ReasonSerializer, responses={200: IncidentPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, incident_id: uuid.UUID) -> Response:
        """Calls and units that are still where the merge put them return."""
        incident = link_actions.merge_undo(
            user=self.user, source=SOURCE, realm=self.realm, incident_id=incident_id, **self.taken(ReasonSerializer)
        )
        return Response(incident_present(incident).model_dump())


class SplitView(LiveAPIView):
    """Taking two events apart."""

    required_permissions = {"POST": Permission.INCIDENT_OPEN}

    @extend_schema(request=IncidentSplitSerializer, responses={201: IncidentPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, incident_id: uuid.UUID) -> Response:
        """A new incident, with the calls that told of it."""
        taken = self.taken(IncidentSplitSerializer)
        calls = taken.pop("calls")
        draft = IncidentDraft(type_code=taken.pop("type"), place_code=taken.pop("place", None), **taken)
        incident = link_actions.incident_split(
            user=self.user, source=SOURCE, realm=self.realm, incident_id=incident_id, draft=draft, call_ids=calls
        )
        return Response(incident_present(incident).model_dump(), status=201)


class StormListView(LiveAPIView):
    """Storm mode."""

    required_permissions = {"POST": Permission.STORM_MANAGE}

    @extend_schema(request=StormSerializer, responses={201: StormPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, incident_id: uuid.UUID) -> Response:
        """Group the calls from around the incident."""
        storm = link_actions.storm_start(
            user=self.user, source=SOURCE, realm=self.realm, incident_id=incident_id, **self.taken(StormSerializer)
        )
        return Response(storm_present(storm).model_dump(), status=201)


class StormView(LiveAPIView):
    """One storm."""

    required_permissions = {"DELETE": Permission.STORM_MANAGE}

    @extend_schema(responses={200: StormPayload}, parameters=[KEY])
    @idempotent
    def delete(self, request: Request, storm_id: uuid.UUID) -> Response:
        """Calls from there are ordinary again."""
        storm = link_actions.storm_end(user=self.user, source=SOURCE, realm=self.realm, storm_id=storm_id)
        return Response(storm_present(storm).model_dump())


class AssignmentListView(LiveAPIView):
    """Units on an incident."""

    required_permissions = {"POST": Permission.UNIT_ASSIGN}

    @extend_schema(
        request=UnitSendSerializer,
        responses={201: SENT},
        parameters=[KEY],
    )
    @idempotent
    def post(self, request: Request, incident_id: uuid.UUID) -> Response:
        """Send units; 409 `unit_taken` names the incident that has one.

        With `units` each that can go goes: `{"sent": [...], "refused": [{"unit", "code", "message", "data"}]}`.
        """
        taken = self.taken(UnitSendSerializer)
        names = taken["units"] if "units" in taken else [taken["unit"]]
        sent = unit_actions.units_send(
            user=self.user, source=SOURCE, realm=self.realm, incident_id=incident_id, call_signs=names,
            alarm_level=taken["alarm_level"],
            override=unit_actions.Override(taken["override_reason"], taken["override_note"]),
        )  # fmt: skip
        if "unit" in taken:
            return Response(assignment_present(sent.rows[0]).model_dump(), status=201)
        return Response(sent_present(sent.rows, sent.refused), status=201)


class AssignmentView(LiveAPIView):
    """One unit on one incident."""

    required_permissions = {"POST": Permission.UNIT_ASSIGN}

    @extend_schema(request=AssignmentSerializer, responses={200: AssignmentPayload}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, assignment_id: uuid.UUID) -> Response:
        """The unit's next step; the incident's state follows."""
        row = unit_actions.assignment_report(
            user=self.user, source=SOURCE, realm=self.realm, assignment_id=assignment_id,
            **self.taken(AssignmentSerializer),
        )  # fmt: skip
        return Response(assignment_present(row).model_dump())


class DuplicateListView(LiveAPIView):
    """Incidents that a new report may belong to."""

    required_permissions = {"GET": Permission.INCIDENT_VIEW}

    @extend_schema(
        responses={200: DuplicatesAnswer},
        parameters=[
            OpenApiParameter("type", str, required=True),
            OpenApiParameter("lat", float),
            OpenApiParameter("lon", float),
            OpenApiParameter("radius_m", float),
            OpenApiParameter("words", str),
        ],
    )
    def get(self, request: Request) -> Response:
        """The most alike first, with score and reasons."""
        query = request.query_params
        report = Report(
            type_code=query.get("type", "")[:30],
            at=clock.now(),
            lat=_number(query, "lat", 90.0),
            lon=_number(query, "lon", 180.0),
            radius_m=_number(query, "radius_m", 100_000.0),
            words=query.get("words", "")[:500],
        )
        return Response({"duplicates": duplicates_propose(realm=self.realm, report=report)})


def user_named(username: str) -> User | None:
    """A person by user name; None for an empty one; raises ValidationError."""
    if not username:
        return None
    found = User.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise ValidationError(
            "unknown_user", gettext_noop("There is nobody of this name."), {"fields": {"username": [username]}}
        )
    return found


def _number(query: Any, name: str, limit: float) -> float | None:
    text = query.get(name, "")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = limit + 1
    if not abs(value) <= limit:
        raise ValidationError(
            "invalid_query", gettext_noop("Some fields need correction."), {"fields": {name: [text[:40]]}}
        )
    return value
