"""The words of supervision: what is measured, and how calls are reviewed."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TargetMeasure(TextChoices):
    """What a target is set for. Each is computed from stored moments; docs/supervision.md says how."""

    ANSWER = "answer", _("call answered")
    ABANDONMENT = "abandonment", _("callers who did not hang up")
    TICKET = "ticket", _("answer to ticket at the agency")
    PROCESSING = "processing", _("answer to first unit sent")
    DISPATCH = "dispatch", _("incident opened to first unit sent")
    AGENCY_ANSWER = "agency_answer", _("agency told to its answer")
    TURNOUT = "turnout", _("unit sent to unit en route")
    TRAVEL = "travel", _("en route to on scene, first unit")
    RESPONSE = "response", _("call to first unit on scene")
    DUPLICATE = "duplicate", _("answer to joined to a known incident")
    CALLBACK = "callback", _("callback due to first attempt")
    OVERDUE = "overdue", _("incidents without a missed step")
    QUALITY = "quality", _("calls drawn for review")


SHARE_MEASURES = (TargetMeasure.ABANDONMENT, TargetMeasure.OVERDUE, TargetMeasure.QUALITY)


class TargetGroup(TextChoices):
    """By what figures are told apart."""

    ALL = "all", _("all together")
    DAY = "day", _("day")
    HOUR = "hour", _("hour of the day")
    AGENCY = "agency", _("agency")
    PRIORITY = "priority", _("priority")
    TYPE = "type", _("type")


class ScorecardState(TextChoices):
    """A version of a scorecard."""

    DRAFT = "draft", _("draft")
    PUBLISHED = "published", _("in use")
    RETIRED = "retired", _("retired")


class ScoreKind(TextChoices):
    """How a question of a scorecard is answered."""

    YES_NO = "yes_no", _("yes or no")
    RATING = "rating", _("0 to 4")


class SampleStratum(TextChoices):
    """Why a call was drawn."""

    DAILY = "daily", _("daily share")
    WEEKLY = "weekly", _("one a week for each operator")


class SampleState(TextChoices):
    """How far the review of a drawn call is."""

    WAITING = "waiting", _("waiting for review")
    REVIEWED = "reviewed", _("reviewed")
    OBJECTED = "objected", _("operator objects")
    SETTLED = "settled", _("reviewed a second time")
    ACKNOWLEDGED = "acknowledged", _("seen by the operator")


class ReviewKind(TextChoices):
    """What a scorecard was filled in for."""

    FIRST = "first", _("first review")
    SECOND = "second", _("second review")
    CALIBRATION = "calibration", _("calibration")
