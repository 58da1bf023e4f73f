"""The roles of a dispatch centre."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """What a person is there for; one person may hold several."""

    CALL_TAKER = "call_taker", _("Call-taker")
    DISPATCHER = "dispatcher", _("Dispatcher")
    SUPERVISOR = "supervisor", _("Supervisor")
    HEAD = "head", _("Head of operations")
    AGENCY_OFFICER = "agency_officer", _("Agency officer")
    WATCHLIST_OFFICER = "watchlist_officer", _("Watchlist officer")
    CAMERA_ADMINISTRATOR = "camera_administrator", _("Camera administrator")
    TRAINER = "trainer", _("Trainer")
    AUDITOR = "auditor", _("Auditor")
    UNIT = "unit", _("Crew of a unit")
    POSITION_GATEWAY = "position_gateway", _("Gateway of positions")
    ADMINISTRATOR = "administrator", _("System administrator")


class Language(TextChoices):
    """Languages of the console."""

    INDONESIAN = "id", "Bahasa Indonesia"
    ENGLISH = "en", "English"
