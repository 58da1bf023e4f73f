"""Who is told of an incident: by the rules of its type, by agreement, by hand; and what follows when it changes."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.models import Agency
from accounts.services.audit import Actor
from common.errors import ConflictError, gettext_noop
from common.locking import locked
from dispatch.choices import PartOrigin, PartRole, PartState
from dispatch.models import AgencyPart, Incident, SharingAgreement, SharingRule
from dispatch.services.follow import open_require
from dispatch.services.moves import part_begin, part_move

ANSWER_WITHIN = timedelta(seconds=60)
SILENT_ROLES = (PartRole.INFORMATIONAL, PartRole.CALL_RECEIVING)
OPEN_STATES = (PartState.NOTIFIED, PartState.ACCEPTED)
# Written as the reason where a part ended because its incident did, and not because the agency said so.
ENDED_WITH_INCIDENT = ("closed_with_incident", "cancelled")
ASKED_FIELDS = (
    "role", "reason", "forwarded_to", "notified_at", "answer_due_at", "answered_at", "answered_by", "ended_at",
    "disposition", "is_overdue_told",
)  # fmt: skip


def parts_share(*, incident: Incident, actor: Actor, at: datetime) -> list[AgencyPart]:
    """Tell every agency that a rule of the type or a standing agreement names; returns new and changed parts.

    `incident` must be locked or new. Who has a part already keeps it as it is, unless it was told for information by
    an agreement and a rule wants more of it.
    """
    rules = SharingRule.objects.select_related("agency").filter(
        type=incident.type, is_active=True, agency__is_active=True, up_to_priority__gte=incident.priority
    )
    parts, made = [], []
    for rule in rules:
        role, within = PartRole(rule.role), timedelta(seconds=rule.answer_timeout_s)
        part = _part_of(incident, rule.agency)
        if part is None:
            part = _part_add(incident, rule.agency, role, PartOrigin.RULE, actor, at, within)
            made.append(rule.agency_id)
        elif part.origin == PartOrigin.AGREEMENT and _asks_more(part, role):
            _ask_again(part, role, actor, at, within)
        else:
            continue
        parts.append(part)
    return parts + _agreements_follow(incident, made, actor, at)


def part_add(
    *,
    incident: Incident,
    agency: Agency,
    role: PartRole,
    actor: Actor,
    at: datetime,
    origin: PartOrigin = PartOrigin.HAND,
) -> list[AgencyPart]:
    """Tell one agency by hand, with those it has agreements with; the first of the result is its own part.

    An agency that had rejected or was done is asked anew, one that was told for information may be asked for more.
    Raises ConflictError `part_exists`, `incident_closed`. `incident` must be locked.
    """
    open_require(incident)
    part = _part_of(incident, agency)
    if part is None:
        part = _part_add(incident, agency, role, origin, actor, at, ANSWER_WITHIN)
    elif part.state in OPEN_STATES and not _asks_more(part, role):
        raise ConflictError(
            "part_exists", gettext_noop("%(agency)s has a part in this already."), {"agency": str(agency)}
        )
    else:
        _ask_again(part, role, actor, at, ANSWER_WITHIN)
    return [part, *_agreements_follow(incident, [agency.pk], actor, at)]


def parts_reopen(*, incident: Incident, actor: Actor, at: datetime) -> list[AgencyPart]:
    """The incident is open again: whose part had ended with it is asked anew, whose clock ran is given its time.

    Who had said to be done stays done. `incident` must be locked.
    """
    changed = []
    for part in _parts_of(incident):
        if part.state == PartState.DONE and part.reason in ENDED_WITH_INCIDENT:
            _ask_again(part, PartRole(part.role), actor, at, ANSWER_WITHIN)
        elif part.state == PartState.NOTIFIED and part.answer_due_at is not None:
            part.answer_due_at, part.is_overdue_told = at + ANSWER_WITHIN, False
            part.save(update_fields=["answer_due_at", "is_overdue_told"])
        else:
            continue
        changed.append(part)
    return changed


def parts_follow(*, child: Incident, into: Incident, actor: Actor, at: datetime) -> list[AgencyPart]:
    """Who had a part in what is merged has one in what it is merged into; returns new and changed parts of `into`.

    Who had accepted has accepted there too, and need not be asked again. Both incidents must be locked.
    """
    changed = []
    for old in _parts_of(child):
        if old.state not in OPEN_STATES:
            continue
        part = _part_of(into, old.agency)
        is_new = part is None
        if part is None:
            part = _part_add(into, old.agency, PartRole(old.role), PartOrigin(old.origin), actor, at, ANSWER_WITHIN)
        if old.state == PartState.ACCEPTED and part.state != PartState.ACCEPTED:
            part.role, part.reason, part.forwarded_to = old.role, "", None
            part.ended_at, part.disposition, part.answer_due_at = None, None, None
            part.answered_at, part.answered_by = old.answered_at, old.answered_by
            part_move(part=part, to=PartState.ACCEPTED, actor=actor, at=at, reason="merged", fields=ASKED_FIELDS)
        elif not is_new:
            continue
        changed.append(part)
    return changed


def parts_stand_back(*, part_ids: Iterable[str], incident: Incident) -> list[AgencyPart]:
    """A merge is taken back: who had come with it keeps looking on, but nothing more is expected."""
    changed = []
    for part in _parts_of(incident):
        if str(part.pk) in set(part_ids) and part.state in OPEN_STATES:
            part.role, part.answer_due_at = PartRole.INFORMATIONAL, None
            part.save(update_fields=["role", "answer_due_at"])
            changed.append(part)
    return changed


def parts_prioritise(*, incident: Incident, was: str) -> list[AgencyPart]:
    """Open parts that had the incident's old priority have its new one; returns those that changed."""
    changed = []
    for part in _parts_of(incident):
        if part.state in OPEN_STATES and part.priority == was:
            part.priority = incident.priority
            part.save(update_fields=["priority"])
            changed.append(part)
    return changed


