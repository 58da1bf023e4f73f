"""Readings are never changed or deleted; a change of level only ever gets its end."""

from django.db import migrations

RULES = """
CREATE TRIGGER gaugereading_append_only BEFORE UPDATE OR DELETE ON dispatch_gaugereading
    FOR EACH ROW EXECUTE FUNCTION siaga_append_only();
CREATE TRIGGER gaugelevelseen_append_only BEFORE UPDATE OR DELETE ON dispatch_gaugelevelseen
    FOR EACH ROW EXECUTE FUNCTION siaga_append_only();
CREATE FUNCTION siaga_gauge_level_ends_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL
        OR (to_jsonb(OLD) - 'ended_at') IS DISTINCT FROM (to_jsonb(NEW) - 'ended_at') THEN
        RAISE EXCEPTION 'a change of level only ever gets its end' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER gaugelevelchange_ends_once BEFORE UPDATE OR DELETE ON dispatch_gaugelevelchange
    FOR EACH ROW EXECUTE FUNCTION siaga_gauge_level_ends_once();
"""
AWAY = """
DROP TRIGGER gaugelevelchange_ends_once ON dispatch_gaugelevelchange;
DROP FUNCTION siaga_gauge_level_ends_once();
DROP TRIGGER gaugelevelseen_append_only ON dispatch_gaugelevelseen;
DROP TRIGGER gaugereading_append_only ON dispatch_gaugereading;
"""


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0060_floods")]
    operations = [migrations.RunSQL(RULES, AWAY)]
