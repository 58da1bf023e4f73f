"""The forms of answers, for the document of the API: programs make their clients from them."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class AnswerBody(BaseModel):
    """Base of all answers: nothing undeclared is in them."""

    model_config = ConfigDict(extra="forbid")


class ErrorFacts(AnswerBody):
    """`code` is for programs and never changes, `message` for people in their language, `retry` says if it may help."""

    code: str
    message: str
    data: dict[str, Any] = Field(description="`fields` maps each wrong field to its messages")
    retry: bool


class ErrorAnswer(AnswerBody):
    """How every error is told."""

    error: ErrorFacts
