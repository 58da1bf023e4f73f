"""What the database itself holds for units.

`siaga_unit_has_change`: no status changes unrecorded. `siaga_unit_fits_work`: at the commit a unit at work has the
status of its assignment's state, a unit without work none of those, unless something befell it; and nobody works in
another realm. Rows of before get the status of their assignment and a first change.
"""

from django.db import migrations

FITS = """
CREATE FUNCTION siaga_unit_work_check(wanted bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE present text; home bigint; live text; elsewhere boolean;
BEGIN
    SELECT status, realm_id INTO present, home FROM dispatch_unit WHERE id = wanted;
    IF present IS NULL THEN
        RETURN;
    END IF;
    SELECT state, realm_id IS DISTINCT FROM home INTO live, elsewhere FROM dispatch_assignment
    WHERE unit_id = wanted AND ended_at IS NULL;
    IF elsewhere THEN
        RAISE EXCEPTION 'unit % works in another realm', wanted USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF present IN ('OO', 'UM', 'PN') OR (present = 'OD' AND live IS NULL) THEN
        RETURN;
    END IF;
    IF live IS NULL AND present IN ('DP', 'AK', 'ER', 'ST', 'OS', 'TR', 'AH') THEN
        RAISE EXCEPTION 'unit % is % and has no work', wanted, present
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF live IS NOT NULL AND present IS DISTINCT FROM (CASE live
        WHEN 'dispatched' THEN 'DP' WHEN 'acknowledged' THEN 'AK' WHEN 'enroute' THEN 'ER' WHEN 'staged' THEN 'ST'
        WHEN 'on_scene' THEN 'OS' WHEN 'transporting' THEN 'TR' WHEN 'at_destination' THEN 'AH' END) THEN
        RAISE EXCEPTION 'unit % is %, its work is %', wanted, present, live
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
END $$;
CREATE FUNCTION siaga_unit_fits_work() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM siaga_unit_work_check(NEW.id);
    RETURN NULL;
END $$;
CREATE FUNCTION siaga_work_fits_unit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM siaga_unit_work_check(NEW.unit_id);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER unit_fits_work AFTER INSERT OR UPDATE OF status, realm_id ON dispatch_unit
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION siaga_unit_fits_work();
CREATE CONSTRAINT TRIGGER work_fits_unit AFTER INSERT OR UPDATE OF state, unit_id, realm_id ON dispatch_assignment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION siaga_work_fits_unit();
"""
CHANGES = """
CREATE FUNCTION siaga_unit_has_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE present text; newest text;
BEGIN
    SELECT status INTO present FROM dispatch_unit WHERE id = NEW.id;
    SELECT c.new INTO newest FROM dispatch_unitstatuschange c WHERE c.unit_id = NEW.id ORDER BY c.id DESC LIMIT 1;
    IF present IS NOT NULL AND newest IS DISTINCT FROM present THEN
        RAISE EXCEPTION 'status of unit % is %, its newest change says %', NEW.id, present, newest
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER unit_has_change AFTER UPDATE OF status ON dispatch_unit
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION siaga_unit_has_change();
CREATE TRIGGER unitstatuschange_append_only BEFORE UPDATE OR DELETE ON dispatch_unitstatuschange
    FOR EACH ROW EXECUTE FUNCTION siaga_append_only();
CREATE FUNCTION siaga_unit_first_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO dispatch_unitstatuschange (old, new, occurred_at, actor_id, source, reason, unit_id, assignment_id)
    VALUES ('', NEW.status, COALESCE(NEW.status_since, now()), NULL, 'new', '', NEW.id, NULL);
    RETURN NULL;
END $$;
CREATE TRIGGER unit_first_change AFTER INSERT ON dispatch_unit
    FOR EACH ROW EXECUTE FUNCTION siaga_unit_first_change();
"""
BEFORE = """
UPDATE dispatch_unit u SET status = CASE a.state
        WHEN 'dispatched' THEN 'DP' WHEN 'acknowledged' THEN 'AK' WHEN 'enroute' THEN 'ER' WHEN 'staged' THEN 'ST'
        WHEN 'on_scene' THEN 'OS' WHEN 'transporting' THEN 'TR' WHEN 'at_destination' THEN 'AH' END
    FROM dispatch_assignment a WHERE a.unit_id = u.id AND a.ended_at IS NULL;
UPDATE dispatch_assignment SET status_before = 'AV' WHERE ended_at IS NULL;
INSERT INTO dispatch_unitstatuschange (old, new, occurred_at, actor_id, source, reason, unit_id, assignment_id)
    SELECT '', status, now(), NULL, 'migration', '', id, NULL FROM dispatch_unit;
"""
BACKWARD = """
DROP TRIGGER unit_first_change ON dispatch_unit;
DROP FUNCTION siaga_unit_first_change();
DROP TRIGGER unitstatuschange_append_only ON dispatch_unitstatuschange;
DROP TRIGGER unit_has_change ON dispatch_unit;
DROP FUNCTION siaga_unit_has_change();
DROP TRIGGER work_fits_unit ON dispatch_assignment;
DROP TRIGGER unit_fits_work ON dispatch_unit;
DROP FUNCTION siaga_work_fits_unit();
DROP FUNCTION siaga_unit_fits_work();
DROP FUNCTION siaga_unit_work_check(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0020_units")]
    operations = [
        migrations.RunSQL(CHANGES + FITS, BACKWARD),
        migrations.RunSQL(BEFORE, migrations.RunSQL.noop),
    ]
