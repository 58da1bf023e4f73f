"""Positions as they come in: batches, order, tracks, who may send them."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.choices import Role
from accounts.models import AuditEntry
from common import clock
from dispatch.choices import PositionSource
from dispatch.models import UnitPosition, UnitTrack
from dispatch.services.positions import positions_take, tracks_forget
from realtime.models import Event
from tests import factories
from tests.dispatch.console import Console

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rows(db: None) -> None:
    factories.live_realm()
    for number in (1, 2):
        factories.unit(f"AMB-0{number}")


@pytest.fixture
def gateway() -> Console:
    return Console(factories.user(Role.POSITION_GATEWAY))


def told(unit: str = "AMB-01", *, ago_s: float = 0, lat: float = -6.2, **more: Any) -> dict[str, Any]:
    at = clock.now() - timedelta(seconds=ago_s)
    return {"unit": unit, "lat": lat, "lon": 106.8, "measured_at": at.isoformat(), **more}


def test_a_batch_is_taken_item_by_item(gateway: Console) -> None:
    items = [
        told(), told("AMB-02", speed_kmh=40.5, heading_deg=90), told("TIDAK"), told("AMB-02", lat=91), "x",
    ]  # fmt: skip
    answer = gateway.post("unit-positions/", {"positions": items})
    assert answer == {
        "accepted": 2,
        "ignored": 0,
        "errors": [
            {"index": 2, "unit": "TIDAK", "code": "unknown_unit"},
            {"index": 3, "unit": "AMB-02", "code": "lat_invalid"},
            {"index": 4, "unit": "", "code": "not_an_object"},
        ],
    }
    row = UnitPosition.objects.get(unit__call_sign="AMB-02")
    assert (row.speed_kmh, row.heading_deg, row.source) == (40.5, 90, "gateway")
    # No entry and no event for each of them.
    assert not AuditEntry.objects.exists()
    assert not Event.objects.exists()


def test_what_is_older_than_what_is_known_changes_nothing(gateway: Console) -> None:
    newest = told(lat=-6.3)
    assert gateway.post("unit-positions/", {"positions": [newest]})["accepted"] == 1
    late = gateway.post("unit-positions/", {"positions": [told(ago_s=30, lat=-6.9), told("AMB-02")]})
    assert (late["accepted"], late["ignored"]) == (1, 1)
    assert gateway.post("unit-positions/", {"positions": [newest]})["ignored"] == 1  # the same again
    assert UnitPosition.objects.get(unit__call_sign="AMB-01").lat == -6.3


@pytest.mark.parametrize("body", [{}, {"positions": []}, {"positions": {}}, [], {"positions": [{}] * 501}])
def test_what_is_no_batch_is_refused_whole(gateway: Console, body: Any) -> None:
    assert gateway.refused("unit-positions/", body) == (400, "positions_invalid")
    assert not UnitPosition.objects.exists()


def test_a_batch_costs_two_statements_however_large() -> None:
    for number in range(3, 60):
        factories.unit(f"AMB-{number}")
    items = [told(f"AMB-{number}") for number in range(3, 60)]
    with CaptureQueriesContext(connection) as queries:
        taken = positions_take(realm=factories.live_realm(), items=items, source=PositionSource.GATEWAY, at=clock.now())
    assert (taken.accepted, len(queries) - 1) == (57, 2)  # one more reads the realm


def test_a_track_is_thinned_by_time_and_way() -> None:
    begun = clock.now() - timedelta(hours=1)
    realm = factories.live_realm()

    def send(second: float, lat: float) -> None:
        item = told(lat=lat) | {"measured_at": (begun + timedelta(seconds=second)).isoformat()}
        positions_take(realm=realm, items=[item], source=PositionSource.GATEWAY, at=begun + timedelta(seconds=second))

    for second in range(0, 61, 5):
        send(second, -6.2)  # it stands
    assert [row.measured_at for row in UnitTrack.objects.all()] == [
        begun + timedelta(seconds=second) for second in (0, 30, 60)
    ]
    send(65, -6.2005)  # 55 m
    send(70, -6.2010)  # 111 m
    assert UnitTrack.objects.count() == 4
    assert UnitPosition.objects.get().lat == -6.2010


def test_tracks_are_forgotten_after_their_days() -> None:
    unit = factories.unit("AMB-01")
    at = clock.now()
    for days in (0, 29, 31, 400):
        UnitTrack.objects.create(unit=unit, lat=0, lon=0, measured_at=at - timedelta(days=days))
    assert tracks_forget(at=at) == 2
    assert UnitTrack.objects.count() == 2


def test_a_crew_sends_its_own_position_and_no_other(gateway: Console) -> None:
    unit = factories.unit("AMB-01")
    unit.account = factories.user(Role.UNIT)
    unit.save(update_fields=["account"])
    device = Console(unit.account)
    at = clock.now().isoformat()
    assert device.post("unit/position/", {"lat": -6.2, "lon": 106.8, "measured_at": at})["accepted"] == 1
    assert device.post("unit/position/", told("AMB-02"))["accepted"] == 1  # whatever name it says: it is its own
    assert device.post("unit/position/", [1])["errors"][0]["code"] == "not_an_object"
    assert list(UnitPosition.objects.values_list("unit__call_sign", "source")) == [("AMB-01", "device")]
    assert device.refused("unit-positions/", {"positions": [told()]}) == (403, "access_denied")
    assert gateway.refused("unit/position/", told()) == (403, "access_denied")
    assert gateway.get("unit-positions/", expect=403)["error"]["code"] == "access_denied"


def test_consoles_see_how_fresh_a_position_is(gateway: Console) -> None:
    items = [told("AMB-01"), told("AMB-02", ago_s=200)]
    gateway.post("unit-positions/", {"positions": items})
    desk = Console(factories.user(Role.DISPATCHER))
    assert [(row["unit"], row["freshness"]) for row in desk.get("unit-positions/")["positions"]] == [
        ("AMB-01", "fresh"), ("AMB-02", "ageing"),
    ]  # fmt: skip
    assert isinstance(datetime.fromisoformat(desk.get("units/")["positions"][0]["measured_at"]), datetime)
