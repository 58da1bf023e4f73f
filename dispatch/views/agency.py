"""The pages of an agency: what concerns it, and nothing else."""

import uuid
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from accounts.models import Agency
from accounts.permissions import Permission
from common.errors import NotFoundError
from dispatch.actions.seen import page_seen
from dispatch.choices import IncidentState, PartRole, PartState
from dispatch.models import AgencyPart
from dispatch.presenters.story import label_of, line_words, reason_words
from dispatch.selectors.agencies import agency_incident, agency_incidents
from dispatch.selectors.names import Names
from dispatch.selectors.state import dispositions
from dispatch.views.base import live, needs, show, user_of


@needs(Permission.AGENCY_WORK)
def incidents(request: HttpRequest) -> HttpResponse:
    """Open incidents in which the agency has a part; what waits for an answer stands first."""
    agency, realm, names = _agency(request), live(), Names()
    rows = [_worded(row, names) for row in agency_incidents(realm=realm, agency=agency)]
    rows.sort(key=lambda row: not row["is_asked"])
    context = {"names": names, "agency": agency, "incidents": rows}
    return show(request, "work/agency_incidents.html", context, realm=realm)


@needs(Permission.AGENCY_WORK)
def incident(request: HttpRequest, incident_id: uuid.UUID) -> HttpResponse:
    """One incident, with what the agency may answer; that it was looked at is written down."""
    agency, realm, names = _agency(request), live(), Names()
    try:
        found = agency_incident(realm=realm, agency=agency, incident_id=incident_id)
    except NotFoundError as error:
        raise Http404 from error
    part = AgencyPart.objects.select_related("agency", "disposition", "forwarded_to", "incident").get(
        pk=found["incident"]["part"]["id"]
    )
    page_seen(
        user=user_of(request), realm=realm, action="agency_incident_viewed", subject=part.incident,
        purpose=f"agency {agency.code}",
    )  # fmt: skip
    return show(
        request,
        "work/agency_incident.html",
        {
            "names": names,
            "agency": agency,
            "row": _worded(found["incident"], names),
            "lines": [_line(line, names) for line in reversed(found["timeline"])],
            "part": part,
            "reason": reason_words(part.reason),
            "can_accept": part.incident.is_open and part.state != PartState.ACCEPTED,
            "can_work": part.incident.is_open and part.state in {PartState.NOTIFIED, PartState.ACCEPTED},
            "dispositions": dispositions(),
            "agencies": list(Agency.objects.filter(is_active=True).exclude(pk=agency.pk)),
        },
        realm=realm,
    )


def _agency(request: HttpRequest) -> Agency:
    agency = user_of(request).agency
    if agency is None:
        raise PermissionDenied
    return agency


def _worded(row: dict[str, Any], names: Names) -> dict[str, Any]:
    """An incident as an agency sees it, with words for its codes."""
    part = row["part"]
    return row | {
        "type_name": names.type(row["type"]),
        "state_name": label_of(IncidentState, row["state"]),
        "role_name": label_of(PartRole, part["role"]),
        "part_state_name": label_of(PartState, part["state"]),
        "is_asked": part["state"] == PartState.NOTIFIED and part["answer_due_at"] is not None,
        "answer_due_at": _moment(part["answer_due_at"]),
        "opened_at": _moment(row["opened_at"]),
        "others": [
            {"name": other["agency_name"], "state": label_of(PartState, other["state"])} for other in row["others"]
        ],
    }


def _line(line: dict[str, Any], names: Names) -> dict[str, Any]:
    is_note = line["kind"] == "note"
    return {
        "at": _moment(line["occurred_at"]),
        "who": line["author"] or "Siaga",
        "kind": line["kind"],
        "words": line_words(kind=line["kind"], text=line["text"], data=line["data"], names=names),
        "text": "" if is_note else reason_words(line["text"]),
        "agency": names.agency(str(line["data"]["agency"])) if is_note and "agency" in line["data"] else "",
    }


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
