"""Protocol cards: versioned question trees, and what was answered."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.ids import uuid7
from dispatch.choices import ProtocolState
from dispatch.models.calls import Call
from dispatch.models.incidents import Incident
from realtime.models import Realm


class ProtocolCard(models.Model):
    """One card by its code; what it asks stands in its versions."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name_id = models.CharField(_("Indonesian name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80)
    order = models.IntegerField(_("order"), default=100)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("protocol card")
        verbose_name_plural = _("protocol cards")
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name_id


class ProtocolVersion(models.Model):
    """One version of a card. A published one is never changed: a new version takes its place."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    card = models.ForeignKey(ProtocolCard, models.PROTECT, related_name="versions", verbose_name=_("protocol card"))
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=ProtocolState.choices, default=ProtocolState.DRAFT)
    source = models.TextField(_("text of the card"), max_length=60_000, help_text=_("YAML; see docs/protocols.md."))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    made_at = models.DateTimeField(_("made at"), editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    published_at = models.DateTimeField(_("in use since"), null=True, editable=False)

    class Meta:
        verbose_name = _("version of a protocol card")
        verbose_name_plural = _("versions of protocol cards")
        ordering = ["card", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["card", "number"], name="protocol_version_once"),
            models.UniqueConstraint(
                fields=["card"], condition=Q(state="published"), name="protocol_version_one_published"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(published_at__isnull=False), name="protocol_version_published_when"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.card} v{self.number}"


class ProtocolRun(models.Model):
    """A card asked in one call: which version, what was answered so far, what it proposed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    version = models.ForeignKey(ProtocolVersion, models.PROTECT, related_name="+", verbose_name=_("version"))
    call = models.ForeignKey(Call, models.PROTECT, null=True, related_name="protocol_runs", verbose_name=_("call"))
    incident = models.ForeignKey(
        Incident, models.PROTECT, null=True, related_name="protocol_runs", verbose_name=_("incident")
    )
    outcome = models.CharField(_("determinant"), max_length=40, blank=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("started at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("use of a protocol card")
        verbose_name_plural = _("uses of protocol cards")
        ordering = ["-started_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(call__isnull=False) | Q(incident__isnull=False), name="protocol_run_for_something"
            )
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.outcome}"


class ProtocolAnswer(models.Model):
    """One answer by one key. Append-only: an answer that was taken back stays, marked by a later line.

    `position` counts from 0; going back to a question writes its position again, and the newest line holds.
    """

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(ProtocolRun, models.PROTECT, related_name="answers", verbose_name=_("use"))
    position = models.SmallIntegerField(_("position"))
    question = models.CharField(_("question"), max_length=40)
    key = models.CharField(_("key"), max_length=1, blank=True, help_text=_("Empty: taken back."))
    answered_at = models.DateTimeField(_("time"))
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("answer to a protocol card")
        verbose_name_plural = _("answers to protocol cards")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.question}={self.key}"
