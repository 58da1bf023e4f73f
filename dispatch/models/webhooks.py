"""Who is told of events, and how far each event is on its way to them."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.crypto import Sealer
from common.ids import uuid7
from dispatch.choices.webhooks import DeliveryFault, DeliveryState
from realtime.models import Event, Realm


class WebhookSubscription(models.Model):
    """One receiver of events. It gets what its owner might read in the stream, of the kinds it asked for.

    `cursor` is the number up to which the stream was looked through. `lease` counts the holders: who comes back after
    the lease was given to somebody else finds another number and writes nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+", editable=False)
    name = models.CharField(_("name"), max_length=80)
    url = models.CharField(_("address"), max_length=500)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("rights of"),
        help_text=_("The receiver is told what this account may read, and nothing else."),
    )  # fmt: skip
    kinds = ArrayField(models.CharField(max_length=60), verbose_name=_("kinds of events"))
    is_active = models.BooleanField(_("active"), default=True)
    secret_sealed = models.BinaryField(editable=False)
    previous_secret_sealed = models.BinaryField(null=True, editable=False)
    cursor = models.BigIntegerField(_("looked through up to"), default=0, editable=False)
    lease = models.BigIntegerField(default=0, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    failures = models.IntegerField(_("failures in a row"), default=0, editable=False)
    next_attempt_at = models.DateTimeField(_("next try"), null=True, editable=False)
    last_error = models.CharField(
        _("last error"), max_length=20, choices=DeliveryFault.choices, blank=True, editable=False
    )
    last_delivered_at = models.DateTimeField(_("last delivery"), null=True, editable=False)
    created_at = models.DateTimeField(_("made at"), auto_now_add=True)

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions (webhooks)")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(kinds__len__gt=0), name="webhook_wants_something"),
            models.CheckConstraint(condition=Q(cursor__gte=0, failures__gte=0), name="webhook_counts"),
        ]

    def __str__(self) -> str:
        return self.name

    def secret_set(self, secret: str) -> None:
        """Keep a new secret, and the one before it until the next change; the row is not saved."""
        self.previous_secret_sealed = self.secret_sealed or None
        self.secret_sealed = Sealer(settings.SEAL_KEYS).seal(secret.encode(), context=self._seal_context)

    def secrets_read(self) -> list[str]:
        """The secrets that hold, the present one first; raises SealBroken."""
        sealer = Sealer(settings.SEAL_KEYS)
        sealed = [value for value in (self.secret_sealed, self.previous_secret_sealed) if value]
        return [sealer.unseal(bytes(value), context=self._seal_context).decode() for value in sealed]

    @property
    def _seal_context(self) -> str:
        return f"dispatch.webhooksubscription:{self.pk}:secret"


class OutboxDelivery(models.Model):
    """One event for one subscriber. Events stay where they are; an event that is owed to somebody cannot go."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subscription = models.ForeignKey(
        WebhookSubscription, models.PROTECT, related_name="deliveries", verbose_name=_("subscription")
    )
    event = models.ForeignKey(Event, models.PROTECT, related_name="+", verbose_name=_("event"))
    sequence = models.BigIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=60)
    state = models.CharField(_("state"), max_length=10, choices=DeliveryState.choices, default=DeliveryState.PENDING)
    attempts = models.IntegerField(_("tries"), default=0)
    created_at = models.DateTimeField(_("taken up at"))
    give_up_at = models.DateTimeField(_("tried until"))
    attempted_at = models.DateTimeField(_("last try"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    status = models.SmallIntegerField(_("HTTP status"), null=True)
    fault = models.CharField(_("fault"), max_length=20, choices=DeliveryFault.choices, blank=True)
    excerpt = models.CharField(_("answer"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries (outbox)")
        ordering = ["-sequence"]
        indexes = [
            models.Index(fields=["subscription", "sequence"], name="outbox_waiting", condition=Q(state="pending")),
            models.Index(fields=["ended_at"], name="outbox_ended", condition=~Q(state="pending")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["subscription", "sequence"], name="outbox_event_once"),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="outbox_known_state"),
            models.CheckConstraint(
                condition=Q(state="pending", ended_at=None) | ~Q(state="pending") & Q(ended_at__isnull=False),
                name="outbox_ended_says_when",
            ),
            models.CheckConstraint(condition=~Q(state="dead") | ~Q(fault=""), name="outbox_dead_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.sequence}"
