"""Agencies in incidents: who is told by rule, by agreement or by hand, and what each answers."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q

from accounts.models import Agency
from accounts.services.audit import Actor
from common.errors import ConflictError, NotFoundError, ValidationError, gettext_noop
from common.locking import locked
from dispatch.choices import PartOrigin, PartRole, PartState
from dispatch.models import AgencyPart, Disposition, Incident, SharingAgreement, SharingRule
from dispatch.rules.transitions import Machine, require_edge
from dispatch.services.follow import open_require
from dispatch.services.incidents import INCIDENT_RELATED

ANSWER_WITHIN = timedelta(seconds=60)
SILENT_ROLES = (PartRole.INFORMATIONAL, PartRole.CALL_RECEIVING)


def parts_share(*, incident: Incident, at: datetime) -> list[AgencyPart]:
    """Tell every agency that a rule of the type or a standing agreement names; returns the new parts.

    `incident` must be locked or new. Who has a part already keeps it as it is.
    """
    rules = SharingRule.objects.select_related("agency").filter(
        type=incident.type, is_active=True, agency__is_active=True, up_to_priority__gte=incident.priority
    )
    made = [
        part
        for rule in rules
        if (part := _part_add(
            incident, rule.agency, role=PartRole(rule.role), origin=PartOrigin.RULE, at=at,
            within=timedelta(seconds=rule.answer_timeout_s),
        ))
    ]  # fmt: skip
    return made + _agreements_follow(incident, [part.agency_id for part in made], at)


def part_add(
    *, incident: Incident, agency: Agency, role: PartRole, at: datetime, origin: PartOrigin = PartOrigin.HAND
) -> list[AgencyPart]:
    """Tell one agency by hand, with those it has agreements with; the first of the result is its own part.

    An agency that had rejected or was done is asked anew. Raises ConflictError `part_exists`, `incident_closed`.
    `incident` must be locked.
    """
    open_require(incident)
    part = _part_add(incident, agency, role=role, origin=origin, at=at, within=ANSWER_WITHIN)
    if part is None:
        part = locked(AgencyPart.objects.filter(incident=incident, agency=agency), "agency", "incident__realm")
        if part is None:
            raise NotFoundError
        if part.state in {PartState.NOTIFIED, PartState.ACCEPTED}:
            raise ConflictError(
                "part_exists", gettext_noop("%(agency)s has a part in this already."), {"agency": str(agency)}
            )
        _ask_again(part, role, at)
    return [part, *_agreements_follow(incident, [agency.pk], at)]


def part_accept(*, part: AgencyPart, actor: Actor, at: datetime) -> AgencyPart:
    """The agency takes it. `part` must be locked."""
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
    return [part, *part_add(incident=part.incident, agency=to, role=role, at=at, origin=PartOrigin.FORWARD)]


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


def _part_add(
    incident: Incident, agency: Agency, *, role: PartRole, origin: PartOrigin, at: datetime, within: timedelta
) -> AgencyPart | None:
    due_at = None if role in SILENT_ROLES else at + within
    part, is_new = AgencyPart.objects.get_or_create(
        incident=incident, agency=agency,
        defaults={
            "role": role, "priority": incident.priority, "origin": origin, "notified_at": at, "answer_due_at": due_at
        },
    )  # fmt: skip
    return part if is_new else None


def _agreements_follow(incident: Incident, agency_ids: Iterable[int], at: datetime) -> list[AgencyPart]:
    """Who is told because of an agreement is told for information, and passes nothing on."""
    today = at.date()
    rows = (
        SharingAgreement.objects.select_related("with_agency")
        .filter(agency__in=list(agency_ids), valid_from__lte=today, valid_until__gte=today, with_agency__is_active=True)
        .filter(Q(types=None) | Q(types=incident.type))
        .distinct()
    )
    parts = [
        _part_add(
            incident, row.with_agency, role=PartRole.INFORMATIONAL, origin=PartOrigin.AGREEMENT, at=at,
            within=ANSWER_WITHIN,
        )
        for row in rows
    ]  # fmt: skip
    return [part for part in parts if part is not None]


def _ask_again(part: AgencyPart, role: PartRole, at: datetime) -> None:
    require_edge(Machine.PART, part.state, PartState.NOTIFIED)
    part.state, part.role, part.reason, part.forwarded_to = PartState.NOTIFIED, role, "", None
    part.notified_at, part.answer_due_at = at, None if role in SILENT_ROLES else at + ANSWER_WITHIN
    part.answered_at = part.answered_by = part.ended_at = part.disposition = None
    part.is_overdue_told = False
    part.save()


def _answer(part: AgencyPart, to: PartState, actor: Actor, at: datetime) -> AgencyPart:
    open_require(part.incident)
    require_edge(Machine.PART, part.state, to)
    part.state, part.answered_by = to, actor.user
    part.answered_at = part.answered_at or at
    part.answer_due_at = None
    part.save()
    return part


def _reason(text: str) -> str:
    if not text.strip():
        raise ValidationError(
            "reason_missing", gettext_noop("Say why."), {"fields": {"reason": [gettext_noop("Say why.")]}}
        )
    return text.strip()[:300]
