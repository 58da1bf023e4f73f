"""What is open, overdue and undone: one report, from the rows themselves."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import RoleGrant
from accounts.permissions import Permission, roles_with
from dispatch.choices import CallState, HandoverState, PartState
from dispatch.models import AgencyPart, Call, Handover, Incident
from dispatch.models.incidents import IS_OPEN
from dispatch.presenters.agencies import part_present
from dispatch.presenters.calls import call_present
from dispatch.presenters.incidents import handover_present, incident_present
from dispatch.selectors.due import HOLD_RULE, STATE_SINCE, TALK_RULE
from dispatch.selectors.floods import floods_undone
from dispatch.selectors.state import CALLS, INCIDENTS
from realtime.models import Realm

ROWS_MAX = 500


def incidents_open(realm: Realm) -> QuerySet[Incident]:
    """Open incidents, what is due first on top."""
    return INCIDENTS.filter(IS_OPEN, realm=realm).order_by("due_at")


def incidents_overdue(realm: Realm, at: datetime) -> QuerySet[Incident]:
    """Open incidents whose next step was not taken in time."""
    return incidents_open(realm).filter(due_at__lte=at)


def incidents_unowned(realm: Realm) -> QuerySet[Incident]:
    """Open incidents whose owner can no longer work on them: gone, or without a role for it."""
    able = RoleGrant.objects.filter(user=OuterRef("owner"), role__in=list(roles_with(Permission.INCIDENT_EDIT)))
    return incidents_open(realm).exclude(Q(owner__is_active=True) & Exists(able))


def callbacks_due(realm: Realm) -> QuerySet[Call]:
    """Callers to be called back."""
    return CALLS.filter(realm=realm, state=CallState.CALLBACK_DUE).order_by("callback_due_at")


def calls_unclosed(realm: Realm) -> QuerySet[Call]:
    """Ended calls without a class."""
    unwrapped = [CallState.ENDED, CallState.WRAP_UP, CallState.ABANDONED, CallState.DROPPED]
    return CALLS.filter(realm=realm, state__in=unwrapped).order_by("ended_at")


def calls_endless(realm: Realm, at: datetime) -> QuerySet[Call]:
    """Conversations and callers on hold that nobody has ended for long: forgotten, or the exchange never told."""
    since = {
        CallState.HELD: at - timedelta(seconds=HOLD_RULE.due_s),
        CallState.ANSWERED: at - timedelta(seconds=TALK_RULE.due_s),
    }
    late = Q()
    for state, moment in since.items():
        late |= Q(state=state, state_since__lte=moment)
    return CALLS.annotate(state_since=STATE_SINCE).filter(late, realm=realm).order_by("state_since")


def calls_waiting(realm: Realm) -> QuerySet[Call]:
    """Callers in the queue."""
    return CALLS.filter(realm=realm, state__in=[CallState.QUEUED, CallState.OFFERED]).order_by("arrived_at")


def parts_unanswered(realm: Realm, at: datetime) -> QuerySet[AgencyPart]:
    """Agencies that did not answer in time."""
    late = Q(state=PartState.NOTIFIED, answer_due_at__lte=at)
    rows = AgencyPart.objects.select_related("agency", "forwarded_to", "disposition")
    open_incidents = Incident.objects.filter(IS_OPEN, realm=realm)
    return rows.filter(late, incident__in=open_incidents).order_by("answer_due_at")


def parts_refused(realm: Realm) -> QuerySet[AgencyPart]:
    """Open incidents that an agency rejected and nobody has taken instead."""
    taken = AgencyPart.objects.filter(state__in=[PartState.ACCEPTED, PartState.DONE]).values("incident")
    rows = AgencyPart.objects.select_related("agency", "forwarded_to", "disposition")
    open_incidents = Incident.objects.filter(IS_OPEN, realm=realm).exclude(pk__in=taken)
    return rows.filter(state=PartState.REJECTED, incident__in=open_incidents).order_by("answered_at")


def handovers_open(realm: Realm) -> QuerySet[Handover]:
    """Handovers that nobody has taken."""
    rows = Handover.objects.select_related("from_user", "to_user").prefetch_related("incidents")
    return rows.filter(realm=realm, state=HandoverState.OFFERED).order_by("offered_at")


def undone_read(*, realm: Realm, at: datetime) -> dict[str, Any]:
    """The report: a count and the rows (at most ROWS_MAX) of each kind of undone work."""
    incidents = {
        "incidents_open": incidents_open(realm),
        "incidents_overdue": incidents_overdue(realm, at),
        "incidents_unowned": incidents_unowned(realm),
    }
    calls = {
        "calls_waiting": calls_waiting(realm),
        "callbacks_due": callbacks_due(realm),
        "calls_unclosed": calls_unclosed(realm),
        "calls_endless": calls_endless(realm, at),
    }
    parts = {"parts_unanswered": parts_unanswered(realm, at), "parts_refused": parts_refused(realm)}
    handovers = {"handovers_open": handovers_open(realm)}
    floods = floods_undone(realm=realm, at=at)
    counts = {name: rows.count() for name, rows in {**incidents, **calls, **parts, **handovers}.items()}
    return {
        "at": at.isoformat(),
        "counts": counts | {name: count for name, (count, _rows) in floods.items()},
        **{name: rows for name, (_count, rows) in floods.items()},
        **{name: [incident_present(row).model_dump() for row in rows[:ROWS_MAX]] for name, rows in incidents.items()},
        **{name: [call_present(row).model_dump() for row in rows[:ROWS_MAX]] for name, rows in calls.items()},
        **{name: [part_present(row).model_dump() for row in rows[:ROWS_MAX]] for name, rows in parts.items()},
        **{name: [handover_present(row).model_dump() for row in rows[:ROWS_MAX]] for name, rows in handovers.items()},
    }
