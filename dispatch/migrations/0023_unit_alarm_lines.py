"""A line of the story for alarms of units."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('dispatch', '0022_unit_types'),
    ]

    operations = [
        migrations.AlterField(
            model_name='timelineentry',
            name='kind',
            field=models.CharField(choices=[('opened', 'incident opened'), ('call_joined', 'call joined'), ('changed', 'changed'), ('note', 'note'), ('cameras_asked', 'cameras asked'), ('camera_failed', 'camera failed'), ('candidate', 'candidate'), ('reviewed', 'candidate reviewed'), ('state', 'state changed'), ('linked', 'linked'), ('unlinked', 'link ended'), ('person', 'person'), ('part', 'agency'), ('assignment', 'unit'), ('protocol', 'protocol card'), ('next_step', 'next step'), ('escalated', 'escalated'), ('handed_over', 'handed over'), ('contact', 'contact with the caller'), ('storm', 'storm mode'), ('unit_alarm', 'alarm of a unit')], max_length=15, verbose_name='kind'),
        ),
    ]
