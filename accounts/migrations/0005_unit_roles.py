"""Crews and gateways of positions sign in too."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_api_tokens'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='rolegrant',
            name='role_grant_known_role',
        ),
        migrations.AlterField(
            model_name='rolegrant',
            name='role',
            field=models.CharField(choices=[('call_taker', 'Call-taker'), ('dispatcher', 'Dispatcher'), ('supervisor', 'Supervisor'), ('head', 'Head of operations'), ('agency_officer', 'Agency officer'), ('watchlist_officer', 'Watchlist officer'), ('camera_administrator', 'Camera administrator'), ('trainer', 'Trainer'), ('auditor', 'Auditor'), ('unit', 'Crew of a unit'), ('position_gateway', 'Gateway of positions'), ('administrator', 'System administrator')], max_length=30, verbose_name='role'),
        ),
        migrations.AddConstraint(
            model_name='rolegrant',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['call_taker', 'dispatcher', 'supervisor', 'head', 'agency_officer', 'watchlist_officer', 'camera_administrator', 'trainer', 'auditor', 'unit', 'position_gateway', 'administrator'])), name='role_grant_known_role'),
        ),
    ]
