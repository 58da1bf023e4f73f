"""Calls, the queue and the operators."""

from dispatch.events import CallPayload, PositionPayload, PresencePayload, QueuePayload, StormPayload
from dispatch.models import Call, Presence, QueueAlarm, Storm
from dispatch.presenters.base import moment


def call_present(call: Call) -> CallPayload:
    """A call; reads `answered_by` and `offered_to`."""
    return CallPayload(
        id=str(call.pk),
        number=call.number,
        state=call.state,
        medium=call.medium,
        caller_number=call.caller_number,
        language=call.language,
        skill=call.skill,
        is_lowered=call.is_lowered,
        storm_id=str(call.storm_id) if call.storm_id else None,
        incident_id=str(call.incident_id) if call.incident_id else None,
        offered_to=str(call.offered_to) if call.offered_to else None,
        answered_by=str(call.answered_by) if call.answered_by else None,
        position=_position_present(call),
        arrived_at=call.arrived_at.isoformat(),
        offered_at=moment(call.offered_at),
        answered_at=moment(call.answered_at),
        ended_at=moment(call.ended_at),
        closed_at=moment(call.closed_at),
        silent_at=moment(call.silent_at),
        call_class=call.call_class,
        note=call.note,
        callback_due_at=moment(call.callback_due_at),
        callback_attempts=call.callback_attempts,
        escalation=call.escalation,
    )


def queue_present(alarm: QueueAlarm) -> QueuePayload:
    """The alarm of the queue."""
    return QueuePayload(
        id=str(alarm.pk),
        started_at=alarm.started_at.isoformat(),
        ended_at=moment(alarm.ended_at),
        waiting_max=alarm.waiting_max,
        longest_wait_s=round(alarm.longest_wait_s, 1),
    )


def presence_present(presence: Presence) -> PresencePayload:
    """An operator's readiness; reads `user`."""
    return PresencePayload(
        id=str(presence.pk),
        name=str(presence.user),
        state=presence.state,
        languages=list(presence.languages),
        skills=list(presence.skills),
        idle_since=moment(presence.idle_since),
    )


def storm_present(storm: Storm) -> StormPayload:
    """A storm; reads `incident` and counts its calls."""
    return StormPayload(
        id=str(storm.pk),
        incident_id=str(storm.incident_id),
        incident_number=storm.incident.number,
        lat=storm.lat,
        lon=storm.lon,
        radius_m=storm.radius_m,
        started_at=storm.started_at.isoformat(),
        ended_at=moment(storm.ended_at),
        calls=storm.calls.count(),
    )


def _position_present(call: Call) -> PositionPayload | None:
    if call.lat is None or call.lon is None or call.located_at is None:
        return None
    return PositionPayload(
        lat=call.lat,
        lon=call.lon,
        radius_m=call.radius_m or 0.0,
        source=call.location_source,
        measured_at=call.located_at.isoformat(),
    )
