"""What everybody who works sees on top of every page: their readiness, their calls, the queue, what is overdue."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from accounts.models import Agency, User
from dispatch.choices import CallState, EscalationLevel, HandoverState, PartState, UnitAlarmKind
from dispatch.models import AgencyPart, Call, Handover, Incident, Presence, QueueAlarm, UnitAlarm
from dispatch.models.incidents import IS_OPEN
from dispatch.selectors.state import CALLS
from realtime.models import Realm

MINE_STATES = (CallState.ANSWERED, CallState.HELD, CallState.ENDED, CallState.WRAP_UP)
UNWRAPPED_STATES = (CallState.ENDED, CallState.WRAP_UP)


@dataclass(frozen=True, slots=True)
class Overdue:
    """How much is overdue: incidents' next steps, callbacks, calls without a class, agencies' answers."""

    mine: int = 0
    all: int = 0
    at_supervisor: int = 0
    at_head: int = 0

    @property
    def urgency(self) -> str:
        """How loudly to show it: `alarm`, `warn` or not at all."""
        if self.mine or self.at_head:
            return "alarm"
        return "warn" if self.all else ""


@dataclass(frozen=True, slots=True)
class DeskFacts:
    """One person's desk and the room around it."""

    presence: Presence | None
    ringing: Call | None
    calls: tuple[Call, ...]
    waiting: int
    waiting_since: datetime | None
    is_alarm: bool
    handovers: int
    overdue: Overdue


@dataclass(frozen=True, slots=True)
class AgencyFacts:
    """What waits for an agency's answer."""

    unanswered: int
    late: int


@dataclass(frozen=True, slots=True)
class UnitAlarms:
    """Units in distress by call sign, and how many other alarms nobody has looked at."""

    in_distress: tuple[str, ...]
    others: int


def unit_alarms_read(*, realm: Realm) -> UnitAlarms:
    """What somebody has to look at about units."""
    rows = UnitAlarm.objects.filter(realm=realm, ended_at=None).order_by("raised_at")
    found = list(rows.values_list("kind", "unit__call_sign"))
    in_distress = tuple(call_sign for kind, call_sign in found if kind == UnitAlarmKind.EMERGENCY)
    return UnitAlarms(in_distress, len(found) - len(in_distress))


def desk_read(*, realm: Realm, user: User, at: datetime) -> DeskFacts:
    """The desk of `user` as it is now."""
    mine = CALLS.filter(
        Q(state=CallState.OFFERED, offered_to=user) | Q(state__in=MINE_STATES, answered_by=user), realm=realm
    )
    calls = list(mine.order_by("answered_at", "arrived_at"))
    queue = Call.objects.filter(realm=realm, state__in=[CallState.QUEUED, CallState.OFFERED]).aggregate(
        count=Count("pk"), since=Min("arrived_at")
    )
    return DeskFacts(
        presence=Presence.objects.filter(user=user).first(),
        ringing=next((call for call in calls if call.state == CallState.OFFERED), None),
        calls=tuple(call for call in calls if call.state != CallState.OFFERED),
        waiting=queue["count"],
        waiting_since=queue["since"],
        is_alarm=QueueAlarm.objects.filter(realm=realm, ended_at=None).exists(),
        handovers=Handover.objects.filter(realm=realm, to_user=user, state=HandoverState.OFFERED).count(),
        overdue=overdue_read(realm=realm, user=user, at=at),
    )


def overdue_read(*, realm: Realm, user: User, at: datetime) -> Overdue:
    """How much is overdue, of this user's and of all; and how much of it was told to supervisor and head."""
    incidents = Incident.objects.filter(IS_OPEN, realm=realm, due_at__lte=at).aggregate(
        mine=Count("pk", filter=Q(owner=user)), **_COUNTS
    )
    late = Q(state=CallState.CALLBACK_DUE, callback_due_at__lte=at) | Q(state__in=UNWRAPPED_STATES) & ~Q(escalation="")
    calls = Call.objects.filter(late, realm=realm).aggregate(mine=Count("pk", filter=Q(answered_by=user)), **_COUNTS)
    open_incidents = Incident.objects.filter(IS_OPEN, realm=realm)
    parts = AgencyPart.objects.filter(
        state=PartState.NOTIFIED, answer_due_at__lte=at, incident__in=open_incidents
    ).aggregate(mine=Count("pk", filter=Q(incident__owner=user)), all=Count("pk"))
    return Overdue(
        mine=incidents["mine"] + calls["mine"] + parts["mine"],
        all=incidents["all"] + calls["all"] + parts["all"],
        at_supervisor=incidents["supervisor"] + calls["supervisor"],
        at_head=incidents["head"] + calls["head"],
    )


def agency_read(*, realm: Realm, agency: Agency, at: datetime) -> AgencyFacts:
    """How much waits for the answer of an agency."""
    open_incidents = Incident.objects.filter(IS_OPEN, realm=realm)
    found = AgencyPart.objects.filter(agency=agency, state=PartState.NOTIFIED, incident__in=open_incidents).aggregate(
        count=Count("pk"), late=Count("pk", filter=Q(answer_due_at__lte=at))
    )
    return AgencyFacts(found["count"], found["late"])


_COUNTS = {
    "all": Count("pk"),
    "supervisor": Count("pk", filter=Q(escalation=EscalationLevel.SUPERVISOR)),
    "head": Count("pk", filter=Q(escalation=EscalationLevel.HEAD)),
}
