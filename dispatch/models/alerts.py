"""Public warnings (CAP), ours and others', with the areas for which they hold."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.ids import uuid7
from dispatch.choices.alerts import AlertOrigin, AlertState
from realtime.models import Realm


class Alert(models.Model):
    """One message as it was sent. What is shown comes from its first language; `document` is the whole of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    origin = models.CharField(_("origin"), max_length=10, choices=AlertOrigin.choices)
    state = models.CharField(_("state"), max_length=10, choices=AlertState.choices)
    sender = models.CharField(_("sender"), max_length=200)
    identifier = models.CharField(_("identifier"), max_length=200)
    sent_at = models.DateTimeField(_("sent at"))
    status = models.CharField(_("status"), max_length=10)
    message_type = models.CharField(_("kind of message"), max_length=10)
    references = models.JSONField(default=list, editable=False, help_text="[sender, identifier] of earlier messages")
    event = models.CharField(_("event"), max_length=200, blank=True)
    headline = models.CharField(_("headline"), max_length=300, blank=True)
    category = models.CharField(_("category"), max_length=10, blank=True)
    urgency = models.CharField(_("urgency"), max_length=10, blank=True)
    severity = models.CharField(_("severity"), max_length=10, blank=True)
    certainty = models.CharField(_("certainty"), max_length=10, blank=True)
    onset_at = models.DateTimeField(_("begins"), null=True)
    expires_at = models.DateTimeField(_("holds until"))
    infos = models.JSONField(default=list, editable=False, help_text="what it says, once for each language")
    document = models.BinaryField(editable=False, help_text="the CAP document, byte for byte")
    replaced_by = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="replaces", verbose_name=_("replaced by")
    )
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("taken by"))
    received_at = models.DateTimeField(_("taken at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("warning")
        verbose_name_plural = _("warnings")
        ordering = ["-sent_at"]
        indexes = [models.Index(fields=["realm", "expires_at"], name="alert_active", condition=Q(state="active"))]
        constraints = [
            models.UniqueConstraint(fields=["realm", "sender", "identifier"], name="alert_once"),
            models.CheckConstraint(condition=Q(state__in=AlertState.values), name="alert_known_state"),
            models.CheckConstraint(
                condition=Q(state__in=["active", "noted"], ended_at=None)
                | ~Q(state__in=["active", "noted"]) & Q(ended_at__isnull=False),
                name="alert_ended_says_when",
            ),
            models.CheckConstraint(condition=~Q(replaced_by=F("id")), name="alert_not_replaced_by_itself"),
        ]

    def __str__(self) -> str:
        return self.headline or self.event or self.identifier


class AlertArea(models.Model):
    """One area of an alert: polygons of [lat, lon], circles of [lat, lon, metres], codes of places."""

    id = models.BigAutoField(primary_key=True)
    alert = models.ForeignKey(Alert, models.CASCADE, related_name="areas", verbose_name=_("warning"))
    language = models.CharField(_("language"), max_length=20)
    description = models.CharField(_("area"), max_length=500)
    polygons = models.JSONField(default=list)
    circles = models.JSONField(default=list)
    geocodes = models.JSONField(default=list, help_text="[name of the list, code]")
    south = models.FloatField(null=True)
    west = models.FloatField(null=True)
    north = models.FloatField(null=True)
    east = models.FloatField(null=True)

    class Meta:
        verbose_name = _("area of a warning")
        verbose_name_plural = _("areas of warnings")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(south=None, west=None, north=None, east=None)
                | Q(south__isnull=False, west__isnull=False, north__isnull=False, east__isnull=False),
                name="alert_area_box_whole",
            )
        ]

    def __str__(self) -> str:
        return self.description
