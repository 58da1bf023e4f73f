"""The queue, the callback list, and what is known of a number."""

import uuid
from typing import Any

from common.errors import NotFoundError
from common.phones import number_normalise
from dispatch.choices import CallState, NumberReview
from dispatch.models import Call, Incident, NumberReputation
from dispatch.presenters.base import moment
from dispatch.presenters.calls import call_present
from dispatch.presenters.incidents import incident_present
from dispatch.selectors.state import CALLS, INCIDENTS
from realtime.models import Realm

HISTORY_MAX = 50


def call_read(*, realm: Realm, call_id: uuid.UUID) -> dict[str, Any]:
    """One call with its steps, offers, positions and attempts; raises NotFoundError."""
    call = CALLS.filter(realm=realm, pk=call_id).first()
    if call is None:
        raise NotFoundError
    return {
        "call": call_present(call).model_dump(),
        "steps": [
            {
                "old": row.old,
                "new": row.new,
                "actor": str(row.actor) if row.actor else None,
                "source": row.source,
                "reason": row.reason,
                "occurred_at": row.occurred_at.isoformat(),
            }
            for row in call.transitions.select_related("actor").order_by("id")
        ],
        "offers": [
            {"user": str(row.user), "outcome": row.outcome, "offered_at": row.offered_at.isoformat()}
            for row in call.offers.select_related("user")
        ],
        "positions": [
            {
                "source": row.source,
                "lat": row.lat,
                "lon": row.lon,
                "radius_m": row.radius_m,
                "measured_at": row.measured_at.isoformat(),
            }
            for row in call.locations.all()
        ],
        "attempts": [
            {
                "outcome": row.outcome,
                "note": row.note,
                "user": str(row.user),
                "attempted_at": row.attempted_at.isoformat(),
            }
            for row in call.attempts.select_related("user")
        ],
        "history": number_read(realm=realm, number=call.caller_number, without=call) if call.caller_number else None,
    }


def number_read(*, realm: Realm, number: str, without: Call | None = None) -> dict[str, Any]:
    """Earlier calls and incidents of a number, and its mark if it has one."""
    known = number_normalise(number)
    calls = CALLS.filter(realm=realm, caller_number=known).order_by("-arrived_at")
    if without is not None:
        calls = calls.exclude(pk=without.pk)
    reported = Incident.objects.filter(caller_number=known).values("pk")
    joined = Call.objects.filter(realm=realm, caller_number=known).values("incident")
    incidents = INCIDENTS.filter(realm=realm).filter(pk__in=reported.union(joined)).order_by("-opened_at")
    mark = NumberReputation.objects.select_related("reviewed_by").filter(realm=realm, number=known).first()
    return {
        "number": known,
        "calls": [call_present(call).model_dump() for call in calls[:HISTORY_MAX]],
        "incidents": [incident_present(incident).model_dump() for incident in incidents[:HISTORY_MAX]],
        "reputation": reputation_present(mark) if mark else None,
    }


def callbacks_read(*, realm: Realm) -> list[dict[str, Any]]:
    """Who is to be called back, the longest overdue first."""
    rows = CALLS.filter(realm=realm, state=CallState.CALLBACK_DUE).order_by("callback_due_at")
    return [call_present(call).model_dump() for call in rows]


def numbers_to_review(*, realm: Realm) -> list[dict[str, Any]]:
    """Marks that no supervisor has looked at yet."""
    rows = NumberReputation.objects.filter(realm=realm, review=NumberReview.WAITING).order_by("marked_at")
    return [reputation_present(row) for row in rows]


def reputation_present(row: NumberReputation) -> dict[str, Any]:
    """What is known of a number."""
    return {
        "id": row.pk,
        "number": row.number,
        "prank_count": row.prank_count,
        "ghost_count": row.ghost_count,
        "last_at": row.last_at.isoformat(),
        "marked_until": moment(row.marked_until),
        "review": row.review,
        "review_note": row.review_note,
    }
