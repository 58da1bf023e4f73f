"""What the command line answers, in the reader's language."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from common.errors import SiagaError
from dispatch.presenters.errors import worded
from dispatch.rules.commands.types import Argument, Command, Refusal


class CommandOutcome(StrEnum):
    """What became of a line; a refused one has changed nothing."""

    DONE = "done"
    PARTLY = "partly"
    REFUSED = "refused"


def command_present(command: Command, user: User) -> dict[str, Any]:
    """One command of the table, and whether the user may use it."""
    language = _language()
    return {
        "verb": command.verb,
        "aliases": list(command.aliases),
        "usage": command.usage(language),
        "help": command.help(language),
        "examples": list(command.examples),
        "is_show": command.is_show,
        "is_allowed": user.may(Permission(command.permission)),
    }


def argument_present(argument: Argument | None) -> dict[str, Any] | None:
    """One place of a command."""
    if argument is None:
        return None
    label = argument.label(_language())
    return {"name": argument.name, "kind": argument.kind, "label": label, "is_optional": argument.is_optional}


def refusal_words(refusal: Refusal) -> str:
    """Why a line was not understood."""
    language = _language()
    data: dict[str, Any] = dict(refusal.data)
    if refusal.command is not None:
        data["usage"] = refusal.command.usage(language)
    if refusal.argument is not None:
        data["argument"] = refusal.argument.label(language)
    return _(refusal.message) % data


def error_words(error: SiagaError) -> str:
    """Why something was not done."""
    return _(error.safe_message) % worded(error.data)


def said_words(said: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    """What was done."""
    return " ".join(_(message) % data for message, data in said)


def refused_present(refused: Iterable[tuple[str, SiagaError]]) -> list[dict[str, Any]]:
    """What of a command was not done: about what, why, in words."""
    return [
        {"about": about, "code": error.code, "message": error_words(error), "data": error.data}
        for about, error in refused
    ]


def _language() -> str:
    return "en" if get_language() == "en" else "id"
