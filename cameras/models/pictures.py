"""The pictures that cameras gave."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cameras.choices import Purpose, RetentionClass
from cameras.models.registry import Camera
from common.ids import uuid7
from realtime.models import Realm


class Snapshot(models.Model):
    """One picture with its provenance. Bytes lie in the media store under `path`, as they came.

    `delete_after` is when the bytes go; empty while that is not known yet (its incident is open). When they are gone
    `deleted_at` says so and the row stays.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    camera = models.ForeignKey(Camera, models.PROTECT, related_name="snapshots", verbose_name=_("camera"))
    camera_version = models.IntegerField(_("registry version"), default=1)
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose.choices, default=Purpose.INCIDENT)
    incident_id = models.UUIDField(_("incident"), null=True, help_text=_("What it was taken for."))
    path = models.CharField(max_length=200, unique=True)
    content_type = models.CharField(max_length=20)
    is_original = models.BooleanField(
        _("original bytes"),
        default=True,
        help_text=_("No where the camera gives video and the still was made here."),
    )
    sha256 = models.CharField("SHA-256", max_length=64)
    byte_count = models.IntegerField(_("bytes"))
    width = models.IntegerField()
    height = models.IntegerField()
    flags = ArrayField(models.CharField(max_length=20), default=list, verbose_name=_("flags"))
    requested_at = models.DateTimeField(_("requested at"))
    first_byte_at = models.DateTimeField(_("first byte at"))
    received_at = models.DateTimeField(_("received at"))
    claimed_at = models.DateTimeField(_("camera's own time"), null=True)

    derived_path = models.CharField(
        max_length=200, blank=True, help_text=_("A copy with faces blurred and privacy masks filled.")
    )
    derived_at = models.DateTimeField(null=True)

    retention_class = models.CharField(
        _("retention class"), max_length=10, choices=RetentionClass.choices, default=RetentionClass.UNMARKED
    )
    delete_after = models.DateTimeField(_("deleted after"), null=True)
    deleted_at = models.DateTimeField(_("deleted at"), null=True)

    class Meta:
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")
        ordering = ["-received_at"]
        indexes = [
            models.Index(fields=["camera", "-received_at"], name="snapshot_camera_time"),
            models.Index(fields=["delete_after"], name="snapshot_to_delete", condition=Q(deleted_at__isnull=True)),
            models.Index(fields=["incident_id"], name="snapshot_incident"),
            models.Index(
                fields=["incident_id"],
                name="snapshot_part_of_incident",
                condition=Q(retention_class=RetentionClass.INCIDENT, deleted_at__isnull=True),
            ),
            models.Index(
                fields=["received_at"],
                name="snapshot_without_copy",
                condition=Q(derived_path="", deleted_at__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(requested_at__lte=F("first_byte_at")) & Q(first_byte_at__lte=F("received_at")),
                name="snapshot_times_in_order",
            ),
            models.CheckConstraint(
                condition=Q(byte_count__gt=0) & Q(width__gt=0) & Q(height__gt=0), name="snapshot_not_empty"
            ),
            models.CheckConstraint(
                condition=Q(retention_class=RetentionClass.INCIDENT) | Q(delete_after__isnull=False),
                name="snapshot_has_an_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.camera_id} {self.received_at:%H:%M:%S}"
