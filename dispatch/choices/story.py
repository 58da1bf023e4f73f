"""The words of an incident's story and of what is still to be done."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TimelineKind(TextChoices):
    """What a line of the timeline tells."""

    OPENED = "opened", _("incident opened")
    CALL_JOINED = "call_joined", _("call joined")
    CHANGED = "changed", _("changed")
    NOTE = "note", _("note")
    CAMERAS_ASKED = "cameras_asked", _("cameras asked")
    CAMERA_FAILED = "camera_failed", _("camera failed")
    CANDIDATE = "candidate", _("candidate")
    REVIEWED = "reviewed", _("candidate reviewed")
    STATE = "state", _("state changed")
    LINKED = "linked", _("linked")
    UNLINKED = "unlinked", _("link ended")
    PERSON = "person", _("person")
    PART = "part", _("agency")
    ASSIGNMENT = "assignment", _("unit")
    PROTOCOL = "protocol", _("protocol card")
    NEXT_STEP = "next_step", _("next step")
    ESCALATED = "escalated", _("escalated")
    HANDED_OVER = "handed_over", _("handed over")
    CONTACT = "contact", _("contact with the caller")
    STORM = "storm", _("storm mode")
    UNIT_ALARM = "unit_alarm", _("alarm of a unit")
    EIDO = "eido", _("told by another system")


class NextStep(TextChoices):
    """What has to be done next for an incident."""

    DISPATCH = "dispatch", _("send units")
    AWAIT_ACKNOWLEDGEMENT = "await_acknowledgement", _("see that the units acknowledge")
    AWAIT_ARRIVAL = "await_arrival", _("see that the units arrive")
    SITUATION_REPORT = "situation_report", _("get a report from the scene")
    CONFIRM_END = "confirm_end", _("see whether it is over")
    CLOSE = "close", _("tell the caller and close")
    CALL_BACK = "call_back", _("call back")
    FOLLOW_AGENCY = "follow_agency", _("see that the agency does it")
    OTHER = "other", _("other")


class EscalationLevel(TextChoices):
    """Who is told that something is overdue."""

    DESK = "desk", _("desk")
    SUPERVISOR = "supervisor", _("supervisor")
    HEAD = "head", _("head of operations")


class HandoverState(TextChoices):
    """A handover between shifts."""

    OFFERED = "offered", _("waiting to be taken over")
    ACCEPTED = "accepted", _("taken over")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")


class NotInformedReason(TextChoices):
    """Why a caller was not told how it ended."""

    NO_NUMBER = "no_number", _("no number")
    NOT_REACHED = "not_reached", _("tried and not reached")
    UNSAFE = "unsafe", _("a call could put the caller in danger")
    NOT_WANTED = "not_wanted", _("the caller does not want it")
    ON_SCENE = "on_scene", _("the caller was on the scene")
