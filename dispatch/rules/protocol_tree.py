"""A card laid out for reading: each question once, under the first answer that leads to it; and what differs."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dispatch.rules.protocol_format import Answer, Card, Outcome, Question


@dataclass(frozen=True, slots=True)
class Branch:
    """One answer and where it leads: a question drawn below it, a question drawn elsewhere, or an outcome."""

    answer: Answer
    node: "Node | None"
    elsewhere: str
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class Node:
    """One question with its answers."""

    code: str
    question: Question
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a comparison; numbers count from 1. A `gap` stands for lines that are the same."""

    kind: Literal["same", "added", "removed", "gap"]
    old_number: int | None
    new_number: int | None
    text: str


def card_tree(card: Card) -> Node:
    """The questions from the first one on. The card has no circle and no missing part (`card_check`)."""
    return _node(card, card.start, {card.start})


def lines_compare(old: str, new: str, *, context: int = 3) -> list[DiffLine]:
    """What was added and removed, with some lines around; empty when both are the same."""
    before, after = old.splitlines(), new.splitlines()
    found: list[DiffLine] = []
    for group in difflib.SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(context):
        if group[0][1] or group[0][3]:
            found.append(DiffLine("gap", None, None, ""))
        for kind, old_from, old_to, new_from, new_to in group:
            if kind == "equal":
                found += [
                    DiffLine("same", old_from + step + 1, new_from + step + 1, line)
                    for step, line in enumerate(before[old_from:old_to])
                ]
                continue
            found += _numbered("removed", before, old_from, old_to)
            found += _numbered("added", after, new_from, new_to)
    return found


def _node(card: Card, code: str, drawn: set[str]) -> Node:
    question = card.questions[code]
    own = {answer.next for answer in question.answers if answer.next and answer.next not in drawn}
    drawn |= own
    branches = []
    for answer in question.answers:
        is_here = answer.next in own
        own.discard(answer.next)
        branches.append(
            Branch(
                answer=answer,
                node=_node(card, answer.next, drawn) if is_here and answer.next else None,
                elsewhere="" if is_here else answer.next or "",
                outcome=card.outcomes[answer.outcome] if answer.outcome else None,
            )
        )
    return Node(code, question, tuple(branches))


def _numbered(kind: Literal["added", "removed"], lines: Sequence[str], first: int, end: int) -> list[DiffLine]:
    is_old = kind == "removed"
    return [
        DiffLine(kind, number + 1 if is_old else None, None if is_old else number + 1, lines[number])
        for number in range(first, end)
    ]
