"""What a supervisor tells all desks at once."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.ids import uuid7
from realtime.models import Realm

TEXT_MAX = 500


class Broadcast(models.Model):
    """A message to every console, shown until it expires and kept for good."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    text = models.CharField(_("message"), max_length=TEXT_MAX)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("sent by"))
    sent_at = models.DateTimeField(_("sent at"))
    expires_at = models.DateTimeField(_("shown until"))

    class Meta:
        verbose_name = _("broadcast")
        verbose_name_plural = _("broadcasts")
        ordering = ["-sent_at"]
        indexes = [models.Index(fields=["realm", "expires_at"], name="broadcast_shown")]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="broadcast_says_something"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("sent_at")), name="broadcast_expires_after"),
        ]

    def __str__(self) -> str:
        return self.text
