"""Protocol cards: question trees in two languages, answered by one key. The format: docs/protocols.md."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from common.errors import ValidationError, gettext_noop
from dispatch.rules.protocol_faults import card_check, card_parse, faults_error, text_faults
from dispatch.rules.protocol_format import DEPTH_MAX, SOURCE_LENGTH_MAX, Card, Instruction, Outcome, Question, Text
from dispatch.rules.protocol_text import Fault

__all__ = [
    "DEPTH_MAX", "SOURCE_LENGTH_MAX", "Card", "Fault", "Instruction", "Outcome", "Question", "Text", "Walk",
    "card_check", "card_parse", "card_walk", "faults_error", "keys_to", "paths", "text_faults",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Walk:
    """Where answers have led: the next question or the outcome, and the instructions to give, each once, in order."""

    question_code: str | None
    question: Question | None
    outcome_code: str | None
    outcome: Outcome | None
    instructions: tuple[str, ...]
    given: tuple[tuple[str, str], ...]


def card_walk(card: Card, answers: Sequence[str]) -> Walk:
    """Follow answers from the first question; raises ValidationError `unknown_answer` for a key that is not offered."""
    code: str | None = card.start
    outcome: str | None = None
    instructions: dict[str, None] = {}
    given: list[tuple[str, str]] = []
    for key in answers:
        if code is None:
            raise _unknown(key)
        question = card.questions[code]
        instructions |= dict.fromkeys(question.instructions)
        answer = next((item for item in question.answers if item.key == key), None)
        if answer is None:
            raise _unknown(key)
        given.append((code, key))
        code, outcome = answer.next, answer.outcome
    if code is not None:
        instructions |= dict.fromkeys(card.questions[code].instructions)
    if outcome is not None:
        instructions |= dict.fromkeys(card.outcomes[outcome].instructions)
    return Walk(
        question_code=code,
        question=card.questions[code] if code else None,
        outcome_code=outcome,
        outcome=card.outcomes[outcome] if outcome else None,
        instructions=tuple(instructions),
        given=tuple(given),
    )


def paths(card: Card) -> Iterator[tuple[str, ...]]:
    """Every way through a card without circles, as keys. A card made on purpose can have more than anyone can count."""
    waiting: list[tuple[str, tuple[str, ...]]] = [(card.start, ())]
    while waiting:
        code, keys = waiting.pop()
        for answer in card.questions[code].answers:
            if answer.next is not None:
                waiting.append((answer.next, (*keys, answer.key)))
            else:
                yield (*keys, answer.key)


def keys_to(card: Card) -> dict[str, tuple[str, ...]]:
    """The shortest way to each outcome, as keys."""
    found: dict[str, tuple[str, ...]] = {}
    seen = {card.start}
    waiting: list[tuple[str, tuple[str, ...]]] = [(card.start, ())]
    for code, keys in waiting:  # grows while it is read: breadth first
        for answer in card.questions[code].answers:
            way = (*keys, answer.key)
            if answer.outcome is not None:
                found.setdefault(answer.outcome, way)
            elif answer.next is not None and answer.next not in seen:
                seen.add(answer.next)
                waiting.append((answer.next, way))
    return found


def _unknown(key: str) -> ValidationError:
    return ValidationError(
        "unknown_answer", gettext_noop("This answer is not offered here."), {"fields": {"key": [key[:10]]}}
    )
