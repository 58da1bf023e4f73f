"""The forms of answers, for the API document: programs make their clients from them. Events have theirs in `events`."""

from common.answers import AnswerBody
from dispatch.events import AlertPayload


class AlertListAnswer(AnswerBody):
    """Warnings."""

    alerts: list[AlertPayload]


class AlertIncident(AnswerBody):
    """An open incident in the area of a warning."""

    id: str
    number: int
    type: str


class AlertPlace(AnswerBody):
    """A place in the area of a warning."""

    code: str
    kind: str
    name: str


class AlertDetailAnswer(AnswerBody):
    """A warning with what lies in its area."""

    alert: AlertPayload
    incidents: list[AlertIncident]
    places: list[AlertPlace]


class EidoIncident(AnswerBody):
    """The incident of ours that a document is about."""

    id: str
    number: int
    state: str


class EidoTakenAnswer(AnswerBody):
    """What taking an EIDO document did; `kept` names fields that people here had changed and that stay."""

    outcome: str
    identifier: str
    incident: EidoIncident
    kept: list[str]
