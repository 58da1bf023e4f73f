"""Steps of agencies' parts, held by the database as those of the other machines; who set a next step by hand."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FORWARD = """
INSERT INTO dispatch_agencyparttransition (old, new, occurred_at, actor_id, source, reason, part_id)
    SELECT '', state, COALESCE(ended_at, answered_at, notified_at), answered_by_id, 'migration', '', id
    FROM dispatch_agencypart;
SET CONSTRAINTS ALL IMMEDIATE;  -- no trigger can be made on a table while checks of its rows wait
CREATE TRIGGER agencyparttransition_append_only BEFORE UPDATE OR DELETE ON dispatch_agencyparttransition
    FOR EACH ROW EXECUTE FUNCTION siaga_append_only();
CREATE FUNCTION siaga_agencypart_has_transition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE present text; newest text;
BEGIN
    SELECT state INTO present FROM dispatch_agencypart WHERE id = NEW.id;
    SELECT t.new INTO newest FROM dispatch_agencyparttransition t
    WHERE t.part_id = NEW.id ORDER BY t.id DESC LIMIT 1;
    IF present IS NOT NULL AND newest IS DISTINCT FROM present THEN
        RAISE EXCEPTION 'state of agencypart % is %, its newest step says %', NEW.id, present, newest
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER agencypart_has_transition AFTER INSERT OR UPDATE OF state ON dispatch_agencypart
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION siaga_agencypart_has_transition();
"""
BACKWARD = """
DROP TRIGGER agencypart_has_transition ON dispatch_agencypart;
DROP FUNCTION siaga_agencypart_has_transition();
DROP TRIGGER agencyparttransition_append_only ON dispatch_agencyparttransition;
"""


class Migration(migrations.Migration):
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL), ("dispatch", "0010_codes_and_rules")]
    operations = [
        migrations.AddField(
            model_name='incident',
            name='next_step_by',
            field=models.ForeignKey(help_text='Empty: it follows from the rules.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='next step set by'),
        ),
        migrations.CreateModel(
            name='AgencyPartTransition',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('old', models.CharField(blank=True, max_length=20, verbose_name='from')),
                ('new', models.CharField(max_length=20, verbose_name='to')),
                ('occurred_at', models.DateTimeField(verbose_name='time')),
                ('source', models.CharField(max_length=40, verbose_name='source')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='actor')),
                ('part', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transitions', to='dispatch.agencypart', verbose_name='agency in an incident')),
            ],
            options={
                'verbose_name': "step of an agency's part",
                'verbose_name_plural': "steps of agencies' parts",
                'ordering': ['id'],
                'abstract': False,
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
