"""The chained record of pictures: append-only, its head signed."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cameras.choices import RecordKind
from common import clock
from common.ids import uuid7
from realtime.models import Realm


class EvidenceRecord(models.Model):
    """One thing that happened to a picture. A trigger refuses change and deletion.

    `body` holds what is hashed beside the sequence, the kind, the time and the previous hash: the picture's SHA-256,
    camera and registry version, times, incident, purpose.
    """

    sequence = models.BigIntegerField(primary_key=True)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    kind = models.CharField(_("what happened"), max_length=10, choices=RecordKind.choices)
    snapshot_id = models.UUIDField(_("snapshot"), null=True)
    incident_id = models.UUIDField(_("incident"), null=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    body = models.JSONField(_("content"))
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = _("evidence record")
        verbose_name_plural = _("evidence records")
        ordering = ["sequence"]
        indexes = [
            models.Index(fields=["snapshot_id"], name="evidence_snapshot"),
            models.Index(fields=["incident_id"], name="evidence_incident"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.kind}"


class EvidenceHead(models.Model):
    """The end of the chain: one row, locked by whoever appends."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="evidence_head_only_one")]

    def __str__(self) -> str:
        return f"{self.sequence}"


class EvidenceSeal(models.Model):
    """A signature over the head as it was at some moment (Ed25519); append-only like the chain."""

    sequence = models.BigIntegerField(primary_key=True)
    hash = models.CharField(max_length=64)
    signed_at = models.DateTimeField(_("signed at"))
    key_id = models.CharField(_("key"), max_length=16)
    signature = models.BinaryField()

    class Meta:
        verbose_name = _("seal of the chain")
        verbose_name_plural = _("seals of the chain")
        ordering = ["-sequence"]

    def __str__(self) -> str:
        return f"{self.sequence}"


class EvidenceLock(models.Model):
    """All pictures of an incident are kept until it expires or is ended, whatever their retention class says."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    incident_id = models.UUIDField(_("incident"))
    reason = models.CharField(_("reason"), max_length=300)
    reference = models.CharField(_("case number"), max_length=80, blank=True)
    locked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("locked by"))
    locked_at = models.DateTimeField(_("locked at"))
    expires_at = models.DateTimeField(_("expires at"))
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("ended by"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("evidence lock")
        verbose_name_plural = _("evidence locks")
        ordering = ["-locked_at"]
        indexes = [models.Index(fields=["incident_id"], name="evidence_lock_incident")]
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("locked_at")), name="evidence_lock_expires_later"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="evidence_lock_ended_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.expires_at:%Y-%m-%d}"

    @property
    def is_active(self) -> bool:
        """It holds now: neither ended nor run out."""
        return self.ended_at is None and self.expires_at > clock.now()
