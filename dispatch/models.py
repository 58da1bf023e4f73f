"""Calls, incidents, the cameras asked for them, and the timeline."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cameras.models import LATITUDE, LONGITUDE, Camera, Snapshot
from common.ids import uuid7
from dispatch.choices import CallMedium, CallState, IncidentCameraState, IncidentState, Priority, TimelineKind
from places.models import Place
from realtime.models import Realm

POSITION_WHOLE = Q(lat__isnull=True, lon__isnull=True) | Q(lat__range=(-90, 90), lon__range=(-180, 180))


class IncidentType(models.Model):
    """A kind of incident with its usual priority, and whether faces may be matched in such incidents at all."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name_id = models.CharField(_("Indonesian name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80)
    apco_code = models.CharField(_("APCO code"), max_length=20, blank=True)
    default_priority = models.CharField(_("usual priority"), max_length=2, choices=Priority.choices)
    face_matching_allowed = models.BooleanField(_("face matching allowed"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    order = models.IntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("incident type")
        verbose_name_plural = _("incident types")
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name_id


class Incident(models.Model):
    """What is happening, wherever and from how many calls it was told."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    number = models.BigIntegerField(_("number"))
    type = models.ForeignKey(IncidentType, models.PROTECT, related_name="+", verbose_name=_("type"))
    priority = models.CharField(_("priority"), max_length=2, choices=Priority.choices)
    state = models.CharField(_("state"), max_length=15, choices=IncidentState.choices, default=IncidentState.PENDING)
    place_text = models.CharField(_("place as told"), max_length=200, blank=True)
    place = models.ForeignKey(Place, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("place"))
    lat = models.FloatField(_("latitude"), null=True, blank=True, validators=LATITUDE)
    lon = models.FloatField(_("longitude"), null=True, blank=True, validators=LONGITUDE)
    radius_m = models.FloatField(_("uncertainty (m)"), null=True, blank=True)
    summary = models.TextField(_("what is told"), max_length=4000, blank=True)
    caller_name = models.CharField(_("caller"), max_length=120, blank=True)
    caller_number = models.CharField(_("caller's number"), max_length=32, null=True, blank=True)
    rounds_wanted = models.IntegerField(
        _("rounds wanted"), default=0, help_text=_("How often the cameras near the scene were to be asked so far.")
    )
    rounds_assigned = models.IntegerField(_("rounds assigned"), default=0)
    revision = models.IntegerField(_("revision"), default=1)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("opened by")
    )
    opened_at = models.DateTimeField(_("opened at"))
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        ordering = ["-opened_at"]
        indexes = [
            models.Index(fields=["realm", "state", "-opened_at"], name="incident_open_list"),
            models.Index(
                fields=["changed_at"],
                name="incident_round_wanted",
                condition=Q(rounds_wanted__gt=models.F("rounds_assigned")),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["realm", "number"], name="incident_number_once"),
            models.CheckConstraint(condition=Q(state__in=IncidentState.values), name="incident_known_state"),
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="incident_known_priority"),
            models.CheckConstraint(condition=POSITION_WHOLE, name="incident_position_whole"),
            models.CheckConstraint(
                condition=Q(rounds_assigned__gte=0, rounds_assigned__lte=models.F("rounds_wanted")),
                name="incident_rounds_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"


class Call(models.Model):
    """One contact with a citizen. Skipped moments stay empty; none is faked."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    number = models.BigIntegerField(_("number"))
    medium = models.CharField(_("medium"), max_length=10, choices=CallMedium.choices, default=CallMedium.VOICE)
    state = models.CharField(_("state"), max_length=15, choices=CallState.choices)
    caller_number = models.CharField(
        _("caller's number"), max_length=32, null=True, blank=True, help_text=_("Empty: 112 works without a SIM.")
    )
    incident = models.ForeignKey(
        Incident, models.PROTECT, null=True, blank=True, related_name="calls", verbose_name=_("incident")
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("answered by")
    )
    arrived_at = models.DateTimeField(_("arrived at"))
    answered_at = models.DateTimeField(_("answered at"), null=True)
    location_verified_at = models.DateTimeField(_("location verified at"), null=True)
    incident_created_at = models.DateTimeField(_("incident created at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["-arrived_at"]
        indexes = [models.Index(fields=["realm", "caller_number", "-arrived_at"], name="call_history")]
        constraints = [
            models.UniqueConstraint(fields=["realm", "number"], name="call_number_once"),
            models.CheckConstraint(condition=Q(state__in=CallState.values), name="call_known_state"),
        ]

    def __str__(self) -> str:
        return f"{self.number}"


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


class TimelineEntry(models.Model):
    """One line of an incident's story. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="timeline", verbose_name=_("incident"))
    kind = models.CharField(_("kind"), max_length=15, choices=TimelineKind.choices)
    text = models.TextField(_("text"), max_length=4000, blank=True)
    data = models.JSONField(default=dict)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("author")
    )
    occurred_at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("timeline entry")
        verbose_name_plural = _("timeline entries")
        ordering = ["occurred_at", "id"]
        indexes = [models.Index(fields=["incident", "occurred_at"], name="timeline_of_incident")]

    def __str__(self) -> str:
        return f"{self.kind} {self.occurred_at:%H:%M:%S}"
