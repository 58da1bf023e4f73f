"""What belongs to an agency opens for that agency alone: every such address, for its own, another and none."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from accounts.choices import Role
from accounts.models import AuditEntry
from accounts.permissions import ROLE_PERMISSIONS, Permission
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
# What an officer may open, and whose it is. `own`: an agency's part in an incident; `all`: the same for every agency.
OPEN_TO_OFFICERS = {
    ("GET", "api/v1/realms/<slug:realm_code>/events/"): "filtered",
    ("GET", "api/v1/state/"): "filtered",
    ("GET", "api/v1/places/search/"): "all",
    ("GET", "api/v1/places/labels/"): "all",
    ("GET", "api/v1/agency/incidents/"): "filtered",
    ("GET", "api/v1/agency/incidents/<uuid:incident_id>/"): "own",
    ("POST", "api/v1/parts/<uuid:part_id>/accept/"): "own",
    ("POST", "api/v1/parts/<uuid:part_id>/reject/"): "own",
    ("POST", "api/v1/parts/<uuid:part_id>/forward/"): "own",
    ("POST", "api/v1/parts/<uuid:part_id>/done/"): "own",
    ("POST", "api/v1/parts/<uuid:part_id>/notes/"): "own",
    ("GET", "api/v1/incidents/<uuid:incident_id>/eido/"): "own",
    ("POST", "api/v1/eido/"): "own",
    ("GET", "api/v1/alerts/"): "all",
    ("GET", "api/v1/alerts/<uuid:alert_id>/"): "all",
    ("GET", "api/v1/alerts/<uuid:alert_id>/cap/"): "all",
    ("GET", "api/v1/cap/feed/"): "all",
    ("POST", "api/v1/alerts/cap/"): "all",
}


def test_what_an_officer_may_open_is_listed_with_whose_it_is() -> None:
    found = {(method, route) for route, needs in GUARDED.items() for method in needs if needs[method] in OFFICER}
    assert found == set(OPEN_TO_OFFICERS)


def own_requests(room: Room) -> list[tuple[str, str, Any]]:
    """One request for each address that is an agency's own, in an order in which its own agency may send all."""
    incident = room.incidents[0]
    part = str(AgencyPart.objects.get(incident_id=incident, agency=room.agency).pk)
    other = str(AgencyPart.objects.get(incident_id=room.incidents[1], agency=room.agency).pk)
    factories.agency("pln")
    report = eido_read(room.officer.get(f"incidents/{incident}/eido/"))
    told = eido_write(replace(report, changed_at=report.changed_at + timedelta(minutes=1)))
    return [
        ("GET", f"agency/incidents/{incident}/", None),
        ("POST", f"parts/{part}/accept/", {}),
        ("POST", f"parts/{part}/notes/", {"text": "uji"}),
        ("POST", f"parts/{part}/reject/", {"reason": "uji"}),
        ("POST", f"parts/{other}/forward/", {"agency": "pln", "reason": "uji"}),
        ("POST", f"parts/{part}/done/", {"disposition": "tertangani"}),
        ("GET", f"incidents/{incident}/eido/", None),
        ("POST", "eido/", told),
    ]


def test_each_own_address_is_asked() -> None:
    own = {route for (_method, route), whose in OPEN_TO_OFFICERS.items() if whose == "own"}
    assert len(own) == 8  # as many as `own_requests` sends


@pytest.mark.django_db
@pytest.mark.parametrize("by_token", [False, True])
def test_what_is_an_agencys_own_is_there_for_no_other(by_token: bool) -> None:  # a parameter of pytest
    room = busy_room()
    strangers = [
        factories.user(Role.AGENCY_OFFICER, agency=factories.agency("asing")), factories.user(Role.AGENCY_OFFICER)
    ]  # fmt: skip
    requests = own_requests(room)
    before = (AuditEntry.objects.count(), Event.objects.count(), list(AgencyPart.objects.order_by("pk").values()))
    for stranger in strangers:
        console = Console(stranger)
        headers = {}
        if by_token:
            console.client.logout()
            headers = {"Authorization": f"Bearer {factories.token(stranger)}"}
            before = (AuditEntry.objects.count(), *before[1:])
        for method, path, body in requests:
            answer = console.send(method, path, body, **headers)
            assert answer.status_code == (404 if stranger.agency else 403 if path != f"x{path}" else 0), (method, path)
    after = (AuditEntry.objects.count(), Event.objects.count(), list(AgencyPart.objects.order_by("pk").values()))
    assert after == before
    for method, path, body in requests:
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
        assert set(state) == {"head", "alerts", "agency_incidents"}
        assert len(state["agency_incidents"]) == count
    kinds = {event["kind"] for event in room.officer.events(0)}
    assert kinds == {"agency_incident.changed"}
    assert stranger.events(0) == []


@pytest.mark.django_db
def test_a_crew_sees_its_own_unit_and_no_other() -> None:
    busy_room()
    for role, has_unit in ((Role.UNIT, True), (Role.UNIT, False)):
        user = factories.user(role)
        if has_unit:
            unit = factories.unit("UJI-7")
            unit.account = user
            unit.save(update_fields=["account"])
        console = Console(user)
        answer = console.get("unit/", expect=200 if has_unit else 404)
        assert not has_unit or answer["unit"]["call_sign"] == "UJI-7"
        body = {"lat": -6.2, "lon": 106.8, "measured_at": clock.now().isoformat()}
        sent = console.send("POST", "unit/position/", body | {"unit": "UJI-1"})
        assert not has_unit or sent.json()["accepted"] in {0, 1}
        for path, told in (("unit/status/", {"status": "BR"}), ("unit/emergency/", {})):
            assert (console.send("POST", path, told).status_code < 300) is has_unit
    missing = uuid.uuid4()
    assert Console(factories.user(Role.UNIT)).refused(f"assignments/{missing}/", {"state": "enroute"})[0] == 403
    assert Permission.UNIT_REPORT in ROLE_PERMISSIONS[Role.UNIT]
