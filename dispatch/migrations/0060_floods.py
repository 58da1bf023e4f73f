
import common.ids
import dispatch.models.units
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_unit_roles'),
        ('dispatch', '0051_supervision_rules'),
        ('places', '0002_changed_at'),
        ('realtime', '0002_live_realm'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FloodEpisode',
            fields=[
                ('id', models.UUIDField(default=common.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('started_at', models.DateTimeField(verbose_name='began at')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended at')),
            ],
            options={
                'verbose_name': 'flood',
                'verbose_name_plural': 'floods',
                'ordering': ['-started_at'],
            },
        ),
        migrations.CreateModel(
            name='FloodTask',
            fields=[
                ('id', models.UUIDField(default=common.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('level', models.PositiveSmallIntegerField(choices=[(1, 'Siaga I'), (2, 'Siaga II'), (3, 'Siaga III'), (4, 'Siaga IV')], verbose_name='level')),
                ('text_id', models.CharField(max_length=300, verbose_name='Indonesian text')),
                ('text_en', models.CharField(max_length=300, verbose_name='English text')),
                ('made_at', models.DateTimeField(verbose_name='made at')),
                ('due_at', models.DateTimeField(verbose_name='due')),
                ('state', models.CharField(choices=[('open', 'open'), ('done', 'done'), ('not_possible', 'not possible'), ('overtaken', 'overtaken by events')], default='open', max_length=12, verbose_name='state')),
                ('escalation', models.CharField(blank=True, choices=[('desk', 'desk'), ('supervisor', 'supervisor'), ('head', 'head of operations')], default='', max_length=12, verbose_name='told to')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('answered_at', models.DateTimeField(null=True, verbose_name='answered at')),
            ],
            options={
                'verbose_name': 'flood task',
                'verbose_name_plural': 'flood tasks',
                'ordering': ['due_at'],
            },
        ),
        migrations.CreateModel(
            name='FloodTaskPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField(choices=[(1, 'Siaga I'), (2, 'Siaga II'), (3, 'Siaga III')], verbose_name='level')),
                ('text_id', models.CharField(max_length=300, verbose_name='Indonesian text')),
                ('text_en', models.CharField(max_length=300, verbose_name='English text')),
                ('due_s', models.PositiveIntegerField(default=1800, verbose_name='due within (s)')),
                ('order', models.PositiveSmallIntegerField(default=100, verbose_name='order')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
            ],
            options={
                'verbose_name': 'planned flood task',
                'verbose_name_plural': 'planned flood tasks',
                'ordering': ['-level', 'order', 'id'],
            },
        ),
        migrations.CreateModel(
            name='FloodWarning',
            fields=[
                ('id', models.UUIDField(default=common.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('state', models.CharField(choices=[('proposed', 'waits for a decision'), ('confirmed', 'issued'), ('declined', 'not issued'), ('replaced', 'overtaken by a later one')], default='proposed', max_length=10, verbose_name='state')),
                ('draft', models.JSONField(default=dict, editable=False)),
                ('proposed_at', models.DateTimeField(verbose_name='proposed at')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='decided at')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'proposed warning',
                'verbose_name_plural': 'proposed warnings',
                'ordering': ['-proposed_at'],
            },
        ),
        migrations.CreateModel(
            name='Gauge',
            fields=[
                ('id', models.UUIDField(default=common.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('code', models.SlugField(max_length=30, verbose_name='code')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('river', models.CharField(max_length=80, verbose_name='river')),
                ('order', models.PositiveSmallIntegerField(default=100, help_text='Upstream first.', verbose_name='order')),
                ('lat', models.FloatField(validators=[django.core.validators.MinValueValidator(-90.0), django.core.validators.MaxValueValidator(90.0)], verbose_name='latitude')),
                ('lon', models.FloatField(validators=[django.core.validators.MinValueValidator(-180.0), django.core.validators.MaxValueValidator(180.0)], verbose_name='longitude')),
                ('level_3_cm', models.FloatField(verbose_name='Siaga III from (cm)')),
                ('level_2_cm', models.FloatField(verbose_name='Siaga II from (cm)')),
                ('level_1_cm', models.FloatField(verbose_name='Siaga I from (cm)')),
                ('hysteresis_cm', models.FloatField(default=5.0, help_text='A level ends once the water stands this far below its threshold.', verbose_name='falls only this far below (cm)')),
                ('min_cm', models.FloatField(default=0.0, verbose_name='least possible (cm)')),
                ('max_cm', models.FloatField(default=2000.0, verbose_name='highest possible (cm)')),
                ('change_max_cm_h', models.FloatField(default=600.0, verbose_name='fastest possible change (cm/h)')),
                ('stale_after_s', models.PositiveIntegerField(default=3600, verbose_name='stale after (s)')),
                ('stuck_after_s', models.PositiveIntegerField(default=86400, help_text='The same value for so long is doubtful; 0: never.', verbose_name='stuck after (s)')),
                ('warn_from_level', models.PositiveSmallIntegerField(blank=True, choices=[(1, 'Siaga I'), (2, 'Siaga II'), (3, 'Siaga III'), (4, 'Siaga IV')], default=2, help_text='Empty: none is proposed.', null=True, verbose_name='propose a warning from')),
                ('source', models.CharField(blank=True, max_length=300, verbose_name='source of the table')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('level', models.PositiveSmallIntegerField(choices=[(1, 'Siaga I'), (2, 'Siaga II'), (3, 'Siaga III'), (4, 'Siaga IV')], editable=False, null=True, verbose_name='level')),
                ('level_since', models.DateTimeField(editable=False, null=True, verbose_name='since')),
                ('height_cm', models.FloatField(editable=False, null=True, verbose_name='height (cm)')),
                ('measured_at', models.DateTimeField(editable=False, null=True, verbose_name='measured at')),
                ('trend_cm_h', models.FloatField(editable=False, null=True, verbose_name='trend (cm/h)')),
                ('mark', models.CharField(blank=True, choices=[('late', 'came late; counts at the time it was measured'), ('future', 'lies in the future; not used: a clock is wrong'), ('impossible', 'outside what the gauge can show; not used'), ('jump_up', 'rose faster than the river can; used, look at the gauge'), ('jump_down', 'fell faster than the river can; not used until the next reading bears it out'), ('stuck', 'the same value for long; the gauge may be stuck')], editable=False, max_length=12, verbose_name='doubt')),
                ('is_stale', models.BooleanField(default=True, editable=False, verbose_name='stale')),
                ('waves', models.JSONField(default=list, editable=False, help_text='water on its way to gauges downstream')),
            ],
            options={
                'verbose_name': 'gauge',
                'verbose_name_plural': 'gauges',
                'ordering': ['order', 'code'],
            },
        ),
        migrations.CreateModel(
            name='GaugeLevelChange',
            fields=[
                ('id', models.UUIDField(default=common.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('old', models.PositiveSmallIntegerField(choices=[(1, 'Siaga I'), (2, 'Siaga II'), (3, 'Siaga III'), (4, 'Siaga IV')], null=True, verbose_name='before')),
                ('new', models.PositiveSmallIntegerField(choices=[(1, 'Siaga I'), (2, 'Siaga II'), (3, 'Siaga III'), (4, 'Siaga IV')], verbose_name='level')),
                ('height_cm', models.FloatField(verbose_name='height (cm)')),
                ('measured_at', models.DateTimeField(verbose_name='measured at')),
                ('told_at', models.DateTimeField(verbose_name='told at')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended at')),
                ('is_sure', models.BooleanField(default=True, verbose_name='sure')),
                ('downstream', models.JSONField(default=list, editable=False, help_text='when the water is expected where, as told')),
            ],
            options={
                'verbose_name': 'change of level',
                'verbose_name_plural': 'changes of level',
                'ordering': ['-told_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='GaugeLevelSeen',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('seen_at', models.DateTimeField(verbose_name='seen at')),
            ],
            options={
                'verbose_name': 'change of level taken note of',
                'verbose_name_plural': 'changes of level taken note of',
                'ordering': ['seen_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='GaugeReach',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('travel_min_s', models.PositiveIntegerField(verbose_name='at the earliest (s)')),
                ('travel_s', models.PositiveIntegerField(verbose_name='usually (s)')),
                ('travel_max_s', models.PositiveIntegerField(verbose_name='at the latest (s)')),
                ('source', models.CharField(blank=True, max_length=300, verbose_name='source')),
            ],
            options={
                'verbose_name': 'way of the water',
                'verbose_name_plural': 'ways of the water',
                'ordering': ['upper', 'lower'],
            },
        ),
        migrations.CreateModel(
            name='GaugeReading',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('measured_at', models.DateTimeField(verbose_name='measured at')),
                ('height_cm', models.FloatField(verbose_name='height (cm)')),
                ('received_at', models.DateTimeField(verbose_name='received at')),
                ('source', models.CharField(choices=[('api', 'program'), ('csv', 'file'), ('person', 'read by a person')], max_length=10, verbose_name='source')),
                ('mark', models.CharField(blank=True, choices=[('late', 'came late; counts at the time it was measured'), ('future', 'lies in the future; not used: a clock is wrong'), ('impossible', 'outside what the gauge can show; not used'), ('jump_up', 'rose faster than the river can; used, look at the gauge'), ('jump_down', 'fell faster than the river can; not used until the next reading bears it out'), ('stuck', 'the same value for long; the gauge may be stuck')], max_length=12, verbose_name='doubt')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
            ],
            options={
                'verbose_name': 'reading of a gauge',
                'verbose_name_plural': 'readings of gauges',
                'ordering': ['-measured_at'],
            },
        ),
        migrations.CreateModel(
            name='RoadBlock',
            fields=[
                ('id', models.UUIDField(default=common.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=160, verbose_name='road or area')),
                ('is_area', models.BooleanField(default=False, verbose_name='area')),
                ('points', models.JSONField()),
                ('reason', models.CharField(choices=[('flood', 'flooded'), ('tree', 'fallen tree'), ('collapse', 'collapsed'), ('accident', 'accident'), ('crowd', 'crowd'), ('works', 'road works'), ('other', 'other')], max_length=10, verbose_name='reason')),
                ('depth_cm', models.PositiveSmallIntegerField(null=True, verbose_name='depth of the water (cm)')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('from_at', models.DateTimeField(verbose_name='from')),
                ('until_at', models.DateTimeField(null=True, verbose_name='expected until')),
                ('source', models.CharField(choices=[('desk', 'told to the desk'), ('agency', 'told by an agency'), ('crew', 'seen by a crew'), ('camera', 'seen by a camera')], max_length=10, verbose_name='source')),
                ('made_at', models.DateTimeField(verbose_name='reported at')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='open again at')),
                ('end_note', models.CharField(blank=True, max_length=300, verbose_name='how that is known')),
            ],
            options={
                'verbose_name': 'blocked road',
                'verbose_name_plural': 'blocked roads',
                'ordering': ['-from_at'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='escalation',
            name='escalation_once',
        ),
        migrations.RemoveConstraint(
            model_name='escalation',
            name='escalation_of_one_thing',
        ),
        migrations.AddField(
            model_name='floodepisode',
            name='realm',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='realtime.realm'),
        ),
        migrations.AddField(
            model_name='floodtask',
            name='agency',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.agency', verbose_name='agency'),
        ),
        migrations.AddField(
            model_name='floodtask',
            name='answered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='answered by'),
        ),
        migrations.AddField(
            model_name='floodtask',
            name='episode',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='dispatch.floodepisode', verbose_name='flood'),
        ),
        migrations.AddField(
            model_name='floodtask',
            name='realm',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='realtime.realm'),
        ),
        migrations.AddField(
            model_name='escalation',
            name='task',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='escalations', to='dispatch.floodtask', verbose_name='flood task'),
        ),
        migrations.AddConstraint(
            model_name='escalation',
            constraint=models.UniqueConstraint(fields=('incident', 'call', 'part', 'task', 'level', 'due_at'), name='escalation_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='escalation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('call', None), ('incident__isnull', False), ('part', None), ('task', None)), models.Q(('call__isnull', False), ('incident', None), ('part', None), ('task', None)), models.Q(('call', None), ('incident', None), ('part__isnull', False), ('task', None)), models.Q(('call', None), ('incident', None), ('part', None), ('task__isnull', False)), _connector='OR'), name='escalation_of_one_thing'),
        ),
        migrations.AddField(
            model_name='floodtaskplan',
            name='agency',
            field=models.ForeignKey(blank=True, help_text='Empty: the centre itself.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.agency', verbose_name='agency'),
        ),
        migrations.AddField(
            model_name='floodtask',
            name='plan',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='tasks', to='dispatch.floodtaskplan', verbose_name='planned flood task'),
        ),
        migrations.AddField(
            model_name='floodwarning',
            name='alert',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dispatch.alert', verbose_name='warning'),
        ),
        migrations.AddField(
            model_name='floodwarning',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by'),
        ),
        migrations.AddField(
            model_name='floodwarning',
            name='realm',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='realtime.realm'),
        ),
        migrations.AddField(
            model_name='floodtask',
            name='warning',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='task', to='dispatch.floodwarning', verbose_name='proposed warning'),
        ),
        migrations.AddField(
            model_name='gauge',
            name='agency',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.agency', verbose_name='read by'),
        ),
        migrations.AddField(
            model_name='gauge',
            name='places',
            field=models.ManyToManyField(blank=True, related_name='+', to='places.place', verbose_name='kelurahan on the river here'),
        ),
        migrations.AddField(
            model_name='gauge',
            name='realm',
            field=models.ForeignKey(default=dispatch.models.units.realm_live, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='realtime.realm'),
        ),
        migrations.AddField(
            model_name='floodtaskplan',
            name='gauge',
            field=models.ForeignKey(blank=True, help_text='Empty: any gauge; the first that reaches the level makes the task.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='plans', to='dispatch.gauge', verbose_name='gauge'),
        ),
        migrations.AddField(
            model_name='floodtask',
            name='gauge',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dispatch.gauge', verbose_name='gauge'),
        ),
        migrations.AddField(
            model_name='gaugelevelchange',
            name='gauge',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='dispatch.gauge', verbose_name='gauge'),
        ),
        migrations.AddField(
            model_name='gaugelevelchange',
            name='realm',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='realtime.realm'),
        ),
        migrations.AddField(
            model_name='floodwarning',
            name='change',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='warning', to='dispatch.gaugelevelchange', verbose_name='change of level'),
        ),
        migrations.AddField(
            model_name='gaugelevelseen',
            name='change',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seen', to='dispatch.gaugelevelchange', verbose_name='change of level'),
        ),
        migrations.AddField(
            model_name='gaugelevelseen',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AddField(
            model_name='gaugereach',
            name='lower',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reaches_up', to='dispatch.gauge', verbose_name='to'),
        ),
        migrations.AddField(
            model_name='gaugereach',
            name='upper',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reaches_down', to='dispatch.gauge', verbose_name='from'),
        ),
        migrations.AddField(
            model_name='gaugereading',
            name='gauge',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='dispatch.gauge', verbose_name='gauge'),
        ),
        migrations.AddField(
            model_name='gaugereading',
            name='made_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='sent by'),
        ),
        migrations.AddField(
            model_name='roadblock',
            name='ended_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='opened by'),
        ),
        migrations.AddField(
            model_name='roadblock',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reported by'),
        ),
        migrations.AddField(
            model_name='roadblock',
            name='realm',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='realtime.realm'),
        ),
        migrations.AddConstraint(
            model_name='floodepisode',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('realm',), name='flood_one_open'),
        ),
        migrations.AddConstraint(
            model_name='gauge',
            constraint=models.UniqueConstraint(fields=('realm', 'code'), name='gauge_code_once'),
        ),
        migrations.AddConstraint(
            model_name='gauge',
            constraint=models.CheckConstraint(condition=models.Q(('level_1_cm__lt', models.F('max_cm')), ('level_2_cm__lt', models.F('level_1_cm')), ('level_3_cm__lt', models.F('level_2_cm')), ('min_cm__lt', models.F('level_3_cm'))), name='gauge_levels_rise'),
        ),
        migrations.AddConstraint(
            model_name='gauge',
            constraint=models.CheckConstraint(condition=models.Q(('change_max_cm_h__gt', 0), ('hysteresis_cm__gte', 0), ('stale_after_s__gt', 0)), name='gauge_rules_sane'),
        ),
        migrations.AddConstraint(
            model_name='gauge',
            constraint=models.CheckConstraint(condition=models.Q(('lat__range', (-90, 90)), ('lon__range', (-180, 180))), name='gauge_on_earth'),
        ),
        migrations.AddConstraint(
            model_name='gauge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('height_cm', None), ('level', None), ('level_since', None), ('measured_at', None)), models.Q(('height_cm__isnull', False), ('level__range', (1, 4)), ('level_since__isnull', False), ('measured_at__isnull', False)), _connector='OR'), name='gauge_level_comes_from_readings'),
        ),
        migrations.AddConstraint(
            model_name='floodtaskplan',
            constraint=models.UniqueConstraint(fields=('level', 'gauge', 'agency', 'text_id'), name='flood_plan_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='floodtaskplan',
            constraint=models.CheckConstraint(condition=models.Q(('due_s__gt', 0), ('level__range', (1, 3))), name='flood_plan_sane'),
        ),
        migrations.AddIndex(
            model_name='floodtask',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['due_at'], name='flood_task_due'),
        ),
        migrations.AddConstraint(
            model_name='floodtask',
            constraint=models.UniqueConstraint(fields=('episode', 'plan'), name='flood_task_once'),
        ),
        migrations.AddConstraint(
            model_name='floodtask',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('state', 'open')), models.Q(('answered_at__isnull', False), ('state__in', ['done', 'overtaken'])), models.Q(('answered_at__isnull', False), ('state', 'not_possible'), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='flood_task_answered'),
        ),
        migrations.AddConstraint(
            model_name='gaugelevelchange',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('gauge',), name='gauge_level_one_open'),
        ),
        migrations.AddConstraint(
            model_name='gaugelevelchange',
            constraint=models.CheckConstraint(condition=models.Q(('new__range', (1, 4))), name='gauge_level_known'),
        ),
        migrations.AddConstraint(
            model_name='floodwarning',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('alert', None), ('decided_at', None), ('decided_by', None), ('state', 'proposed')), models.Q(('alert__isnull', False), ('decided_at__isnull', False), ('decided_by__isnull', False), ('state', 'confirmed')), models.Q(('alert', None), ('decided_at__isnull', False), ('decided_by__isnull', False), ('state', 'declined'), models.Q(('reason', ''), _negated=True)), models.Q(('alert', None), ('decided_at__isnull', False), ('decided_by', None), ('state', 'replaced')), _connector='OR'), name='flood_warning_decided_by_a_person'),
        ),
        migrations.AddConstraint(
            model_name='gaugelevelseen',
            constraint=models.UniqueConstraint(fields=('change', 'user'), name='gauge_level_seen_once'),
        ),
        migrations.AddConstraint(
            model_name='gaugereach',
            constraint=models.UniqueConstraint(fields=('upper', 'lower'), name='gauge_reach_once'),
        ),
        migrations.AddConstraint(
            model_name='gaugereach',
            constraint=models.CheckConstraint(condition=models.Q(('upper', models.F('lower')), _negated=True), name='gauge_reach_leads_on'),
        ),
        migrations.AddConstraint(
            model_name='gaugereach',
            constraint=models.CheckConstraint(condition=models.Q(('travel_max_s__gt', 0), ('travel_min_s__lte', models.F('travel_s')), ('travel_s__lte', models.F('travel_max_s'))), name='gauge_reach_range'),
        ),
        migrations.AddConstraint(
            model_name='gaugereading',
            constraint=models.UniqueConstraint(fields=('gauge', 'measured_at'), name='gauge_reading_once'),
        ),
        migrations.AddConstraint(
            model_name='gaugereading',
            constraint=models.CheckConstraint(condition=models.Q(('mark__in', ['', 'late', 'future', 'impossible'])), name='gauge_reading_known_mark'),
        ),
        migrations.AddIndex(
            model_name='roadblock',
            index=models.Index(condition=models.Q(('ended_at', None)), fields=['realm', 'from_at'], name='road_block_open'),
        ),
        migrations.AddConstraint(
            model_name='roadblock',
            constraint=models.CheckConstraint(condition=models.Q(('until_at', None), ('until_at__gt', models.F('from_at')), _connector='OR'), name='road_block_ends_later'),
        ),
        migrations.AddConstraint(
            model_name='roadblock',
            constraint=models.CheckConstraint(condition=models.Q(('depth_cm', None), ('reason', 'flood'), _connector='OR'), name='road_block_depth_of_water'),
        ),
        migrations.AddConstraint(
            model_name='roadblock',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='road_block_has_name'),
        ),
    ]
