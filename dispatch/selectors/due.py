"""By when what has to be done, and who is to be told next when it is not."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import OuterRef, Q, Subquery

from dispatch.choices import TALKING_CALL_STATES, CallState, EscalationLevel, NextStep, PartState
from dispatch.models import AgencyPart, Call, CallTransition, Incident
from dispatch.models.incidents import IS_OPEN
from dispatch.rules.follow import Rule, level_next, rule_for

CALLBACK_RULE = Rule("", "", "", NextStep.CALL_BACK, 300, 300, 1800)
WRAP_UP_RULE = Rule("", "", "", NextStep.CLOSE, 180, 300, 1800)
# A caller forgotten on hold, and a conversation whose end nobody told of: its desk gets no other call until then.
HOLD_RULE = Rule("", "", "", NextStep.CLOSE, 300, 300, 1800)
TALK_RULE = Rule("", "", "", NextStep.CLOSE, 3600, 300, 1800)
WRAP_UP_STATES = (CallState.ENDED, CallState.WRAP_UP)
# When a call came into its present state.
STATE_SINCE = Subquery(
    CallTransition.objects.filter(call=OuterRef("pk"), new=OuterRef("state")).order_by("-id").values("occurred_at")[:1]
)


@dataclass(frozen=True, slots=True)
class Due:
    """A row, and when the next level has to be told of it."""

    key: uuid.UUID
    next_at: datetime


def incidents_due(rules: Sequence[Rule]) -> list[Due]:
    """Open incidents of which somebody is to be told yet, the earliest first."""
    rows = Incident.objects.filter(IS_OPEN).exclude(escalation=EscalationLevel.HEAD)
    found = [
        (key, level_next(rule_for(rules, state=state, type_code=type_code, priority=priority), due_at=at, told=told))
        for key, state, type_code, priority, at, told in rows.values_list(
            "pk", "state", "type__code", "priority", "due_at", "escalation"
        )
        if at is not None
    ]
    return _sorted(found)


def incident_due(incident: Incident, rules: Sequence[Rule]) -> Rule:
    """The rule that holds for an incident as it is; reads `type`."""
    return rule_for(rules, state=incident.state, type_code=incident.type.code, priority=incident.priority)


def calls_due() -> list[Due]:
    """Calls to be called back, closed or ended, of which somebody is to be told yet, the earliest first."""
    busy = [CallState.CALLBACK_DUE, *WRAP_UP_STATES, *TALKING_CALL_STATES]
    rows = Call.objects.filter(state__in=busy).exclude(escalation=EscalationLevel.HEAD)
    columns = ("pk", "escalation", "state", "callback_due_at", "ended_at")
    found = []
    for key, told, state, callback_due_at, ended_at, since in rows.values_list(*columns, STATE_SINCE):
        due = _due_of(state, callback_due_at, ended_at, since)
        if due is not None:
            found.append((key, level_next(due[0], due_at=due[1], told=told)))
    return _sorted(found)


def call_due(call: Call) -> tuple[Rule, datetime] | None:
    """By which rule and until when something has to be done with a call as it is; None: nothing."""
    since = None
    if call.state in TALKING_CALL_STATES:
        since = Call.objects.filter(pk=call.pk).values_list(STATE_SINCE, flat=True).first()
    return _due_of(call.state, call.callback_due_at, call.ended_at, since)


def parts_due() -> list[Due]:
    """Agencies in open incidents that have not answered and nobody was told of it, the earliest first."""
    unanswered = Q(state=PartState.NOTIFIED, is_overdue_told=False)
    rows = AgencyPart.objects.filter(unanswered, incident__in=Incident.objects.filter(IS_OPEN))
    due = rows.order_by("answer_due_at").values_list("pk", "answer_due_at")
    return [Due(key, at) for key, at in due if at is not None]


def _due_of(
    state: str, callback_due_at: datetime | None, ended_at: datetime | None, since: datetime | None
) -> tuple[Rule, datetime] | None:
    if state == CallState.CALLBACK_DUE and callback_due_at is not None:
        return CALLBACK_RULE, callback_due_at
    if state in WRAP_UP_STATES and ended_at is not None:
        return WRAP_UP_RULE, ended_at + timedelta(seconds=WRAP_UP_RULE.due_s)
    if state in TALKING_CALL_STATES and since is not None:
        rule = HOLD_RULE if state == CallState.HELD else TALK_RULE
        return rule, since + timedelta(seconds=rule.due_s)
    return None


def _sorted(found: Sequence[tuple[uuid.UUID, tuple[str, datetime] | None]]) -> list[Due]:
    due = [Due(key, level[1]) for key, level in found if level is not None]
    return sorted(due, key=lambda item: (item.next_at, item.key))
