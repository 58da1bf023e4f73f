"""What the patrol knows of each camera: its condition, its hours, its work orders."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cameras.choices import Condition, FaultKind
from cameras.models.agreements import CameraGroup
from cameras.models.registry import Camera


class CameraHealth(models.Model):
    """One row a camera, made when the patrol first sees it: the patrol's queue of record.

    A camera is due when `due_at` has come. `thumbnail` is the last picture at 64 x 36 grey, on which nobody can be
    recognised: enough to tell a frozen, covered or turned camera, and all that the patrol keeps of a good picture but
    `last_good`, the picture for the day the camera dies.
    """

    camera = models.OneToOneField(Camera, models.CASCADE, primary_key=True, related_name="health")
    condition = models.CharField(_("condition"), max_length=10, choices=Condition.choices, default=Condition.UNKNOWN)
    flags = ArrayField(models.CharField(max_length=20), default=list, verbose_name=_("flags"))
    since = models.DateTimeField(_("since"), null=True)
    failures_in_row = models.IntegerField(_("failures in a row"), default=0)
    successes_in_row = models.IntegerField(_("successes in a row"), default=0)
    flagged_in_row = models.IntegerField(_("bad pictures in a row"), default=0)
    fault_code = models.CharField(_("fault"), max_length=40, blank=True)
    checked_at = models.DateTimeField(_("checked at"), null=True)
    due_at = models.DateTimeField(_("due at"))
    lease_until = models.DateTimeField(_("lease until"), null=True)
    breaker_open_until = models.DateTimeField(_("left alone until"), null=True)
    breaker_step = models.IntegerField(_("times left alone in a row"), default=0)
    auth_hold_until = models.DateTimeField(_("password not tried until"), null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    same_in_row = models.IntegerField(_("same pictures in a row"), default=0)
    thumbnail = models.BinaryField(null=True, editable=False)
    baseline_thumbnail = models.BinaryField(null=True, editable=False)
    sharpness = models.FloatField(_("sharpness"), null=True)
    brightness = models.FloatField(_("brightness"), null=True)
    sharpness_baseline = models.FloatField(_("usual sharpness"), null=True)
    brightness_baseline = models.FloatField(_("usual brightness"), null=True)
    last_good_path = models.CharField(max_length=200, blank=True)
    last_good_at = models.DateTimeField(_("last good picture"), null=True)

    class Meta:
        verbose_name = _("camera's condition")
        verbose_name_plural = _("cameras' conditions")
        indexes = [
            models.Index(fields=["due_at"], name="camera_health_due"),
            models.Index(fields=["condition"], name="camera_health_condition"),
        ]

    def __str__(self) -> str:
        return f"{self.camera_id} {self.condition}"


class CameraHour(models.Model):
    """What the tries of one hour gave: history and sparklines."""

    camera = models.ForeignKey(Camera, models.CASCADE, related_name="hours")
    hour = models.DateTimeField(_("hour"))
    tries = models.IntegerField(_("tries"), default=0)
    pictures = models.IntegerField(_("pictures"), default=0)
    flagged = models.IntegerField(_("not fit for use"), default=0)
    duration_ms = models.BigIntegerField(_("time to picture, sum (ms)"), default=0)

    class Meta:
        verbose_name = _("camera's hour")
        verbose_name_plural = _("cameras' hours")
        indexes = [models.Index(fields=["hour"], name="camera_hour_time")]
        constraints = [
            models.UniqueConstraint(fields=["camera", "hour"], name="camera_hour_once"),
            models.CheckConstraint(
                condition=Q(pictures__lte=F("tries")) & Q(flagged__lte=F("pictures")), name="camera_hour_adds_up"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.camera_id} {self.hour:%m-%d %H}"


class CameraFaultCase(models.Model):
    """A fault for the maintainer's work list: opened by the patrol, ended by the patrol, noted on by people."""

    camera = models.ForeignKey(Camera, models.CASCADE, related_name="fault_cases", verbose_name=_("camera"))
    kind = models.CharField(_("kind"), max_length=10, choices=FaultKind.choices)
    fault_code = models.CharField(_("fault"), max_length=40)
    began_at = models.DateTimeField(_("began at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)
    last_good_path = models.CharField(max_length=200, blank=True)
    last_good_at = models.DateTimeField(_("last good picture"), null=True)
    taken_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("taken by"))
    taken_at = models.DateTimeField(_("taken at"), null=True)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("camera fault")
        verbose_name_plural = _("camera faults")
        ordering = ["began_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["camera", "kind"], name="camera_fault_open_once", condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("began_at")), name="camera_fault_ends_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.camera_id} {self.kind}"


class MaintenanceWindow(models.Model):
    """A time in which a camera or a group is worked at: not asked, not missed."""

    camera = models.ForeignKey(
        Camera, models.CASCADE, null=True, blank=True, related_name="windows", verbose_name=_("camera")
    )
    group = models.ForeignKey(
        CameraGroup, models.CASCADE, null=True, blank=True, related_name="windows", verbose_name=_("group")
    )
    begins_at = models.DateTimeField(_("begins at"))
    ends_at = models.DateTimeField(_("ends at"))
    reason = models.CharField(_("reason"), max_length=200)

    class Meta:
        verbose_name = _("maintenance window")
        verbose_name_plural = _("maintenance windows")
        ordering = ["-begins_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="maintenance_ends_later"),
            models.CheckConstraint(
                condition=Q(camera__isnull=True, group__isnull=False) | Q(camera__isnull=False, group__isnull=True),
                name="maintenance_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.camera or self.group} {self.begins_at:%d.%m. %H:%M}"


class CameraAlarmSeen(models.Model):
    """Up to when somebody has taken note of cameras that died; for that person alone."""

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+")
    seen_at = models.DateTimeField(_("seen at"))

    class Meta:
        verbose_name = _("camera alarm taken note of")
        verbose_name_plural = _("camera alarms taken note of")

    def __str__(self) -> str:
        return f"{self.user_id} {self.seen_at:%d.%m. %H:%M}"
