"""Calls: the queue and who talks, and one call with everything that can be done in it."""

import uuid
from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse

from accounts.permissions import Permission
from dispatch.actions.seen import page_seen
from dispatch.choices import CallbackOutcome, CallClass, CallState, NumberReview, PresenceState, Priority
from dispatch.models import Call, NumberReputation, Presence, ProtocolRun, QueueAlarm, Storm
from dispatch.presenters.story import label_of, reason_words, source_words
from dispatch.selectors.names import Names
from dispatch.selectors.protocols import cards_read
from dispatch.selectors.state import CALLS, incident_types
from dispatch.selectors.undone import callbacks_due, calls_unclosed, calls_waiting
from dispatch.services.storm_calls import GONE
from dispatch.views.base import ROWS_MAX, live, needs, show, user_of

EARLIER_MAX = 10
SILENT_CARD = "panggilan-sunyi"
TALKING = frozenset({CallState.ANSWERED, CallState.HELD})
ENDED = frozenset({CallState.ENDED, CallState.WRAP_UP})
IS_GONE = Q(calls__state__in=GONE)


@needs(Permission.CALL_VIEW)
def calls(request: HttpRequest) -> HttpResponse:
    """The queue, who talks, who is to be called back, and marks to review."""
    realm, user = live(), user_of(request)
    talking = CALLS.filter(realm=realm, state__in=TALKING).order_by("answered_at")
    marks = NumberReputation.objects.filter(realm=realm, review=NumberReview.WAITING)
    storms = Storm.objects.select_related("incident").filter(realm=realm, ended_at=None)
    return show(
        request,
        "work/calls.html",
        {
            "desks": Presence.objects.select_related("user").exclude(state=PresenceState.AWAY),
            "waiting": calls_waiting(realm)[:ROWS_MAX],
            "talking": talking[:ROWS_MAX],
            "unclosed": calls_unclosed(realm)[:ROWS_MAX],
            "callbacks": callbacks_due(realm)[:ROWS_MAX],
            "alarm": QueueAlarm.objects.filter(realm=realm, ended_at=None).first(),
            "storms": storms.annotate(call_count=Count("calls"), gone_count=Count("calls", filter=IS_GONE)),
            "marks": marks.order_by("marked_at")[:ROWS_MAX] if user.may(Permission.NUMBER_REVIEW) else [],
        },
        realm=realm,
    )


@needs(Permission.CALL_VIEW)
def call(request: HttpRequest, call_id: uuid.UUID) -> HttpResponse:
    """One call: its steps, its place, its card, earlier calls, likely incidents; that it was seen is written down."""
    realm = live()
    row = CALLS.filter(realm=realm, pk=call_id).select_related("incident__type", "storm__incident").first()
    if row is None:
        raise Http404
    page_seen(user=user_of(request), realm=realm, action="call_viewed", subject=row, purpose="call")
    names = Names()
    runs = list(ProtocolRun.objects.select_related("version__card").filter(call=row))
    return show(
        request,
        "work/call.html",
        {
            "names": names,
            "call": row,
            "is_talking": row.state in TALKING,
            "is_ended": row.state in ENDED,
            "is_waiting": row.state in {CallState.QUEUED, CallState.OFFERED},
            "classes": CallClass.choices,
            "usual_class": CallClass.EMERGENCY if row.incident_id else CallClass.INFORMATION,
            "outcomes": list(enumerate(CallbackOutcome.choices, start=1)),
            "steps": _steps(row),
            "attempts": list(row.attempts.select_related("user")),
            "earlier": _earlier(row),
            "mark": NumberReputation.objects.filter(realm=realm, number=row.caller_number).first(),
            "cards": cards_read(),
            "silent_card": SILENT_CARD,
            "runs": [(run, names.outcome(run.version.card.code, run.version.number, run.outcome)) for run in runs],
            "proposed": _proposed(runs, names),
            "types": incident_types(),
            "priorities": Priority.choices,
        },
        realm=realm,
    )


def _earlier(row: Call) -> list[Call]:
    if not row.caller_number:
        return []
    rows = CALLS.filter(realm=row.realm, caller_number=row.caller_number).exclude(pk=row.pk)
    return list(rows.select_related("incident").order_by("-arrived_at")[:EARLIER_MAX])


def _steps(row: Call) -> list[dict[str, Any]]:
    return [
        {
            "at": step.occurred_at,
            "state": label_of(CallState, step.new),
            "by": step.actor or source_words(step.source),
            "reason": reason_words(step.reason),
        }
        for step in row.transitions.select_related("actor").order_by("id")
    ]


def _proposed(runs: list[ProtocolRun], names: Names) -> dict[str, str] | None:
    """Type and priority by the newest card that came to an end in this call."""
    for run in runs:
        outcome = names.outcome_of(run.version.card.code, run.version.number, run.outcome)
        if outcome is not None:
            card = names.card(run.version.card.code)
            return {"type": outcome.type, "priority": outcome.priority, "card": card}
    return None
