"""What must hold of units, their work and incidents at any moment, asked by SQL: each finds what must not be.

Not through the code that wrote them: a mistake in a rule must not hide itself here.
"""

from django.db import connection

from dispatch.rules.transitions import EDGES, Machine

LIVE = "('dispatched', 'acknowledged', 'enroute', 'staged', 'on_scene', 'transporting', 'at_destination')"
OVER = "('closed', 'cancelled', 'merged')"
STATUS_OF_WORK = """CASE work.state WHEN 'dispatched' THEN 'DP' WHEN 'acknowledged' THEN 'AK'
    WHEN 'enroute' THEN 'ER' WHEN 'staged' THEN 'ST' WHEN 'on_scene' THEN 'OS' WHEN 'transporting' THEN 'TR'
    WHEN 'at_destination' THEN 'AH' END"""

NEVER = {
    "units with two live assignments": f"""
        SELECT unit_id FROM dispatch_assignment WHERE state IN {LIVE} GROUP BY unit_id HAVING count(*) > 1""",
    "units at work whose status is not that of their work": f"""
        SELECT unit.call_sign, unit.status, work.state FROM dispatch_unit unit JOIN dispatch_assignment work
            ON work.unit_id = unit.id AND work.state IN {LIVE}
        WHERE unit.status NOT IN ('OO', 'UM', 'PN') AND unit.status <> {STATUS_OF_WORK}""",
    "units without work that stand as if they had some": f"""
        SELECT call_sign, status FROM dispatch_unit unit WHERE status IN ('DP', 'AK', 'ER', 'ST', 'OS', 'TR', 'AH')
            AND NOT EXISTS (SELECT FROM dispatch_assignment WHERE unit_id = unit.id AND state IN {LIVE})""",
    "distress without an open emergency, or the other way round": """
        SELECT unit.call_sign, unit.status FROM dispatch_unit unit WHERE (unit.status = 'PN') <> EXISTS (
            SELECT FROM dispatch_unitalarm WHERE unit_id = unit.id AND kind = 'emergency' AND ended_at IS NULL)""",
    "emergencies that ended without two looks of a person": """
        SELECT id FROM dispatch_unitalarm WHERE kind = 'emergency' AND ended_at IS NOT NULL
            AND (acknowledged_by_id IS NULL OR ended_by_id IS NULL OR reason = '')""",
    "open alarms about work that went over to another incident": f"""
        SELECT alarm.kind FROM dispatch_unitalarm alarm JOIN dispatch_assignment work ON work.id = alarm.assignment_id
        WHERE alarm.ended_at IS NULL AND work.state IN {LIVE} AND alarm.incident_id <> work.incident_id""",
    "late steps that are told of after they were taken, once the clock has looked": """
        SELECT alarm.kind, work.state FROM dispatch_unitalarm alarm JOIN dispatch_assignment work
            ON work.id = alarm.assignment_id
        WHERE alarm.ended_at IS NOT NULL AND alarm.ended_by_id IS NULL AND alarm.kind LIKE 'not_%'
            AND work.due_at = alarm.about_at""",
    "incidents whose state is not what their units make": f"""
        SELECT incident.number, incident.state FROM dispatch_incident incident LEFT JOIN LATERAL (
            SELECT count(*) AS live, count(*) FILTER (WHERE state IN ('enroute', 'staged')) AS moving,
                count(*) FILTER (WHERE state IN ('on_scene', 'transporting', 'at_destination')) AS working
            FROM dispatch_assignment WHERE incident_id = incident.id AND state IN {LIVE}) unit ON true
        WHERE CASE WHEN incident.state IN {OVER} THEN live > 0
            WHEN working > 0 THEN incident.state NOT IN ('on_scene', 'under_control')
            WHEN moving > 0 THEN incident.state <> 'enroute'
            WHEN live > 0 THEN incident.state <> 'assigned'
            ELSE incident.state NOT IN ('intake', 'pending', 'all_clear') END""",
    "closed incidents without a moment, or open ones with one": f"""
        SELECT number FROM dispatch_incident WHERE (state IN {OVER}) <> (closed_at IS NOT NULL)""",
    "work that ended without a moment, or has something due all the same": f"""
        SELECT id FROM dispatch_assignment WHERE (state IN {LIVE}) <> (ended_at IS NULL)
            OR (state IN {LIVE}) <> (due_at IS NOT NULL) OR ended_at < made_at OR reached_scene_at < made_at""",
    "work that reached the scene by its word and not by its steps, or the other way round": """
        SELECT id FROM dispatch_assignment work WHERE (reached_scene_at IS NOT NULL) <> EXISTS (
            SELECT FROM dispatch_assignmenttransition WHERE assignment_id = work.id
                AND new IN ('on_scene', 'transporting', 'at_destination'))""",
    "diverted work that does not go on where it was sent": """
        SELECT old.id FROM dispatch_assignment old WHERE (old.state = 'diverted') <> (old.diverted_to_id IS NOT NULL)
            OR old.state = 'diverted' AND NOT EXISTS (SELECT FROM dispatch_assignment new
                WHERE new.unit_id = old.unit_id AND new.made_at = old.ended_at AND new.id <> old.id)""",
    "states that the newest step does not say": """
        SELECT work.id, work.state FROM dispatch_assignment work LEFT JOIN LATERAL (SELECT new
            FROM dispatch_assignmenttransition WHERE assignment_id = work.id ORDER BY id DESC LIMIT 1) step ON true
        WHERE step.new IS DISTINCT FROM work.state
        UNION ALL SELECT NULL, unit.call_sign FROM dispatch_unit unit LEFT JOIN LATERAL (SELECT new
            FROM dispatch_unitstatuschange WHERE unit_id = unit.id ORDER BY id DESC LIMIT 1) step ON true
        WHERE step.new IS DISTINCT FROM unit.status""",
    "steps that are not joined, or go back in time": """
        SELECT assignment_id::text, old FROM (SELECT *, lag(new) OVER way AS before, lag(occurred_at) OVER way AS since
            FROM dispatch_assignmenttransition WINDOW way AS (PARTITION BY assignment_id ORDER BY id)) step
        WHERE old <> coalesce(before, '') OR occurred_at < since
        UNION ALL SELECT unit_id::text, old FROM (SELECT *, lag(new) OVER way AS before
            FROM dispatch_unitstatuschange WINDOW way AS (PARTITION BY unit_id ORDER BY id)) step
        WHERE old <> coalesce(before, '') OR old = new""",
    "steps without a person or a known source": """
        SELECT id, source FROM dispatch_assignmenttransition WHERE actor_id IS NULL
        UNION ALL SELECT id, source FROM dispatch_unitstatuschange
            WHERE actor_id IS NULL AND source NOT IN ('new', 'position', 'migration')""",
    "what the stream said last is not so": """
        WITH said AS (SELECT DISTINCT ON (kind, entity_id) kind, entity_id, payload FROM realtime_event
            ORDER BY kind, entity_id, sequence DESC)
        SELECT 'unit', unit.call_sign FROM dispatch_unit unit JOIN said ON said.kind = 'unit.changed'
            AND said.entity_id = unit.id::text WHERE said.payload ->> 'status' <> unit.status
        UNION ALL SELECT 'assignment', work.id::text FROM dispatch_assignment work LEFT JOIN said
            ON said.kind = 'assignment.changed' AND said.entity_id = work.id::text
            WHERE said.payload ->> 'state' IS DISTINCT FROM work.state
                OR said.payload ->> 'incident_id' IS DISTINCT FROM work.incident_id::text
        UNION ALL SELECT 'incident', incident.id::text FROM dispatch_incident incident LEFT JOIN said
            ON said.kind = 'incident.changed' AND said.entity_id = incident.id::text
            WHERE said.payload ->> 'state' IS DISTINCT FROM incident.state""",
    "units sent and audit entries that say so": """
        SELECT count(*) FROM dispatch_assignment HAVING count(*) <> (
            SELECT count(*) FROM accounts_auditentry WHERE action = 'unit_sent')""",
}
EDGES_KNOWN = ["|dispatched", *(f"{old}|{new}" for old, news in EDGES[Machine.ASSIGNMENT].items() for new in news)]
NEVER["steps that the machine lacks"] = f"""
    SELECT id, old, new FROM dispatch_assignmenttransition
    WHERE old || '|' || new NOT IN ({", ".join(f"'{edge}'" for edge in EDGES_KNOWN)})"""
# One statement that is planned once: it is asked after every step.
ALL = " UNION ALL ".join(f"SELECT '{name}', found::text FROM ({query}) AS found" for name, query in NEVER.items())
KNOWN = "SELECT count(*) FROM pg_prepared_statements WHERE name = 'unit_invariants'"


def violations() -> list[str]:
    """What does not hold, with the rows."""
    with connection.cursor() as cursor:
        cursor.execute(KNOWN)
        if cursor.fetchone() == (0,):
            cursor.execute(f"PREPARE unit_invariants AS {ALL}")
        cursor.execute("EXECUTE unit_invariants")
        return [f"{name}: {row}" for name, row in cursor.fetchall()]
