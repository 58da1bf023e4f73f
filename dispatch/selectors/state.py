"""What a console starts with, and one incident with all that belongs to it."""

import uuid
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from accounts.permissions import Permission
from common import clock
from common.errors import NotFoundError
from dispatch.choices import CLOSED_INCIDENT_STATES, CallState, HandoverState, PresenceState
from dispatch.models import (
    AgencyPart,
    Assignment,
    Call,
    CameraWatch,
    Disposition,
    Handover,
    Incident,
    IncidentCamera,
    IncidentLink,
    IncidentType,
    Presence,
    QueueAlarm,
    Storm,
    Unit,
    UnitAlarm,
)
from dispatch.presenters.agencies import part_present
from dispatch.presenters.alerts import alert_present
from dispatch.presenters.broadcasts import broadcast_present
from dispatch.presenters.calls import call_present, presence_present, queue_present, storm_present
from dispatch.presenters.cameras import incident_camera_present, match_present, watch_present
from dispatch.presenters.incidents import (
    assignment_present,
    contact_present,
    handover_present,
    incident_present,
    link_present,
    person_present,
    place_present,
    step_present,
    timeline_present,
)
from dispatch.presenters.units import unit_alarm_present, unit_present
from dispatch.selectors.agencies import agency_incidents
from dispatch.selectors.alerts import alerts_active
from dispatch.selectors.broadcasts import broadcasts_shown
from dispatch.selectors.floods import floods_state
from realtime.models import Realm
from realtime.selectors import realm_head
from recognition.models import CandidateMatch

INCIDENTS = Incident.objects.select_related("realm", "type", "place", "opened_by", "owner", "disposition")
CALLS = Call.objects.select_related("realm", "answered_by", "offered_to")
PARTS = AgencyPart.objects.select_related("agency", "forwarded_to", "disposition")
ASSIGNMENTS = Assignment.objects.select_related("unit__agency", "made_by", "destination")
UNITS = Unit.objects.select_related("realm", "agency", "type", "station")
UNIT_ALARMS = UnitAlarm.objects.select_related("realm", "unit__agency", "acknowledged_by", "ended_by")
LINKS = IncidentLink.objects.select_related("child", "parent")


def incident_get(*, realm: Realm, incident_id: uuid.UUID) -> Incident:
    """One incident of this realm; raises NotFoundError."""
    found = INCIDENTS.filter(realm=realm, pk=incident_id).first()
    if found is None:
        raise NotFoundError
    return found


def incident_read(*, realm: Realm, incident_id: uuid.UUID, user: User) -> dict[str, Any]:
    """One incident with its story and all that belongs to it, as far as the user may see it."""
    incident = incident_get(realm=realm, incident_id=incident_id)
    links = LINKS.filter(Q(child=incident) | Q(parent=incident)).order_by("made_at")
    return {
        "incident": incident_present(incident).model_dump(),
        "timeline": [timeline_present(entry).model_dump() for entry in incident.timeline.select_related("author")],
        "calls": [call_present(call).model_dump() for call in CALLS.filter(incident=incident).order_by("arrived_at")],
        "parts": [part_present(part).model_dump() for part in PARTS.filter(incident=incident)],
        "assignments": [assignment_present(row).model_dump() for row in ASSIGNMENTS.filter(incident=incident)],
        "links": [link_present(link).model_dump() for link in links],
        "persons": [person_present(person) for person in incident.persons.filter(removed_at=None)],
        "places": [place_present(row) for row in incident.places.select_related("place", "set_by")],
        "contacts": [contact_present(row) for row in incident.contacts.select_related("user")],
        "steps": [step_present(row) for row in incident.transitions.select_related("actor").order_by("id")],
        "field_revisions": incident.field_revisions,
        **_response_read(user, [incident.pk]),
    }


