"""Incidents: those that are open, and one with all that belongs to it."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from accounts.models import Agency, User
from accounts.permissions import Permission
from dispatch.choices import (
    CallbackOutcome,
    LinkKind,
    NextStep,
    NotInformedReason,
    PartRole,
    PersonRole,
    Priority,
)
from dispatch.models import AgencyPart, Incident, IncidentLink, ProtocolRun, TimelineEntry
from dispatch.presenters.story import line_words, reason_words
from dispatch.selectors.names import Names
from dispatch.selectors.people import colleagues
from dispatch.selectors.protocols import cards_read
from dispatch.selectors.state import CALLS, INCIDENTS, LINKS, PARTS, dispositions, incident_types
from dispatch.selectors.undone import incidents_open
from dispatch.services.states import caller_numbers
from dispatch.views.base import ROWS_MAX, live, needs, show, user_of
from dispatch.views.sending import units_of

QUERY_MAX = 60


@needs(Permission.INCIDENT_VIEW)
def incidents(request: HttpRequest) -> HttpResponse:
    """Open incidents with owner, next step and deadline; or those of a number, place or caller."""
    realm = live()
    query, is_mine = request.GET.get("q", "").strip()[:QUERY_MAX], bool(request.GET.get("mine"))
    rows = incidents_open(realm)
    if query:
        rows = INCIDENTS.filter(realm=realm).filter(_found(query)).order_by("-opened_at")
    if is_mine:
        rows = rows.filter(owner=user_of(request))
    context = {
        "incidents": list(rows[:ROWS_MAX]),
        "query": query,
        "is_mine": is_mine,
        "types": incident_types(),
        "priorities": Priority.choices,
    }
    return show(request, "work/incidents.html", context, realm=realm)


@needs(Permission.INCIDENT_VIEW)
def incident(request: HttpRequest, incident_id: uuid.UUID) -> HttpResponse:
    """One incident with all that belongs to it."""
    realm, names = live(), Names()
    row = INCIDENTS.filter(realm=realm, pk=incident_id).select_related("merged_into", "closed_by").first()
    if row is None:
        raise Http404
    links = list(LINKS.filter(Q(child=row) | Q(parent=row)).order_by("made_at"))
    told = row.timeline.select_related("author").order_by("-occurred_at", "-id")
    return show(
        request,
        "work/incident.html",
        {
            "names": names,
            "incident": row,
            "lines": lines_of(told[:ROWS_MAX], names),
            "calls": list(CALLS.filter(incident=row).order_by("arrived_at")),
            "parts": parts_of(PARTS.filter(incident=row)),
            **units_of(request, row, names),
            "links": links,
            "is_merged": any(_is_open_merge(link, row) for link in links),
            "persons": list(row.persons.filter(removed_at=None)),
            "places": list(row.places.select_related("set_by")),
            "contacts": list(row.contacts.select_related("user")),
            "numbers": sorted(caller_numbers(row)),
            "escalations": list(row.escalations.order_by("escalated_at")),
            "storm": row.storms.filter(ended_at=None).first(),
            "runs": _runs(row, names),
            **_choices(row, user_of(request)),
        },
        realm=realm,
    )


def lines_of(rows: Sequence[TimelineEntry] | QuerySet[TimelineEntry], names: Names) -> list[dict[str, Any]]:
    """A story as the pages show it."""
    return [
        {
            "at": line.occurred_at,
            "who": str(line.author or "Siaga"),
            "kind": line.kind,
            "words": line_words(kind=line.kind, text=line.text, data=line.data, names=names),
            "text": reason_words(line.text) if line.kind != "note" else "",
            "agency": names.agency(str(line.data["agency"])) if line.kind == "note" and "agency" in line.data else "",
        }
        for line in rows
    ]


def parts_of(rows: QuerySet[AgencyPart]) -> list[tuple[AgencyPart, str]]:
    """Agencies' parts, each with its reason in words."""
    return [(part, reason_words(part.reason)) for part in rows]


def _choices(row: Incident, user: User) -> dict[str, Any]:
    """What the forms offer; nothing for who may only read, or where all is over."""
    shared = {"types": incident_types(), "dispositions": dispositions(), "priorities": Priority.choices}
    if not user.may(Permission.INCIDENT_EDIT) or not row.is_open:
        return shared
    return shared | {
        "not_informed": NotInformedReason.choices,
        "outcomes": CallbackOutcome.choices,
        "next_steps": NextStep.choices,
        "person_roles": PersonRole.choices,
        "part_roles": PartRole.choices,
        "agencies": list(Agency.objects.filter(is_active=True).exclude(pk__in=_at_work(row))),
        "others": list(incidents_open(row.realm).exclude(pk=row.pk)[:ROWS_MAX]),
        "people": colleagues(user),
        "cards": cards_read(),
    }


def _at_work(row: Incident) -> Any:
    # Who rejected, forwarded or is done may be asked anew.
    return row.parts.filter(state__in=["notified", "accepted"]).values("agency")


def _runs(row: Incident, names: Names) -> list[tuple[ProtocolRun, str]]:
    found = ProtocolRun.objects.select_related("version__card").filter(Q(incident=row) | Q(call__incident=row))
    return [(run, names.outcome(run.version.card.code, run.version.number, run.outcome)) for run in found.distinct()]


def _is_open_merge(link: IncidentLink, row: Incident) -> bool:
    return link.kind == LinkKind.MERGED and link.child_id == row.pk and link.ended_at is None


def _found(query: str) -> Q:
    told = Q(place_text__icontains=query) | Q(summary__icontains=query) | Q(caller_number__contains=query)
    number = query.removeprefix("#")
    return told | Q(number=int(number)) if number.isdecimal() and len(number) < 12 else told
