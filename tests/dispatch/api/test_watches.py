"""Operators' say over an incident's cameras, by the API."""

import pytest

from accounts.choices import Role
from dispatch.actions import incidents as actions
from dispatch.models import Incident
from dispatch.services.incidents import IncidentDraft
from dispatch.services.rounds import round_assign
from tests import factories
from tests.dispatch.console import Console
from tests.fakes.cameras import camera

pytestmark = pytest.mark.django_db


def opened(*, has_cameras: bool = True) -> Incident:
    factories.live_realm()
    factories.incident_type()
    if has_cameras:
        camera("A", "http://127.0.0.1:8000/a.jpg")
    draft = IncidentDraft(type_code="orang-hilang", lat=-6.2099, lon=106.8502)
    incident = actions.incident_open(
        user=factories.user(Role.CALL_TAKER), source="test", realm=factories.live_realm(), draft=draft
    )
    round_assign(incident_id=incident.pk)
    return incident


@pytest.fixture
def console() -> Console:
    return Console(factories.user(Role.DISPATCHER))


def url(incident: Incident, rest: str = "") -> str:
    return f"incidents/{incident.pk}/watch/{rest}"


def sent(console: Console, method: str, path: str, body: object, key: str) -> tuple[int, dict]:
    answer = console.send(method, path, body, key=key)
    return answer.status_code, answer.json()


def test_what_is_watched_is_read_and_changed(console: Console) -> None:
    incident = opened()
    assert console.client.get(f"/api/v1/{url(incident)}").json()["origin"] == "scene"
    status, told = sent(console, "POST", url(incident, "cameras/"), {"code": "a", "is_wanted": False}, "k" * 20)
    assert (status, told["removed"]) == (200, ["A"])
    status, again = sent(console, "POST", url(incident, "cameras/"), {"code": "a", "is_wanted": False}, "k" * 20)
    assert (status, again) == (200, told)
    corners = [[-6.21, 106.85], [-6.209, 106.85], [-6.209, 106.851]]
    status, told = sent(console, "PUT", url(incident, "area/"), {"area": corners}, "l" * 20)
    assert (status, told["area"]) == (200, corners)
    status, told = sent(
        console, "POST", url(incident, "extension/"), {"minutes": 30, "reason": "masih dicari"}, "m" * 20
    )
    assert (status, told["extension_reason"]) == (200, "masih dicari")
    status, told = sent(console, "DELETE", url(incident), {}, "n" * 20)
    assert (status, told["end"]) == (200, "stopped")


@pytest.mark.parametrize(
    ("method", "rest", "body", "code"),
    [
        ("POST", "cameras/", {"code": "tidak-ada", "is_wanted": True}, "camera_unknown"),
        ("PUT", "area/", {"area": [[-6.2, 106.8]]}, "area_bad"),
        ("PUT", "area/", {"area": [[0, 0], [1, 0], [1, 1]]}, "area_bad"),
        ("PUT", "area/", {"area": [["NaN", 106.8]] * 3}, "invalid"),
        ("POST", "extension/", {"minutes": 61, "reason": "masih dicari"}, "invalid"),
        ("POST", "extension/", {"minutes": 30, "reason": ""}, "invalid"),
    ],
)
def test_bad_wishes_say_what_is_wrong(console: Console, method: str, rest: str, body: object, code: str) -> None:
    status, told = sent(console, method, url(opened(), rest), body, "k" * 20)
    assert (status, told["error"]["code"]) == (400, code)
    assert told["error"]["message"]


def test_where_no_camera_was_asked_there_is_no_watch(console: Console) -> None:
    factories.live_realm()
    factories.incident_type()
    draft = IncidentDraft(type_code="orang-hilang")
    incident = actions.incident_open(
        user=factories.user(Role.CALL_TAKER), source="test", realm=factories.live_realm(), draft=draft
    )
    assert console.client.get(f"/api/v1/{url(incident)}").status_code == 404
    status, told = sent(console, "POST", url(incident, "cameras/"), {"code": "A", "is_wanted": True}, "k" * 20)
    assert (status, told["error"]["code"]) == (409, "no_position")
