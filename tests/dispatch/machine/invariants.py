"""What must hold after every step, asked of the rows themselves by SQL and not through the code that wrote them."""

import re
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection

from accounts.services.audit import audit_faults
from dispatch.rules.transitions import EDGES, Machine

MACHINES = {
    Machine.CALL: ("dispatch_call", "dispatch_calltransition", "call_id", ("queued",)),
    Machine.INCIDENT: ("dispatch_incident", "dispatch_incidenttransition", "incident_id", ("pending",)),
    Machine.ASSIGNMENT: ("dispatch_assignment", "dispatch_assignmenttransition", "assignment_id", ("dispatched",)),
    Machine.PART: ("dispatch_agencypart", "dispatch_agencyparttransition", "part_id", ("notified",)),
}
UNIT_STATUS = (
    "CASE work.state WHEN 'dispatched' THEN 'DP' WHEN 'acknowledged' THEN 'AK' WHEN 'enroute' THEN 'ER' "
    "WHEN 'staged' THEN 'ST' WHEN 'on_scene' THEN 'OS' WHEN 'transporting' THEN 'TR' "
    "WHEN 'at_destination' THEN 'AH' END"
)
LIVE = "('dispatched','acknowledged','enroute','staged','on_scene','transporting','at_destination')"
OVER = "('closed','cancelled','merged')"

