"""Names for codes, in the language of who reads; each table is read once, and only where it is asked for."""

from functools import cached_property, lru_cache

from django.utils.translation import get_language

from accounts.models import Agency
from common.errors import ValidationError
from dispatch.models import Capability, Disposition, IncidentType, ProtocolCard, ProtocolVersion
from dispatch.rules.protocols import Outcome, card_parse

_card = lru_cache(maxsize=64)(card_parse)


def language_read() -> str:
    """`id` or `en`: the language of what is shown now."""
    return "en" if get_language() == "en" else "id"


class Names:
    """Looks up names; a code that is in no table is its own name."""

    def __init__(self) -> None:
        self.language = language_read()
        self._field = f"name_{self.language}"

    def type(self, code: str) -> str:
        """Of an incident type."""
        return self._types.get(code, code)

    def agency(self, code: str) -> str:
        """Of an agency."""
        return self._agencies.get(code, code)

    def disposition(self, code: str) -> str:
        """Of how something ended."""
        return self._dispositions.get(code, code)

    def capability(self, code: str) -> str:
        """Of what a unit can do."""
        return self._capabilities.get(code, code)

    def card(self, code: str) -> str:
        """Of a protocol card."""
        return self._cards.get(code, code)

    def outcome(self, card: str, version: int, code: str) -> str:
        """Of what a version of a card proposes."""
        found = self.outcome_of(card, version, code)
        return str(getattr(found.name, self.language)) if found else code

    def outcome_of(self, card: str, version: int, code: str) -> Outcome | None:
        """What a version of a card proposes; None where there is no such outcome (yet)."""
        source = self._sources.get((card, version)) if code else None
        return _outcome_of(source, code) if source else None

    @cached_property
    def _types(self) -> dict[str, str]:
        return dict(IncidentType.objects.values_list("code", self._field))

    @cached_property
    def _agencies(self) -> dict[str, str]:
        return dict(Agency.objects.values_list("code", "name"))

    @cached_property
    def _dispositions(self) -> dict[str, str]:
        return dict(Disposition.objects.values_list("code", self._field))

    @cached_property
    def _capabilities(self) -> dict[str, str]:
        return dict(Capability.objects.values_list("code", self._field))

    @cached_property
    def _cards(self) -> dict[str, str]:
        return dict(ProtocolCard.objects.values_list("code", self._field))

    @cached_property
    def _sources(self) -> dict[tuple[str, int], str]:
        rows = ProtocolVersion.objects.exclude(published_at=None).values_list("card__code", "number", "source")
        return {(card, number): source for card, number, source in rows}


def _outcome_of(source: str, code: str) -> Outcome | None:
    try:
        card = _card(source)
    except ValidationError:
        return None  # a card of an older format is told by its code
    return card.outcomes.get(code)
