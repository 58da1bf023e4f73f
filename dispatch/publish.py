"""Telling the consoles: each function publishes one whole entity. Call them last in the transaction."""

from datetime import datetime

from dispatch.choices import PresenceState
from dispatch.events import (
    AGENCY_INCIDENT_CHANGED,
    ALERT_CHANGED,
    ASSIGNMENT_CHANGED,
    BROADCAST_SENT,
    CALL_CHANGED,
    CAMERA_WATCH_CHANGED,
    HANDOVER_CHANGED,
    INCIDENT_CAMERA_CHANGED,
    INCIDENT_CHANGED,
    LINK_CHANGED,
    MATCH_CHANGED,
    PART_CHANGED,
    PRESENCE_CHANGED,
    QUALITY_CHANGED,
    QUEUE_CHANGED,
    STORM_CHANGED,
    TIMELINE_ADDED,
    UNIT_ALARM_CHANGED,
    UNIT_CHANGED,
)
from dispatch.models import (
    AgencyPart,
    Alert,
    Assignment,
    Broadcast,
    Call,
    CameraWatch,
    Handover,
    Incident,
    IncidentCamera,
    IncidentLink,
    Presence,
    QualitySample,
    QueueAlarm,
    Storm,
    TimelineEntry,
    Unit,
    UnitAlarm,
)
from dispatch.presenters.agencies import agency_incident_present, part_present
from dispatch.presenters.alerts import alert_present
from dispatch.presenters.broadcasts import broadcast_present
from dispatch.presenters.calls import call_present, presence_present, queue_present, storm_present
from dispatch.presenters.cameras import incident_camera_present, match_present, watch_present
from dispatch.presenters.incidents import (
    assignment_present,
    handover_present,
    incident_present,
    link_present,
    timeline_present,
)
from dispatch.presenters.quality import quality_present
from dispatch.presenters.units import unit_alarm_present, unit_present
from realtime.models import Realm
from realtime.publish import publish
from recognition.models import CandidateMatch


def tell_call(call: Call) -> None:
    """A call changed."""
    publish(realm=call.realm, kind=CALL_CHANGED, entity_id=call.pk, payload=call_present(call))


def tell_queue(alarm: QueueAlarm) -> None:
    """The alarm of the queue went on or off."""
    publish(realm=alarm.realm, kind=QUEUE_CHANGED, entity_id=alarm.pk, payload=queue_present(alarm))


def tell_presence(realm: Realm, presence: Presence) -> None:
    """An operator is ready, or no longer."""
    publish(realm=realm, kind=PRESENCE_CHANGED, entity_id=presence.pk, payload=presence_present(presence))


def tell_desk(call: Call, at: datetime) -> None:
    """The operator of a call is done with it since `at`, and idle."""
    rows = Presence.objects.select_related("user").filter(user=call.answered_by, state=PresenceState.READY)
    presence = rows.filter(idle_since=at).first() if call.answered_by_id else None
    if presence is not None:
        tell_presence(call.realm, presence)


def tell_storm(storm: Storm) -> None:
    """Storm mode went on or off."""
    publish(realm=storm.realm, kind=STORM_CHANGED, entity_id=storm.pk, payload=storm_present(storm))


def tell_incident(incident: Incident) -> None:
    """An incident changed: the centre is told, and each agency that has a part sees its own view."""
    publish(realm=incident.realm, kind=INCIDENT_CHANGED, entity_id=incident.pk, payload=incident_present(incident))
    parts = list(incident.parts.select_related("agency", "forwarded_to", "disposition"))
    for part in parts:
        publish(
            realm=incident.realm,
            kind=AGENCY_INCIDENT_CHANGED,
            entity_id=incident.pk,
            payload=agency_incident_present(incident, part, parts),
            agency_ids=[part.agency_id],
        )


def tell_part(part: AgencyPart) -> None:
    """An agency's part changed. The agencies themselves are told by `tell_incident`."""
    publish(realm=part.incident.realm, kind=PART_CHANGED, entity_id=part.pk, payload=part_present(part))


def tell_assignment(row: Assignment) -> None:
    """A unit got further."""
    publish(realm=row.realm, kind=ASSIGNMENT_CHANGED, entity_id=row.pk, payload=assignment_present(row))


def tell_unit(unit: Unit) -> None:
    """A unit stands otherwise, or is another."""
    publish(realm=unit.realm, kind=UNIT_CHANGED, entity_id=unit.pk, payload=unit_present(unit))


def tell_unit_alarm(alarm: UnitAlarm) -> None:
    """An alarm of a unit was raised, looked at, or is over."""
    publish(realm=alarm.realm, kind=UNIT_ALARM_CHANGED, entity_id=alarm.pk, payload=unit_alarm_present(alarm))


def tell_link(link: IncidentLink) -> None:
    """Two incidents belong together, or no longer."""
    publish(realm=link.realm, kind=LINK_CHANGED, entity_id=link.pk, payload=link_present(link))


def tell_handover(handover: Handover) -> None:
    """A handover was offered or answered."""
    publish(realm=handover.realm, kind=HANDOVER_CHANGED, entity_id=handover.pk, payload=handover_present(handover))


def tell_line(realm: Realm, line: TimelineEntry) -> None:
    """A line was added to a story."""
    publish(realm=realm, kind=TIMELINE_ADDED, entity_id=line.pk, payload=timeline_present(line))


def tell_incident_camera(row: IncidentCamera) -> None:
    """A camera of an incident got further."""
    publish(realm=row.realm, kind=INCIDENT_CAMERA_CHANGED, entity_id=row.pk, payload=incident_camera_present(row))


def tell_watch(watch: CameraWatch) -> None:
    """How an incident's cameras are watched has changed."""
    publish(realm=watch.realm, kind=CAMERA_WATCH_CHANGED, entity_id=watch.pk, payload=watch_present(watch))


def tell_match(match: CandidateMatch) -> None:
    """A candidate is there or was judged."""
    publish(realm=match.realm, kind=MATCH_CHANGED, entity_id=match.pk, payload=match_present(match))


def tell_alert(alert: Alert) -> None:
    """A warning came, was replaced, called off or ran out."""
    publish(realm=alert.realm, kind=ALERT_CHANGED, entity_id=alert.pk, payload=alert_present(alert))


def tell_quality(realm: Realm, sample: QualitySample) -> None:
    """A drawn call, or its calibration, got further."""
    publish(realm=realm, kind=QUALITY_CHANGED, entity_id=sample.pk, payload=quality_present(sample))


def tell_broadcast(row: Broadcast) -> None:
    """All desks are told something."""
    publish(realm=row.realm, kind=BROADCAST_SENT, entity_id=row.pk, payload=broadcast_present(row))