# Each finds rows that must not be there.
NEVER = {
    "a step without time, source, or somebody or something known that took it": """
        SELECT id FROM {steps} WHERE occurred_at IS NULL OR source = '' OR
        actor_id IS NULL AND source NOT IN ('task', 'rule', 'migration') AND source NOT LIKE 'pbx:%%'""",
    "steps that are not joined": """
        SELECT id FROM (SELECT id, old, lag(new) OVER (PARTITION BY {key} ORDER BY id) AS before FROM {steps}) AS step
        WHERE old <> coalesce(before, '')""",
    "a state that its newest step does not say": """
        SELECT row.id FROM {rows} AS row LEFT JOIN LATERAL (
            SELECT new FROM {steps} WHERE {key} = row.id ORDER BY id DESC LIMIT 1) AS step ON true
        WHERE step.new IS DISTINCT FROM row.state""",
    # The rule of times: by our own clock they never go back. What an exchange told carries the exchange's time, which
    # may lie before what we had thought: it corrects us.
    "a step before the step before": """
        SELECT id FROM (SELECT id, occurred_at, source, max(occurred_at) FILTER (WHERE source NOT LIKE 'pbx:%%')
            OVER (PARTITION BY {key} ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
            FROM {steps}) AS step
        WHERE source NOT LIKE 'pbx:%%' AND occurred_at < before""",
}
OF_ROWS = {
    "calls whose moments do not follow each other": """
        SELECT id FROM dispatch_call WHERE pbx_id IS NULL AND (
            offered_at < arrived_at OR answered_at < coalesce(offered_at, arrived_at)
            OR ended_at < coalesce(answered_at, arrived_at) OR wrapup_ended_at < ended_at
            OR closed_at < coalesce(ended_at, arrived_at))
            OR location_verified_at < arrived_at OR first_dispatch_at < incident_created_at""",
    "closed calls without class or time, or others with them": """
        SELECT id FROM dispatch_call WHERE (state = 'closed') <> (call_class <> '' AND closed_at IS NOT NULL)
            OR (state = 'closed') <> (call_class <> '')""",
    "calls that somebody has or had, without saying when": """
        SELECT id FROM dispatch_call WHERE state IN ('answered', 'held', 'wrap_up') AND answered_at IS NULL
                AND pbx_id IS NULL
            OR state IN ('ended', 'wrap_up', 'dropped') AND ended_at IS NULL
            OR state IN ('answered', 'held') AND ended_at IS NOT NULL
            OR (state = 'callback_due') <> (callback_due_at IS NOT NULL)""",
    "rings without a ringing call, and ringing calls without a ring": """
        SELECT call.id FROM dispatch_call AS call LEFT JOIN dispatch_calloffer AS offer
            ON offer.call_id = call.id AND offer.outcome = 'open'
        WHERE (call.state = 'offered') <> (offer.id IS NOT NULL) OR offer.user_id <> call.offered_to_id""",
    "emergencies without an incident": """
        SELECT id FROM dispatch_call WHERE call_class = 'emergency' AND incident_id IS NULL""",
    "marks that lower while an incident of the number is open": f"""
        SELECT call.id FROM dispatch_call AS call WHERE is_lowered AND state IN ('queued', 'offered') AND (
            EXISTS (SELECT 1 FROM dispatch_incident AS incident WHERE incident.state NOT IN {OVER}
                AND incident.caller_number = call.caller_number)
            OR EXISTS (SELECT 1 FROM dispatch_call AS other JOIN dispatch_incident AS incident
                ON incident.id = other.incident_id AND incident.state NOT IN {OVER}
                WHERE other.caller_number = call.caller_number))""",
    "calls and units left behind in a merged or closed incident": f"""
        SELECT call.id FROM dispatch_call AS call JOIN dispatch_incident AS incident ON incident.id = call.incident_id
            WHERE incident.state = 'merged'
        UNION ALL SELECT unit.id FROM dispatch_assignment AS unit JOIN dispatch_incident AS incident
            ON incident.id = unit.incident_id WHERE incident.state IN {OVER} AND unit.state IN {LIVE}""",
    "merges in a circle, or into nothing": """
        WITH RECURSIVE way(start, id, steps) AS (
            SELECT id, merged_into_id, 1 FROM dispatch_incident WHERE state = 'merged'
            UNION ALL SELECT way.start, incident.merged_into_id, steps + 1 FROM way JOIN dispatch_incident AS incident
            ON incident.id = way.id WHERE incident.merged_into_id IS NOT NULL AND steps < 50)
        SELECT start FROM way GROUP BY start HAVING max(steps) >= 50 OR bool_or(id IS NULL)""",
    "merged incidents and their links": """
        SELECT incident.id FROM dispatch_incident AS incident LEFT JOIN dispatch_incidentlink AS link
            ON link.child_id = incident.id AND link.kind = 'merged' AND link.ended_at IS NULL
        WHERE (incident.state = 'merged') <> (link.id IS NOT NULL) OR link.parent_id <> incident.merged_into_id""",
    "incidents that are part of themselves": """
        WITH RECURSIVE way(start, id, steps) AS (
            SELECT child_id, parent_id, 1 FROM dispatch_incidentlink WHERE kind IN ('parent', 'merged')
                AND ended_at IS NULL
            UNION ALL SELECT way.start, link.parent_id, steps + 1 FROM way JOIN dispatch_incidentlink AS link
            ON link.child_id = way.id AND link.kind IN ('parent', 'merged') AND link.ended_at IS NULL WHERE steps < 50)
        SELECT start FROM way WHERE id = start OR steps >= 50""",
    "units with two live assignments": f"""
        SELECT unit_id FROM dispatch_assignment WHERE state IN {LIVE} GROUP BY unit_id HAVING count(*) > 1""",
    "changes of units without time, source, or somebody or something known that made them, or that are not joined": """
        SELECT id FROM (SELECT *, lag(new) OVER (PARTITION BY unit_id ORDER BY id) AS before,
                max(occurred_at) FILTER (WHERE old <> '') OVER (PARTITION BY unit_id ORDER BY id
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before_at
            FROM dispatch_unitstatuschange) AS step
        WHERE old <> coalesce(before, '') OR old = new OR occurred_at < before_at OR source = ''
            OR actor_id IS NULL AND (old = '') <> (source IN ('new', 'migration'))
            OR actor_id IS NULL AND source NOT IN ('new', 'migration', 'task', 'rule', 'position')""",
    "units in a status that their newest change does not say": """
        SELECT unit.id FROM dispatch_unit AS unit JOIN LATERAL (SELECT * FROM dispatch_unitstatuschange
            WHERE unit_id = unit.id ORDER BY id DESC LIMIT 1) AS step ON true
        WHERE step.new <> unit.status OR step.old <> ''
            AND (step.occurred_at, step.source) IS DISTINCT FROM (unit.status_since, unit.status_source)""",
    "units whose status is not what their work makes, and nothing befell them": f"""
        SELECT unit.id FROM dispatch_unit AS unit LEFT JOIN dispatch_assignment AS work
            ON work.unit_id = unit.id AND work.state IN {LIVE}
        WHERE work.id IS NOT NULL AND unit.status NOT IN ('OO', 'UM', 'PN') AND unit.status <> {UNIT_STATUS}
            OR work.id IS NULL AND unit.status IN ('DP', 'AK', 'ER', 'ST', 'OS', 'TR', 'AH')""",
    "units in distress without an alarm that is open, or alarms without distress": """
        SELECT unit.id FROM dispatch_unit AS unit LEFT JOIN dispatch_unitalarm AS alarm ON alarm.unit_id = unit.id
            AND alarm.kind = 'emergency' AND alarm.ended_at IS NULL
        GROUP BY unit.id HAVING count(alarm.id) <> CASE unit.status WHEN 'PN' THEN 1 ELSE 0 END""",
    "assignments that ended without a time, or elsewhere than they say": f"""
        SELECT id FROM dispatch_assignment WHERE (state NOT IN {LIVE}) <> (ended_at IS NOT NULL)
            OR (state = 'diverted') <> (diverted_to_id IS NOT NULL) OR diverted_to_id = incident_id""",
    "incidents whose state is not what their units make": f"""
        SELECT incident.id FROM dispatch_incident AS incident LEFT JOIN LATERAL (
            SELECT count(*) AS live, count(*) FILTER (WHERE state IN ('on_scene', 'transporting', 'at_destination'))
                AS working, count(*) FILTER (WHERE state IN ('enroute', 'staged')) AS moving
            FROM dispatch_assignment WHERE incident_id = incident.id AND state IN {LIVE}) AS unit ON true
        WHERE incident.state IN ('pending', 'intake', 'all_clear') AND live > 0
            OR incident.state = 'assigned' AND NOT (live > 0 AND working = 0 AND moving = 0)
            OR incident.state = 'enroute' AND NOT (moving > 0 AND working = 0)
            OR incident.state IN ('on_scene', 'under_control') AND working = 0""",
    "open incidents without owner, next step or deadline": f"""
        SELECT id FROM dispatch_incident WHERE state NOT IN {OVER}
            AND (owner_id IS NULL OR next_step = '' OR due_at IS NULL OR closed_at IS NOT NULL
                OR disposition_id IS NOT NULL)""",
    "closed incidents without disposition, or with something due": f"""
        SELECT id FROM dispatch_incident WHERE state IN ('closed', 'cancelled') AND disposition_id IS NULL
            OR state IN {OVER} AND (next_step <> '' OR due_at IS NOT NULL OR escalation <> '' OR closed_at IS NULL)""",
    "escalations of an incident that are not written down": """
        SELECT incident.id FROM dispatch_incident AS incident WHERE escalation <> '' AND NOT EXISTS (
            SELECT 1 FROM dispatch_escalation AS told WHERE told.incident_id = incident.id
                AND told.level = incident.escalation AND told.due_at = incident.due_at)""",
    "agencies' parts that contradict themselves": """
        SELECT part.id FROM dispatch_agencypart AS part JOIN dispatch_incident AS incident
            ON incident.id = part.incident_id
        WHERE (part.state = 'done') <> (part.disposition_id IS NOT NULL AND part.ended_at IS NOT NULL)
            OR (part.state = 'forwarded') <> (part.forwarded_to_id IS NOT NULL)
            OR part.state IN ('rejected', 'forwarded') AND part.reason = ''
            OR part.answer_due_at IS NOT NULL AND part.state <> 'notified'
            OR part.state = 'notified' AND part.role NOT IN ('informational', 'call_receiving')
                AND part.answer_due_at IS NULL
            OR part.state IN ('notified', 'accepted') AND incident.state IN ('closed', 'cancelled')""",
    "two running storms of one incident, or one that is over": """
        SELECT incident_id FROM dispatch_storm WHERE ended_at IS NULL GROUP BY incident_id HAVING count(*) > 1
        UNION ALL SELECT storm.incident_id FROM dispatch_storm AS storm JOIN dispatch_incident AS incident
            ON incident.id = storm.incident_id WHERE storm.ended_at IS NULL AND incident.state = 'merged'""",
    "handovers offered twice": """
        SELECT 1 FROM dispatch_handover WHERE state = 'offered' GROUP BY from_user_id HAVING count(*) > 1""",
    "a stream with a gap": """
        SELECT realm.id FROM realtime_realm AS realm LEFT JOIN realtime_event AS event ON event.realm_id = realm.id
        GROUP BY realm.id HAVING realm.head <> count(event.id) OR realm.head <> coalesce(max(event.sequence), 0)""",
}
WORK_TABLES = sorted(
    model._meta.db_table for model in apps.get_app_config("dispatch").get_models(include_auto_created=True)
)
RECORD_TABLES = ("accounts_auditentry", "accounts_audithead", "realtime_event", "realtime_realm")
TABLE = re.compile(r"\b(?:accounts|dispatch|realtime)_\w+")  # whatever table a rule reads
# When somebody was heard of last is no fact of the work.
HEARD_OF = {"dispatch_presence": "seen_at", "dispatch_pbxlink": "seen_at"}


