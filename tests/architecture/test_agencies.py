"""What belongs to an agency opens for that agency alone: every such address, for its own, another and none."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from accounts.choices import Role
from accounts.models import AuditEntry
from accounts.permissions import ROLE_PERMISSIONS
from common import clock
from dispatch.formats.eido.read import eido_read
from dispatch.formats.eido.write import eido_write
from dispatch.models import AgencyPart
from realtime.models import Event
from tests import factories
from tests.architecture.test_endpoints import GUARDED
from tests.dispatch.console import Console
from tests.dispatch.views.room import Room, busy_room

OFFICER = ROLE_PERMISSIONS[Role.AGENCY_OFFICER]
# What an officer may open, and whose it is. `own`: an agency's part in an incident, asked for below; `filtered`: the
# answer holds what the agency may see; `all`: the same for every agency; `flood`: held by the tests of the flood watch.
OPEN_TO_OFFICERS = {
    ("GET", "api/v1/realms/<slug:realm_code>/events/"): "filtered",
    ("GET", "api/v1/state/"): "filtered",
    ("GET", "api/v1/agency/incidents/"): "filtered",
    ("GET", "api/v1/agency/incidents/<uuid:incident_id>/"): "own",
    ("POST", "api/v1/parts/<uuid:part_id>/accept/"): "own",
    ("POST", "api/v1/parts/<uuid:part_id>/reject/"): "own",
    ("POST", "api/v1/parts/<uuid:part_id>/forward/"): "own",
    ("POST", "api/v1/parts/<uuid:part_id>/done/"): "own",
    ("POST", "api/v1/parts/<uuid:part_id>/notes/"): "own",
    ("GET", "api/v1/incidents/<uuid:incident_id>/eido/"): "own",
    ("POST", "api/v1/eido/"): "own",
    ("GET", "api/v1/places/search/"): "all",
    ("GET", "api/v1/places/labels/"): "all",
    ("GET", "api/v1/alerts/"): "all",
    ("GET", "api/v1/alerts/<uuid:alert_id>/"): "all",
    ("GET", "api/v1/alerts/<uuid:alert_id>/cap/"): "all",
    ("GET", "api/v1/cap/feed/"): "all",
    ("POST", "api/v1/alerts/cap/"): "all",
    ("GET", "api/v1/flood-warnings/"): "all",
    ("GET", "api/v1/gauges/"): "all",
    ("GET", "api/v1/gauges/<slug:code>/"): "all",
    ("POST", "api/v1/gauges/<slug:code>/readings/"): "flood",
    ("POST", "api/v1/gauge-readings/"): "flood",
    ("POST", "api/v1/gauge-readings/csv/"): "flood",
    ("POST", "api/v1/gauge-levels/<uuid:change_id>/acknowledge/"): "flood",
    ("GET", "api/v1/flood-tasks/"): "flood",
    ("POST", "api/v1/flood-tasks/<uuid:task_id>/done/"): "flood",
    ("POST", "api/v1/flood-tasks/<uuid:task_id>/not-possible/"): "flood",
    ("GET", "api/v1/road-blocks/"): "all",
    ("POST", "api/v1/road-blocks/"): "flood",
    ("POST", "api/v1/road-blocks/<uuid:block_id>/open/"): "flood",
}
OF_THE_CENTRE = {
    "calls", "queue", "storms", "presences", "incidents", "parts", "assignments", "links", "incident_cameras",
    "matches", "units", "unit_alarms", "handovers",
}  # fmt: skip
# Rivers, roads and warnings are the same for every agency; of tasks each has its own (the tests of the flood watch).
FOR_ALL = {
    "alert.changed", "gauge.changed", "gauge.level_changed", "flood_task.changed", "flood_warning.changed",
    "road_block.changed",
}  # fmt: skip


def test_what_an_officer_may_open_is_listed_with_whose_it_is() -> None:
    found = {(method, route) for route, needs in GUARDED.items() for method in needs if needs[method] in OFFICER}
    assert found == {pair for pair in OPEN_TO_OFFICERS if pair[1] in GUARDED}


def own_requests(room: Room) -> list[tuple[str, str, str, Any]]:
    """Route, method, path and body for each address that is an agency's own, in an order that its own may send."""
    first, second = room.incidents
    part, other = (AgencyPart.objects.get(incident_id=key, agency=room.agency).pk for key in (first, second))
    factories.agency("pln")
    report = eido_read(room.officer.get(f"incidents/{first}/eido/"))
    told = eido_write(replace(report, changed_at=report.changed_at + timedelta(minutes=1)))
    one = "api/v1/parts/<uuid:part_id>"
    return [
        ("api/v1/agency/incidents/<uuid:incident_id>/", "GET", f"agency/incidents/{first}/", None),
        (f"{one}/accept/", "POST", f"parts/{other}/accept/", {}),
        (f"{one}/forward/", "POST", f"parts/{other}/forward/", {"agency": "pln", "reason": "uji"}),
        (f"{one}/notes/", "POST", f"parts/{part}/notes/", {"text": "uji"}),
        (f"{one}/reject/", "POST", f"parts/{part}/reject/", {"reason": "uji"}),
        (f"{one}/accept/", "POST", f"parts/{part}/accept/", {}),
        (f"{one}/done/", "POST", f"parts/{part}/done/", {"disposition": "tertangani"}),
        ("api/v1/incidents/<uuid:incident_id>/eido/", "GET", f"incidents/{first}/eido/", None),
        ("api/v1/eido/", "POST", "eido/", told),
    ]


