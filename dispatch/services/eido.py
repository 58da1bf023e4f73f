"""Documents of other systems: kept, compared with what was told before, and turned into incidents of ours."""

import hashlib
import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q

from accounts.models import Agency, User
from common.errors import NotFoundError
from common.locking import locked
from common.phones import number_normalise
from dispatch.choices import Priority
from dispatch.formats.eido.types import LinkFacts, NoteFacts, PersonFacts, Report
from dispatch.models import EidoDocument, Incident, IncidentType
from dispatch.rules.eido import component_key, own_incident
from dispatch.services.incidents import IncidentDraft, type_get
from places.models import Place
from realtime.models import Realm

# Of a type that nobody here knows: it comes in all the same, urgent, and a person says what it is.
UNKNOWN_TYPE, UNKNOWN_PRIORITY = "informasi", Priority.P2
RADIUS_MAX_M = 100_000.0


def fingerprint_of(document: Any) -> str:
    """The same for the same content, however it is written."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def document_known(*, realm: Realm, agency: Agency | None, identifier: str) -> EidoDocument | None:
    """What this sender told before about it; not locked."""
    rows = EidoDocument.objects.select_related("incident")
    return rows.filter(realm=realm, agency=agency, identifier=identifier).first()


def document_locked(*, row: EidoDocument) -> EidoDocument:
    """The row as it is now; its incident must be locked."""
    found = locked(EidoDocument.objects.filter(pk=row.pk), "agency")
    if found is None:
        raise NotFoundError
    return found


def document_first(
    *, incident: Incident, agency: Agency | None, report: Report, document: Any, user: User, at: datetime
) -> EidoDocument:
    """Keep the first document about an incident; the database lets a second one in no more."""
    return EidoDocument.objects.create(
        realm=incident.realm, incident=incident, agency=agency, identifier=report.identifier, element=report.element,
        told_at=report.changed_at, fingerprint=fingerprint_of(document), document=document, received_by=user,
        first_received_at=at, received_at=at,
    )  # fmt: skip


def document_next(*, row: EidoDocument, report: Report, document: Any, user: User, at: datetime) -> EidoDocument:
    """Keep a newer one in its place; `row` must be locked."""
    row.told_at, row.fingerprint, row.document = report.changed_at, fingerprint_of(document), document
    row.element, row.received_by, row.received_at = report.element, user, at
    row.versions += 1
    row.save(update_fields=["told_at", "fingerprint", "document", "element", "received_by", "received_at", "versions"])
    return row


def fields_of(report: Report) -> dict[str, Any]:
    """What a document says about the fields of an incident, in the form in which they are kept."""
    kind = type_of(report)
    is_known = kind.code != UNKNOWN_TYPE or report.type_code == UNKNOWN_TYPE
    place = Place.objects.filter(code=report.place.code).first() if report.place.code else None
    position = report.place.position
    lat, lon, radius_m = (position.lat, position.lon, position.radius_m) if position else (None, None, None)
    if lat is None and place is not None:
        lat, lon, radius_m = place.lat, place.lon, place.accuracy_m
    return {
        "type": kind,
        "priority": report.priority or (kind.default_priority if is_known else UNKNOWN_PRIORITY),
        "place_text": (report.place.text or (place.name if place else ""))[:200],
        "place": place,
        "lat": lat,
        "lon": lon,
        "radius_m": radius_m,
        "summary": report.summary[:4000],
        "caller_name": report.caller_name[:120],
        "caller_number": number_normalise(report.caller_number),
    }


def type_of(report: Report) -> IncidentType:
    """Our type by our code, else by the common code, else the one for what is not known."""
    active = IncidentType.objects.filter(is_active=True)
    own = active.filter(code=report.type_code).first() if report.type_code else None
    common = active.filter(apco_code=report.type_common).first() if report.type_common else None
    return own or common or type_get(code=UNKNOWN_TYPE)


def draft_of(report: Report) -> IncidentDraft:
    """A new incident of what a document says."""
    fields = fields_of(report)
    place = fields["place"]
    rest = {name: value for name, value in fields.items() if name not in {"type", "place", "caller_number"}}
    return IncidentDraft(
        type_code=fields["type"].code,
        place_code=place.code if place else None,
        caller_number=report.caller_number,
        **rest,
    )


def notes_new(*, row: EidoDocument, report: Report) -> list[NoteFacts]:
    """Notes that are not in our incident yet; those that came from us are."""
    own = {component_key(key) for key in row.incident.timeline.values_list("pk", flat=True)}
    return [note for note in report.notes if note.key not in own and note.key not in row.taken and note.text.strip()]


def persons_new(*, row: EidoDocument, report: Report) -> list[PersonFacts]:
    """Persons that are not in our incident yet, and of whom something is said."""
    own = {component_key(key) for key in row.incident.persons.values_list("pk", flat=True)}
    fresh = [person for person in report.persons if person.key not in own and person.key not in row.taken]
    return [person for person in fresh if (person.name + person.contact + person.description).strip()]


def taken_add(*, row: EidoDocument, keys: Sequence[str]) -> None:
    """Remember what is in our incident now; `row` must be locked."""
    if keys:
        row.taken = [*row.taken, *keys]
        row.save(update_fields=["taken"])


def link_target(*, realm: Realm, agency: Agency | None, link: LinkFacts, is_centre: bool) -> uuid.UUID | None:
    """Which of our incidents a link leads to, as far as its sender may know of it."""
    own = own_incident(link.incident, settings.EIDO_ELEMENT)
    if own is None:
        known = document_known(realm=realm, agency=agency, identifier=link.incident)
        return known.incident_id if known else None
    visible = Q() if is_centre else Q(parts__agency=agency)
    return Incident.objects.filter(visible, realm=realm, pk=own).values_list("pk", flat=True).first()
