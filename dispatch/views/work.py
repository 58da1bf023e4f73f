"""Plain pages for the work with calls and incidents: they show rows; everything is done through the API."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.csrf import ensure_csrf_cookie

from accounts.models import Agency, User
from accounts.permissions import Permission
from common import clock
from dispatch.choices import (
    AssignmentState,
    CallbackOutcome,
    CallClass,
    CallState,
    HandoverState,
    LinkKind,
    NextStep,
    NotInformedReason,
    PartRole,
    PersonRole,
    PresenceState,
    Priority,
)
from dispatch.models import Handover, IncidentLink, NumberReputation, Presence, ProtocolRun, QueueAlarm, Storm, Unit
from dispatch.rules.duplicates import Report
from dispatch.rules.transitions import ASSIGNMENT_EDGES
from dispatch.selectors.calls import numbers_to_review
from dispatch.selectors.duplicates import duplicates_propose
from dispatch.selectors.protocols import cards_read
from dispatch.selectors.state import ASSIGNMENTS, CALLS, INCIDENTS, LINKS, PARTS, dispositions, incident_types
from dispatch.selectors.undone import (
    callbacks_due,
    calls_endless,
    calls_unclosed,
    calls_waiting,
    handovers_open,
    incidents_open,
    incidents_overdue,
    incidents_unowned,
    parts_refused,
    parts_unanswered,
)
from dispatch.services.protocols import asked
from realtime.models import LIVE, Realm

View = Callable[..., HttpResponse]
ROWS_MAX = 200


def needs(permission: Permission) -> Callable[[View], View]:
    """Opens a page for those whose roles allow this."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not user_of(request).may(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return ensure_csrf_cookie(guarded)

    return wrap


def user_of(request: HttpRequest) -> User:
    """Who is signed in."""
    return cast("User", request.user)


