"""The pages of an agency: what concerns it, and nothing else."""

import uuid

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse

from accounts.models import Agency
from accounts.permissions import Permission
from accounts.services.audit import Actor, audit_write
from common.errors import NotFoundError
from dispatch.models import AgencyPart, IncidentType
from dispatch.selectors.agencies import agency_incident, agency_incidents
from dispatch.selectors.state import dispositions
from dispatch.views.work import needs, show, user_of
from realtime.models import LIVE, Realm


@needs(Permission.AGENCY_WORK)
def incidents(request: HttpRequest) -> HttpResponse:
    """Open incidents in which the agency has a part."""
    agency = _agency(request)
    rows = agency_incidents(realm=Realm.objects.get(code=LIVE), agency=agency)
    return show(request, "work/agency_incidents.html", {"agency": agency, "incidents": _named(rows)})


@needs(Permission.AGENCY_WORK)
def incident(request: HttpRequest, incident_id: uuid.UUID) -> HttpResponse:
    """One incident, with what the agency may answer; that it was looked at is written down."""
    agency, realm = _agency(request), Realm.objects.get(code=LIVE)
    with transaction.atomic():
        try:
            found = agency_incident(realm=realm, agency=agency, incident_id=incident_id)
        except NotFoundError as error:
            raise Http404 from error
        audit_write(
            actor=Actor(user_of(request), "page"), action="agency_incident_viewed", object_type="dispatch.incident",
            object_id=incident_id, realm=realm.code, purpose=f"agency {agency.code}",
        )  # fmt: skip
    part = AgencyPart.objects.select_related("agency", "disposition", "forwarded_to").get(
        pk=found["incident"]["part"]["id"]
    )
    return show(
        request,
        "work/agency_incident.html",
        {
            "agency": agency,
            "incident": _named([found["incident"]])[0],
            "timeline": found["timeline"],
            "part": part,
            "dispositions": dispositions(),
            "agencies": Agency.objects.filter(is_active=True).exclude(pk=agency.pk),
        },
    )


def _agency(request: HttpRequest) -> Agency:
    agency = user_of(request).agency
    if agency is None:
        raise PermissionDenied
    return agency


def _named(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    types = {kind.code: kind for kind in IncidentType.objects.all()}
    return [row | {"type": types[str(row["type"])]} for row in rows]
