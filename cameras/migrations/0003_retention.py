"""Indexes of the sweeper and of the copies: rows stay when their pictures are gone."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("cameras", "0002_registry_health_evidence")]

    operations = [
        migrations.AddIndex(
            model_name="snapshot",
            index=models.Index(
                fields=["incident_id"],
                name="snapshot_part_of_incident",
                condition=Q(retention_class="incident", deleted_at__isnull=True),
            ),
        ),
        migrations.AddIndex(
            model_name="snapshot",
            index=models.Index(
                fields=["received_at"], name="snapshot_without_copy", condition=Q(derived_path="", deleted_at__isnull=True)
            ),
        ),
    ]
