"""Run cards as the file that `run_cards_import` takes."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any

import yaml

from dispatch.models import RunCard, RunCardLine


def run_cards_export(*, today: date) -> str:
    """All active cards in force or still to come; taking the text again changes nothing."""
    rows = RunCard.objects.filter(is_active=True).exclude(valid_until__lt=today).select_related("type")
    rows = rows.order_by("type__order", "type__code", "priority", "valid_from", "alarm_level")
    cards = list(rows.prefetch_related("lines__unit_type", "lines__capability"))
    content = {
        "valid_from": max((card.valid_from for card in cards), default=today),
        "cards": [_card(list(levels)) for _head, levels in groupby(cards, key=_head)],
    }
    return str(yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120))


def _head(card: RunCard) -> tuple[Any, ...]:
    return card.type_id, card.priority, card.valid_from, card.valid_until, card.source, card.reason


def _card(levels: list[RunCard]) -> dict[str, Any]:
    first = levels[0]
    values = {
        "type": first.type.code, "priority": first.priority, "valid_from": first.valid_from,
        "valid_until": first.valid_until, "source": first.source, "reason": first.reason,
    }  # fmt: skip
    found: dict[str, Any] = {name: value for name, value in values.items() if value}
    return found | {"levels": [{"alarm": card.alarm_level, "send": _lines(card.lines.all())} for card in levels]}


def _lines(lines: Iterable[RunCardLine]) -> list[dict[str, Any]]:
    found = []
    for line in lines:
        asked = {"unit": line.unit_type.code} if line.unit_type else {"can": line.capability and line.capability.code}
        found.append({**asked, "count": line.count} | ({"reason": line.reason} if line.reason else {}))
    return found
