"""What each figure of supervision means, in words beside it. The long form is docs/supervision.md."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dispatch.choices.supervision import TargetMeasure as M

DEFINITIONS: Mapping[str, str | Promise] = {
    M.ANSWER: _(
        "From when a call came in until an operator took it. Who hung up after the limit, or waits longer than it, "
        "counts as late; who hung up before is left out."
    ),
    M.ABANDONMENT: _(
        "Calls taken by an operator, of all that were taken or hung up. "
        "The times are how long those waited who hung up."
    ),
    M.TICKET: _("From the first answer of a caller until the first agency was told."),
    M.PROCESSING: _(
        "From the first answer of a caller until the first unit was sent. What is open without a unit after "
        "the limit counts as late; what was closed without one is left out."
    ),
    M.DISPATCH: _("From when the incident was opened until the first unit was sent; otherwise as above."),
    M.AGENCY_ANSWER: _("From when an agency was told until it answered. Agencies told for information are left out."),
    M.TURNOUT: _("From when a unit was sent until it left, each unit by itself. Skipped steps are left out."),
    M.TRAVEL: _("From leaving until on scene, of the unit that was there first. Skipped steps are left out."),
    M.RESPONSE: _("From when the first call came in until the first unit was on scene."),
    M.DUPLICATE: _("From the answer until the call was joined to an incident that was known already."),
    M.CALLBACK: _("From when a caller came onto the callback list until the first try to reach them."),
    M.OVERDUE: _("Incidents of which no step was missed so that somebody had to be told, of all that were opened."),
    M.QUALITY: _("Conversations drawn for review, of all that were closed. Those of a day are drawn the day after."),
}
