"""What keeps a text from being a card that can be used: every fault with its place, as a message to be translated."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from pydantic import ValidationError as PydanticError

from common.errors import ValidationError, gettext_noop
from dispatch.rules.protocol_format import (
    CARD_CODE_PATTERN,
    CODE_PATTERN,
    DEPTH_MAX,
    KEY_PATTERN,
    ONE_WAY,
    PRIORITY_PATTERN,
    SOURCE_LENGTH_MAX,
    Card,
    Outcome,
    Question,
)
from dispatch.rules.protocol_text import Fault, Path, text_read

_CODE = gettext_noop("A code has small letters, digits and hyphens only, and is not longer than 40 (a card's: 30).")
_PATTERNS = {
    CODE_PATTERN: _CODE,
    CARD_CODE_PATTERN: _CODE,
    KEY_PATTERN: gettext_noop("A key is one digit from 1 to 9 or one small letter."),
    PRIORITY_PATTERN: gettext_noop("A priority is P1, P2, P3, P4 or P5."),
}
_BLOCK = gettext_noop("Here a block of names and values is expected.")
_LIST = gettext_noop("Here a list is expected.")
_NUMBER = gettext_noop("Here a whole number is expected.")
_SIMPLE = {
    "missing": gettext_noop("This is missing."),
    "extra_forbidden": gettext_noop("This name is not known here."),
    "string_type": gettext_noop("Here text is expected; yes, no, on and numbers are text only in quotes."),
    "string_too_short": gettext_noop("This is empty."),
    "model_type": _BLOCK,
    "dict_type": _BLOCK,
    "model_attributes_type": _BLOCK,
    "tuple_type": _LIST,
    "int_type": _NUMBER,
    "int_parsing": _NUMBER,
    "int_from_float": _NUMBER,
}  # fmt: skip
_LIMITS = {
    "string_too_long": ("max_length", gettext_noop("This is longer than %(limit)d characters.")),
    "greater_than_equal": ("ge", gettext_noop("This is less than %(limit)d.")),
    "less_than_equal": ("le", gettext_noop("This is more than %(limit)d.")),
    "too_short": ("min_length", gettext_noop("At least %(limit)d are needed here.")),
    "too_long": ("max_length", gettext_noop("More than %(limit)d are too many here.")),
}


@lru_cache(maxsize=64)
def card_parse(text: str) -> Card:
    """Read a card from YAML; raises ValidationError `protocol_invalid` with every fault by its place."""
    card, faults = _read(text)
    if card is None:
        raise faults_error(faults)
    return card


def text_faults(text: str, known_types: Collection[str] | None = None) -> list[Fault]:
    """Everything that keeps this text from being used, each with its line, in the order of the text."""
    card, faults = _read(text)
    if card is not None:
        read = text_read(text)
        faults = [replace(fault, line=read.line_of(fault.path)) for fault in card_check(card, known_types)]
    return sorted(faults, key=lambda fault: fault.line or 0)


def card_check(card: Card, known_types: Collection[str] | None = None) -> list[Fault]:
    """What keeps a well-formed card from being used: references to nothing, circles, parts that nothing leads to."""
    faults = [*_missing(card, known_types), *_doubled_keys(card)]
    if faults:
        return faults
    longest = _longest(card)
    if longest is None:
        return [Fault(("questions",), gettext_noop("The questions lead in a circle."))]
    if longest > DEPTH_MAX:
        message = gettext_noop("A way to an outcome has %(count)d answers; %(limit)d are allowed.")
        faults.append(Fault(("questions",), message, {"count": longest, "limit": DEPTH_MAX}))
    return [*faults, *_lonely(card)]


def faults_error(faults: Collection[Fault]) -> ValidationError:
    """The faults as the API tells them, in English."""
    told: dict[str, list[str]] = {}
    for fault in faults:
        told.setdefault(fault.place or "source", []).append(fault.message % fault.data if fault.data else fault.message)
    return ValidationError("protocol_invalid", gettext_noop("This card has faults; see the list."), {"fields": told})


def _read(text: str) -> tuple[Card | None, list[Fault]]:
    if len(text) > SOURCE_LENGTH_MAX:
        message = gettext_noop("This is longer than %(limit)d characters.")
        return None, [Fault((), message, {"limit": SOURCE_LENGTH_MAX})]
    read = text_read(text)
    if read.faults:
        return None, list(read.faults)
    try:
        return Card.model_validate(read.content), []
    except PydanticError as error:
        faults = [_of_pydantic(fault) for fault in error.errors(include_url=False)]
        return None, [replace(fault, line=read.line_of(fault.path)) for fault in faults]


def _of_pydantic(fault: Any) -> Fault:
    path: Path = tuple(part for part in fault["loc"] if part != "[key]")
    kind, context = fault["type"], fault.get("ctx", {})
    if kind in _SIMPLE:
        return Fault(path, _SIMPLE[kind])
    if kind in _LIMITS:
        name, message = _LIMITS[kind]
        return Fault(path, message, {"limit": context[name]})
    if kind == "string_pattern_mismatch":
        return Fault(path, _PATTERNS[context["pattern"]])
    if kind == "value_error":
        return Fault(path, ONE_WAY)
    return Fault(path, gettext_noop("This cannot be read (%(reason)s)."), {"reason": fault["msg"]})


def _missing(card: Card, known_types: Collection[str] | None) -> Iterator[Fault]:
    no_question = gettext_noop("There is no question %(code)s.")
    if card.start not in card.questions:
        yield Fault(("start",), no_question, {"code": card.start})
    for code, question in card.questions.items():
        for number, answer in enumerate(question.answers):
            path: Path = ("questions", code, "answers", number)
            if answer.next is not None and answer.next not in card.questions:
                yield Fault((*path, "next"), no_question, {"code": answer.next})
            if answer.outcome is not None and answer.outcome not in card.outcomes:
                yield Fault((*path, "outcome"), gettext_noop("There is no outcome %(code)s."), {"code": answer.outcome})
    yield from _missing_instructions(card)
    if known_types is not None:
        yield from _missing_types(card, known_types)


def _missing_instructions(card: Card) -> Iterator[Fault]:
    message = gettext_noop("There is no instruction %(code)s.")
    givers: Mapping[str, Mapping[str, Question | Outcome]] = {"questions": card.questions, "outcomes": card.outcomes}
    for block, items in givers.items():
        for name, giver in items.items():
            for number, code in enumerate(giver.instructions):
                if code not in card.instructions:
                    yield Fault((block, name, "instructions", number), message, {"code": code})


def _missing_types(card: Card, known_types: Collection[str]) -> Iterator[Fault]:
    message = gettext_noop("There is no incident type %(code)s.")
    if card.incident_type not in known_types:
        yield Fault(("incident_type",), message, {"code": card.incident_type})
    for name, outcome in card.outcomes.items():
        if outcome.type not in known_types:
            yield Fault(("outcomes", name, "type"), message, {"code": outcome.type})


def _doubled_keys(card: Card) -> Iterator[Fault]:
    for code, question in card.questions.items():
        seen: set[str] = set()
        for number, answer in enumerate(question.answers):
            if answer.key in seen:
                path = ("questions", code, "answers", number, "key")
                yield Fault(path, gettext_noop("The key %(key)s stands twice in this question."), {"key": answer.key})
            seen.add(answer.key)


def _longest(card: Card) -> int | None:
    """How many answers the longest way to an outcome has; None where questions lead in a circle."""
    lengths: dict[str, int] = {}
    waiting = set(card.questions)
    while waiting:
        ready = [code for code in waiting if all(way in lengths for way in _ways(card.questions[code]))]
        if not ready:
            return None
        for code in ready:
            lengths[code] = 1 + max((lengths[way] for way in _ways(card.questions[code])), default=0)
        waiting -= set(ready)
    return lengths[card.start]


def _ways(question: Question) -> list[str]:
    return [answer.next for answer in question.answers if answer.next is not None]


def _lonely(card: Card) -> Iterator[Fault]:
    questions, outcomes = reached(card)
    givers: list[Question | Outcome] = [card.questions[code] for code in questions]
    givers += [card.outcomes[code] for code in outcomes]
    given = {code for giver in givers for code in giver.instructions}
    leads, gives = gettext_noop("Nothing leads to this."), gettext_noop("Nothing gives this.")
    blocks: tuple[tuple[str, Collection[str], Callable[[str], bool], str], ...] = (
        ("questions", card.questions, questions.__contains__, leads),
        ("outcomes", card.outcomes, outcomes.__contains__, leads),
        ("instructions", card.instructions, given.__contains__, gives),
    )
    for block, codes, is_used, message in blocks:
        yield from (Fault((block, code), message) for code in codes if not is_used(code))


def reached(card: Card) -> tuple[set[str], set[str]]:
    """Questions and outcomes that the first question leads to."""
    questions, outcomes = {card.start}, set()
    waiting = [card.start]
    while waiting:
        for answer in card.questions[waiting.pop()].answers:
            if answer.outcome is not None:
                outcomes.add(answer.outcome)
            elif answer.next is not None and answer.next not in questions:
                questions.add(answer.next)
                waiting.append(answer.next)
    return questions, outcomes
