"""The forms of answers, for the API document: programs make their clients from them. Events have theirs in `events`."""

from typing import Any

from common.answers import AnswerBody
from dispatch.events import AlertPayload
from dispatch.presenters.commands import CommandOutcome


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


class CommandChoice(AnswerBody):
    """A whole line that may be sent, and what it would be about."""

    text: str
    label: str


class CommandRefused(AnswerBody):
    """What of a command was not done, and why."""

    about: str
    code: str
    message: str
    data: dict[str, Any]


class CommandAnswer(AnswerBody):
    """What a line came to; `show` says what a console is to show, `changed` holds rows as in the state."""

    echo: str
    verb: str | None
    does: str | None
    outcome: CommandOutcome
    code: str | None
    message: str
    choices: list[CommandChoice]
    refused: list[CommandRefused]
    changed: dict[str, list[dict[str, Any]]]
    show: dict[str, Any] | None


class CommandRow(AnswerBody):
    """One command of the table."""

    verb: str
    aliases: list[str]
    usage: str
    help: str
    examples: list[str]
    is_show: bool
    is_allowed: bool


class CommandNext(AnswerBody):
    """What belongs where the cursor is."""

    name: str
    kind: str
    label: str
    is_optional: bool


class CommandHintAnswer(AnswerBody):
    """What may come next; `message` says what is missing or wrong so far."""

    command: CommandRow | None
    next: list[CommandNext]
    completions: list[CommandChoice]
    is_complete: bool
    message: str


class CommandHelpAnswer(AnswerBody):
    """The table."""

    commands: list[CommandRow]
