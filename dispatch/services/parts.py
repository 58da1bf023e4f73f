"""Agencies in incidents: what each answers."""

import uuid
from datetime import datetime

from accounts.models import Agency
from accounts.services.audit import Actor
from common.errors import NotFoundError, ValidationError, gettext_noop
from common.locking import locked
from dispatch.choices import PartOrigin, PartRole, PartState
from dispatch.models import AgencyPart, Disposition, Incident
from dispatch.services.follow import open_require
from dispatch.services.incidents import INCIDENT_RELATED
from dispatch.services.moves import part_move
from dispatch.services.sharing import part_add

ANSWER_FIELDS = ("reason", "forwarded_to", "disposition", "answer_due_at", "answered_at", "answered_by", "ended_at")


def part_accept(*, part: AgencyPart, actor: Actor, at: datetime) -> AgencyPart:
    """The agency takes it, whatever it had answered before. `part` must be locked."""
    part.reason, part.forwarded_to, part.disposition, part.ended_at = "", None, None, None
    return _answer(part, PartState.ACCEPTED, actor, at)


def part_reject(*, part: AgencyPart, reason: str, actor: Actor, at: datetime) -> AgencyPart:
    """The agency does not take it, and says why. `part` must be locked."""
    part.reason = _reason(reason)
    return _answer(part, PartState.REJECTED, actor, at)


def part_forward(*, part: AgencyPart, to: Agency, reason: str, actor: Actor, at: datetime) -> list[AgencyPart]:
    """The agency hands its part to another, and says why; returns its own part and the new ones.

    `part` and its incident must be locked. Raises ValidationError `forward_itself`, ConflictError `part_exists`.
    """
    if to.pk == part.agency_id:
        raise ValidationError("forward_itself", gettext_noop("Choose another agency to hand this to."))
    part.reason, part.forwarded_to = _reason(reason), to
    _answer(part, PartState.FORWARDED, actor, at)
    role = PartRole.DISPATCHED if part.role == PartRole.TRANSFERRED_TO else PartRole(part.role)
    return [
        part,
        *part_add(incident=part.incident, agency=to, role=role, actor=actor, at=at, origin=PartOrigin.FORWARD),
    ]


def part_end(*, part: AgencyPart, disposition: Disposition, actor: Actor, at: datetime) -> AgencyPart:
    """The agency is done, with a disposition of its own. `part` must be locked."""
    part.disposition, part.ended_at = disposition, at
    return _answer(part, PartState.DONE, actor, at)


def part_locked(*, part_id: uuid.UUID, agency: Agency | None) -> AgencyPart:
    """The part, locked after its incident; NotFoundError when it is another agency's. `agency` None: any."""
    rows = AgencyPart.objects.filter(pk=part_id)
    if agency is not None:
        rows = rows.filter(agency=agency)
    incident_id = rows.values_list("incident_id", flat=True).first()
    if incident_id is None:
        raise NotFoundError
    locked(Incident.objects.filter(pk=incident_id))
    part = locked(rows, "agency", "disposition", "forwarded_to")
    if part is None:
        raise NotFoundError
    part.incident = Incident.objects.select_related(*INCIDENT_RELATED).get(pk=incident_id)
    return part


def agency_get(*, code: str) -> Agency:
    """An active agency; raises ValidationError."""
    found = Agency.objects.filter(code=code, is_active=True).first()
    if found is None:
        raise ValidationError(
            "unknown_agency", gettext_noop("There is no such agency."), {"fields": {"agency": [code[:20]]}}
        )
    return found


def _answer(part: AgencyPart, to: PartState, actor: Actor, at: datetime) -> AgencyPart:
    open_require(part.incident)
    part.answered_by, part.answered_at, part.answer_due_at = actor.user, part.answered_at or at, None
    return part_move(part=part, to=to, actor=actor, at=at, reason=part.reason, fields=ANSWER_FIELDS)


def _reason(text: str) -> str:
    if not text.strip():
        raise ValidationError(
            "reason_missing", gettext_noop("Say why."), {"fields": {"reason": [gettext_noop("Say why.")]}}
        )
    return text.strip()[:300]