def show(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Render a page with what every page needs."""
    user = user_of(request)
    shared = {
        "now": clock.now(),
        "may": {permission.replace(".", "_"): True for permission in Permission if user.may(permission)},
        "name_field": "name_en" if get_language() == "en" else "name_id",
    }
    return render(request, template, shared | context)


@needs(Permission.CALL_VIEW)
def calls(request: HttpRequest) -> HttpResponse:
    """The queue, who talks, who is to be called back, and marks to review."""
    realm = _live()
    user = user_of(request)
    talking = CALLS.filter(realm=realm, state__in=[CallState.ANSWERED, CallState.HELD]).order_by("answered_at")
    return show(
        request,
        "work/calls.html",
        {
            "presence": Presence.objects.filter(user=user).first(),
            "presence_states": PresenceState.choices,
            "ready": Presence.objects.select_related("user").filter(state=PresenceState.READY),
            "waiting": calls_waiting(realm)[:ROWS_MAX],
            "talking": talking[:ROWS_MAX],
            "unclosed": calls_unclosed(realm)[:ROWS_MAX],
            "callbacks": callbacks_due(realm)[:ROWS_MAX],
            "alarm": QueueAlarm.objects.filter(realm=realm, ended_at=None).first(),
            "storms": Storm.objects.select_related("incident").filter(realm=realm, ended_at=None),
            "numbers": numbers_to_review(realm=realm) if user.may(Permission.NUMBER_REVIEW) else [],
        },
    )


@needs(Permission.CALL_RECEIVE)
def call(request: HttpRequest, call_id: uuid.UUID) -> HttpResponse:
    """One call: its steps, its place, its card, earlier calls, likely incidents."""
    realm = _live()
    row = CALLS.filter(realm=realm, pk=call_id).select_related("incident", "storm__incident").first()
    if row is None:
        raise Http404
    earlier = CALLS.filter(realm=realm, caller_number=row.caller_number).exclude(pk=row.pk).order_by("-arrived_at")
    return show(
        request,
        "work/call.html",
        {
            "call": row,
            "is_talking": row.state in {CallState.ANSWERED, CallState.HELD},
            "is_waiting": row.state in {CallState.QUEUED, CallState.OFFERED, CallState.CALLBACK_DUE},
            "is_ended": row.state in {CallState.ENDED, CallState.WRAP_UP},
            "classes": CallClass.choices,
            "outcomes": CallbackOutcome.choices,
            "steps": row.transitions.select_related("actor").order_by("id"),
            "attempts": row.attempts.select_related("user"),
            "earlier": earlier.select_related("incident")[:10] if row.caller_number else [],
            "mark": NumberReputation.objects.filter(realm=realm, number=row.caller_number).first(),
            "cards": cards_read(),
            "runs": ProtocolRun.objects.select_related("version__card").filter(call=row),
            "duplicates": _duplicates(realm, row),
            "types": incident_types(),
            "priorities": Priority.choices,
        },
    )


@needs(Permission.INCIDENT_VIEW)
def incidents(request: HttpRequest) -> HttpResponse:
    """Open incidents with owner, next step and deadline; or those of a number or caller."""
    realm = _live()
    query = request.GET.get("q", "").strip()[:60]
    rows = incidents_open(realm)
    if query:
        rows = INCIDENTS.filter(realm=realm).filter(_found(query)).order_by("-opened_at")
    if request.GET.get("mine"):
        rows = rows.filter(owner=user_of(request))
    return show(request, "work/incidents.html", {"incidents": rows[:ROWS_MAX], "query": query})


@needs(Permission.INCIDENT_VIEW)
def incident(request: HttpRequest, incident_id: uuid.UUID) -> HttpResponse:
    """One incident with all that belongs to it."""
    row = INCIDENTS.filter(realm=_live(), pk=incident_id).select_related("merged_into", "closed_by").first()
    if row is None:
        raise Http404
    assignments = ASSIGNMENTS.filter(incident=row)
    for item in assignments:
        item.steps = [(state, AssignmentState(state).label) for state in sorted(ASSIGNMENT_EDGES[item.state])]  # type: ignore[attr-defined]
    links = LINKS.filter(Q(child=row) | Q(parent=row)).order_by("made_at")
    return show(
        request,
        "work/incident.html",
        {
            "incident": row,
            "timeline": row.timeline.select_related("author").order_by("-occurred_at")[:ROWS_MAX],
            "calls": CALLS.filter(incident=row).order_by("arrived_at"),
            "parts": PARTS.filter(incident=row),
            "assignments": assignments,
            "links": links,
            "merged": IncidentLink.objects.filter(child=row, kind=LinkKind.MERGED, ended_at=None).exists(),
            "persons": row.persons.filter(removed_at=None),
            "places": row.places.select_related("set_by"),
            "contacts": row.contacts.select_related("user"),
            "escalations": row.escalations.order_by("escalated_at"),
            "storm": row.storms.filter(ended_at=None).first(),
            "types": incident_types(),
            "priorities": Priority.choices,
            "dispositions": dispositions(),
            "not_informed": NotInformedReason.choices,
            "outcomes": CallbackOutcome.choices,
            "next_steps": NextStep.choices,
            "person_roles": PersonRole.choices,
            "part_roles": PartRole.choices,
            "agencies": Agency.objects.filter(is_active=True).exclude(pk__in=row.parts.values("agency")),
            "units": Unit.objects.filter(is_active=True).select_related("agency"),
            "others": incidents_open(_live()).exclude(pk=row.pk)[:ROWS_MAX],
            "people": _colleagues(user_of(request)),
        },
    )


@needs(Permission.CALL_VIEW)
def protocol(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """A card that is being asked."""
    run = (
        ProtocolRun.objects.select_related("version__card", "call", "incident").filter(realm=_live(), pk=run_id).first()
    )
    if run is None:
        raise Http404
    found = asked(run)
    language = "en" if get_language() == "en" else "id"
    words = {
        "question": getattr(found.walk.question.text, language) if found.walk.question else "",
        "hint": getattr(found.walk.question.hint, language) if found.walk.question and found.walk.question.hint else "",
        "answers": [(answer.key, getattr(answer.text, language)) for answer in found.walk.question.answers]
        if found.walk.question
        else [],
        "given": [
            (position, getattr(found.card.questions[code].text, language), key)
            for position, (code, key) in enumerate(found.walk.given)
        ],
        "instructions": [
            {
                "title": getattr(found.card.instructions[code].title, language),
                "steps": [
                    {"text": getattr(step.text, language), "timer_s": step.timer_s, "beats": step.beats_per_minute}
                    for step in found.card.instructions[code].steps
                ],
            }
            for code in found.walk.instructions
        ],
        "outcome": getattr(found.walk.outcome.name, language) if found.walk.outcome else "",
        "note": getattr(found.walk.outcome.note, language) if found.walk.outcome and found.walk.outcome.note else "",
    }
    context = {"run": run, "card": found.card, "name": getattr(found.card.name, language), "walk": found.walk, **words}
    return show(request, "work/protocol.html", context)


@needs(Permission.REPORT_VIEW)
def undone(request: HttpRequest) -> HttpResponse:
    """What is open, overdue and undone."""
    realm, at = _live(), clock.now()
    return show(
        request,
        "work/undone.html",
        {
            "overdue": incidents_overdue(realm, at)[:ROWS_MAX],
            "unowned": incidents_unowned(realm)[:ROWS_MAX],
            "open_count": incidents_open(realm).count(),
            "waiting": calls_waiting(realm)[:ROWS_MAX],
            "callbacks": callbacks_due(realm)[:ROWS_MAX],
            "unclosed": calls_unclosed(realm)[:ROWS_MAX],
            "endless": calls_endless(realm, at)[:ROWS_MAX],
            "unanswered": parts_unanswered(realm, at).select_related("incident")[:ROWS_MAX],
            "refused": parts_refused(realm).select_related("incident")[:ROWS_MAX],
            "handovers": handovers_open(realm)[:ROWS_MAX],
        },
    )


@needs(Permission.INCIDENT_EDIT)
def handovers(request: HttpRequest) -> HttpResponse:
    """Handing over at the end of a shift."""
    realm, user = _live(), user_of(request)
    offered = Handover.objects.select_related("from_user", "to_user").filter(realm=realm, state=HandoverState.OFFERED)
    return show(
        request,
        "work/handovers.html",
        {
            "mine": incidents_open(realm).filter(owner=user),
            "to_me": offered.filter(to_user=user).prefetch_related("incidents__type"),
            "from_me": offered.filter(from_user=user).first(),
            "people": _colleagues(user),
            "past": Handover.objects.select_related("from_user", "to_user").filter(
                Q(from_user=user) | Q(to_user=user), realm=realm
            )[:20],
        },
    )


def _live() -> Realm:
    return Realm.objects.get(code=LIVE)


def _found(query: str) -> Q:
    told = Q(place_text__icontains=query) | Q(summary__icontains=query) | Q(caller_number__contains=query)
    return told | Q(number=int(query)) if query.isdecimal() and len(query) < 12 else told


def _duplicates(realm: Realm, row: Any) -> list[dict[str, Any]]:
    if row.incident_id is not None or row.lat is None:
        return []
    report = Report("", clock.now(), row.lat, row.lon, row.radius_m, row.note)
    return duplicates_propose(realm=realm, report=report)


def _colleagues(user: User) -> list[User]:
    people = User.objects.filter(is_active=True).exclude(pk=user.pk).prefetch_related("role_grants")
    return [person for person in people if person.may(Permission.INCIDENT_EDIT)]
