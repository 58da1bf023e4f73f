"""All targets of a month of 80,000 calls, over the bare statement that the figures need at the least.

The rows are made inside the database: what is measured is reading them, and rows made one by one would say the same.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg2
from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Agency, RoleGrant, User
from bench.report import Report, percentile
from common import clock
from dispatch.choices.supervision import TargetGroup
from dispatch.models import Call, Disposition, Incident, IncidentType, Unit
from dispatch.presenters.supervision import figure_present
from dispatch.selectors.room import room_read
from dispatch.selectors.targets import day_start, figures_read
from realtime.models import LIVE, Realm

CALLS = 80_000
INCIDENT_EACH = 15  # one incident for so many calls; each has two calls, two agencies, two units
DAYS = 30
ROUNDS = 5

# A month of calls: two of five hang up in the queue, the others are answered after up to 40 s.
MAKE = """
INSERT INTO dispatch_call (id, realm_id, number, medium, state, language, skill, is_lowered, arrived_at, answered_at,
    answered_by_id, ended_at, closed_at, call_class, note, callback_attempts, escalation, location_source)
SELECT gen_random_uuid(), %(realm)s, 1000000 + n, 'voice', 'closed', 'id', '', false, at,
    CASE WHEN n %% 5 > 1 THEN at + (n %% 41) * interval '1 s' END,
    CASE WHEN n %% 5 > 1 THEN %(user)s END, at + interval '2 min', at + interval '3 min', 'information', '', 0, '', ''
FROM (SELECT n, %(start)s::timestamptz + n * (%(days)s * interval '1 day') / %(calls)s AS at
      FROM generate_series(0, %(calls)s - 1) n) numbered;

INSERT INTO dispatch_calltransition (call_id, old, new, occurred_at, source, reason)
SELECT id, '', 'queued', arrived_at, 'bench', '' FROM dispatch_call WHERE number >= 1000000;
INSERT INTO dispatch_calltransition (call_id, old, new, occurred_at, source, reason)
SELECT id, 'queued', CASE WHEN answered_at IS NULL THEN 'abandoned' ELSE 'answered' END,
    coalesce(answered_at, arrived_at + interval '25 s'), 'bench', '' FROM dispatch_call WHERE number >= 1000000;
INSERT INTO dispatch_calltransition (call_id, old, new, occurred_at, source, reason)
SELECT id, CASE WHEN answered_at IS NULL THEN 'abandoned' ELSE 'answered' END,
    CASE WHEN answered_at IS NULL THEN 'callback_due' ELSE 'ended' END, ended_at, 'bench', ''
FROM dispatch_call WHERE number >= 1000000;
INSERT INTO dispatch_calltransition (call_id, old, new, occurred_at, source, reason)
SELECT id, CASE WHEN answered_at IS NULL THEN 'callback_due' ELSE 'ended' END, 'closed', closed_at, 'bench', ''
FROM dispatch_call WHERE number >= 1000000;

INSERT INTO dispatch_incident (id, realm_id, number, type_id, priority, state, place_text, summary, caller_name,
    rounds_wanted, rounds_assigned, revision, field_revisions, opened_by_id, opened_at, changed_at, next_step,
    next_step_text, escalation, disposition_id, disposition_note, not_informed_reason, closed_at)
SELECT gen_random_uuid(), %(realm)s, number, %(type)s, 'P' || (1 + number %% 4), 'closed', '', '', '', 0, 0, 1, '{}',
    %(user)s, answered_at + interval '30 s', closed_at, '', '', '', %(disposition)s, '', '', closed_at
FROM dispatch_call WHERE number >= 1000000 AND (number - 1000000) %% %(each)s = 4;
INSERT INTO dispatch_incidenttransition (incident_id, old, new, occurred_at, source, reason)
SELECT id, '', 'closed', opened_at, 'bench', '' FROM dispatch_incident WHERE number >= 1000000;
UPDATE dispatch_call c SET incident_id = i.id, incident_created_at = c.answered_at + interval '40 s',
    call_class = 'emergency'