def state_read(*, realm: Realm, user: User) -> dict[str, Any]:
    """All that is open and may be seen, and the event number up to which it holds.

    The head is read first, in the same snapshot as the rest: what happens meanwhile comes as an event after it, and
    applying an event twice is harmless.
    """
    with transaction.atomic():
        found: dict[str, Any] = {"head": realm_head(realm_id=realm.pk)}
        if user.may(Permission.CALL_VIEW):
            found |= _calls_read(realm)
        if user.may(Permission.INCIDENT_VIEW):
            found |= _incidents_read(realm, user)
        if user.may(Permission.UNIT_VIEW):
            found |= _units_read(realm)
        if user.may(Permission.INCIDENT_EDIT):
            offered = Handover.objects.filter(realm=realm, state=HandoverState.OFFERED)
            rows = offered.select_related("from_user", "to_user").prefetch_related("incidents")
            found["handovers"] = [handover_present(row).model_dump() for row in rows]
        if user.may(Permission.ALERT_VIEW):
            found["alerts"] = [alert_present(alert).model_dump() for alert in alerts_active(realm=realm)]
        found |= floods_state(realm=realm, user=user)
        if user.may(Permission.BROADCAST_VIEW):
            shown = broadcasts_shown(realm=realm, at=clock.now())
            found["broadcasts"] = [broadcast_present(row).model_dump() for row in shown]
        if user.may(Permission.AGENCY_WORK) and user.agency is not None:
            found["agency_incidents"] = agency_incidents(realm=realm, agency=user.agency)
        return found


def incident_types() -> list[IncidentType]:
    """Types that can be chosen, in the order of the form."""
    return list(IncidentType.objects.filter(is_active=True))


def dispositions() -> list[Disposition]:
    """Dispositions that can be chosen."""
    return list(Disposition.objects.filter(is_active=True))


def _calls_read(realm: Realm) -> dict[str, Any]:
    calls = CALLS.filter(realm=realm).exclude(state=CallState.CLOSED).order_by("arrived_at")
    alarms = QueueAlarm.objects.filter(realm=realm, ended_at=None)
    storms = Storm.objects.select_related("incident").filter(realm=realm, ended_at=None)
    present = Presence.objects.select_related("user").exclude(state=PresenceState.AWAY)
    return {
        "calls": [call_present(call).model_dump() for call in calls],
        "queue": [queue_present(alarm).model_dump() for alarm in alarms],
        "storms": [storm_present(storm).model_dump() for storm in storms],
        "presences": [presence_present(row).model_dump() for row in present],
    }


def _incidents_read(realm: Realm, user: User) -> dict[str, Any]:
    incidents = list(INCIDENTS.filter(realm=realm).exclude(state__in=CLOSED_INCIDENT_STATES))
    keys = [incident.pk for incident in incidents]
    links = LINKS.filter(Q(child__in=keys) | Q(parent__in=keys), ended_at=None)
    return {
        "incidents": [incident_present(incident).model_dump() for incident in incidents],
        "parts": [part_present(part).model_dump() for part in PARTS.filter(incident__in=keys)],
        "assignments": [assignment_present(row).model_dump() for row in ASSIGNMENTS.filter(incident__in=keys)],
        "links": [link_present(link).model_dump() for link in links],
        **_response_read(user, keys),
    }


def _units_read(realm: Realm) -> dict[str, Any]:
    return {
        "units": [unit_present(unit).model_dump() for unit in UNITS.filter(realm=realm, is_active=True)],
        "unit_alarms": [
            unit_alarm_present(alarm).model_dump() for alarm in UNIT_ALARMS.filter(realm=realm, ended_at=None)
        ],
    }


def _response_read(user: User, incident_ids: list[uuid.UUID]) -> dict[str, Any]:
    found: dict[str, Any] = {"incident_cameras": [], "camera_watches": [], "matches": []}
    if user.may(Permission.CAMERA_VIEW):
        rows = IncidentCamera.objects.filter(incident_id__in=incident_ids).select_related("camera", "snapshot")
        found["incident_cameras"] = [incident_camera_present(row).model_dump() for row in rows]
        watches = CameraWatch.objects.filter(pk__in=incident_ids).select_related("incident__type")
        found["camera_watches"] = [
            watch_present(watch).model_dump() for watch in watches.prefetch_related("wishes__camera")
        ]
    if user.may(Permission.MATCH_VIEW):
        matches = (
            CandidateMatch.objects.filter(incident_id__in=incident_ids)
            .select_related("snapshot", "camera", "entry")
            .prefetch_related("reviews__reviewer")
        )
        found["matches"] = [match_present(match).model_dump() for match in matches]
    return found
