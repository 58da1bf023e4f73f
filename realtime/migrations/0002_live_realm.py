"""The live realm is always there, and an event never changes once it is told."""

from django.db import migrations

FORWARD = """
INSERT INTO realtime_realm (code, kind, head, created_at) VALUES ('LIVE', 'live', 0, now()) ON CONFLICT DO NOTHING;
CREATE TRIGGER event_unchanged BEFORE UPDATE ON realtime_event FOR EACH ROW EXECUTE FUNCTION siaga_append_only();
"""
BACKWARD = "DROP TRIGGER event_unchanged ON realtime_event;"


class Migration(migrations.Migration):
    dependencies = [("realtime", "0001_initial"), ("accounts", "0002_audit_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
