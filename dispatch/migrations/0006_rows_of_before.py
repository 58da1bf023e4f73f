"""Rows of before: open incidents get an owner, a next step and a deadline; every state its first step."""

from django.db import migrations

FORWARD = """
UPDATE dispatch_incident SET owner_id = opened_by_id, next_step = 'dispatch', due_at = now()
    WHERE state NOT IN ('closed', 'cancelled', 'merged');
INSERT INTO dispatch_calltransition (old, new, occurred_at, actor_id, source, reason, call_id)
    SELECT '', state, COALESCE(ended_at, answered_at, arrived_at), answered_by_id, 'migration', '', id
    FROM dispatch_call;
INSERT INTO dispatch_incidenttransition (old, new, occurred_at, actor_id, source, reason, incident_id)
    SELECT '', state, opened_at, opened_by_id, 'migration', '', id FROM dispatch_incident;
INSERT INTO dispatch_incidentplace (id, incident_id, place_text, place_id, lat, lon, radius_m, set_by_id, set_at)
    SELECT gen_random_uuid(), id, place_text, place_id, lat, lon, radius_m, opened_by_id, opened_at
    FROM dispatch_incident WHERE lat IS NOT NULL OR place_text <> '';
"""


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0005_intake")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