FROM dispatch_incident i WHERE c.number >= 1000000 AND i.number >= 1000000
    AND i.number = c.number - (CASE (c.number - 1000000) %% %(each)s WHEN 4 THEN 0 WHEN 8 THEN 4 END);
UPDATE dispatch_call c SET incident_created_at = i.opened_at FROM dispatch_incident i
WHERE i.id = c.incident_id AND i.number = c.number;

INSERT INTO dispatch_agencypart (id, incident_id, agency_id, role, priority, state, origin, reason, notified_at,
    answered_at, is_overdue_told)
SELECT gen_random_uuid(), i.id, a.id, 'dispatched', i.priority, 'accepted', 'rule', '', i.opened_at,
    i.opened_at + (i.number %% 90) * interval '1 s', false
FROM dispatch_incident i, accounts_agency a WHERE i.number >= 1000000 AND a.code LIKE 'bench-%%';
INSERT INTO dispatch_agencyparttransition (part_id, old, new, occurred_at, source, reason)
SELECT p.id, '', 'notified', p.notified_at, 'bench', '' FROM dispatch_agencypart p
JOIN dispatch_incident i ON i.id = p.incident_id WHERE i.number >= 1000000;
INSERT INTO dispatch_agencyparttransition (part_id, old, new, occurred_at, source, reason)
SELECT p.id, 'notified', 'accepted', p.answered_at, 'bench', '' FROM dispatch_agencypart p
JOIN dispatch_incident i ON i.id = p.incident_id WHERE i.number >= 1000000;

INSERT INTO dispatch_assignment (id, realm_id, incident_id, unit_id, state, reached_scene_at, made_at, ended_at,
    status_before, is_overdue, destination_text, alarm_level, override_reason, override_note, proposal)
SELECT gen_random_uuid(), %(realm)s, i.id, u.id, 'cleared', i.opened_at + (300 + i.number %% 700) * interval '1 s',
    i.opened_at + (i.number %% 80) * interval '1 s', i.opened_at + interval '1 hour', 'AV', false, '', 1, '', '', '{}'
FROM dispatch_incident i, dispatch_unit u WHERE i.number >= 1000000 AND u.call_sign LIKE 'BENCH-%%';
INSERT INTO dispatch_assignmenttransition (assignment_id, old, new, occurred_at, source, reason)
SELECT a.id, step.old, step.new, a.made_at + step.after, 'bench', '' FROM dispatch_assignment a
JOIN dispatch_unit u ON u.id = a.unit_id AND u.call_sign LIKE 'BENCH-%%',
    (VALUES ('', 'dispatched', interval '0'), ('dispatched', 'enroute', interval '70 s'),
        ('enroute', 'on_scene', interval '300 s'), ('on_scene', 'cleared', interval '1 hour')) step (old, new, after)
ORDER BY a.id, step.after;
"""
# What the figures need at the least: every row read once, the largest sorted once.
FLOOR = """
SELECT count(*), percentile_cont(ARRAY[0.5, 0.9, 0.95, 0.99])
        WITHIN GROUP (ORDER BY extract(epoch FROM answered_at - arrived_at))
    FROM dispatch_call WHERE realm_id = %(realm)s AND arrived_at >= %(start)s AND arrived_at < %(end)s;
SELECT count(*) FROM dispatch_calltransition
    WHERE new IN ('abandoned', 'callback_due') AND occurred_at >= %(start)s AND occurred_at < %(end)s;
SELECT count(*), min(opened_at) FROM dispatch_incident
    WHERE realm_id = %(realm)s AND opened_at >= %(start)s AND opened_at < %(end)s;
SELECT count(*), min(answered_at) FROM dispatch_agencypart WHERE notified_at >= %(start)s AND notified_at < %(end)s;
SELECT count(*), min(reached_scene_at) FROM dispatch_assignment
    WHERE realm_id = %(realm)s AND made_at >= %(start)s AND made_at < %(end)s;
