"""Units in full: types, posts, status, positions, alarms, run cards."""

import common.ids
import dispatch.models.units
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_more_roles'),
        ('dispatch', '0011_part_steps'),
        ('places', '0002_changed_at'),
        ('realtime', '0002_live_realm'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Capability',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=30, unique=True, verbose_name='code')),
                ('name_id', models.CharField(max_length=80, verbose_name='Indonesian name')),
                ('name_en', models.CharField(max_length=80, verbose_name='English name')),
                ('order', models.IntegerField(default=100, verbose_name='order')),
            ],
            options={
                'verbose_name': 'capability',
                'verbose_name_plural': 'capabilities',
                'ordering': ['order', 'code'],
            },
        ),
        migrations.CreateModel(
            name='RunCard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('priority', models.CharField(blank=True, choices=[('P1', 'P1 life-threatening'), ('P2', 'P2 urgent'), ('P3', 'P3 soon'), ('P4', 'P4 can wait'), ('P5', 'P5 for information')], max_length=2, verbose_name='priority')),
                ('alarm_level', models.PositiveSmallIntegerField(default=1, verbose_name='alarm level')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_until', models.DateField(blank=True, null=True, verbose_name='valid until')),
                ('reason', models.TextField(blank=True, max_length=1000, verbose_name='reasons')),
                ('source', models.CharField(blank=True, max_length=120, verbose_name='source')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
            ],
            options={
                'verbose_name': 'run card',
                'verbose_name_plural': 'run cards',
                'ordering': ['type__order', 'priority', 'alarm_level', 'valid_from'],
            },
        ),
        migrations.CreateModel(
            name='RunCardLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('count', models.PositiveSmallIntegerField(default=1, verbose_name='count')),
                ('order', models.PositiveSmallIntegerField(default=1, verbose_name='order')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'line of a run card',
                'verbose_name_plural': 'lines of run cards',
                'ordering': ['order', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Station',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=30, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('lat', models.FloatField(validators=[django.core.validators.MinValueValidator(-90.0), django.core.validators.MaxValueValidator(90.0)], verbose_name='latitude')),
                ('lon', models.FloatField(validators=[django.core.validators.MinValueValidator(-180.0), django.core.validators.MaxValueValidator(180.0)], verbose_name='longitude')),
                ('address', models.CharField(blank=True, max_length=200, verbose_name='address')),
                ('contact', models.CharField(blank=True, max_length=80, verbose_name='contact')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
            ],
            options={
                'verbose_name': 'station',
                'verbose_name_plural': 'stations',
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='UnitAlarm',
            fields=[
                ('id', models.UUIDField(default=common.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('emergency', 'unit in distress'), ('out_of_service', 'unit dropped out during its work'), ('diverted', 'unit was sent elsewhere'), ('not_acknowledged', 'unit does not acknowledge'), ('not_en_route', 'unit does not leave'), ('not_arrived', 'unit does not arrive'), ('no_report', 'no report from the unit'), ('position_stale', 'position of the unit is lost')], max_length=20, verbose_name='kind')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('lat', models.FloatField(null=True, verbose_name='latitude')),
                ('lon', models.FloatField(null=True, verbose_name='longitude')),
                ('status_before', models.CharField(blank=True, choices=[('AV', 'available at its post'), ('AVM', 'available on the move'), ('DP', 'dispatched'), ('AK', 'acknowledged'), ('ER', 'en route'), ('ST', 'staging'), ('OS', 'on scene'), ('TR', 'transporting a patient'), ('AH', 'at the hospital'), ('RT', 'returning to its post'), ('RS', 'reserved'), ('BR', 'on a break'), ('OO', 'out of order'), ('UM', 'crew incomplete'), ('OD', 'off duty'), ('PN', 'unit in distress')], max_length=3, verbose_name='status before')),
                ('presses', models.PositiveIntegerField(default=1, verbose_name='times pressed')),
                ('level', models.CharField(choices=[('desk', 'desk'), ('supervisor', 'supervisor'), ('head', 'head of operations')], default='desk', max_length=12, verbose_name='level')),
                ('about_at', models.DateTimeField(verbose_name='about')),
                ('raised_at', models.DateTimeField(verbose_name='raised at')),
                ('escalate_at', models.DateTimeField(null=True, verbose_name='next level at')),
                ('acknowledged_at', models.DateTimeField(null=True, verbose_name='looked at')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='over at')),
            ],
            options={
                'verbose_name': 'alarm of a unit',
                'verbose_name_plural': 'alarms of units',
                'ordering': ['-raised_at'],
            },
        ),
        migrations.CreateModel(
            name='UnitPosition',
            fields=[
                ('unit', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='position', serialize=False, to='dispatch.unit', verbose_name='unit')),
                ('lat', models.FloatField(verbose_name='latitude')),
                ('lon', models.FloatField(verbose_name='longitude')),
                ('speed_kmh', models.FloatField(null=True, verbose_name='speed (km/h)')),
                ('heading_deg', models.FloatField(null=True, verbose_name='heading')),
                ('accuracy_m', models.FloatField(null=True, verbose_name='uncertainty (m)')),
                ('measured_at', models.DateTimeField(verbose_name='measured at')),
                ('received_at', models.DateTimeField(verbose_name='received at')),
                ('source', models.CharField(choices=[('gateway', 'vehicle gateway'), ('device', "crew's device")], max_length=10, verbose_name='source')),
                ('kept_lat', models.FloatField(editable=False)),
                ('kept_lon', models.FloatField(editable=False)),
                ('kept_at', models.DateTimeField(editable=False)),
            ],
            options={
                'verbose_name': 'position of a unit',
                'verbose_name_plural': 'positions of units',
            },
        ),
        migrations.CreateModel(
            name='UnitStatusChange',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('old', models.CharField(blank=True, max_length=20, verbose_name='from')),
                ('new', models.CharField(max_length=20, verbose_name='to')),
                ('occurred_at', models.DateTimeField(verbose_name='time')),
                ('source', models.CharField(max_length=40, verbose_name='source')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'status change of a unit',
                'verbose_name_plural': 'status changes of units',
                'ordering': ['id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='UnitTrack',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('lat', models.FloatField(verbose_name='latitude')),
                ('lon', models.FloatField(verbose_name='longitude')),
                ('speed_kmh', models.FloatField(null=True, verbose_name='speed (km/h)')),
                ('heading_deg', models.FloatField(null=True, verbose_name='heading')),
                ('measured_at', models.DateTimeField(verbose_name='measured at')),
            ],
            options={
                'verbose_name': 'track of a unit',
                'verbose_name_plural': 'tracks of units',
                'ordering': ['measured_at'],
            },
        ),
        migrations.CreateModel(
            name='UnitType',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=30, unique=True, verbose_name='code')),
                ('name_id', models.CharField(max_length=80, verbose_name='Indonesian name')),
                ('name_en', models.CharField(max_length=80, verbose_name='English name')),
                ('capabilities', django.contrib.postgres.fields.ArrayField(base_field=models.SlugField(max_length=30), blank=True, default=list, size=None, verbose_name='capabilities')),
                ('speed_kmh', models.PositiveSmallIntegerField(default=28, verbose_name='speed by day (km/h)')),
                ('rush_speed_kmh', models.PositiveSmallIntegerField(default=18, verbose_name='speed in the rush hours (km/h)')),
                ('night_speed_kmh', models.PositiveSmallIntegerField(default=40, verbose_name='speed by night (km/h)')),
                ('turnout_s', models.PositiveSmallIntegerField(default=120, verbose_name='leaves within (s)')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('order', models.IntegerField(default=100, verbose_name='order')),
            ],
            options={
                'verbose_name': 'unit type',
                'verbose_name_plural': 'unit types',
                'ordering': ['order', 'code'],
            },
        ),
        migrations.AddField(
            model_name='assignment',
            name='alarm_level',
            field=models.PositiveSmallIntegerField(default=1, verbose_name='alarm level'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='destination',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.place', verbose_name='destination'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='destination_text',
            field=models.CharField(blank=True, max_length=120, verbose_name='destination in words'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='diverted_to',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dispatch.incident', verbose_name='diverted to'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='due_at',
            field=models.DateTimeField(null=True, verbose_name='due'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='eta_s',
            field=models.PositiveIntegerField(null=True, verbose_name='expected travel time (s)'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='is_overdue',
            field=models.BooleanField(default=False, verbose_name='overdue'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='override_note',
            field=models.CharField(blank=True, max_length=200, verbose_name='in words'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='override_reason',
            field=models.CharField(blank=True, choices=[('unstated', 'not stated'), ('closer', 'is nearer than the system knows'), ('skill', 'has what is needed there'), ('asked_for', 'was asked for'), ('free_soon', 'is free at once'), ('coverage', 'the proposed one is kept for its district'), ('agency', 'the agency decided so'), ('other', 'other')], help_text='Only where somebody else was sent than was proposed.', max_length=12, verbose_name='why another one'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='proposal',
            field=models.JSONField(default=dict, editable=False, help_text='what was proposed when it was sent'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='proposed_rank',
            field=models.PositiveSmallIntegerField(help_text='Empty: it was not proposed.', null=True, verbose_name='rank in the proposal'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='status_before',
            field=models.CharField(blank=True, choices=[('AV', 'available at its post'), ('AVM', 'available on the move'), ('DP', 'dispatched'), ('AK', 'acknowledged'), ('ER', 'en route'), ('ST', 'staging'), ('OS', 'on scene'), ('TR', 'transporting a patient'), ('AH', 'at the hospital'), ('RT', 'returning to its post'), ('RS', 'reserved'), ('BR', 'on a break'), ('OO', 'out of order'), ('UM', 'crew incomplete'), ('OD', 'off duty'), ('PN', 'unit in distress')], max_length=3, verbose_name='status before'),
        ),
        migrations.AddField(
            model_name='unit',
            name='account',
            field=models.OneToOneField(blank=True, help_text="Who signs in on the crew's device.", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='unit', to=settings.AUTH_USER_MODEL, verbose_name='account'),
        ),
        migrations.AddField(
            model_name='unit',
            name='capabilities',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.SlugField(max_length=30), blank=True, default=list, size=None, verbose_name='capabilities'),
        ),
        migrations.AddField(
            model_name='unit',
            name='contact',
            field=models.CharField(blank=True, max_length=40, verbose_name='contact'),
        ),
        migrations.AddField(
            model_name='unit',
            name='crew_count',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='crew'),
        ),
        migrations.AddField(
            model_name='unit',
            name='crew_text',
            field=models.CharField(blank=True, max_length=200, verbose_name='crew on this shift'),
        ),
        migrations.AddField(
            model_name='unit',
            name='radio',
            field=models.CharField(blank=True, max_length=40, verbose_name='radio'),
        ),
        migrations.AddField(
            model_name='unit',
            name='realm',
            field=models.ForeignKey(default=dispatch.models.units.realm_live, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='realtime.realm'),
        ),
        migrations.AddField(
            model_name='unit',
            name='status',
            field=models.CharField(choices=[('AV', 'available at its post'), ('AVM', 'available on the move'), ('DP', 'dispatched'), ('AK', 'acknowledged'), ('ER', 'en route'), ('ST', 'staging'), ('OS', 'on scene'), ('TR', 'transporting a patient'), ('AH', 'at the hospital'), ('RT', 'returning to its post'), ('RS', 'reserved'), ('BR', 'on a break'), ('OO', 'out of order'), ('UM', 'crew incomplete'), ('OD', 'off duty'), ('PN', 'unit in distress')], default='AV', editable=False, max_length=3, verbose_name='status'),
        ),
        migrations.AddField(
            model_name='unit',
            name='status_reason',
            field=models.CharField(blank=True, editable=False, max_length=200, verbose_name='reason'),
        ),
        migrations.AddField(
            model_name='unit',
            name='status_since',
            field=models.DateTimeField(editable=False, null=True, verbose_name='since'),
        ),
        migrations.AddField(
            model_name='unit',
            name='status_source',
            field=models.CharField(blank=True, editable=False, max_length=40, verbose_name='source'),
        ),
        migrations.AlterField(
            model_name='unit',
            name='call_sign',
            field=models.SlugField(max_length=20, verbose_name='call sign'),
        ),
        migrations.AddIndex(
            model_name='assignment',
            index=models.Index(condition=models.Q(('ended_at', None), ('is_overdue', False)), fields=['due_at'], name='assignment_due'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(('diverted_to', None), ('state', 'diverted'), _connector='OR'), name='assignment_diverted_only_says_where'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at', None), ('due_at', None), _connector='OR'), name='assignment_ended_has_nothing_due'),
        ),
        migrations.AddField(
            model_name='runcard',
            name='type',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='run_cards', to='dispatch.incidenttype', verbose_name='type'),
        ),
        migrations.AddField(
            model_name='runcardline',
            name='capability',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dispatch.capability', verbose_name='capability'),
        ),
        migrations.AddField(
            model_name='runcardline',
            name='card',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='dispatch.runcard', verbose_name='run card'),
        ),
        migrations.AddField(
            model_name='station',
            name='agency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stations', to='accounts.agency', verbose_name='agency'),
        ),
        migrations.AddField(
            model_name='station',
            name='district',
            field=models.ForeignKey(blank=True, limit_choices_to={'kind': 'district'}, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='places.place', verbose_name='district'),
        ),
        migrations.AddField(
            model_name='unit',
            name='station',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='units', to='dispatch.station', verbose_name='station'),
        ),
        migrations.AddField(
            model_name='unitalarm',
            name='acknowledged_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='looked at by'),
        ),
        migrations.AddField(
            model_name='unitalarm',
            name='assignment',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='alarms', to='dispatch.assignment', verbose_name='assignment'),
        ),
        migrations.AddField(
            model_name='unitalarm',
            name='ended_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ended by'),
        ),
        migrations.AddField(
            model_name='unitalarm',
            name='incident',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='unit_alarms', to='dispatch.incident', verbose_name='incident'),
        ),
        migrations.AddField(
            model_name='unitalarm',
            name='realm',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='realtime.realm'),
        ),
        migrations.AddField(
            model_name='unitalarm',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alarms', to='dispatch.unit', verbose_name='unit'),
        ),
        migrations.AddIndex(
            model_name='unitposition',
            index=models.Index(fields=['received_at'], name='unit_position_received'),
        ),
        migrations.AddConstraint(
            model_name='unitposition',
            constraint=models.CheckConstraint(condition=models.Q(('lat__range', (-90, 90)), ('lon__range', (-180, 180))), name='unit_position_on_earth'),
        ),
        migrations.AddField(
            model_name='unitstatuschange',
            name='actor',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='actor'),
        ),
        migrations.AddField(
            model_name='unitstatuschange',
            name='assignment',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dispatch.assignment', verbose_name='assignment'),
        ),
        migrations.AddField(
            model_name='unitstatuschange',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='status_changes', to='dispatch.unit', verbose_name='unit'),
        ),
        migrations.AddField(
            model_name='unittrack',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='track', to='dispatch.unit', verbose_name='unit'),
        ),
        migrations.AddConstraint(
            model_name='unittype',
            constraint=models.CheckConstraint(condition=models.Q(('night_speed_kmh__gt', 0), ('rush_speed_kmh__gt', 0), ('speed_kmh__gt', 0)), name='unit_type_moves'),
        ),
        migrations.AddField(
            model_name='runcardline',
            name='unit_type',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dispatch.unittype', verbose_name='unit type'),
        ),
        migrations.AddField(
            model_name='unit',
            name='type',
            field=models.ForeignKey(blank=True, help_text='A unit without a type fits no run card.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='units', to='dispatch.unittype', verbose_name='type'),
        ),
        migrations.AddConstraint(
            model_name='unit',
            constraint=models.UniqueConstraint(fields=('realm', 'call_sign'), name='unit_call_sign_once'),
        ),
        migrations.AddConstraint(
            model_name='unit',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['AV', 'AVM', 'DP', 'AK', 'ER', 'ST', 'OS', 'TR', 'AH', 'RT', 'RS', 'BR', 'OO', 'UM', 'OD', 'PN'])), name='unit_known_status'),
        ),
        migrations.AddConstraint(
            model_name='runcard',
            constraint=models.UniqueConstraint(fields=('type', 'priority', 'alarm_level', 'valid_from'), name='run_card_once'),
        ),
        migrations.AddConstraint(
            model_name='runcard',
            constraint=models.CheckConstraint(condition=models.Q(('alarm_level__range', (1, 5))), name='run_card_level'),
        ),
        migrations.AddConstraint(
            model_name='runcard',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until', None), ('valid_until__gte', models.F('valid_from')), _connector='OR'), name='run_card_ends_last'),
        ),
        migrations.AddConstraint(
            model_name='station',
            constraint=models.CheckConstraint(condition=models.Q(('lat__range', (-90, 90)), ('lon__range', (-180, 180))), name='station_on_earth'),
        ),
        migrations.AddIndex(
            model_name='unitalarm',
            index=models.Index(condition=models.Q(('ended_at', None)), fields=['escalate_at'], name='unit_alarm_escalate'),
        ),
        migrations.AddConstraint(
            model_name='unitalarm',
            constraint=models.UniqueConstraint(fields=('unit', 'kind', 'about_at'), name='unit_alarm_once'),
        ),
        migrations.AddConstraint(
            model_name='unitalarm',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'emergency'), ('ended_at', None)), fields=('unit',), name='unit_alarm_one_emergency'),
        ),
        migrations.AddConstraint(
            model_name='unitalarm',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['emergency', 'out_of_service', 'diverted', 'not_acknowledged', 'not_en_route', 'not_arrived', 'no_report', 'position_stale'])), name='unit_alarm_known_kind'),
        ),
        migrations.AddConstraint(
            model_name='unitalarm',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('acknowledged_at', None), ('acknowledged_by', None)), models.Q(('acknowledged_at__isnull', False), ('acknowledged_by__isnull', False)), _connector='OR'), name='unit_alarm_looked_at_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='unitalarm',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'emergency'), _negated=True), ('ended_at', None), models.Q(('acknowledged_at__isnull', False), ('ended_by__isnull', False)), _connector='OR'), name='unit_alarm_emergency_is_ended_by_a_person'),
        ),
        migrations.AddIndex(
            model_name='unittrack',
            index=models.Index(fields=['unit', 'measured_at'], name='unit_track_of'),
        ),
        migrations.AddIndex(
            model_name='unittrack',
            index=models.Index(fields=['measured_at'], name='unit_track_age'),
        ),
        migrations.AddConstraint(
            model_name='runcardline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('capability__isnull', False), ('unit_type', None)), models.Q(('capability', None), ('unit_type__isnull', False)), _connector='OR'), name='run_card_line_type_or_capability'),
        ),
        migrations.AddConstraint(
            model_name='runcardline',
            constraint=models.CheckConstraint(condition=models.Q(('count__range', (1, 20))), name='run_card_line_count'),
        ),
    ]
