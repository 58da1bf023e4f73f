"""Blocked roads over HTTP and in the recommendation; what a console knows after all of a flood; the city's own file."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.choices import Role
from accounts.models import AuditEntry
from common import clock
from dispatch.actions.gauges import gauge_changed
from dispatch.models import FloodTask, FloodTaskPlan, FloodWarning, Gauge, GaugeReach, RoadBlock
from dispatch.rules.gauge_seed import rivers_read
from dispatch.services.flood_watch import floods_watch
from tests import factories
from tests.dispatch.api.test_units import incident
from tests.dispatch.console import Console
from tests.dispatch.machine.reducer import ConsoleStore

pytestmark = pytest.mark.django_db
LINE = "-6.19,106.82 -6.21,106.82"
LAKE = "-6.195,106.835 -6.195,106.845 -6.205,106.845 -6.205,106.835"


@pytest.fixture(autouse=True)
def _rows(db: None) -> Iterator[None]:
    factories.live_realm()
    yield
    connection.check_constraints()


@pytest.fixture
def desk() -> Console:
    return Console(factories.user(Role.SUPERVISOR))


def block(desk: Console, points: str = LINE, **more: Any) -> dict[str, Any]:
    body = {"name": "Jl. Uji", "points": points, "reason": "flood", "depth_cm": 50, **more}
    return desk.post("road-blocks/", body, expect=201)


def test_a_blocked_road_is_drawn_and_opened_again_by_a_person(desk: Console) -> None:
    head = desk.state()["head"]
    until = (clock.now() + timedelta(hours=2)).replace(microsecond=0)
    made = block(desk, source="crew", note="mobil mogok", until_at=until.isoformat())
    assert desk.state()["road_blocks"] == [made]
    assert [event["payload"] for event in desk.events(head)] == [made]
    assert (made["made_by"], made["source"], made["points"]) == (
        str(desk.user),
        "crew",
        [[-6.19, 106.82], [-6.21, 106.82]],
    )
    (feature,) = desk.get("road-blocks/")["features"]
    assert feature["geometry"] == {"type": "LineString", "coordinates": [[106.82, -6.19], [106.82, -6.21]]}
    assert (feature["id"], feature["properties"]["depth_cm"], feature["properties"]["name"]) == (
        made["id"],
        50,
        "Jl. Uji",
    )
    path = f"road-blocks/{made['id']}/open/"
    assert desk.refused(path, {}) == (400, "invalid")
    opened = desk.post(path, {"reason": "dilihat kru"})
    assert (opened["ended_by"], opened["end_note"]) == (str(desk.user), "dilihat kru")
    assert desk.refused(path, {"reason": "lagi"}) == (409, "road_open")
    assert desk.state()["road_blocks"] == []
    assert desk.get("road-blocks/")["features"] == []
    assert len(desk.get("road-blocks/?all=1")["features"]) == 1
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {"road_blocked", "road_opened"}


def test_an_area_is_closed_and_a_single_point_is_one(desk: Console) -> None:
    block(desk, LAKE, is_area=True)
    block(desk, "-6.2,106.8")
    point, area = desk.get("road-blocks/")["features"]
    assert point["geometry"] == {"type": "Point", "coordinates": [106.8, -6.2]}
    assert area["geometry"]["type"] == "Polygon"
    assert area["geometry"]["coordinates"][0][0] == area["geometry"]["coordinates"][0][-1]
    assert len(area["geometry"]["coordinates"][0]) == 5


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"points": ""}, "points"),
        ({"points": "di sana"}, "points"),
        ({"points": "96.2,106.8"}, "points"),
        ({"is_area": True}, "points"),
        ({"reason": "tree"}, "depth_cm"),
        ({"reason": "entah"}, "reason"),
        ({"depth_cm": -1}, "depth_cm"),
        ({"name": " "}, "name"),
        ({"from_at": "2026-01-10T10:00:00"}, "from_at"),
        ({"from_at": "2026-01-10T10:00:00+07:00", "until_at": "2026-01-10T09:00:00+07:00"}, "until_at"),
        ({"lebar": 3}, "lebar"),
    ],
)
def test_a_road_that_cannot_be_drawn_is_refused_by_its_field(desk: Console, change: dict[str, Any], field: str) -> None:
    body = {"name": "Jl. Uji", "points": LINE, "reason": "flood", "depth_cm": 50, **change}
    answer = desk.send("POST", "road-blocks/", body)
    assert (answer.status_code, set(answer.json()["error"]["data"]["fields"])) == (400, {field})
    assert not RoadBlock.objects.exists()


def test_what_should_be_open_again_is_asked_for_and_still_counts(
    desk: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    block(desk, until_at=(clock.now() + timedelta(minutes=10)).isoformat())
    later = clock.now() + timedelta(minutes=11)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert desk.get("undone/")["counts"]["road_blocks_overdue"] == 1
    assert len(desk.state()["road_blocks"]) == 1


def units() -> None:
    """Two ambulances and a truck with boats; the near ambulance has the line in its way."""
    medic, boat = factories.unit_type("ambulans-dasar", "medis-dasar"), factories.unit_type("perahu", "perahu")
    truck = factories.unit_type("truk", "arung")
    for name, kind, lon in (
        ("AMB-1", medic, 106.81),
        ("AMB-2", medic, 106.88),
        ("PRH-1", boat, 106.80),
        ("TRK-1", truck, 106.80),
    ):
        factories.unit(name, type=kind, station=factories.station(f"pos-{name}", lat=-6.2, lon=lon))


def advice(desk: Console, key: str) -> dict[str, Any]:
    found: dict[str, Any] = desk.get(f"incidents/{key}/recommendation/")
    return found


def case(desk: Console, kind: str = "medis") -> str:
    made = incident(desk, kind, lat=-6.2, lon=106.84)
    return str(made)


def test_who_has_a_blocked_road_in_the_way_comes_later_and_the_reason_says_so(desk: Console) -> None:
    units()
    factories.run_card("medis", ("ambulans-dasar", 1))
    key = case(desk)
    (before,) = advice(desk, key)["proposed"]
    assert before["unit"] == "AMB-1"
    made = block(desk)
    found = advice(desk, key)
    (proposed,) = found["proposed"]
    assert proposed["unit"] == "AMB-2"
    assert found["alternatives"] == []
    desk.post("units/AMB-2/status/", {"status": "OO", "reason": "rusak"})
    (hindered,) = advice(desk, key)["proposed"]
    (reason,) = [one for one in hindered["reasons"] if one["code"] == "road_blocked"]
    assert reason["data"] == {
        "road": "Jl. Uji", "cause": "flood", "depth_cm": 50, "means": ["arung", "perahu"], "penalty_s": 600,
    }  # fmt: skip
    assert "Jl. Uji" in reason["text"]
    assert "50 cm" in reason["text"]
    assert hindered["travel_s"] == before["travel_s"] + 600
    desk.post(f"road-blocks/{made['id']}/open/", {"reason": "surut"})
    assert advice(desk, key)["proposed"][0]["travel_s"] == before["travel_s"]


def test_a_scene_in_the_water_asks_for_who_gets_there(desk: Console) -> None:
    units()
    factories.run_card("medis", ("ambulans-dasar", 1))
    key = case(desk)
    assert [need["code"] for need in advice(desk, key)["needs"]] == ["ambulans-dasar"]
    made = block(desk, LAKE, is_area=True)
    found = advice(desk, key)
    assert [need["code"] for need in found["needs"]] == ["ambulans-dasar", "arung"]
    assert [row["unit"] for row in found["proposed"]] == ["AMB-1", "TRK-1"]
    codes = {row["unit"]: [reason["code"] for reason in row["reasons"]] for row in found["proposed"]}
    assert "road_passed" in codes["TRK-1"]
    assert "scene_flooded" in codes["AMB-1"]
    desk.post(f"road-blocks/{made['id']}/open/", {"reason": "surut"})
    block(desk, LAKE, is_area=True, depth_cm=120)
    assert [need["code"] for need in advice(desk, key)["needs"]] == ["ambulans-dasar", "perahu"]


def test_a_flood_asks_for_a_boat_without_any_card(desk: Console) -> None:
    units()
    found = advice(desk, case(desk, "banjir"))
    assert [(need["code"], need["kind"]) for need in found["needs"]] == [("perahu", "capability")]
    assert [row["unit"] for row in found["proposed"]] == ["PRH-1"]


def test_works_that_begin_tomorrow_stop_nobody_today(desk: Console) -> None:
    units()
    factories.run_card("medis", ("ambulans-dasar", 1))
    key = case(desk)
    block(desk, from_at=(clock.now() + timedelta(days=1)).isoformat(), reason="works", depth_cm=None)
    assert advice(desk, key)["proposed"][0]["unit"] == "AMB-1"


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.CALL_TAKER, Role.AGENCY_OFFICER, Role.AUDITOR])
def test_the_old_state_and_the_events_are_the_fresh_state(
    desk: Console, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    hulu, hilir = factories.gauge(), factories.gauge("hilir")
    factories.reach(hulu, hilir, 1, 2, 3)
    hilir.places.add(factories.village())
    FloodTaskPlan.objects.create(level=3, text_id="tugas", text_en="task", due_s=60)
    begin = clock.now().replace(microsecond=0)
    store = ConsoleStore(factories.user(role, agency=factories.agency()), factories.live_realm())

    def check() -> None:
        store.follow()
        assert store.differences() == {}

    def at(minutes: float) -> None:
        monkeypatch.setattr(clock, "now", lambda: begin + timedelta(minutes=minutes))

    def read(height: float, minutes: float, gauge: str = "hulu") -> None:
        moment = (begin + timedelta(minutes=minutes)).isoformat()
        desk.post("gauge-readings/", {"readings": [{"gauge": gauge, "measured_at": moment, "height_cm": height}]})
        check()

    at(0)
    read(60, -10)
    read(165, 0)
    read(90, -5)  # late, between the two
    read(9000, -1)
    level = desk.state()["gauge_levels"][0]["id"]
    desk.post(f"gauge-levels/{level}/acknowledge/")
    check()
    at(5)
    desk.post(f"flood-tasks/{FloodTask.objects.get(warning=None).pk}/done/", {"note": "ya"})
    check()
    read(220, 5)
    desk.post(f"flood-warnings/{FloodWarning.objects.get(state='proposed').pk}/confirm/")
    check()
    made = block(desk)
    check()
    desk.post(f"road-blocks/{made['id']}/open/", {"reason": "surut"})
    check()
    read(60, 5, "hilir")
    at(70)
    floods_watch()
    check()
    at(400)
    floods_watch()
    check()
    gauge = Gauge.objects.get(code="hilir")
    gauge.is_active = False
    gauge.save()
    gauge_changed(gauge)
    check()
    read(10, 400)
    read(10, 401)
    assert set(store.rows) >= {"gauges", "gauge_levels", "flood_tasks", "road_blocks"}
    assert [row["code"] for row in store.rows["gauges"].values()] == ["hulu"]


def test_a_new_table_is_applied_to_the_readings_there_are(desk: Console) -> None:
    gauge = factories.gauge()
    moment = clock.now().isoformat()
    desk.post("gauge-readings/", {"readings": [{"gauge": "hulu", "measured_at": moment, "height_cm": 100}]})
    Gauge.objects.filter(pk=gauge.pk).update(level_3_cm=120)
    gauge_changed(gauge)
    assert Gauge.objects.get().level == 4
    assert [(row["old"], row["new"]) for row in desk.state()["gauge_levels"]] == [(3, 4)]


def city() -> None:
    call_command("places_import", verbosity=0)
    call_command("city_seed", verbosity=0)


def test_the_citys_gauges_are_taken_once_and_what_was_changed_here_stays() -> None:
    city()
    out = StringIO()
    call_command("gauges_import", dry_run=True, verbosity=0)
    assert Gauge.objects.count() == 0
    call_command("gauges_import", stdout=out)
    katulampa, manggarai = Gauge.objects.get(code="katulampa"), Gauge.objects.get(code="manggarai")
    assert (katulampa.level_3_cm, katulampa.level_2_cm, katulampa.level_1_cm) == (81, 151, 201)
    assert (manggarai.level_3_cm, manggarai.level_1_cm) == (750, 950)
    ikan = Gauge.objects.get(code="pasar-ikan")
    assert (ikan.level_3_cm, ikan.level_2_cm, ikan.level_1_cm) == (171, 201, 251)
    hours = dict(GaugeReach.objects.filter(upper__river="Ciliwung").values_list("upper__code", "travel_s"))
    assert (hours["katulampa"], hours["depok"]) == (3 * 3600, 6 * 3600)
    assert "Kampung Melayu" in set(manggarai.places.values_list("name", flat=True))
    assert all(Gauge.objects.values_list("source", flat=True))
    assert FloodTaskPlan.objects.filter(level=1).exists()
    Gauge.objects.filter(code="depok").update(level_3_cm=190)
    before = (Gauge.objects.count(), GaugeReach.objects.count(), FloodTaskPlan.objects.count())
    again = StringIO()
    call_command("gauges_import", stdout=again)
    assert again.getvalue().splitlines()[-1] == "left as it is here: depok"
    assert (Gauge.objects.count(), GaugeReach.objects.count(), FloodTaskPlan.objects.count()) == before
    assert Gauge.objects.get(code="depok").level_3_cm == 190


def test_a_faulty_file_is_refused_as_a_whole_with_the_place_of_each_fault(tmp_path: Path) -> None:
    city()
    text = (Path(settings.BASE_DIR) / "data/jakarta/gauges.yaml").read_text(encoding="utf-8")
    path = tmp_path / "sungai.yaml"
    path.write_text(text.replace("II: 151", "II: 51").replace("agency: pln", "agency: entah"), encoding="utf-8")
    err = StringIO()
    with pytest.raises(CommandError):
        call_command("gauges_import", path, stderr=err)
    assert "rise from III to I" in err.getvalue()
    assert not Gauge.objects.exists()
    path.write_text(text.replace("agency: pln", "agency: entah"), encoding="utf-8")
    err = StringIO()
    with pytest.raises(CommandError):
        call_command("gauges_import", path, stderr=err)
    number = next(row for row, line in enumerate(text.splitlines(), start=1) if "agency: pln" in line)
    assert err.getvalue().startswith(f"sungai.yaml:{number}: ")
    assert not Gauge.objects.exists()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("to: depok", "to: entah", "there is no gauge entah"),
        ("to: depok", "to: katulampa", "leads nowhere"),
        ("hours: [2.5, 3, 4]", "hours: [3, 2.5, 4]", "at the earliest"),
        ('"31.74.09.1002"', '"99"', "there is no place 99"),
        ("code: depok", "code: katulampa", "stands twice"),
        (
            "max_cm: 450, hysteresis_cm: 5, stale_after_s: 3600, agency: sda, kelurahan: []",
            "max_cm: 10",
            "max_cm above",
        ),
        ("\ngauges:", "\nsungai:", "gauges"),
    ],
)
def test_each_kind_of_fault_is_named(old: str, new: str, words: str) -> None:
    text = (Path(settings.BASE_DIR) / "data/jakarta/gauges.yaml").read_text(encoding="utf-8")
    places = {code for line in text.splitlines() for code in line.split('"') if code[:2] == "31"}
    agencies = {"sda", "bpbd", "gulkarmat", "pk3d", "dishub", "pln", "satpolpp"}
    assert rivers_read(text, agencies=agencies, places=places).faults == ()
    assert old in text
    found = rivers_read(text.replace(old, new, 1), agencies=agencies, places=places)
    assert found.rivers is None
    assert any(words in str(fault) for fault in found.faults), [str(fault) for fault in found.faults]
