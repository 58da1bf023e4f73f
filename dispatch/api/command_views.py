"""The command line over HTTP."""

import uuid
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import IDEMPOTENCY_KEY as KEY
from accounts.api import idempotent
from accounts.permissions import Permission
from common.serializers import StrictSerializer
from dispatch.actions.commands import Answered, Outcome, command_run
from dispatch.api.answers import CommandAnswer, CommandHelpAnswer, CommandHintAnswer
from dispatch.presenters.commands import (
    CommandOutcome,
    argument_present,
    command_present,
    error_words,
    refusal_words,
    refused_present,
    said_words,
)
from dispatch.rules.commands.hints import cursors
from dispatch.rules.commands.parser import LINE_MAX, parse
from dispatch.rules.commands.table import COMMANDS
from dispatch.rules.commands.types import Refusal
from dispatch.selectors.commands import Choice, NotOneError
from dispatch.selectors.completions import completions_read
from realtime.api import LiveAPIView


class CommandSerializer(StrictSerializer):
    """A line, and which incident is selected on the screen."""

    text = serializers.CharField(max_length=LINE_MAX, allow_blank=True)
    incident = serializers.UUIDField(required=False, allow_null=True, default=None)


class CommandView(LiveAPIView):
    """The command line."""

    required_permissions = {"GET": Permission.COMMAND_USE, "POST": Permission.COMMAND_USE}

    @extend_schema(
        responses={200: CommandHintAnswer}, operation_id="commands_hint",
        parameters=[
            OpenApiParameter("text", str, description="the line up to the cursor"),
            OpenApiParameter("incident", uuid.UUID, description="the incident that is selected on the screen"),
        ],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """What may come next, as whole lines; nothing is done."""
        text = request.query_params.get("text", "")[:LINE_MAX]
        found = cursors(text)
        lines = completions_read(
            realm=self.realm, user=self.user, cursors=found, selected=_uuid(request.query_params.get("incident", ""))
        )
        parsed = parse(text)
        command = found[0].command
        return Response(
            {
                "command": command_present(command, self.user) if command else None,
                "next": [argument_present(item.argument) for item in found if item.argument is not None],
                "completions": _choices(lines),
                "is_complete": not isinstance(parsed, Refusal),
                "message": refusal_words(parsed) if isinstance(parsed, Refusal) and text.strip() else "",
            }
        )

    @extend_schema(
        request=CommandSerializer, responses={200: CommandAnswer}, parameters=[KEY], operation_id="commands_run"
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Do it. 200 with `outcome` "done", "partly" or "refused"; a refused line has changed nothing.

        What is ambiguous is refused with `choices`: whole lines, one of which may be sent instead.
        """
        taken = self.taken(CommandSerializer)
        answered = command_run(user=self.user, realm=self.realm, text=taken["text"], selected=taken["incident"])
        return Response(_answer(answered))


class CommandHelpView(LiveAPIView):
    """The table of commands."""

    required_permissions = {"GET": Permission.COMMAND_USE}

    @extend_schema(responses={200: CommandHelpAnswer}, operation_id="commands_help")
    def get(self, request: Request) -> Response:
        """Every command with usage, help and examples, and whether the user may use it."""
        return Response({"commands": [command_present(command, self.user) for command in COMMANDS]})


def _answer(answered: Answered) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "echo": answered.parsed.line() if answered.parsed else answered.text.strip(),
        "verb": answered.parsed.command.verb if answered.parsed else None,
        "does": answered.parsed.command.does if answered.parsed else None,
        "outcome": CommandOutcome.REFUSED, "code": None, "message": "", "choices": [], "refused": [], "changed": {},
        "show": None,
    }  # fmt: skip
    if answered.refusal is not None:
        command = answered.refusal.command
        return answer | {
            "verb": command.verb if command else None, "does": command.does if command else None,
            "code": answered.refusal.code, "message": refusal_words(answered.refusal),
            "choices": _choices([Choice(line, line) for line in answered.refusal.lines]),
        }  # fmt: skip
    if answered.error is not None:
        choices = answered.error.choices if isinstance(answered.error, NotOneError) else ()
        return answer | {
            "code": answered.error.code,
            "message": error_words(answered.error),
            "choices": _choices(choices),
        }
    return answer if answered.outcome is None else answer | _done(answered.outcome)


def _done(outcome: Outcome) -> dict[str, Any]:
    said = said_words((item.message, item.data) for item in outcome.said)
    refused = refused_present(outcome.refused)
    why = " ".join(f"{item['about']}: {item['message']}" for item in refused)
    return {
        "outcome": CommandOutcome.PARTLY if refused else CommandOutcome.DONE,
        "code": refused[0]["code"] if refused else None,
        "message": " ".join(filter(None, (said, why))),
        "refused": refused,
        "changed": {name: [row.model_dump() for row in rows] for name, rows in outcome.changed.items()},
        "show": outcome.show,
    }


def _choices(choices: Any) -> list[dict[str, str]]:
    return [{"text": choice.line, "label": choice.label} for choice in choices]


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None
