"""What is wrong with a document, place by place."""

from common.errors import ValidationError, gettext_noop

PROBLEMS_MAX = 50
MISSING = gettext_noop("This is missing.")
WRONG_TYPE = gettext_noop("This has the wrong type.")
UNKNOWN_VALUE = gettext_noop("This value is not one of the standard's.")
TOO_LONG = gettext_noop("This is too long.")
BAD_TIME = gettext_noop("Times are written like 2026-01-31T16:49:00+07:00.")
BAD_NUMBER = gettext_noop("This is not a number.")
BAD_POSITION = gettext_noop("This position is not on earth.")


class DocumentRefused(ValidationError):
    """The document is malformed. `fields` maps each place to English message ids; they are translated where shown."""

    def __init__(self, kind: str, fields: dict[str, list[str]]) -> None:
        super().__init__(
            f"{kind}_malformed",
            gettext_noop("The document does not follow the standard; nothing of it was taken."),
            {"fields": fields},
        )
        self.fields = fields


class Problems:
    """Collects what is wrong while reading goes on."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self.fields: dict[str, list[str]] = {}

    def add(self, path: str, message: str) -> None:
        """Something at a place is wrong."""
        if len(self.fields) < PROBLEMS_MAX and message not in self.fields.get(path, []):
            self.fields.setdefault(path, []).append(message)

    def refuse_if_any(self) -> None:
        """Raise DocumentRefused with everything found so far."""
        if self.fields:
            raise DocumentRefused(self._kind, self.fields)
