"""Incidents of other systems: what each told last, and which incident of ours it became."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from common.ids import uuid7
from dispatch.models.incidents import Incident
from realtime.models import Realm


class EidoDocument(models.Model):
    """The newest document of one sender about one incident.

    `taken` holds the identifiers of notes and persons that are in our incident already: a sender repeats them all.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    realm = models.ForeignKey(Realm, models.PROTECT, related_name="+")
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="eido_documents", verbose_name=_("incident"))
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, related_name="+", verbose_name=_("sender"),
        help_text=_("Empty: taken in by the centre."),
    )  # fmt: skip
    identifier = models.CharField(_("identifier"), max_length=300)
    element = models.CharField(_("sending system"), max_length=200)
    told_at = models.DateTimeField(_("state of"))
    fingerprint = models.CharField(max_length=64, editable=False)
    document = models.JSONField(_("document"))
    taken = ArrayField(models.CharField(max_length=300), default=list, editable=False)
    versions = models.IntegerField(_("versions"), default=1)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("taken by")
    )
    first_received_at = models.DateTimeField(_("first taken at"))
    received_at = models.DateTimeField(_("taken at"))

    class Meta:
        verbose_name = _("incident of another system")
        verbose_name_plural = _("incidents of other systems (EIDO)")
        ordering = ["-received_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["realm", "agency", "identifier"], name="eido_incident_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=models.Q(versions__gte=1), name="eido_versions_count"),
        ]

    def __str__(self) -> str:
        return self.identifier
