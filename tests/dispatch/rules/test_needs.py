"""What a run card asks for, and what of it is still open."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules.needs import Able, Card, Need, is_fit, levels_of, merged, needs_of, needs_open

TODAY = date(2026, 11, 25)
TYPES, ABILITIES = ("pompa", "tangga"), ("air", "medis", "medis-lanjut")


def card(*needs: Need, priority: str = "", level: int = 1, since: int = 2025, until: date | None = None) -> Card:
    return Card(priority, level, date(since, 1, 1), until, needs)


def need(code: str, count: int = 1) -> Need:
    return Need(code, "", count)


def wanted(cards: list[Card], priority: str = "P2", level: int = 1) -> list[str]:
    return [item.code for item in needs_of(cards, priority=priority, alarm_level=level, today=TODAY)]


def test_the_card_of_the_priority_goes_before_the_one_for_all_and_the_newest_before_older_ones() -> None:
    cards = [card(need("umum")), card(need("p1"), priority="P1", since=2020), card(need("baru"), since=2026)]
    assert wanted(cards) == ["baru"]
    assert wanted(cards, "P1") == ["p1"]
    ended = [card(need("lama"), until=date(2026, 11, 24)), card(need("nanti"), since=2027)]
    assert wanted(ended) == []
    assert wanted([*ended, card(need("sekarang"), until=TODAY)]) == ["sekarang"]


def test_levels_add_up() -> None:
    cards = [card(need("satu")), card(need("dua"), level=2), card(need("tiga"), level=3, priority="P1")]
    assert wanted(cards, level=1) == ["satu"]
    assert wanted(cards, level=3) == ["satu", "dua"]
    assert wanted(cards, "P1", level=3) == ["satu", "dua", "tiga"]
    assert levels_of(cards, priority="P2", today=TODAY) == [1, 2]
    assert merged([need("pompa", 2), need("tangga"), need("pompa", 1)]) == [need("pompa", 3), need("tangga")]


def test_an_advanced_ambulance_does_not_use_up_the_basic_ones_place() -> None:
    needs = [Need("", "medis", 1), Need("", "medis-lanjut", 1)]
    advanced = Able("ALS", "x", {"medis", "medis-lanjut"})
    basic = Able("BLS", "x", {"medis"})
    assert [count for _need, count in needs_open(needs, [advanced, basic])] == [0, 0]
    assert [count for _need, count in needs_open(needs, [advanced])] in ([0, 1], [1, 0])


NEEDS = st.lists(
    st.builds(Need, st.sampled_from(TYPES), st.just(""), st.integers(1, 3))
    | st.builds(Need, st.just(""), st.sampled_from(ABILITIES), st.integers(1, 3)),
    max_size=4,
)
UNITS = st.lists(
    st.builds(
        Able, st.integers(0, 99).map(str), st.sampled_from(TYPES), st.frozensets(st.sampled_from(ABILITIES))
    ),
    max_size=6, unique_by=lambda able: able.call_sign,
)  # fmt: skip


def most_met(needs: list[Need], units: list[Able]) -> int:
    """By trying everything."""
    if not units:
        return 0
    head, rest = units[0], units[1:]
    best = most_met(needs, rest)
    for index, item in enumerate(needs):
        if item.count > 0 and is_fit(head, item):
            left = [*needs[:index], Need(item.type_code, item.capability, item.count - 1), *needs[index + 1 :]]
            best = max(best, 1 + most_met(left, rest))
    return best


@given(needs=NEEDS, units=UNITS)
def test_as_many_needs_are_met_as_can_be(needs: list[Need], units: list[Able]) -> None:
    still_open = needs_open(needs, units)
    assert [item for item, _count in still_open] == needs
    assert all(0 <= count <= item.count for item, count in still_open)
    assert sum(item.count - count for item, count in still_open) == most_met(needs, units)