def _parts_of(incident: Incident) -> list[AgencyPart]:
    # Whoever writes a part holds the lock of its incident.
    rows = incident.parts.select_related("agency", "forwarded_to", "disposition").order_by("pk")
    parts = list(rows)
    for part in parts:
        part.incident = incident
    return parts


def _part_of(incident: Incident, agency: Agency) -> AgencyPart | None:
    part = locked(AgencyPart.objects.filter(incident=incident, agency=agency), "agency", "forwarded_to", "disposition")
    if part is not None:
        part.incident = incident
    return part


def _asks_more(part: AgencyPart, role: PartRole) -> bool:
    return part.role in SILENT_ROLES and role not in SILENT_ROLES and part.state in OPEN_STATES


def _part_add(  # noqa: PLR0917  # one column after the other
    incident: Incident, agency: Agency, role: PartRole, origin: PartOrigin, actor: Actor, at: datetime,
    within: timedelta,
) -> AgencyPart:  # fmt: skip
    part = AgencyPart(
        incident=incident, agency=agency, role=role, priority=incident.priority, origin=origin, notified_at=at,
        answer_due_at=None if role in SILENT_ROLES else at + within,
    )  # fmt: skip
    return part_begin(part=part, actor=actor, at=at, reason=origin)


def _agreements_follow(incident: Incident, agency_ids: Iterable[int], actor: Actor, at: datetime) -> list[AgencyPart]:
    """Who is told because of an agreement is told for information, and passes nothing on."""
    today = timezone.localdate(at)
    rows = (
        SharingAgreement.objects.select_related("with_agency")
        .filter(agency__in=list(agency_ids), valid_from__lte=today, valid_until__gte=today, with_agency__is_active=True)
        .filter(Q(types=None) | Q(types=incident.type))
        .distinct()
    )
    partners = {row.with_agency_id: row.with_agency for row in rows}
    return [
        _part_add(incident, partner, PartRole.INFORMATIONAL, PartOrigin.AGREEMENT, actor, at, ANSWER_WITHIN)
        for partner in partners.values()
        if _part_of(incident, partner) is None
    ]


def _ask_again(part: AgencyPart, role: PartRole, actor: Actor, at: datetime, within: timedelta) -> None:
    part.role, part.reason, part.forwarded_to = role, "", None
    part.notified_at, part.answer_due_at = at, None if role in SILENT_ROLES else at + within
    part.answered_at = part.answered_by = part.ended_at = part.disposition = None
    part.is_overdue_told = False
    if part.state == PartState.NOTIFIED:
        part.save(update_fields=ASKED_FIELDS)
    else:
        part_move(part=part, to=PartState.NOTIFIED, actor=actor, at=at, reason="asked_again", fields=ASKED_FIELDS)
