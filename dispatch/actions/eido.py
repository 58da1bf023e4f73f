"""Incidents of other systems: opened, changed and noted as their senders tell them."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.access import Permission, require
from accounts.models import Agency, User
from accounts.services.audit import Actor
from common import clock
from common.doorbell import ring
from common.errors import AccessDeniedError, ConflictError, NotFoundError
from dispatch.actions.base import record
from dispatch.actions.following import change_follow, numbers_follow
from dispatch.actions.telling import Telling
from dispatch.choices import LinkKind, PartOrigin, PartRole, PersonRole, TimelineKind
from dispatch.choices.eido import EidoOutcome
from dispatch.formats.eido.read import eido_read
from dispatch.formats.eido.types import LinkFacts, Report
from dispatch.models import EidoDocument, Incident
from dispatch.rules.eido import own_incident, pieces, told_anew
from dispatch.selectors.eido import sees_all
from dispatch.selectors.people import responsible_now
from dispatch.services import eido as write
from dispatch.services.follow import owner_set
from dispatch.services.incidents import incident_change, incident_locked, incident_open
from dispatch.services.links import link_add
from dispatch.services.parts import part_accept
from dispatch.services.persons import person_add
from dispatch.services.sharing import part_add, parts_share
from dispatch.tasks import cameras_assign
from realtime.models import Realm

NOTE_LENGTH_MAX = 4000
ONCE = "eido_incident_once"
LINK_KINDS = {"parent": LinkKind.PARENT, "child": LinkKind.PARENT, "related": LinkKind.RELATED}


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking a document did. `kept` are the fields that people here had changed: they stay as they are."""

    incident: Incident
    outcome: EidoOutcome
    kept: tuple[str, ...] = ()


def eido_receive(*, user: User, source: str, realm: Realm, document: Any) -> Taken:
    """Take a document; the same one again changes nothing. Raises DocumentRefused, NotFoundError.

    A sender speaks of its own incidents and, in notes, of ours that it may see. Two agencies that use one identifier
    mean two incidents: nobody reaches another's.
    """
    require(user, Permission.EIDO_WRITE)
    if user.agency is None and not sees_all(user):
        raise AccessDeniedError
    report = eido_read(document)
    taking = _Taking(user=user, source=source, realm=realm, report=report, document=document)
    try:
        with transaction.atomic():
            return taking.run()
    except IntegrityError as error:
        if ONCE not in str(error):
            raise
    with transaction.atomic():  # the same incident came in twice at once, and the other was first
        return taking.run()


