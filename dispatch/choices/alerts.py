"""The words of public warnings."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AlertState(TextChoices):
    """ACTIVE ends as UPDATED, CANCELLED or EXPIRED. NOTED: a test, an exercise, or a message that warns of nothing."""

    ACTIVE = "active", _("in force")
    UPDATED = "updated", _("replaced")
    CANCELLED = "cancelled", _("called off")
    EXPIRED = "expired", _("expired")
    NOTED = "noted", _("noted")


class AlertOrigin(TextChoices):
    """Whether others warn us or we warn others."""

    RECEIVED = "received", _("received")
    ISSUED = "issued", _("issued here")


class AlertCategory(TextChoices):
    """What a warning is about (CAP)."""

    GEO = "Geo", _("geophysical")
    MET = "Met", _("weather and flood")
    SAFETY = "Safety", _("safety")
    SECURITY = "Security", _("security")
    RESCUE = "Rescue", _("rescue")
    FIRE = "Fire", _("fire")
    HEALTH = "Health", _("health")
    ENV = "Env", _("environment")
    TRANSPORT = "Transport", _("transport")
    INFRA = "Infra", _("infrastructure")
    CBRNE = "CBRNE", _("chemical, biological, radiological, nuclear, explosive")
    OTHER = "Other", _("other")


class AlertUrgency(TextChoices):
    """How soon to act (CAP)."""

    IMMEDIATE = "Immediate", _("at once")
    EXPECTED = "Expected", _("within the hour")
    FUTURE = "Future", _("in near future")
    PAST = "Past", _("no longer needed")
    UNKNOWN = "Unknown", _("unknown")


class AlertSeverity(TextChoices):
    """How bad (CAP)."""

    EXTREME = "Extreme", _("extreme")
    SEVERE = "Severe", _("severe")
    MODERATE = "Moderate", _("moderate")
    MINOR = "Minor", _("minor")
    UNKNOWN = "Unknown", _("unknown")


class AlertCertainty(TextChoices):
    """How sure (CAP)."""

    OBSERVED = "Observed", _("observed")
    LIKELY = "Likely", _("likely")
    POSSIBLE = "Possible", _("possible")
    UNLIKELY = "Unlikely", _("unlikely")
    UNKNOWN = "Unknown", _("unknown")
