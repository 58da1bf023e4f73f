"""A centre in which every address of the API leads somewhere, and those who ask."""

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.test import Client

from accounts.choices import Role
from accounts.models import User
from accounts.permissions import Permission
from cameras.models import Camera
from common import clock
from common.signing import signature_of
from dispatch.models import AgencyPart, IncidentLink, Storm, Unit
from tests import factories
from tests.dispatch.console import Console
from tests.dispatch.views.room import Room, busy_room, camera_fault


@dataclass(frozen=True)
class Asker:
    """One way in."""

    name: str
    client: Client
    headers: Mapping[str, str] = field(default_factory=dict)

    def send(self, method: str, target: str, body: bytes, headers: Mapping[str, str]) -> Any:
        """One request; what it breaks in the database is undone, so that the next one finds a whole world."""
        given = {**headers, **self.headers}
        kind = given.pop("Content-Type", "application/octet-stream")
        with transaction.atomic():
            answer: Any = self.client.generic(method, target, body, content_type=kind, headers=given)
            content = b"".join(answer.streaming_content) if getattr(answer, "streaming", False) else answer.content
            if answer.status_code >= 500:
                transaction.set_rollback(True)
        answer.read = content
        return answer


@dataclass
class World:
    """Who asks, and the keys of what is there by the names that addresses use."""

    askers: list[Asker]
    keys: dict[str, list[Any]]


def world() -> World:
    """Everything once, made as people make it."""
    room = busy_room()
    agency = room.agency
    everyone = factories.user(*(role for role in Role if role != Role.POSITION_GATEWAY), agency=agency)
    unit = Unit.objects.get(call_sign="UJI-1")
    unit.account = everyone
    unit.save(update_fields=["account"])
    keys = _keys(room, Console(everyone))
    token = factories.token(everyone)
    gateway = factories.token(factories.user(Role.POSITION_GATEWAY), Permission.UNIT_POSITION_SEND)
    askers = [
        Asker("everyone", _signed_in(everyone)),
        Asker("everyone by token", Client(raise_request_exception=False), {"Authorization": f"Bearer {token}"}),
        Asker("agency officer", _signed_in(room.officer.user)),
        Asker("call-taker", _signed_in(factories.user(Role.CALL_TAKER))),
        Asker("gateway", Client(raise_request_exception=False), {"Authorization": f"Bearer {gateway}"}),
        Asker("stranger", Client(raise_request_exception=False)),
    ]
    return World(askers, keys)


def signed(target: str, body: bytes) -> dict[str, str]:
    """What an exchange sends with a body."""
    timestamp = str(int(time.time()))
    return {"X-Siaga-Timestamp": timestamp, "X-Siaga-Signature": signature_of(factories.PBX_SECRET, timestamp, body)}


def _signed_in(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def _keys(room: Room, console: Console) -> dict[str, list[Any]]:
    one, two = room.incidents[:2]
    third = room.incident("lain")
    console.post("presence/", {"state": "ready"})
    link = console.post(f"incidents/{third}/links/", {"other": one, "kind": "parent"}, expect=201)
    person = console.post(f"incidents/{third}/persons/", {"role": "victim", "name": "Uji"}, expect=201)
    factories.unit("UJI-2", of=room.agency)
    row = console.post(f"incidents/{third}/assignments/", {"unit": "UJI-2"}, expect=201)
    alarm = console.post("units/UJI-2/emergency/", {}, expect=201)
    until = (clock.now() + timedelta(hours=2)).isoformat()
    warning = {
        "category": "Met", "urgency": "Immediate", "severity": "Severe", "certainty": "Observed", "expires_at": until,
        "event": "Banjir", "headline": "Banjir", "area": "Kota", "lat": -6.2, "lon": 106.8, "radius_m": 2000,
    }  # fmt: skip
    alert = console.post("alerts/", warning, expect=201)
    handover = room.desk.post("handovers/", {"username": console.user.username}, expect=201)
    entry = {
        "label": "Uji", "kind": "missing", "legal_basis": "Uji", "authority": "Uji", "document_number": "1",
        "case_number": "2", "expires_at": until,
    }  # fmt: skip
    watched = console.post("watchlist/", entry, expect=201)
    ringing = [console.post("calls/", {"caller_number": "+62811223344"}, expect=201)["id"] for _turn in range(2)]
    console.post(f"calls/{ringing[0]}/answer/")
    factories.pbx()
    owner = {"owner": room.agency, "kind": "http_jpeg", "url": "http://127.0.0.1:1029/", "lat": -6.2, "lon": 106.8}
    Camera.objects.create(code="UJI-LIVE", name="Uji", **owner)
    live = [console.post("live/", {"camera": "UJI-LIVE", "incident": one}, expect=201)["id"] for _turn in range(2)]
    case = camera_fault()
    maintenance = {"ends_at": until, "reason": "uji"}
    window = console.post(f"cameras/{case.camera_id}/maintenance/", maintenance, expect=201)
    other_link = IncidentLink.objects.exclude(pk=link["id"]).first()
    return {
        "call_id": [*ringing, *room.calls], "incident_id": [one, two, third],
        "part_id": [str(key) for key in AgencyPart.objects.values_list("pk", flat=True)],
        "assignment_id": [row["id"]], "link_id": [link["id"], str(other_link.pk if other_link else uuid.uuid4())],
        "storm_id": [str(key) for key in Storm.objects.values_list("pk", flat=True)], "person_id": [person["id"]],
        "handover_id": [handover["id"]], "alert_id": [alert["id"]], "alarm_id": [alarm["id"]],
        "entry_id": [watched["id"]], "run_id": [room.run], "call_sign": ["UJI-1", "UJI-2"], "pbx_code": ["pbx-uji"],
        "realm_code": ["LIVE"], "name": ["incidents", "calls", "timings"], "number_id": [1],
        "camera_id": [case.camera_id], "case_id": [case.pk], "window_id": [window["id"]], "form": ["csv", "geojson"],
        "viewing_id": live,
    }  # fmt: skip
