"""The forms of answers, for the API document: programs make their clients from them. Events have theirs in `events`."""

from pydantic import BaseModel

from dispatch.events import AlertPayload


class AlertListAnswer(BaseModel):
    """Warnings."""

    alerts: list[AlertPayload]


class AlertIncident(BaseModel):
    """An open incident in the area of a warning."""

    id: str
    number: int
    type: str


class AlertPlace(BaseModel):
    """A place in the area of a warning."""

    code: str
    kind: str
    name: str


class AlertDetailAnswer(BaseModel):
    """A warning with what lies in its area."""

    alert: AlertPayload
    incidents: list[AlertIncident]
    places: list[AlertPlace]


class EidoIncident(BaseModel):
    """The incident of ours that a document is about."""

    id: str
    number: int
    state: str


class EidoTakenAnswer(BaseModel):
    """What taking an EIDO document did; `kept` names fields that people here had changed and that stay."""

    outcome: str
    identifier: str
    incident: EidoIncident
    kept: list[str]
