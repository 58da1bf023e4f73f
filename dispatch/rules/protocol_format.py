"""What a protocol card is made of. Explained for authors in docs/protocols.md."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from common.errors import gettext_noop

CODE_PATTERN = r"^[a-z0-9][a-z0-9-]{0,39}$"
CARD_CODE_PATTERN = r"^[a-z0-9][a-z0-9-]{0,29}$"
KEY_PATTERN = r"^[1-9a-z]$"
PRIORITY_PATTERN = r"^P[1-5]$"
SOURCE_LENGTH_MAX = 60_000
DEPTH_MAX = 12
ONE_WAY = gettext_noop("An answer has either next or outcome.")

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Code = Annotated[str, StringConstraints(pattern=CODE_PATTERN)]
CardCode = Annotated[str, StringConstraints(pattern=CARD_CODE_PATTERN)]
Key = Annotated[str, StringConstraints(pattern=KEY_PATTERN)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(_Part):
    """Words in both languages."""

    id: Words
    en: Words


class Name(_Part):
    """A name in both languages, short enough for lists and buttons."""

    id: Short
    en: Short


class Step(_Part):
    """One thing to tell the caller; `timer_s` counts down, `beats_per_minute` is a metronome."""

    text: Text
    timer_s: int | None = Field(default=None, ge=1, le=3600)
    beats_per_minute: int | None = Field(default=None, ge=20, le=240)


class Instruction(_Part):
    """What to tell the caller until help comes."""

    title: Name
    steps: tuple[Step, ...] = Field(min_length=1, max_length=20)


class Answer(_Part):
    """An answer and the key for it; it leads to another question or to an outcome."""

    key: Key
    text: Text
    next: Code | None = None
    outcome: Code | None = None

    @model_validator(mode="after")
    def _leads_somewhere(self) -> "Answer":
        if (self.next is None) == (self.outcome is None):
            raise ValueError(ONE_WAY)
        return self


class Question(_Part):
    """A question to read out; `instructions` are given as soon as it is asked."""

    text: Text
    hint: Text | None = None
    instructions: tuple[Code, ...] = ()
    answers: tuple[Answer, ...] = Field(min_length=2, max_length=12)


class Outcome(_Part):
    """A determinant: what type and priority the answers propose, what to tell the caller, which card comes next."""

    name: Name
    type: Code
    priority: Annotated[str, StringConstraints(pattern=PRIORITY_PATTERN)]
    instructions: tuple[Code, ...] = ()
    agencies: tuple[Code, ...] = ()
    note: Text | None = None
    next_card: CardCode | None = None


class Card(_Part):
    """A whole card."""

    code: CardCode
    order: int = Field(default=100, ge=0, le=9999)
    incident_type: Code
    name: Name
    basis: Words
    start: Code
    questions: dict[Code, Question] = Field(min_length=1, max_length=80)
    outcomes: dict[Code, Outcome] = Field(min_length=1, max_length=80)
    instructions: dict[Code, Instruction] = Field(default_factory=dict, max_length=80)
