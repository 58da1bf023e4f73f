"""The proposal over HTTP: run card, units, ways, words; and what is kept of it when units are sent."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from accounts.choices import Role
from common import clock
from dispatch.models import Assignment, Unit, UnitPosition
from tests import factories
from tests.dispatch.api.test_units import crew, incident, sent, step
from tests.dispatch.console import Console
from tests.fakes.routers import router_served

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rows(db: None) -> Iterator[None]:
    factories.live_realm()
    yield
    connection.check_constraints()


@pytest.fixture
def desk() -> Console:
    return Console(factories.user(Role.DISPATCHER))


def pumper(call_sign: str, lat: float, **values: Any) -> Unit:
    """A pumper at a post of its own, so many degrees south."""
    kind = factories.unit_type("pompa", "pompa")
    post = factories.station(f"pos-{call_sign}", lat=lat, lon=106.85)
    return factories.unit(call_sign, type=kind, station=post, **values)


def advice(desk: Console, incident_id: str, query: str = "") -> dict[str, Any]:
    found: dict[str, Any] = desk.get(f"incidents/{incident_id}/recommendation/{query}")
    return found


def test_the_nearest_come_first_with_numbers_and_words(desk: Console) -> None:
    pumper("DMK-01", -6.25)
    pumper("DMK-02", -6.22)
    pumper("DMK-03", -6.30)
    factories.run_card("kebakaran", ("pompa", 2), ("+medis-dasar", 1))
    key = incident(desk, "kebakaran", priority="P1")
    found = advice(desk, key)
    assert [(row["rank"], row["unit"]) for row in found["proposed"]] == [(1, "DMK-02"), (2, "DMK-01")]
    first = found["proposed"][0]
    assert first["distance_m"] == pytest.approx(1112, abs=5)
    assert first["eta_s"] == first["leave_s"] + first["travel_s"]
    assert (first["source"], first["status"], first["freshness"]) == ("straight_line", "AV", "unknown")
    assert [reason["code"] for reason in first["reasons"]] == [
        "type", "way_straight", "quickest", "position_of_station", "status",
    ]  # fmt: skip
    way = {"distance_m": first["distance_m"], "eta_s": first["eta_s"], "road_factor": 1.4}
    assert first["reasons"][1]["data"] == way
    assert first["reasons"][1]["text"].startswith("1,1 km ")  # as Indonesians write numbers
    assert first["reasons"][3]["text"].endswith("pos-DMK-02")
    assert [(row["code"], row["count"], row["open"]) for row in found["needs"]] == [
        ("pompa", 2, 2), ("medis-dasar", 1, 1),
    ]  # fmt: skip
    assert [(row["need"], row["missing"], row["reason"]["code"]) for row in found["shortfalls"]] == [
        ("medis-dasar", 1, "none_exists")
    ]
    assert all(reason["text"] for row in found["proposed"] for reason in row["reasons"])


def test_higher_levels_add_and_what_is_there_counts(desk: Console) -> None:
    for number in range(1, 5):
        pumper(f"DMK-0{number}", -6.2 - number / 100)
    factories.run_card("kebakaran", ("pompa", 1))
    factories.run_card("kebakaran", ("pompa", 2), level=2)
    key = incident(desk, "kebakaran")
    assert len(advice(desk, key)["proposed"]) == 1
    second = advice(desk, key, "?alarm=2")
    assert (second["alarm_levels"], len(second["proposed"])) == ([1, 2], 3)
    row = sent(desk, key, "DMK-01")
    assert advice(desk, key)["proposed"] == []
    assert [item["unit"] for item in advice(desk, key, "?alarm=2")["proposed"]] == ["DMK-02", "DMK-03"]
    # Whoever has done its work there has not to be replaced; whoever was turned back has.
    step(desk, row, "on_scene")
    step(desk, row, "cleared")
    assert advice(desk, key)["needs"][0]["open"] == 0
    step(desk, sent(desk, incident(desk, "kebakaran"), "DMK-02"), "enroute")


@pytest.mark.parametrize("level", ["0", "6", "x", "-1", "1.5", "11"])
def test_a_level_that_cannot_be_is_refused(desk: Console, level: str) -> None:
    key = incident(desk, "kebakaran")
    answer = desk.get(f"incidents/{key}/recommendation/?alarm={level}", expect=400)
    assert answer["error"]["code"] == "invalid_query"


def test_without_a_card_or_a_position_it_says_so(desk: Console) -> None:
    pumper("DMK-01", -6.25)
    key = incident(desk, "kebakaran")
    found = advice(desk, key)
    assert (found["has_card"], found["proposed"], found["shortfalls"]) == (False, [], [])
    factories.run_card("kebakaran", ("pompa", 1))
    nowhere = desk.post("incidents/", {"type": "kebakaran", "place_text": "dekat pasar"}, expect=201)["id"]
    found = advice(desk, nowhere)
    assert found["has_position"] is False
    assert [row["unit"] for row in found["proposed"]] == ["DMK-01"]
    assert (found["proposed"][0]["eta_s"], found["proposed"][0]["distance_m"]) == (None, None)


def test_what_was_proposed_is_kept_with_who_was_sent(desk: Console) -> None:
    pumper("DMK-01", -6.22)
    pumper("DMK-02", -6.25)
    factories.run_card("kebakaran", ("pompa", 1))
    key = incident(desk, "kebakaran")
    sent(desk, key, "DMK-01")
    kept = Assignment.objects.get(unit__call_sign="DMK-01")
    assert (kept.proposed_rank, kept.override_reason) == (1, "")
    assert kept.eta_s is not None
    assert [item["unit"] for item in kept.proposal["proposed"]] == ["DMK-01"]
    other = incident(desk, "kebakaran")
    pumper("DMK-03", -6.4)
    body = {"unit": "DMK-03", "override_reason": "asked_for", "override_note": "permintaan lokasi"}
    answer = desk.post(f"incidents/{other}/assignments/", body, expect=201)
    assert (answer["proposed_rank"], answer["override_reason"]) == (None, "asked_for")
    # Nobody is kept waiting for a reason, and that there was none is counted.
    pumper("DMK-04", -6.5)
    last = incident(desk, "kebakaran")
    assert desk.post(f"incidents/{last}/assignments/", {"unit": "DMK-04"}, expect=201)["override_reason"] == "unstated"
    counted = Assignment.objects.exclude(override_reason="").values_list("override_reason", flat=True)
    assert sorted(counted) == ["asked_for", "unstated"]


def test_ways_are_by_road_where_a_router_answers_and_straight_where_not(desk: Console, settings: Settings) -> None:
    pumper("DMK-01", -6.22)
    pumper("DMK-02", -6.25)
    factories.run_card("kebakaran", ("pompa", 1))
    key = incident(desk, "kebakaran")
    with router_served() as fake:
        settings.ROUTER_URL, settings.ROUTER_TIMEOUT_MS = fake.url, 2000
        by_road = advice(desk, key)["proposed"][0]
        assert (by_road["source"], len(fake.asked)) == ("osrm", 1)
        assert by_road["travel_s"] == pytest.approx(by_road["distance_m"] / 10, abs=1)
        assert by_road["reasons"][1]["code"] == "way_by_road"
        assert by_road["reasons"][1]["data"]["source"] == "osrm"
        # The proposal at the moment of sending is the one on the screen, and asks nobody.
        sent(desk, key, "DMK-01")
        assert Assignment.objects.get().eta_s == by_road["travel_s"]
        assert len(fake.asked) == 1
    settings.ROUTER_URL = "http://127.0.0.1:1"
    other = incident(desk, "kebakaran")
    assert advice(desk, other)["proposed"][0]["source"] == "straight_line"


def test_the_router_is_never_asked_in_a_transaction(
    desk: Console, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ROUTER_URL = "http://127.0.0.1:1"
    depth = len(connection.savepoint_ids)
    asked: list[int] = []

    def ask(*_arguments: object) -> list[None]:
        asked.append(len(connection.savepoint_ids))
        return [None]

    monkeypatch.setitem(__import__("dispatch.routing.client", fromlist=["ROUTERS"]).ROUTERS, "osrm", ask)
    pumper("DMK-01", -6.22)
    factories.run_card("kebakaran", ("pompa", 1))
    key = incident(desk, "kebakaran")
    advice(desk, key)
    sent(desk, key, "DMK-01")
    assert asked == [depth]


def test_a_fresh_position_goes_before_the_post_and_an_old_one_does_not(desk: Console) -> None:
    at = clock.now()
    near, far = pumper("DMK-01", -6.5), pumper("DMK-02", -6.25)
    factories.run_card("kebakaran", ("pompa", 1))
    key = incident(desk, "kebakaran")
    assert advice(desk, key)["proposed"][0]["unit"] == "DMK-02"
    values = {"lat": -6.211, "lon": 106.85, "measured_at": at, "received_at": at, "source": "gateway",
              "kept_lat": 0, "kept_lon": 0, "kept_at": at}  # fmt: skip
    UnitPosition.objects.create(unit=near, **values)
    first = advice(desk, key)["proposed"][0]
    assert (first["unit"], first["freshness"]) == ("DMK-01", "fresh")
    UnitPosition.objects.update(measured_at=at.replace(year=at.year - 1))
    assert advice(desk, key)["proposed"][0]["unit"] == "DMK-02"
    assert far.station is not None


def test_the_number_of_queries_does_not_grow_with_the_fleet(desk: Console) -> None:
    factories.run_card("kebakaran", ("pompa", 2))
    key = incident(desk, "kebakaran")
    counts = []
    for start in (0, 30):
        for number in range(start, start + 30):
            pumper(f"DMK-{number}", -6.2 - number / 1000)
        with CaptureQueriesContext(connection) as queries:
            advice(desk, key)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 16


def test_who_may_not_see_units_gets_no_proposal(desk: Console) -> None:
    key = incident(desk, "kebakaran")
    device = crew(pumper("DMK-01", -6.3))
    assert device.get(f"incidents/{key}/recommendation/", expect=403)["error"]["code"] == "access_denied"
