"""The words of deliveries to other systems."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DeliveryState(TextChoices):
    """How far an event is on its way to one subscriber."""

    PENDING = "pending", _("to be delivered")
    DELIVERED = "delivered", _("delivered")
    DEAD = "dead", _("given up")


class DeliveryFault(TextChoices):
    """Why a try failed, or why a delivery was given up."""

    ADDRESS_REFUSED = "address_refused", _("the address is not allowed")
    UNREACHABLE = "unreachable", _("cannot be reached")
    TIMEOUT = "timeout", _("did not answer in time")
    TLS = "tls", _("the certificate does not hold")
    BROKEN = "broken", _("the connection broke")
    REDIRECTED = "redirected", _("sends on to another address")
    STATUS = "status", _("answers with an error")
    REFUSED = "refused", _("refuses this event")
    TOO_OLD = "too_old", _("tried for too long")
    OWNER_INACTIVE = "owner_inactive", _("the account whose rights hold is not active")
    SEAL_BROKEN = "seal_broken", _("the secret cannot be read")
