"""The cameras asked for incidents."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cameras.models import Camera, Snapshot
from common.ids import uuid7
from dispatch.choices import IncidentCameraState
from dispatch.models.incidents import Incident
from realtime.models import Realm


class IncidentCamera(models.Model):
    """One camera asked in one round for one incident: a row of the queue of record.

    A step is taken by swapping its state with a lease; when the lease runs out the sweeper gives it back.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="cameras", verbose_name=_("incident"))
    camera = models.ForeignKey(Camera, models.PROTECT, related_name="+", verbose_name=_("camera"))
    round = models.IntegerField(_("round"), default=1)
    rank = models.IntegerField(_("rank"))
    distance_m = models.FloatField(_("distance (m)"))
    reasons = ArrayField(models.CharField(max_length=30), default=list, verbose_name=_("why this camera"))
    state = models.CharField(
        _("state"), max_length=12, choices=IncidentCameraState.choices, default=IncidentCameraState.WANTED
    )
    times_asked = models.IntegerField(_("times asked"), default=1)
    preset = models.CharField(
        _("PTZ preset"),
        max_length=60,
        blank=True,
        help_text=_("A preset that shows the scene: proposed, never driven."),
    )
    attempts = models.IntegerField(_("attempts"), default=0)
    lease_until = models.DateTimeField(_("lease until"), null=True)
    fault_code = models.CharField(_("fault"), max_length=40, blank=True)
    snapshot = models.ForeignKey(
        Snapshot, models.PROTECT, null=True, related_name="incident_cameras", verbose_name=_("snapshot")
    )
    faces_found = models.IntegerField(_("faces found"), null=True)
    wanted_at = models.DateTimeField(_("wanted at"))
    captured_at = models.DateTimeField(_("captured at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    class Meta:
        verbose_name = _("incident camera")
        verbose_name_plural = _("incident cameras")
        ordering = ["incident", "round", "rank"]
        indexes = [
            models.Index(
                fields=["state", "lease_until"],
                name="incident_camera_open",
                condition=~Q(state__in=["analysed", "failed"]),
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["incident", "camera", "round"], name="incident_camera_once_a_round"),
            models.CheckConstraint(
                condition=Q(state__in=["wanted", "capturing", "failed"]) | Q(snapshot__isnull=False),
                name="incident_camera_captured_has_snapshot",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(fault_code=""), name="incident_camera_failed_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.camera_id} {self.state}"
