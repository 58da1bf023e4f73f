"""What the database itself holds for calls and incidents, once no row of before is in the way.

`siaga_has_transition` compares, at the commit, the state of a row with its newest step: no state changes unrecorded.
"""

from django.db import migrations, models


APPEND_ONLY = (
    "calltransition", "incidenttransition", "assignmenttransition", "incidentplace", "callbackattempt",
    "callercontact", "calllocation", "pbxevent", "escalation", "protocolanswer",
)
MACHINES = ("call", "incident", "assignment")
FORWARD = "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON dispatch_{table}"
    " FOR EACH ROW EXECUTE FUNCTION siaga_append_only();\n"
    for table in APPEND_ONLY
) + "".join(
    f"""
CREATE FUNCTION siaga_{machine}_has_transition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE present text; newest text;
BEGIN
    SELECT state INTO present FROM dispatch_{machine} WHERE id = NEW.id;
    SELECT t.new INTO newest FROM dispatch_{machine}transition t
    WHERE t.{machine}_id = NEW.id ORDER BY t.id DESC LIMIT 1;
    IF present IS NOT NULL AND newest IS DISTINCT FROM present THEN
        RAISE EXCEPTION 'state of {machine} % is %, its newest step says %', NEW.id, present, newest
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER {machine}_has_transition AFTER INSERT OR UPDATE OF state ON dispatch_{machine}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION siaga_{machine}_has_transition();
"""
    for machine in MACHINES
)
BACKWARD = "".join(
    f"DROP TRIGGER {machine}_has_transition ON dispatch_{machine};\n"
    f"DROP FUNCTION siaga_{machine}_has_transition();\n"
    for machine in MACHINES
) + "".join(f"DROP TRIGGER {table}_append_only ON dispatch_{table};\n" for table in APPEND_ONLY)


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0006_rows_of_before")]
    operations = [
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['closed', 'cancelled', 'merged']), models.Q(('due_at__isnull', False), ('owner__isnull', False), models.Q(('next_step', ''), _negated=True)), _connector='OR'), name='incident_open_has_next_step'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['closed', 'cancelled', 'merged']), _negated=True), models.Q(('closed_at__isnull', False), ('due_at__isnull', True), ('escalation', ''), ('next_step', '')), _connector='OR'), name='incident_closed_has_nothing_due'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['closed', 'cancelled']), _negated=True), ('disposition__isnull', False), _connector='OR'), name='incident_closed_has_disposition'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('merged_into__isnull', False), ('state', 'merged')), models.Q(models.Q(('state', 'merged'), _negated=True), ('merged_into', None)), _connector='OR'), name='incident_merged_says_into'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into', None), models.Q(('merged_into', models.F('id')), _negated=True), _connector='OR'), name='incident_not_merged_into_itself'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.UniqueConstraint(fields=('pbx', 'pbx_call'), name='call_once_for_an_exchange'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'closed'), _negated=True), models.Q(models.Q(('call_class', ''), _negated=True), ('closed_at__isnull', False)), _connector='OR'), name='call_closed_has_class'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'callback_due'), _negated=True), models.Q(('callback_due_at__isnull', False), ('caller_number__isnull', False)), _connector='OR'), name='call_callback_has_number_and_time'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('offered_to__isnull', False), ('state', 'offered')), models.Q(models.Q(('state', 'offered'), _negated=True), ('offered_to__isnull', True)), _connector='OR'), name='call_offered_says_to_whom'),
        ),
        migrations.AddConstraint(
            model_name='call',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lat__isnull', True), ('lon__isnull', True)), models.Q(('lat__range', (-90, 90)), ('lon__range', (-180, 180))), _connector='OR'), name='call_position_whole'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