def kept() -> tuple[int, int, list[dict[str, Any]]]:
    """What a denial may not touch."""
    parts = [dict(row) for row in AgencyPart.objects.order_by("pk").values()]
    return AuditEntry.objects.count(), Event.objects.count(), parts


@pytest.mark.django_db
@pytest.mark.parametrize("by_token", [False, True])
def test_what_is_an_agencys_own_is_there_for_no_other(by_token: bool) -> None:
    room = busy_room()
    requests = own_requests(room)
    own = {(method, route) for (method, route), whose in OPEN_TO_OFFICERS.items() if whose == "own"}
    assert {(method, route) for route, method, _path, _body in requests} == own
    of_another = factories.user(Role.AGENCY_OFFICER, agency=factories.agency("asing"))
    of_none = factories.user(Role.AGENCY_OFFICER)
    for stranger, refusals in ((of_another, {404}), (of_none, {403, 404})):
        console, headers = Console(stranger), dict[str, str]()
        if by_token:
            console.client.logout()
            headers = {"Authorization": f"Bearer {factories.token(stranger)}"}
        before = kept()
        for _route, method, path, body in requests:
            assert console.send(method, path, body, **headers).status_code in refusals, (stranger, method, path)
        assert kept() == before
    for _route, method, path, body in requests:
        answer = room.officer.send(method, path, body)
        assert answer.status_code in {200, 201}, (method, path, answer.content)


@pytest.mark.django_db
def test_what_is_filtered_shows_an_agency_its_own_and_nothing_of_the_centre() -> None:
    room = busy_room()
    stranger = Console(factories.user(Role.AGENCY_OFFICER, agency=factories.agency("asing")))
    assert {row["id"] for row in room.officer.get("agency/incidents/")["incidents"]} == set(room.incidents)
    assert stranger.get("agency/incidents/") == {"incidents": []}
    for console, count in ((room.officer, 2), (stranger, 0)):
        state = console.state()
        assert not OF_THE_CENTRE & set(state)
        assert len(state["agency_incidents"]) == count
    assert {event["kind"] for event in room.officer.events(0)} - FOR_ALL == {"agency_incident.changed"}
    assert {event["kind"] for event in stranger.events(0)} <= FOR_ALL


@pytest.mark.django_db
def test_a_crew_acts_for_its_own_unit_alone() -> None:
    busy_room()
    crew, without = (Console(factories.user(Role.UNIT)) for _turn in range(2))
    unit = factories.unit("UJI-7")
    unit.account = crew.user
    unit.save(update_fields=["account"])
    assert crew.get("unit/")["unit"]["call_sign"] == "UJI-7"
    foreign = {"lat": -6.2, "lon": 106.8, "measured_at": clock.now().isoformat(), "unit": "UJI-1"}
    crew.send("POST", "unit/position/", foreign)
    seen = Console(factories.user(Role.DISPATCHER)).get("unit-positions/")["positions"]
    assert "UJI-1" not in {row["unit"] for row in seen}
    crew.post("unit/status/", {"status": "BR"})
    before = kept()
    assert without.get("unit/", expect=404)["error"]["code"] == "not_found"
    for path, body in (
        ("unit/status/", {"status": "BR"}), ("unit/step/", {"state": "enroute"}), ("unit/emergency/", {}),
        ("unit/position/", foreign),
    ):  # fmt: skip
        assert without.refused(path, body) == (404, "not_found")
    assert kept() == before
