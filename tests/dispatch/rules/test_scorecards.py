from decimal import Decimal

import pytest

from common.errors import ValidationError
from dispatch.rules.scorecards import Item, Score, answers_check, score

ITEMS = [
    Item("lokasi", "yes_no", 5, is_critical=True),
    Item("kelas", "yes_no", 2),
    Item("arahan", "yes_no", 1, may_be_skipped=True),
    Item("sikap", "rating", 2),
]


def test_the_score_is_the_weighted_share_of_what_could_be_reached() -> None:
    # 5 + 0 + 1 + 2 * 3/4 = 7.5 of 10
    answers = {"lokasi": 1, "kelas": 0, "arahan": 1, "sikap": 3}
    assert score(ITEMS, answers, pass_percent=75) == Score(Decimal("75.0"), 0, is_passed=True)
    assert score(ITEMS, answers, pass_percent=76) == Score(Decimal("75.0"), 0, is_passed=False)


def test_what_does_not_apply_is_not_counted_at_all() -> None:
    # 5 + 2 + 2 * 2/4 = 8 of 9
    answers = {"lokasi": 1, "kelas": 1, "arahan": None, "sikap": 2}
    assert score(ITEMS, answers, pass_percent=80) == Score(Decimal("88.9"), 0, is_passed=True)


def test_who_fails_a_critical_question_does_not_pass_whatever_the_score() -> None:
    found = score(ITEMS, {"lokasi": 0, "kelas": 1, "arahan": 1, "sikap": 4}, pass_percent=1)
    assert found == Score(Decimal("50.0"), 1, is_passed=False)


def test_a_critical_question_that_does_not_apply_is_not_failed() -> None:
    items = [Item("bahaya", "yes_no", 4, is_critical=True, may_be_skipped=True), Item("kelas", "yes_no", 1)]
    assert score(items, {"bahaya": None, "kelas": 1}, pass_percent=80) == Score(Decimal("100.0"), 0, is_passed=True)


def test_nothing_that_applies_is_no_score_and_no_pass() -> None:
    items = [Item("arahan", "yes_no", 1, may_be_skipped=True)]
    assert score(items, {"arahan": None}, pass_percent=1) == Score(None, 0, is_passed=False)


def test_halves_are_rounded_up_and_what_is_shown_decides() -> None:
    # 1999 of 2500 = 79.96, shown as 80.0
    items = [Item("a", "yes_no", 1999), Item("b", "yes_no", 501)]
    assert score(items, {"a": 1, "b": 0}, pass_percent=80) == Score(Decimal("80.0"), 0, is_passed=True)


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ({}, {"lokasi", "kelas", "arahan", "sikap"}),
        ({"lokasi": 1, "kelas": 2, "arahan": 1, "sikap": 4}, {"kelas"}),
        ({"lokasi": 1, "kelas": 1, "arahan": 1, "sikap": 5}, {"sikap"}),
        ({"lokasi": None, "kelas": 1, "arahan": None, "sikap": 0}, {"lokasi"}),
        ({"lokasi": 1, "kelas": 1, "arahan": 1, "sikap": 0, "lain": 1}, {"lain"}),
    ],
)
def test_every_question_needs_an_answer_that_it_can_have(answers: dict[str, int | None], wrong: set[str]) -> None:
    with pytest.raises(ValidationError, match="scorecard_incomplete") as refused:
        answers_check(ITEMS, answers)
    assert set(refused.value.data["fields"]) == wrong