class _Taking:
    def __init__(self, *, user: User, source: str, realm: Realm, report: Report, document: Any) -> None:
        self._user, self._realm, self._report, self._document = user, realm, report, document
        self._actor = Actor(user, source)
        self._agency: Agency | None = user.agency
        self._at: datetime = clock.now()
        self._telling = Telling(realm, self._actor, self._at)
        self._linked: dict[str, Incident] = {}

    def run(self) -> Taken:
        """In one transaction; what is told is told last."""
        self._at = clock.now()
        self._telling = Telling(self._realm, self._actor, self._at)
        known = write.document_known(realm=self._realm, agency=self._agency, identifier=self._report.identifier)
        own = own_incident(self._report.identifier, settings.EIDO_ELEMENT)
        told_of = known.incident_id if known else own
        incident_id = self._last(told_of) if told_of else None
        others = self._others()
        # All that may be written to, in the order of their keys.
        rows = {
            key: incident_locked(realm=self._realm, incident_id=key)
            for key in sorted({*others.values(), *([incident_id] if incident_id else [])})
        }
        self._linked = {key: rows[other] for key, other in others.items()}
        taken = self._go_on(known, rows[incident_id]) if incident_id else self._open()
        if taken.outcome not in {EidoOutcome.UNCHANGED, EidoOutcome.OLDER}:
            data = {"outcome": taken.outcome, "sender": self._agency.code if self._agency else ""}
            record(self._actor, "eido_taken", taken.incident, self._realm, data)
            self._telling.tell()
            if taken.incident.rounds_wanted > taken.incident.rounds_assigned:
                ring(cameras_assign, taken.incident.pk)
        return taken

    def _open(self) -> Taken:
        draft = write.draft_of(self._report)
        incident = incident_open(realm=self._realm, draft=draft, user=self._user, actor=self._actor, at=self._at)
        if not self._user.may(Permission.INCIDENT_EDIT):
            incident = owner_set(incident=incident, owner=responsible_now() or self._user)
        row = write.document_first(
            incident=incident, agency=self._agency, report=self._report, document=self._document, user=self._user,
            at=self._at,
        )  # fmt: skip
        self._telling.line(incident, TimelineKind.OPENED, {})
        self._told(incident)
        for part in parts_share(incident=incident, actor=self._actor, at=self._at):
            self._telling.part(part)
        self._sender_join(incident)
        self._belongings_take(row, incident)
        numbers_follow(incident, self._telling)
        self._telling.incident(incident)
        return Taken(incident, EidoOutcome.CREATED)

    def _others(self) -> dict[str, uuid.UUID]:
        """Ours that the document is linked to, by the key of the link."""
        found = {}
        for link in self._report.links:
            other = write.link_target(realm=self._realm, agency=self._agency, link=link, is_centre=sees_all(self._user))
            if other is not None and link.kind in LINK_KINDS:
                found[link.key] = other
        return found

    def _last(self, incident_id: uuid.UUID) -> uuid.UUID:
        """The incident, or the one that it was merged into."""
        into = (
            Incident.objects.filter(realm=self._realm, pk=incident_id).values_list("merged_into_id", flat=True).first()
        )
        return self._last(into) if into else incident_id

    def _go_on(self, known: EidoDocument | None, incident: Incident) -> Taken:
        if known is None:
            if not (sees_all(self._user) or incident.parts.filter(agency=self._agency).exists()):
                raise NotFoundError
            row = write.document_first(
                incident=incident, agency=self._agency, report=self._report, document=self._document,
                user=self._user, at=self._at,
            )  # fmt: skip
            self._belongings_take(row, incident)
            return Taken(incident, EidoOutcome.NOTED)
        row = write.document_locked(row=known)
        if row.fingerprint == write.fingerprint_of(self._document):
            return Taken(incident, EidoOutcome.UNCHANGED)
        if self._report.changed_at < row.told_at:
            return Taken(incident, EidoOutcome.OLDER)
        before = eido_read(row.document)
        write.document_next(row=row, report=self._report, document=self._document, user=self._user, at=self._at)
        is_ours = own_incident(row.identifier, settings.EIDO_ELEMENT) is not None
        kept: list[str] = []
        if incident.is_open and not is_ours:
            kept = self._fields_change(incident, before)
        if not is_ours:
            self._told(incident, kept)
        self._belongings_take(row, incident)
        is_free = incident.is_open and not is_ours
        return Taken(incident, EidoOutcome.UPDATED if is_free else EidoOutcome.NOTED, tuple(kept))

    def _fields_change(self, incident: Incident, before: Report) -> list[str]:
        now = write.fields_of(self._report)
        present = {name: getattr(incident, name) for name in now}
        changes, kept = told_anew(write.fields_of(before), now, present)
        changed = incident_change(
            incident=incident, revision=incident.revision, changes=changes, user=self._user, at=self._at
        )
        if changed:
            change_follow(incident, changed, self._telling, self._actor, self._at)
        return kept

    def _told(self, incident: Incident, kept: list[str] | None = None) -> None:
        report = self._report
        data = {
            "agency": self._agency.code if self._agency else "",
            "element": report.element,
            "number": report.number,
            "state": report.state,
            "type": report.type_name or report.type_common,
            "kept": kept or [],
        }
        self._telling.line(incident, TimelineKind.EIDO, data)

    def _sender_join(self, incident: Incident) -> None:
        """Who received the call has a part, and need not be asked."""
        if self._agency is None or incident.parts.filter(agency=self._agency).exists():
            return
        parts = part_add(
            incident=incident, agency=self._agency, role=PartRole.CALL_RECEIVING, actor=self._actor, at=self._at,
            origin=PartOrigin.EXCHANGE,
        )  # fmt: skip
        parts[0] = part_accept(part=parts[0], actor=self._actor, at=self._at)
        for part in parts:
            part.incident = incident
            self._telling.part(part)

    def _belongings_take(self, row: EidoDocument, incident: Incident) -> None:
        row.incident = incident
        taken = self._notes_take(row, incident)
        if incident.is_open:
            is_ours = own_incident(row.identifier, settings.EIDO_ELEMENT) is not None
            taken += [] if is_ours else self._persons_take(row, incident)
            for link in self._report.links:
                self._link_take(link, incident)
        write.taken_add(row=row, keys=taken)

    def _notes_take(self, row: EidoDocument, incident: Incident) -> list[str]:
        notes = write.notes_new(row=row, report=self._report)
        lines = [(note, text) for note in notes for text in pieces(note.text.strip(), NOTE_LENGTH_MAX)]
        for turn, (note, text) in enumerate(lines):
            data = {"author": note.author[:200], "written_at": note.written_at.isoformat()}
            data |= {"agency": self._agency.code} if self._agency else {}
            self._telling.line(incident, TimelineKind.NOTE, data, text=text, turn=turn)
        return [note.key for note in notes]

    def _persons_take(self, row: EidoDocument, incident: Incident) -> list[str]:
        persons = write.persons_new(row=row, report=self._report)
        for person in persons:
            person_add(
                incident=incident, role=PersonRole(person.role), name=person.name[:120], contact=person.contact[:120],
                description=person.description[:500], user=self._user, at=self._at,
            )  # fmt: skip
            self._telling.line(incident, TimelineKind.PERSON, {"role": person.role, "added": True})
        return [person.key for person in persons]

    def _link_take(self, link: LinkFacts, incident: Incident) -> None:
        """Parent, child and related; whether two incidents are one is decided by a person here."""
        other = self._linked.get(link.key)
        if other is None or other.pk == incident.pk or not other.is_open:
            return
        child, parent = (other, incident) if link.kind == "child" else (incident, other)
        try:
            made = link_add(
                child=child, parent=parent, kind=LINK_KINDS[link.kind], actor=self._actor, at=self._at,
                reason=link.reason[:200],
            )  # fmt: skip
        except ConflictError:  # it is part of another one already: what people here linked stays
            return
        if made.made_at == self._at:
            made.child, made.parent = child, parent
            data = {"kind": made.kind, "child": child.number, "parent": parent.number}
            self._telling.line(child, TimelineKind.LINKED, data, text=made.reason)
            self._telling.line(parent, TimelineKind.LINKED, data, text=made.reason)
            self._telling.link(made)
