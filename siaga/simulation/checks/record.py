"""The record: audit chain, numbered stream, one unit at one place."""

import json
from typing import Any

from accounts.services.audit import audit_faults
from dispatch.models import Call, Incident
from dispatch.models.incidents import IS_OPEN
from dispatch.presenters.calls import call_present
from dispatch.presenters.incidents import incident_present
from siaga.simulation.checks.found import Check, rows, value


def audit_whole() -> Check:
    """The hash chain holds, and every escalation has its entry."""
    check = Check("the audit record is whole")
    check.faults += [f"entry {fault.sequence}: {fault.reason}" for fault in audit_faults()]
    check.looked_at = value("SELECT count(*) FROM accounts_auditentry")
    told = value("SELECT count(*) FROM dispatch_escalation")
    written = value("SELECT count(*) FROM accounts_auditentry WHERE action = 'overdue_escalated'")
    check.need(told == written, f"{told} escalations, {written} entries of them")
    return check


def stream_whole() -> list[Check]:
    """Numbers without a gap, and the last event of each open thing is that thing as it is."""
    numbers = Check("the stream has no gap")
    head, count, last = next(
        rows(
            "SELECT r.head, count(e.sequence), COALESCE(max(e.sequence), 0) FROM realtime_realm r"
            " LEFT JOIN realtime_event e ON e.realm_id = r.id WHERE r.code = 'LIVE' GROUP BY r.head"
        )
    )
    numbers.need(head == count == last, f"head {head}, {count} events, the last is {last}")
    same = Check("the last event of each open call and incident shows it as it is")
    calls = {str(call.pk): call_present(call).model_dump() for call in Call.objects.exclude(state="closed")}
    incidents = {str(row.pk): incident_present(row).model_dump() for row in Incident.objects.filter(IS_OPEN)}
    for kind, present in (("call.changed", calls), ("incident.changed", incidents)):
        told = _last(kind)
        for key, entity in present.items():
            differs = {name: (told.get(key, {}).get(name), entity[name]) for name in entity
                       if told.get(key, {}).get(name) != entity[name]}  # fmt: skip
            same.need(not differs, f"{kind} {key}: {differs}")
    return [numbers, same]


def one_live_assignment() -> Check:
    """No unit was on two incidents at any time."""
    check = Check("no unit is on two incidents")
    of, free_at = None, None
    for realm, unit, made_at, ended_at in rows(
        "SELECT realm_id, unit_id, made_at, ended_at FROM dispatch_assignment ORDER BY realm_id, unit_id, made_at, id"
    ):
        is_free = (realm, unit) != of or (free_at is not None and free_at <= made_at)
        check.need(is_free, f"unit {unit} was sent at {made_at}, on another incident until {free_at}")
        of, free_at = (realm, unit), ended_at
    return check


def _last(kind: str) -> dict[str, dict[str, Any]]:
    found = rows(
        "SELECT DISTINCT ON (entity_id) entity_id, payload FROM realtime_event WHERE kind = %s"
        " ORDER BY entity_id, sequence DESC",
        [kind],
    )
    return {key: json.loads(payload) for key, payload in found}
