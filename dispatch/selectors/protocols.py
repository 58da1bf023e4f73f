"""Protocol cards in use, and what an author should know of a card before it is used."""

from collections.abc import Mapping
from typing import Any

from accounts.models import Agency
from common.errors import gettext_noop
from dispatch.choices import ProtocolState
from dispatch.models import IncidentType, ProtocolCard, ProtocolVersion
from dispatch.rules.protocols import Card, keys_to

URGENT_WITHIN = 3
Warning_ = tuple[str, Mapping[str, object]]


def cards_read() -> list[dict[str, Any]]:
    """The cards that can be asked, in their order."""
    rows = (
        ProtocolVersion.objects.select_related("card")
        .filter(state=ProtocolState.PUBLISHED, card__is_active=True)
        .order_by("card__order", "card__code")
    )
    return [
        {
            "code": row.card.code,
            "name_id": row.card.name_id,
            "name_en": row.card.name_en,
            "version": row.number,
            "published_at": row.published_at.isoformat() if row.published_at else None,
        }
        for row in rows
    ]


def version_in_use(card: ProtocolCard) -> ProtocolVersion | None:
    """The version of a card that is asked now."""
    return card.versions.select_related("card", "published_by").filter(state=ProtocolState.PUBLISHED).first()


def card_warnings(card: Card) -> list[Warning_]:
    """What does not keep a card from being used and is rarely meant: messages to be translated, with their data."""
    types = set(IncidentType.objects.filter(is_active=True).values_list("code", flat=True))
    agencies = set(Agency.objects.filter(is_active=True).values_list("code", flat=True))
    cards = set(
        ProtocolVersion.objects.filter(state=ProtocolState.PUBLISHED, card__is_active=True).values_list(
            "card__code", flat=True
        )
    )
    found: list[Warning_] = []
    for code, outcome in card.outcomes.items():
        if outcome.type not in types:
            message = gettext_noop("Outcome %(outcome)s: the incident type %(code)s is not active.")
            found.append((message, {"outcome": code, "code": outcome.type}))
        for agency in outcome.agencies:
            if agency not in agencies:
                message = gettext_noop("Outcome %(outcome)s: there is no active agency %(code)s.")
                found.append((message, {"outcome": code, "code": agency}))
        if outcome.next_card and outcome.next_card not in cards | {card.code}:
            message = gettext_noop("Outcome %(outcome)s: no version of the card %(code)s is in use.")
            found.append((message, {"outcome": code, "code": outcome.next_card}))
    keys = urgent_keys(card)
    if keys > URGENT_WITHIN:
        message = gettext_noop("The most urgent outcome takes %(count)d keys; callers in need have time for %(limit)d.")
        found.append((message, {"count": keys, "limit": URGENT_WITHIN}))
    return found


def urgent_keys(card: Card) -> int:
    """How many keys lead to the most urgent outcome that a card has, by the shortest way."""
    ways = keys_to(card)
    most_urgent = min(outcome.priority for outcome in card.outcomes.values())
    return min(len(ways[code]) for code, outcome in card.outcomes.items() if outcome.priority == most_urgent)