SELECT count(*), min(t.occurred_at) FROM dispatch_assignmenttransition t
    JOIN dispatch_assignment a ON a.id = t.assignment_id AND t.new = 'enroute'
    WHERE a.made_at >= %(start)s AND a.made_at < %(end)s;
"""


def run(say: Callable[[str], None]) -> Report:
    """Make the month, read it, and say how long that took."""
    from django.core.management import call_command

    say("migrating ...")
    call_command("migrate", verbosity=0)
    realm, report = Realm.objects.get(code=LIVE), Report("supervision")
    end = day_start(timezone.localdate(clock.now()))
    start = end - timedelta(days=DAYS)
    say(f"{CALLS} calls of {DAYS} days ...")
    _make(realm, start)
    values = {"realm": realm.pk, "start": start, "end": end}
    report.show("calls", Call.objects.filter(number__gte=1_000_000).count(), "")
    report.show("incidents", Incident.objects.filter(number__gte=1_000_000).count(), "")
    floor_ms, ours_ms = [], {group: [] for group in TargetGroup}  # type: ignore[var-annotated]
    for _round in range(ROUNDS):  # one after the other, so that both meet the same machine
        floor_ms.append(_timed(lambda: _floor(values)))
        for group, took in ours_ms.items():
            took.append(_timed(lambda group=group: _figures(realm, start, end, group)))  # type: ignore[misc]
    report.show("bare statements, p50", percentile(floor_ms, 0.5), "ms")
    for group, took in ours_ms.items():
        report.hold(f"all targets by {group}, p95", percentile(took, 0.95), "ms", "<=", 1000)
    whole = percentile(ours_ms[TargetGroup.ALL], 0.5)
    report.show("all targets over the bare statements", whole / percentile(floor_ms, 0.5), "x")
    room = [_timed(lambda: room_read(realm=realm, at=clock.now())) for _round in range(20)]
    report.hold("the room, p95", percentile(room, 0.95), "ms", "<=", 200)
    return report


def _make(realm: Realm, start: Any) -> None:
    user = User.objects.create(username="bench", display_name="Bench")
    RoleGrant.objects.create(user=user, role=Role.CALL_TAKER)
    agencies = [Agency.objects.create(code=f"bench-{number}", name=f"Bench {number}") for number in range(2)]
    for number, agency in enumerate(agencies):
        Unit.objects.create(realm=realm, call_sign=f"BENCH-{number}", agency=agency)
    kind, ended = IncidentType.objects.get(code="kebakaran"), Disposition.objects.first()
    values = {
        "realm": realm.pk, "user": user.pk, "start": start, "days": DAYS, "calls": CALLS, "type": kind.pk,
        "disposition": ended.pk if ended else None, "each": INCIDENT_EACH,
    }  # fmt: skip
    with connection.cursor() as cursor:
        # Without the checks of every single row: they are measured elsewhere, and would take minutes here.
        cursor.execute("SET session_replication_role = replica")
        for statement in MAKE.split(";"):
            if statement.strip():
                cursor.execute(statement, values)
                cursor.execute("ANALYZE dispatch_call, dispatch_incident, dispatch_agencypart, dispatch_assignment")
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("ANALYZE")


def _floor(values: dict[str, Any]) -> None:
    with psycopg2.connect(settings.DATABASE_URL) as bare, bare.cursor() as cursor:
        for statement in FLOOR.split(";"):
            if statement.strip():
                cursor.execute(statement, values)
                cursor.fetchall()


def _figures(realm: Realm, start: Any, end: Any, group: TargetGroup) -> None:
    found = figures_read(realm=realm, start=start, end=end, at=clock.now(), group=group)
    if not [figure_present(figure) for figure in found if figure.count]:
        raise SystemExit("nothing was measured")


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000
