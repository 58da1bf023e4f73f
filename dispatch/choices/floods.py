"""The words of the flood watch: levels of the rivers, what is doubtful about a reading, tasks, warnings, roads."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class SiagaLevel(IntegerChoices):
    """Siaga IV is normal, I a disaster: the lower the number, the graver."""

    I = 1, _("Siaga I")  # noqa: E741  # the field's own name
    II = 2, _("Siaga II")
    III = 3, _("Siaga III")
    IV = 4, _("Siaga IV")


class ReadingMark(TextChoices):
    """What is doubtful about a reading. The first three are told by the reading alone, the others by its neighbours."""

    LATE = "late", _("came late; counts at the time it was measured")
    FUTURE = "future", _("lies in the future; not used: a clock is wrong")
    IMPOSSIBLE = "impossible", _("outside what the gauge can show; not used")
    JUMP_UP = "jump_up", _("rose faster than the river can; used, look at the gauge")
    JUMP_DOWN = "jump_down", _("fell faster than the river can; not used until the next reading bears it out")
    STUCK = "stuck", _("the same value for long; the gauge may be stuck")


class ReadingSource(TextChoices):
    """How a reading came."""

    API = "api", _("program")
    CSV = "csv", _("file")
    PERSON = "person", _("read by a person")


class FloodTaskState(TextChoices):
    """A task of a flood: open until somebody says that it is done, or why it cannot be."""

    OPEN = "open", _("open")
    DONE = "done", _("done")
    NOT_POSSIBLE = "not_possible", _("not possible")
    OVERTAKEN = "overtaken", _("overtaken by events")


class FloodWarningState(TextChoices):
    """A warning that a rule proposes. Only a person lets it out."""

    PROPOSED = "proposed", _("waits for a decision")
    CONFIRMED = "confirmed", _("issued")
    DECLINED = "declined", _("not issued")
    REPLACED = "replaced", _("overtaken by a later one")


class RoadBlockReason(TextChoices):
    """Why nobody gets through."""

    FLOOD = "flood", _("flooded")
    TREE = "tree", _("fallen tree")
    COLLAPSE = "collapse", _("collapsed")
    ACCIDENT = "accident", _("accident")
    CROWD = "crowd", _("crowd")
    WORKS = "works", _("road works")
    OTHER = "other", _("other")


class RoadBlockSource(TextChoices):
    """From whom it is known."""

    DESK = "desk", _("told to the desk")
    AGENCY = "agency", _("told by an agency")
    CREW = "crew", _("seen by a crew")
    CAMERA = "camera", _("seen by a camera")
