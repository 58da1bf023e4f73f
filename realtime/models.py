"""Realms and their numbered streams of events."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

LIVE = "LIVE"


class RealmKind(TextChoices):
    """Real service, or one exercise."""

    LIVE = "live", _("Live")
    EXERCISE = "exercise", _("Exercise")


class Realm(models.Model):
    """A world of its own: every call, incident, picture and event belongs to exactly one.

    `head` is the number of the last event; the row lock on it is what keeps the stream without gaps.
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=RealmKind.choices)
    head = models.BigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("realm")
        verbose_name_plural = _("realms")
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind=RealmKind.LIVE) & Q(code=LIVE)) | (Q(kind=RealmKind.EXERCISE) & ~Q(code=LIVE)),
                name="realm_one_live",
            )
        ]

    def __str__(self) -> str:
        return self.code


class Event(models.Model):
    """One numbered thing that happened in a realm, with the whole entity as it then was."""

    realm = models.ForeignKey(Realm, models.PROTECT, related_name="events")
    sequence = models.BigIntegerField()
    kind = models.CharField(max_length=60)
    entity_id = models.CharField(max_length=60)
    payload = models.JSONField()
    agency_ids = ArrayField(
        models.BigIntegerField(), null=True, help_text="Agencies that may see it; NULL: every agency of the room"
    )
    occurred_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["realm", "sequence"], name="event_sequence_once")]
        ordering = ["realm", "sequence"]

    def __str__(self) -> str:
        return f"{self.realm_id}:{self.sequence} {self.kind}"
