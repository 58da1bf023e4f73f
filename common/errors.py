"""The errors of the house: each has a word for programs, a sentence for people, and says whether a retry helps."""

from collections.abc import Mapping
from typing import Any


def gettext_noop(message: str) -> str:
    """Mark a message for the catalogues; it is translated where it is shown, in the reader's language."""
    return message


class SiagaError(Exception):
    """Base of all errors that may be shown.

    `code` is stable and for programs, `safe_message` is an English message id without personal data (it may hold
    `%(name)s` places), `data` fills the places and goes to the client.
    """

    def __init__(self, code: str, safe_message: str, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.safe_message = safe_message
        self.data: dict[str, Any] = dict(data or {})

    def __str__(self) -> str:
        return f"{self.code}: {self.safe_message % self.data if self.data else self.safe_message}"


class RetryableError(SiagaError):
    """The same request may succeed later."""


class TerminalError(SiagaError):
    """The same request will fail again."""


class ValidationError(TerminalError):
    """What was sent cannot be taken; `data["fields"]` maps a field to its messages."""


class NotFoundError(TerminalError):
    """There is no such thing, or the asker may not know of it; the two look alike on purpose."""

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__("not_found", gettext_noop("This was not found, or you have no access to it."), data)


class AccessDeniedError(TerminalError):
    """The asker's roles do not allow this."""

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__("access_denied", gettext_noop("Your role does not allow this."), data)


class ConflictError(TerminalError):
    """Somebody was faster, or the thing is in another state; `data` holds the present state where it helps."""
