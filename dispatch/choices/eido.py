"""The words of exchanged incidents."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class EidoOutcome(TextChoices):
    """What taking a document did."""

    CREATED = "created", _("incident opened")
    UPDATED = "updated", _("incident changed")
    NOTED = "noted", _("notes taken; the rest is not the sender's to change, or the incident is closed")
    UNCHANGED = "unchanged", _("known already")
    OLDER = "older", _("older than what is known")
