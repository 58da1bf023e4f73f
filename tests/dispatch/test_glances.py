"""Positions as consoles see them: what is new, once, and nothing of it in the numbered stream."""

from datetime import timedelta
from typing import Any

import pytest

from common import clock
from dispatch.choices import PositionSource
from dispatch.glances import positions_look
from dispatch.services.positions import positions_take
from realtime.glances import KINDS
from realtime.models import Event, Realm
from tests import factories

pytestmark = pytest.mark.django_db


def test_only_what_is_new_is_shown_and_late_commits_are_not_lost() -> None:
    realm = factories.live_realm()
    for number in (1, 2, 3):
        factories.unit(f"AMB-0{number}")

    def send(*names: str, at: Any = None) -> None:
        at = at or clock.now()
        items = [{"unit": name, "lat": -6.2, "lon": 106.8, "measured_at": at.isoformat()} for name in names]
        positions_take(realm=realm, items=items, source=PositionSource.GATEWAY, at=at)

    look = positions_look(realm.pk)
    assert look() is None
    send("AMB-01", "AMB-02")
    shown = look()
    assert shown is not None
    assert [row["unit"] for row in shown["positions"]] == ["AMB-01", "AMB-02"]
    assert look() is None
    # Committed after the look, with a moment before it.
    send("AMB-03", at=clock.now() - timedelta(seconds=1))
    late = look()
    assert late is not None
    assert [row["unit"] for row in late["positions"]] == ["AMB-03"]
    assert look() is None
    assert (Event.objects.count(), Realm.objects.get(pk=realm.pk).head) == (0, 0)


def test_the_kind_is_declared_for_the_sockets() -> None:
    from siaga import routing

    assert routing.websocket_urlpatterns
    assert KINDS["unit.positions"].permission == "unit.view"
