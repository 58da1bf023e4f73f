"""Protocol cards: question trees in two languages, answered by one key. The format: docs/protocols.md."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic import ValidationError as PydanticError

from common.errors import ValidationError, gettext_noop

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[1-9a-z]$")]
DEPTH_MAX = 12


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(_Part):
    """Words in both languages."""

    id: Words
    en: Words


class Step(_Part):
    """One thing to tell the caller; `timer_s` counts down, `beats_per_minute` is a metronome."""

    text: Text
    timer_s: int | None = Field(default=None, ge=1, le=3600)
    beats_per_minute: int | None = Field(default=None, ge=20, le=240)


class Instruction(_Part):
    """What to tell the caller until help comes."""

    title: Text
    steps: tuple[Step, ...] = Field(min_length=1)


class Answer(_Part):
    """An answer and the key for it; it leads to another question or to an outcome."""

    key: Key
    text: Text
    next: Code | None = None
    outcome: Code | None = None

    @model_validator(mode="after")
    def _leads_somewhere(self) -> "Answer":
        if (self.next is None) == (self.outcome is None):
            raise ValueError("an answer has either next or outcome")
        return self


class Question(_Part):
    """A question to read out; `instructions` are given as soon as it is asked."""

    text: Text
    hint: Text | None = None
    instructions: tuple[Code, ...] = ()
    answers: tuple[Answer, ...] = Field(min_length=2)


class Outcome(_Part):
    """A determinant: what type and priority the answers propose, and what to tell the caller."""

    name: Text
    type: Code
    priority: Annotated[str, StringConstraints(pattern=r"^P[1-5]$")]
    instructions: tuple[Code, ...] = ()
    agencies: tuple[Code, ...] = ()
    note: Text | None = None


class Card(_Part):
    """A whole card."""

    code: Code
    order: int = 100
    incident_type: Code
    name: Text
    basis: Words
    start: Code
    questions: dict[Code, Question] = Field(min_length=1)
    outcomes: dict[Code, Outcome] = Field(min_length=1)
    instructions: dict[Code, Instruction] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Walk:
    """Where answers have led: the next question or the outcome, and the instructions to give, each once, in order."""

    question_code: str | None
    question: Question | None
    outcome_code: str | None
    outcome: Outcome | None
    instructions: tuple[str, ...]
    given: tuple[tuple[str, str], ...]


def card_parse(text: str) -> Card:
    """Read a card from YAML; raises ValidationError `protocol_invalid` with every fault by its place."""
    try:
        content = yaml.safe_load(text)
        return Card.model_validate(content)
    except yaml.YAMLError as error:
        raise _invalid({"source": [str(error)]}) from error
    except PydanticError as error:
        faults: dict[str, list[str]] = {}
        for fault in error.errors():
            faults.setdefault(".".join(str(part) for part in fault["loc"]) or "source", []).append(fault["msg"])
        raise _invalid(faults) from error
    except RecursionError as error:
        raise _invalid({"source": ["nested too deeply"]}) from error


def card_check(card: Card, known_types: Collection[str] | None = None) -> list[str]:
    """What keeps a well-formed card from being used: references to nothing, circles, parts that nothing leads to."""
    problems = [*_missing(card, known_types), *_doubled_keys(card)]
    if problems:
        return problems
    if _has_circle(card):
        return ["questions lead in a circle"]
    seen_questions, seen_outcomes, seen_instructions = _reached(card)
    problems += [f"question {code}: nothing leads to it" for code in card.questions if code not in seen_questions]
    problems += [f"outcome {code}: nothing leads to it" for code in card.outcomes if code not in seen_outcomes]
    problems += [f"instruction {code}: nothing gives it" for code in card.instructions if code not in seen_instructions]
    if any(len(keys) > DEPTH_MAX for keys in paths(card)):
        problems.append(f"more than {DEPTH_MAX} answers to an outcome")
    return problems


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
    """Every way through a card without circles, as keys."""
    waiting: list[tuple[str, tuple[str, ...]]] = [(card.start, ())]
    while waiting:
        code, keys = waiting.pop()
        for answer in card.questions[code].answers:
            if answer.next is not None:
                waiting.append((answer.next, (*keys, answer.key)))
            else:
                yield (*keys, answer.key)


def _missing(card: Card, known_types: Collection[str] | None) -> Iterator[str]:
    if card.start not in card.questions:
        yield f"start: there is no question {card.start}"
    yield from _missing_ways(card)
    yield from _missing_instructions(card)
    if known_types is not None:
        for code in sorted({card.incident_type, *(item.type for item in card.outcomes.values())} - set(known_types)):
            yield f"there is no incident type {code}"


def _missing_ways(card: Card) -> Iterator[str]:
    for code, question in card.questions.items():
        for answer in question.answers:
            if answer.next is not None and answer.next not in card.questions:
                yield f"question {code}, key {answer.key}: there is no question {answer.next}"
            if answer.outcome is not None and answer.outcome not in card.outcomes:
                yield f"question {code}, key {answer.key}: there is no outcome {answer.outcome}"


def _missing_instructions(card: Card) -> Iterator[str]:
    givers: dict[str, Question | Outcome] = {f"question {code}": item for code, item in card.questions.items()}
    givers |= {f"outcome {code}": item for code, item in card.outcomes.items()}
    for name, giver in givers.items():
        for code in giver.instructions:
            if code not in card.instructions:
                yield f"{name}: there is no instruction {code}"


def _doubled_keys(card: Card) -> Iterator[str]:
    for code, question in card.questions.items():
        keys = [answer.key for answer in question.answers]
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            yield f"question {code}: key {key} stands twice"


def _has_circle(card: Card) -> bool:
    done: set[str] = set()
    on_way: set[str] = set()

    def visit(code: str) -> bool:
        if code in on_way:
            return True
        if code in done:
            return False
        on_way.add(code)
        is_circle = any(visit(answer.next) for answer in card.questions[code].answers if answer.next)
        on_way.discard(code)
        done.add(code)
        return is_circle

    return any(visit(code) for code in card.questions)


def _reached(card: Card) -> tuple[set[str], set[str], set[str]]:
    questions, outcomes = {card.start}, set()
    waiting = [card.start]
    while waiting:
        for answer in card.questions[waiting.pop()].answers:
            if answer.outcome is not None:
                outcomes.add(answer.outcome)
            elif answer.next is not None and answer.next not in questions:
                questions.add(answer.next)
                waiting.append(answer.next)
    givers: list[Question | Outcome] = [card.questions[code] for code in questions]
    givers += [card.outcomes[code] for code in outcomes]
    return questions, outcomes, {code for giver in givers for code in giver.instructions}


def _invalid(faults: dict[str, Any]) -> ValidationError:
    return ValidationError("protocol_invalid", gettext_noop("This card has faults; see the list."), {"fields": faults})


def _unknown(key: str) -> ValidationError:
    return ValidationError(
        "unknown_answer", gettext_noop("This answer is not offered here."), {"fields": {"key": [key[:10]]}}
    )
