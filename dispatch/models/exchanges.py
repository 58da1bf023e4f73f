"""Telephone exchanges that tell what happens on their lines."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.crypto import Sealer
from common.ids import uuid7
from dispatch.choices import LineEvent
from realtime.models import Realm


class PbxLink(models.Model):
    """One exchange that may send events; its secret is sealed and can only be written.

    Two secrets hold at once while one is being changed: the present and the one before.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=80)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+", editable=False)
    secret_sealed = models.BinaryField(null=True, editable=False)
    previous_secret_sealed = models.BinaryField(null=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    seen_at = models.DateTimeField(_("last event"), null=True, editable=False)

    class Meta:
        verbose_name = _("telephone exchange")
        verbose_name_plural = _("telephone exchanges")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    def secret_set(self, secret: str) -> None:
        """Keep a new secret, and the one before it until the next change; the row is not saved."""
        self.previous_secret_sealed = self.secret_sealed
        self.secret_sealed = Sealer(settings.SEAL_KEYS).seal(secret.encode(), context=self._seal_context)

    def secrets_read(self) -> list[str]:
        """The secrets that hold, the present one first; raises SealBroken."""
        sealer = Sealer(settings.SEAL_KEYS)
        sealed = [value for value in (self.secret_sealed, self.previous_secret_sealed) if value]
        return [sealer.unseal(bytes(value), context=self._seal_context).decode() for value in sealed]

    @property
    def _seal_context(self) -> str:
        return f"dispatch.pbxlink:{self.pk}:secret"


class PbxEvent(models.Model):
    """One thing that an exchange told about one line, as it was sent. Append-only."""

    id = models.BigAutoField(primary_key=True)
    pbx = models.ForeignKey(PbxLink, models.PROTECT, related_name="events", verbose_name=_("exchange"))
    event_id = models.CharField(_("event"), max_length=80)
    pbx_call = models.CharField(_("call at the exchange"), max_length=80)
    kind = models.CharField(_("kind"), max_length=12, choices=LineEvent.choices)
    occurred_at = models.DateTimeField(_("time"))
    received_at = models.DateTimeField(_("received at"))
    caller_number = models.CharField(_("caller's number"), max_length=32, null=True)
    extension = models.CharField(_("extension"), max_length=20, blank=True)
    cause = models.CharField(_("cause"), max_length=20, blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    skill = models.CharField(_("skill asked for"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("event of an exchange")
        verbose_name_plural = _("events of exchanges")
        ordering = ["occurred_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["pbx", "pbx_call", "event_id"], name="pbx_event_once_for_a_call"),
            models.CheckConstraint(condition=Q(kind__in=LineEvent.values), name="pbx_event_known_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.pbx_call} {self.kind}"


class AmlMessage(models.Model):
    """A position that a phone sent by text when it dialled 112, kept a while for the call that it belongs to."""

    id = models.BigAutoField(primary_key=True)
    pbx = models.ForeignKey(PbxLink, models.PROTECT, related_name="+", verbose_name=_("exchange"))
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    caller_number = models.CharField(_("caller's number"), max_length=32)
    lat = models.FloatField(_("latitude"))
    lon = models.FloatField(_("longitude"))
    radius_m = models.FloatField(_("uncertainty (m)"))
    measured_at = models.DateTimeField(_("measured at"))
    received_at = models.DateTimeField(_("received at"))

    class Meta:
        verbose_name = _("position sent by a phone")
        verbose_name_plural = _("positions sent by phones")
        ordering = ["received_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["realm", "caller_number", "measured_at", "lat", "lon", "radius_m", "pbx"],
                name="aml_message_once",
            ),
            models.CheckConstraint(
                condition=Q(lat__range=(-90, 90), lon__range=(-180, 180), radius_m__gte=0),
                name="aml_message_possible",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pbx_id} {self.received_at:%Y-%m-%d %H:%M:%S}"
