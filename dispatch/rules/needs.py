"""What an incident needs by its run card, and what of that is still open."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True, slots=True)
class Need:
    """So many units of a type, or with a capability; exactly one of `type_code` and `capability` is given."""

    type_code: str
    capability: str
    count: int
    alarm_level: int = 1
    reason: str = ""

    @property
    def code(self) -> str:
        """What is asked for."""
        return self.type_code or self.capability


@dataclass(frozen=True, slots=True)
class Card:
    """A run card for incidents of one type: an empty priority holds for all."""

    priority: str
    alarm_level: int
    valid_from: date
    valid_until: date | None
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class Able:
    """A unit by what it is and can do."""

    call_sign: str
    type_code: str
    capabilities: Collection[str]


def is_fit(able: Able, need: Need) -> bool:
    """Whether a unit is what a need asks for."""
    return able.type_code == need.type_code if need.type_code else need.capability in able.capabilities


def needs_of(cards: Iterable[Card], *, priority: str, alarm_level: int, today: date) -> list[Need]:
    """The needs of all levels up to `alarm_level`, in the order of the cards.

    For each level one card holds: that of the priority before the one for all, the newest in force before older ones.
    """
    holding: dict[int, Card] = {}
    for card in cards:
        is_in_force = card.valid_from <= today and (card.valid_until is None or today <= card.valid_until)
        if not is_in_force or card.priority not in {"", priority} or card.alarm_level > alarm_level:
            continue
        known = holding.get(card.alarm_level)
        if known is None or _rank(card) > _rank(known):
            holding[card.alarm_level] = card
    return [need for level in sorted(holding) for need in holding[level].needs]


def levels_of(cards: Iterable[Card], *, priority: str, today: date) -> list[int]:
    """The alarm levels that there are cards for."""
    wanted = [card for card in cards if card.priority in {"", priority} and card.valid_from <= today]
    return sorted({card.alarm_level for card in wanted if card.valid_until is None or today <= card.valid_until})


def needs_open(needs: Sequence[Need], sent: Iterable[Able]) -> list[tuple[Need, int]]:
    """Each need with how many of it are still open, once each unit that was sent counts for one of them.

    A unit counts where it helps most: the assignment with the most needs met is found by augmenting paths, so that
    an advanced ambulance does not use up the place of a basic one while its own stays open.
    """
    places = [index for index, need in enumerate(needs) for _number in range(need.count)]
    units = sorted(sent, key=lambda able: able.call_sign)
    taken: dict[int, int] = {}  # place -> unit

    def give(unit: int, seen: set[int]) -> bool:
        for place, index in enumerate(places):
            if place in seen or not is_fit(units[unit], needs[index]):
                continue
            seen.add(place)
            if place not in taken or give(taken[place], seen):
                taken[place] = unit
                return True
        return False

    for unit in range(len(units)):
        give(unit, set())
    met = [sum(1 for place in taken if places[place] == index) for index in range(len(needs))]
    return [(need, need.count - met[index]) for index, need in enumerate(needs)]


def merged(needs: Iterable[Need]) -> list[Need]:
    """Needs for the same thing on several levels as one."""
    found: dict[tuple[str, str], Need] = {}
    for need in needs:
        key = need.type_code, need.capability
        known = found.get(key)
        found[key] = need if known is None else replace(known, count=known.count + need.count)
    return list(found.values())


def _rank(card: Card) -> tuple[bool, date]:
    return bool(card.priority), card.valid_from
