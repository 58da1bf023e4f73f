"""The words of the field for units: where a unit itself stands, and what may be wrong with it."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class UnitStatus(TextChoices):
    """How a unit itself stands, by the two letters that are spoken on the radio.

    It is kept apart from the state of its work on an incident; `dispatch.rules.units` says how the one follows from
    the other.
    """

    AV = "AV", _("available at its post")
    AVM = "AVM", _("available on the move")
    DP = "DP", _("dispatched")
    AK = "AK", _("acknowledged")
    ER = "ER", _("en route")
    ST = "ST", _("staging")
    OS = "OS", _("on scene")
    TR = "TR", _("transporting a patient")
    AH = "AH", _("at the hospital")
    RT = "RT", _("returning to its post")
    RS = "RS", _("reserved")
    BR = "BR", _("on a break")
    OO = "OO", _("out of order")
    UM = "UM", _("crew incomplete")
    OD = "OD", _("off duty")
    PN = "PN", _("unit in distress")


class UnitAvailability(TextChoices):
    """What every status comes down to."""

    AVAILABLE = "available", _("available")
    CONDITIONAL = "conditional", _("conditionally available")
    UNAVAILABLE = "unavailable", _("not available")


class UnitAlarmKind(TextChoices):
    """What somebody has to look at."""

    EMERGENCY = "emergency", _("unit in distress")
    OUT_OF_SERVICE = "out_of_service", _("unit dropped out during its work")
    DIVERTED = "diverted", _("unit was sent elsewhere")
    NOT_ACKNOWLEDGED = "not_acknowledged", _("unit does not acknowledge")
    NOT_EN_ROUTE = "not_en_route", _("unit does not leave")
    NOT_ARRIVED = "not_arrived", _("unit does not arrive")
    NO_REPORT = "no_report", _("no report from the unit")
    POSITION_STALE = "position_stale", _("position of the unit is lost")


class PositionSource(TextChoices):
    """By which way a unit's position came."""

    GATEWAY = "gateway", _("vehicle gateway")
    DEVICE = "device", _("crew's device")


class OverrideReason(TextChoices):
    """Why somebody else was sent than was proposed. That nobody said why is kept and counted too."""

    UNSTATED = "unstated", _("not stated")
    CLOSER = "closer", _("is nearer than the system knows")
    SKILL = "skill", _("has what is needed there")
    ASKED_FOR = "asked_for", _("was asked for")
    FREE_SOON = "free_soon", _("is free at once")
    COVERAGE = "coverage", _("the proposed one is kept for its district")
    AGENCY = "agency", _("the agency decided so")
    OTHER = "other", _("other")
