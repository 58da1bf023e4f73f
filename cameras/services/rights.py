"""Whether a camera's pictures may be taken for a purpose now."""

from django.utils import timezone

from cameras.models import Camera
from cameras.rules.rights import Terms, refusal
from common import clock
from common.errors import ConflictError, gettext_noop

MESSAGES = {
    "not_valid": gettext_noop("The access agreement of this camera does not hold today."),
    "purpose": gettext_noop("The access agreement of this camera does not allow pictures for this purpose."),
    "hours": gettext_noop("The access agreement of this camera does not allow pictures at this hour."),
}


def picture_require(camera: Camera, *, purpose: str) -> None:
    """Raise ConflictError `agreement_<why>` unless the camera's agreement allows a picture now."""
    agreement = camera.agreement
    terms = None
    if agreement is not None:
        terms = Terms(
            agreement.valid_from, agreement.valid_until, agreement.hours_from, agreement.hours_until, agreement.purposes
        )
    why = refusal(terms, purpose=purpose, at=timezone.localtime(clock.now()))
    if why:
        raise ConflictError(f"agreement_{why}", MESSAGES[why])
