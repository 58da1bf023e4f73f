"""Numbers for calls and incidents out of sequences, which nobody waits for; an append-only timeline."""

from django.db import migrations

FORWARD = """
CREATE SEQUENCE dispatch_call_number START 1001;
CREATE SEQUENCE dispatch_incident_number START 1001;
CREATE TRIGGER timeline_append_only BEFORE UPDATE OR DELETE ON dispatch_timelineentry
    FOR EACH ROW EXECUTE FUNCTION siaga_append_only();
"""
BACKWARD = """
DROP TRIGGER timeline_append_only ON dispatch_timelineentry;
DROP SEQUENCE dispatch_incident_number;
DROP SEQUENCE dispatch_call_number;
"""


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0001_initial"), ("accounts", "0002_audit_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
