"""What a filled scorecard comes to. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from common.errors import ValidationError, gettext_noop

VALUES_MAX = {"yes_no": 1, "rating": 4}


@dataclass(frozen=True, slots=True)
class Item:
    """One question: answered 0 or 1 (`yes_no`), or 0 to 4 (`rating`)."""

    code: str
    kind: str
    weight: int
    is_critical: bool = False
    may_be_skipped: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """`percent` is None when no question applied; nobody passes then."""

    percent: Decimal | None
    failed_critical: int
    is_passed: bool


def answers_check(items: Sequence[Item], answers: Mapping[str, int | None]) -> None:
    """Raise ValidationError `scorecard_incomplete` unless every question has an answer that it can have."""
    wrong = sorted(set(answers) - {item.code for item in items})
    wrong += [item.code for item in items if not _is_possible(item, answers)]
    if wrong:
        raise ValidationError(
            "scorecard_incomplete",
            gettext_noop("Every question needs an answer."),
            {"fields": {code: [code] for code in wrong}},
        )


def score(items: Sequence[Item], answers: Mapping[str, int | None], *, pass_percent: int) -> Score:
    """The weighted share of what could be reached, among the questions that apply.

    A critical question fails at 0; who fails one does not pass, whatever the share.
    """
    answered = [(item, value) for item in items if (value := answers[item.code]) is not None]
    possible = sum(item.weight for item, _value in answered)
    failed = sum(item.is_critical and value == 0 for item, value in answered)
    if not possible:
        return Score(None, failed, is_passed=False)
    reached = sum((Decimal(item.weight * value) / VALUES_MAX[item.kind] for item, value in answered), Decimal())
    percent = (reached * 100 / possible).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return Score(percent, failed, is_passed=not failed and percent >= pass_percent)


def _is_possible(item: Item, answers: Mapping[str, int | None]) -> bool:
    if item.code not in answers:
        return False
    value = answers[item.code]
    return item.may_be_skipped if value is None else 0 <= value <= VALUES_MAX[item.kind]
