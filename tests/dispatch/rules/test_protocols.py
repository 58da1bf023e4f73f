"""Protocol cards: every shipped one can be used, and every fault is found."""

from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from common.errors import ValidationError
from dispatch.rules.protocols import DEPTH_MAX, Card, card_check, card_parse, card_walk, paths, text_faults

FOLDER = Path(__file__).resolve().parents[3] / "data" / "protocols"
CARDS: dict[str, Card] = {path.stem: card_parse(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.yaml")}
AGENCIES = {
    "bpbd", "gulkarmat", "pk3d", "polda", "satpolpp", "dishub", "dinsos", "sda", "binamarga", "pertamanan", "pln",
}  # fmt: skip


def test_there_are_the_cards_that_a_city_needs() -> None:
    assert len(CARDS) >= 12
    assert {
        "henti-jantung", "tersedak", "perdarahan", "persalinan", "kebakaran", "bocor-gas", "banjir", "kecelakaan",
        "sengatan-listrik", "kekerasan", "anak-hilang", "bunuh-diri", "panggilan-sunyi",
    } <= set(CARDS)  # fmt: skip


@pytest.mark.parametrize("name", sorted(CARDS))
def test_a_shipped_card_has_no_fault_and_every_path_ends(name: str) -> None:
    card = CARDS[name]
    assert card.code == name
    assert card_check(card) == []
    assert {agency for outcome in card.outcomes.values() for agency in outcome.agencies} <= AGENCIES
    for keys in paths(card):
        assert len(keys) <= DEPTH_MAX
        assert card_walk(card, keys).outcome is not None


@pytest.mark.parametrize("name", sorted(CARDS))
def test_what_was_given_so_far_is_never_taken_back_by_the_next_answer(name: str) -> None:
    for keys in paths(CARDS[name]):
        for count in range(len(keys)):
            before, after = card_walk(CARDS[name], keys[:count]), card_walk(CARDS[name], keys[: count + 1])
            assert after.given[:count] == before.given
            assert after.instructions[: len(before.instructions)] == before.instructions


@given(st.sampled_from(sorted(CARDS)), st.lists(st.sampled_from("123456789ytxabc"), max_size=8))
def test_any_keys_walk_or_are_refused(name: str, keys: list[str]) -> None:
    with suppress(ValidationError):
        walk = card_walk(CARDS[name], keys)
        assert (walk.question is None) == (walk.outcome is not None)


def text() -> dict[str, str]:
    return {"id": "ya", "en": "yes"}


def yes(**way: str) -> dict[str, Any]:
    return {"key": "y", "text": text(), **way}


def no(**way: str) -> dict[str, Any]:
    return {"key": "t", "text": text(), **way}


def small() -> dict[str, Any]:
    """Each block its own: a dump would write what is shared as a reference."""
    return {
        "code": "uji",
        "incident_type": "medis",
        "name": text(),
        "basis": "test",
        "start": "a",
        "questions": {
            "a": {"text": text(), "answers": [yes(next="b"), no(outcome="o")]},
            "b": {"text": text(), "answers": [yes(outcome="o"), no(outcome="o")]},
        },
        "outcomes": {"o": {"name": text(), "type": "medis", "priority": "P1", "instructions": ["i"]}},
        "instructions": {"i": {"title": text(), "steps": [{"text": text()}]}},
    }


def checked(content: dict[str, Any]) -> list[str]:
    return [str(fault) for fault in text_faults(yaml.safe_dump(content), {"medis"})]


def test_a_small_card_is_fine() -> None:
    assert checked(small()) == []


def _start(card: dict[str, Any]) -> None:
    card["start"] = "z"


def _next(card: dict[str, Any]) -> None:
    card["questions"]["a"]["answers"][0]["next"] = "z"


def _outcome(card: dict[str, Any]) -> None:
    card["questions"]["b"]["answers"][0]["outcome"] = "z"


def _circle(card: dict[str, Any]) -> None:
    card["questions"]["b"]["answers"][0] = yes(next="a")


def _key(card: dict[str, Any]) -> None:
    card["questions"]["a"]["answers"][1]["key"] = "y"


def _type(card: dict[str, Any]) -> None:
    card["outcomes"]["o"]["type"] = "zzz"


def _instruction(card: dict[str, Any]) -> None:
    card["outcomes"]["o"]["instructions"] = ["z"]


def _lonely_question(card: dict[str, Any]) -> None:
    card["questions"]["c"] = deepcopy(card["questions"]["b"])


def _lonely_instruction(card: dict[str, Any]) -> None:
    card["instructions"]["j"] = deepcopy(card["instructions"]["i"])


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_start, "start: There is no question z."),
        (_next, "questions › a › answers › 1 › next: There is no question z."),
        (_outcome, "questions › b › answers › 1 › outcome: There is no outcome z."),
        (_circle, "questions: The questions lead in a circle."),
        (_key, "questions › a › answers › 2 › key: The key y stands twice in this question."),
        (_type, "outcomes › o › type: There is no incident type zzz."),
        (_instruction, "outcomes › o › instructions › 1: There is no instruction z."),
        (_lonely_question, "questions › c: Nothing leads to this."),
        (_lonely_instruction, "instructions › j: Nothing gives this."),
    ],
)  # fmt: skip
def test_a_fault_is_found_and_named(spoil: Any, words: str) -> None:
    card = small()
    spoil(card)
    assert checked(card) == [words]


@pytest.mark.parametrize(
    "text", ["", "[", "5", "a: b", "!!python/object:os.system {}", yaml.safe_dump(small() | {"extra": 1}),
             yaml.safe_dump(small() | {"name": {"id": " ", "en": "x"}})],
)  # fmt: skip
def test_what_is_no_card_is_refused_with_its_faults(text: str) -> None:
    with pytest.raises(ValidationError, match="protocol_invalid") as refused:
        card_parse(text)
    assert refused.value.data["fields"]
