"""Ids of events are an exchange's own within a call; positions that phones send by text are kept for their call."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dispatch", "0008_dispositions_and_rules"),
        ("realtime", "0002_live_realm"),
    ]
    operations = [
        migrations.RemoveConstraint(model_name="pbxevent", name="pbx_event_once"),
        migrations.RemoveIndex(model_name="pbxevent", name="pbx_event_of_call"),
        migrations.AddConstraint(
            model_name="pbxevent",
            constraint=models.UniqueConstraint(
                fields=("pbx", "pbx_call", "event_id"), name="pbx_event_once_for_a_call"
            ),
        ),
        migrations.RemoveConstraint(model_name="calllocation", name="call_location_once"),
        migrations.AddConstraint(
            model_name="calllocation",
            constraint=models.UniqueConstraint(
                fields=("call", "source", "measured_at", "lat", "lon", "radius_m"), name="call_location_once"
            ),
        ),
        migrations.CreateModel(
            name="AmlMessage",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pbx", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dispatch.pbxlink", verbose_name="exchange")),
                ("realm", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="realtime.realm")),
                ("caller_number", models.CharField(max_length=32, verbose_name="caller's number")),
                ("lat", models.FloatField(verbose_name="latitude")),
                ("lon", models.FloatField(verbose_name="longitude")),
                ("radius_m", models.FloatField(verbose_name="uncertainty (m)")),
                ("measured_at", models.DateTimeField(verbose_name="measured at")),
                ("received_at", models.DateTimeField(verbose_name="received at")),
            ],
            options={
                "verbose_name": "position sent by a phone",
                "verbose_name_plural": "positions sent by phones",
                "ordering": ["received_at", "id"],
            },
        ),
        migrations.AddConstraint(
            model_name="amlmessage",
            constraint=models.UniqueConstraint(
                fields=("realm", "caller_number", "measured_at", "lat", "lon", "radius_m", "pbx"),
                name="aml_message_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="amlmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(("lat__range", (-90, 90)), ("lon__range", (-180, 180)), ("radius_m__gte", 0)),
                name="aml_message_possible",
            ),
        ),
    ]
