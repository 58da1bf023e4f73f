"""Who is missing or has fled moves on; and pictures of before say what they were taken for."""

from django.db import migrations

REACH = {"orang-hilang": "foot", "kriminal": "vehicle"}
PICTURES = """
UPDATE cameras_snapshot SET incident_id = asked.incident_id
FROM dispatch_incidentcamera asked WHERE asked.snapshot_id = cameras_snapshot.id AND cameras_snapshot.incident_id IS NULL
"""


def reach(apps, schema_editor):
    for code, value in REACH.items():
        apps.get_model("dispatch", "IncidentType").objects.filter(code=code, reach="").update(reach=value)


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0070_camera_watch"), ("cameras", "0002_registry_health_evidence")]
    operations = [
        migrations.RunPython(reach, migrations.RunPython.noop),
        migrations.RunSQL(PICTURES, migrations.RunSQL.noop),
    ]
