"""A viewing as the page that shows it needs it."""

from cameras.choices import LiveWay
from cameras.models import LiveViewing
from cameras.services.live import shown_how
from common.answers import AnswerBody


class LiveCamera(AnswerBody):
    """The camera that is watched."""

    code: str
    name: str


class LiveAnswer(AnswerBody):
    """A viewing; `why` says why there is no video: `masked`, or `no_stream`."""

    id: str
    camera: LiveCamera
    way: str
    why: str
    incident_id: str | None
    incident_number: int | None
    reason: str
    opened_at: str
    ends_at: str
    closed_at: str | None
    end: str


class LiveWaitAnswer(AnswerBody):
    """No picture: the first is on its way, or, with a `fault`, the camera gives none and `message` says why."""

    fault: str
    message: str


def viewing_present(viewing: LiveViewing, *, incident_number: int | None = None) -> LiveAnswer:
    """For the answer and the socket's greeting."""
    camera = viewing.camera
    return LiveAnswer(
        id=str(viewing.pk),
        camera=LiveCamera(code=camera.code, name=camera.name),
        way=viewing.way,
        why="" if viewing.way == LiveWay.VIDEO else shown_how(camera).why,
        incident_id=str(viewing.incident_id) if viewing.incident_id else None,
        incident_number=incident_number,
        reason=viewing.reason,
        opened_at=viewing.opened_at.isoformat(),
        ends_at=viewing.ends_at.isoformat(),
        closed_at=viewing.closed_at.isoformat() if viewing.closed_at else None,
        end=viewing.end,
    )
