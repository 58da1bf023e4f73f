"""The one statement by which all targets are computed, from stored moments alone. What it counts: docs/supervision.md.

Every observation has the moment by which it is told to a day, an hour and a version of a target; `seconds` where the
thing was done; `waited_s` where it is still to be done, or never will be; `is_good` for shares without a time.
"""

# Nothing is put into this text but parameters: the grouping is chosen inside of it.
TARGETS = """
WITH version AS (
    SELECT t.*, valid_from::timestamp AT TIME ZONE %(zone)s AS begins_at,
        lead(valid_from) OVER (PARTITION BY code ORDER BY valid_from)::timestamp AT TIME ZONE %(zone)s AS ends_at
    FROM dispatch_target t
), lost AS (
    SELECT call_id, min(occurred_at) AS at FROM dispatch_calltransition
    WHERE new = 'abandoned' AND occurred_at >= %(start)s AND occurred_at < %(end)s::timestamptz + interval '1 day'
    GROUP BY call_id
), call AS MATERIALIZED (
    SELECT c.arrived_at, c.answered_at, c.incident_created_at, c.state, i.opened_at,
        coalesce(i.priority, '') AS priority, i.type_id,
        CASE WHEN c.answered_at IS NULL OR lost.at < c.answered_at THEN lost.at END AS lost_at
    FROM dispatch_call c LEFT JOIN lost ON lost.call_id = c.id LEFT JOIN dispatch_incident i ON i.id = c.incident_id
    WHERE c.realm_id = %(realm)s AND c.arrived_at >= %(start)s AND c.arrived_at < %(end)s AND c.call_class <> 'test'
), opened AS MATERIALIZED (
    SELECT i.id, i.opened_at, i.priority, i.type_id, i.state NOT IN ('closed', 'cancelled', 'merged') AS is_open,
        told.arrived_at, told.answered_at, ticket.notified_at, ticket.agency_id AS ticket_agency_id,
        sent.made_at, sent.agency_id AS sent_agency_id, there.reached_at, there.agency_id AS there_agency_id
    FROM dispatch_incident i
    LEFT JOIN LATERAL (
        SELECT min(c.arrived_at) AS arrived_at, min(c.answered_at) AS answered_at FROM dispatch_call c
        WHERE c.incident_id = i.id
    ) told ON true
    LEFT JOIN LATERAL (
        SELECT t.occurred_at AS notified_at, p.agency_id FROM dispatch_agencypart p
        JOIN dispatch_agencyparttransition t ON t.part_id = p.id AND t.old = ''
        WHERE p.incident_id = i.id ORDER BY t.occurred_at, p.agency_id LIMIT 1
    ) ticket ON true
    LEFT JOIN LATERAL (
        SELECT a.made_at, u.agency_id FROM dispatch_assignment a JOIN dispatch_unit u ON u.id = a.unit_id
        WHERE a.incident_id = i.id ORDER BY a.made_at, a.id LIMIT 1
    ) sent ON true
    LEFT JOIN LATERAL (
        SELECT a.reached_scene_at AS reached_at, u.agency_id FROM dispatch_assignment a
        JOIN dispatch_unit u ON u.id = a.unit_id
        WHERE a.incident_id = i.id AND a.reached_scene_at IS NOT NULL ORDER BY a.reached_scene_at, a.id LIMIT 1
    ) there ON true
    WHERE i.realm_id = %(realm)s AND i.opened_at >= %(start)s AND i.opened_at < %(end)s
), assigned AS MATERIALIZED (
    SELECT a.incident_id, a.id, a.state, a.made_at, a.reached_scene_at, i.priority, i.type_id, u.agency_id,
        enroute.at AS enroute_at
    FROM dispatch_assignment a JOIN dispatch_incident i ON i.id = a.incident_id JOIN dispatch_unit u ON u.id = a.unit_id
    LEFT JOIN LATERAL (
        SELECT min(t.occurred_at) AS at FROM dispatch_assignmenttransition t
        WHERE t.assignment_id = a.id AND t.new = 'enroute'
    ) enroute ON true
    WHERE a.realm_id = %(realm)s AND a.made_at >= %(start)s AND a.made_at < %(end)s
), observation (measure, began_at, seconds, waited_s, is_good, priority, type_id, agency_id) AS (
    SELECT 'answer', arrived_at,
        CASE WHEN lost_at IS NULL THEN date_part('epoch', answered_at - arrived_at) END,
        date_part('epoch', CASE WHEN lost_at IS NOT NULL THEN lost_at
            WHEN answered_at IS NULL AND state IN ('queued', 'offered') THEN %(now)s END - arrived_at),
        NULL::boolean, priority, type_id, NULL::bigint
    FROM call
    UNION ALL
    SELECT 'abandonment', arrived_at, date_part('epoch', lost_at - arrived_at), NULL, lost_at IS NULL, priority,
        type_id, NULL
    FROM call WHERE answered_at IS NOT NULL OR lost_at IS NOT NULL
    UNION ALL
    SELECT 'duplicate', answered_at, date_part('epoch', incident_created_at - answered_at), NULL, NULL, priority,
        type_id, NULL
    FROM call WHERE incident_created_at > opened_at AND lost_at IS NULL AND answered_at IS NOT NULL
    UNION ALL
    SELECT 'ticket', opened_at, date_part('epoch', notified_at - answered_at),
        CASE WHEN is_open AND notified_at IS NULL THEN date_part('epoch', %(now)s - answered_at) END,
        NULL, priority, type_id, ticket_agency_id
    FROM opened WHERE answered_at IS NOT NULL
    UNION ALL
    SELECT 'processing', opened_at, date_part('epoch', made_at - answered_at),
        CASE WHEN is_open AND made_at IS NULL THEN date_part('epoch', %(now)s - answered_at) END,
        NULL, priority, type_id, sent_agency_id
    FROM opened WHERE answered_at IS NOT NULL
    UNION ALL
    SELECT 'dispatch', opened_at, date_part('epoch', made_at - opened_at),
        CASE WHEN is_open AND made_at IS NULL THEN date_part('epoch', %(now)s - opened_at) END,
        NULL, priority, type_id, sent_agency_id
    FROM opened
    UNION ALL
    SELECT 'response', opened_at, date_part('epoch', reached_at - coalesce(arrived_at, opened_at)),
        CASE WHEN is_open AND reached_at IS NULL
            THEN date_part('epoch', %(now)s - coalesce(arrived_at, opened_at)) END,
        NULL, priority, type_id, there_agency_id
    FROM opened
    UNION ALL
    SELECT 'turnout', made_at, date_part('epoch', enroute_at - made_at),
        CASE WHEN enroute_at IS NULL AND state IN ('dispatched', 'acknowledged')
            THEN date_part('epoch', %(now)s - made_at) END,
        NULL, priority, type_id, agency_id
    FROM assigned
    UNION ALL
    (SELECT DISTINCT ON (incident_id) 'travel', enroute_at, date_part('epoch', reached_scene_at - enroute_at),
        CASE WHEN reached_scene_at IS NULL AND state IN ('enroute', 'staged')
            THEN date_part('epoch', %(now)s - enroute_at) END,
        NULL::boolean, priority, type_id, agency_id
    FROM assigned WHERE enroute_at IS NOT NULL ORDER BY incident_id, reached_scene_at NULLS LAST, enroute_at, id)
    UNION ALL
    SELECT 'agency_answer', p.notified_at, date_part('epoch', p.answered_at - p.notified_at),
        CASE WHEN p.state = 'notified' AND i.state NOT IN ('closed', 'cancelled', 'merged')
            THEN date_part('epoch', %(now)s - p.notified_at) END,
        NULL, p.priority, i.type_id, p.agency_id
    FROM dispatch_agencypart p JOIN dispatch_incident i ON i.id = p.incident_id
    WHERE i.realm_id = %(realm)s AND p.notified_at >= %(start)s AND p.notified_at < %(end)s
        AND p.role NOT IN ('informational', 'call_receiving')
    UNION ALL
    SELECT 'callback', due.at, date_part('epoch', tried.at - due.at),
        CASE WHEN tried.at IS NULL AND c.state = 'callback_due' THEN date_part('epoch', %(now)s - due.at) END,
        NULL, '', NULL, NULL
    FROM (
        SELECT call_id, min(occurred_at) AS at FROM dispatch_calltransition
        WHERE new = 'callback_due' AND occurred_at >= %(start)s AND occurred_at < %(end)s GROUP BY call_id
    ) due JOIN dispatch_call c ON c.id = due.call_id AND c.realm_id = %(realm)s
    LEFT JOIN LATERAL (
        SELECT min(a.attempted_at) AS at FROM dispatch_callbackattempt a WHERE a.call_id = c.id
    ) tried ON true
    UNION ALL
    SELECT 'overdue', o.opened_at, NULL, NULL,
        NOT EXISTS (SELECT FROM dispatch_escalation e WHERE e.incident_id = o.id), o.priority, o.type_id, NULL
    FROM opened o
    UNION ALL
    SELECT 'quality', c.closed_at, NULL, NULL, s.id IS NOT NULL, '', NULL, NULL
    FROM dispatch_call c LEFT JOIN dispatch_qualitysample s ON s.call_id = c.id
    WHERE c.realm_id = %(realm)s AND c.closed_at >= %(start)s AND c.closed_at < %(end)s AND c.state = 'closed'
        AND c.answered_by_id IS NOT NULL AND c.call_class <> 'test'
), told AS (
    SELECT v.id AS version_id, v.limit_s, o.waited_s, o.is_good,
        CASE WHEN o.seconds IS NOT NULL THEN greatest(o.seconds, 0) END AS seconds,
        CASE %(group)s
            WHEN 'day' THEN (o.began_at AT TIME ZONE %(zone)s)::date::text
            WHEN 'hour' THEN lpad(date_part('hour', o.began_at AT TIME ZONE %(zone)s)::text, 2, '0')
            WHEN 'priority' THEN o.priority
            WHEN 'type' THEN t.code
            WHEN 'agency' THEN a.code
            ELSE '' END AS grouped
    FROM observation o JOIN version v ON v.measure = o.measure AND v.is_active
        AND (v.priority = '' OR v.priority = o.priority) AND (v.type_id IS NULL OR v.type_id = o.type_id)
        AND o.began_at >= v.begins_at AND (v.ends_at IS NULL OR o.began_at < v.ends_at)
    LEFT JOIN dispatch_incidenttype t ON %(group)s = 'type' AND t.id = o.type_id
    LEFT JOIN accounts_agency a ON %(group)s = 'agency' AND a.id = o.agency_id
)
SELECT version_id, coalesce(grouped, ''), count(*),
    CASE WHEN limit_s IS NULL THEN count(is_good)
        ELSE count(seconds) + count(*) FILTER (WHERE seconds IS NULL AND waited_s > limit_s) END,
    CASE WHEN limit_s IS NULL THEN count(*) FILTER (WHERE is_good) ELSE count(*) FILTER (WHERE seconds <= limit_s) END,
    count(*) FILTER (WHERE seconds IS NULL AND waited_s > limit_s),
    percentile_cont(ARRAY[0.5, 0.9, 0.95, 0.99]) WITHIN GROUP (ORDER BY seconds)
FROM told GROUP BY version_id, limit_s, coalesce(grouped, '') ORDER BY 2, 1
"""
