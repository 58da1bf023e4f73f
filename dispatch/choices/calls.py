"""The words of the field for calls."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CallState(TextChoices):
    """States of one contact with a citizen."""

    QUEUED = "queued", _("waiting")
    OFFERED = "offered", _("ringing at a desk")
    ANSWERED = "answered", _("answered")
    HELD = "held", _("on hold")
    ENDED = "ended", _("ended")
    WRAP_UP = "wrap_up", _("wrap-up")
    CLOSED = "closed", _("closed")
    ABANDONED = "abandoned", _("abandoned")
    DROPPED = "dropped", _("dropped")
    CALLBACK_DUE = "callback_due", _("callback due")


class CallMedium(TextChoices):
    """By which way the citizen came."""

    VOICE = "voice", _("telephone")
    APP = "app", _("app")
    SMS = "sms", _("SMS")
    OTHER = "other", _("other")


WAITING_CALL_STATES = (CallState.QUEUED, CallState.OFFERED, CallState.CALLBACK_DUE)
TALKING_CALL_STATES = (CallState.ANSWERED, CallState.HELD)


class CallClass(TextChoices):
    """What a call turned out to be; a call is not closed without one."""

    EMERGENCY = "emergency", _("emergency")
    NON_EMERGENCY = "non_emergency", _("non-emergency")
    INFORMATION = "information", _("information")
    PRANK = "prank", _("prank")
    GHOST = "ghost", _("ghost call")
    DROPPED = "dropped", _("dropped")
    DUPLICATE = "duplicate", _("duplicate")
    TEST = "test", _("test")


class OfferOutcome(TextChoices):
    """How the offering of a call to one desk ended."""

    OPEN = "open", _("ringing")
    TAKEN = "taken", _("taken")
    EXPIRED = "expired", _("not answered in time")
    TAKEN_ELSEWHERE = "taken_elsewhere", _("taken by another desk")
    CALLER_LEFT = "caller_left", _("the caller left")
    DESK_LEFT = "desk_left", _("the desk was no longer ready")


class CallbackOutcome(TextChoices):
    """How one attempt to reach a caller ended."""

    REACHED = "reached", _("reached")
    NO_ANSWER = "no_answer", _("no answer")
    BUSY = "busy", _("busy")
    OFF = "off", _("switched off or out of reach")
    WRONG_NUMBER = "wrong_number", _("wrong number")
    REFUSED = "refused", _("does not want to talk")


class PresenceState(TextChoices):
    """Whether an operator can be offered a call. Who talks is seen from the calls, not written here."""

    AWAY = "away", _("away")
    READY = "ready", _("ready")
    PAUSED = "paused", _("paused")


class LocationSource(TextChoices):
    """From where a caller's position is known."""

    AML = "aml", _("phone (AML)")
    CELL = "cell", _("mobile network")
    BROWSER = "browser", _("link sent to the caller")
    PBX = "pbx", _("exchange")
    TOLD = "told", _("told by the caller")


class LineEvent(TextChoices):
    """What an exchange tells about a line."""

    RINGING = "ringing", _("ringing")
    ANSWERED = "answered", _("answered")
    HELD = "held", _("held")
    TRANSFERRED = "transferred", _("transferred")
    ENDED = "ended", _("ended")
    ABANDONED = "abandoned", _("abandoned")


class NumberReview(TextChoices):
    """A supervisor's decision on the mark of a number."""

    WAITING = "waiting", _("waiting for review")
    KEPT = "kept", _("mark kept")
    LIFTED = "lifted", _("mark lifted")