def violations(now: datetime, touched: Collection[str] | None = None) -> list[str]:
    """Every rule that does not hold, with the rows; also whether a deferred constraint would fail at a commit.

    Where all held before and only the tables `touched` were written since, the rules that read none of them still do.
    """
    found = []
    with connection.cursor() as cursor:
        for name, query, values in _questions(now):
            if touched is None or not set(TABLE.findall(query)).isdisjoint(touched):
                cursor.execute(query, values)
                found += [f"{name}: {row}" for row in cursor.fetchall()]
    connection.check_constraints()
    return found + [f"audit: {fault}" for fault in audit_faults()]


def _questions(now: datetime) -> Iterator[tuple[str, str, list[Any]]]:
    for machine, (rows, steps, key, firsts) in MACHINES.items():
        edges = ["|".join(("", first)) for first in firsts]
        edges += [f"{old}|{new}" for old, news in EDGES[machine].items() for new in news]
        lacking = f"SELECT id, old, new FROM {steps} WHERE NOT (old || '|' || new) = ANY(%s)"
        yield f"{machine}: an edge that the machine lacks", lacking, [edges]
        yield f"{machine}: a step of the future", f"SELECT id FROM {steps} WHERE occurred_at > %s", [now]
        for name, query in NEVER.items():
            yield f"{machine}: {name}", query.format(rows=rows, steps=steps, key=key), []
    for name, query in OF_ROWS.items():
        yield name, query, []


def rows_written() -> dict[str, int]:
    """How often this transaction wrote a row of each table, those it took back among them, as PostgreSQL counts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables")
        return dict(cursor.fetchall())


def digest(touched: Collection[str] | None = None) -> dict[str, str]:
    """A fingerprint of each table, the audit record and the stream among them; of all, or of those touched."""
    tables = dict.fromkeys((*WORK_TABLES, *RECORD_TABLES), "to_jsonb(t)")
    tables |= {table: f"to_jsonb(t) - '{column}'" for table, column in HEARD_OF.items()}
    tables |= {f"{table}.{column}": f"jsonb_build_object('{column}', t.{column})" for table, column in HEARD_OF.items()}
    parts = [
        f"SELECT '{name}', count(*) || ' ' || coalesce(md5(string_agg(md5(({row})::text), '' "
        f"ORDER BY md5(({row})::text))), '') FROM {name.partition('.')[0]} AS t"
        for name, row in tables.items()
        if touched is None or name.partition(".")[0] in touched
    ]
    if not parts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())
