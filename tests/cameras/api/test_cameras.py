"""The registry for programs: what is told of a camera, and what never is."""

from typing import Any

import pytest

from accounts.choices import Role
from accounts.models import AuditEntry
from cameras.models import Camera, CameraGroup
from cameras.services.registry_plan import SAME, import_plan
from tests import factories
from tests.dispatch.console import Console
from tests.fakes.cameras import camera

pytestmark = pytest.mark.django_db


@pytest.fixture
def console() -> Console:
    return Console(factories.user(Role.DISPATCHER))


def several() -> list[Camera]:
    rows = [camera(code, f"http://127.0.0.1:8000/{code}") for code in ("A-1", "A-2", "B-1")]
    rows[0].groups.set([CameraGroup.objects.create(name="Selatan")])
    Camera.objects.filter(pk=rows[2].pk).update(state="planned", width=1920, hfov_deg=90, credential_user="rahasia")
    return rows


def codes(answer: dict[str, Any]) -> list[str]:
    return [row["code"] for row in answer["cameras"]]


def test_cameras_come_by_code_in_pages(console: Console) -> None:
    several()
    first = console.get("cameras/?limit=2")
    assert (codes(first), first["count"], first["next"]) == (["A-1", "A-2"], 3, "A-2")
    last = console.get("cameras/?limit=2&after=A-2")
    assert (codes(last), last["next"]) == (["B-1"], None)


@pytest.mark.parametrize(
    ("query", "expected"),
    [("q=a-", ["A-1", "A-2"]), ("state=planned", ["B-1"]), ("group=Selatan", ["A-1"]), ("owner=tiada", [])],
)
def test_the_list_can_be_narrowed(console: Console, query: str, expected: list[str]) -> None:
    several()
    assert codes(console.get(f"cameras/?{query}")) == expected


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "state=x", "unknown=1"])
def test_a_wrong_question_is_refused(console: Console, query: str) -> None:
    assert console.get(f"cameras/?{query}", expect=400)["error"]["code"]


def test_neither_addresses_nor_credentials_are_told(console: Console) -> None:
    rows = several()
    told = str(console.get("cameras/")) + str(console.get(f"cameras/{rows[2].pk}/"))
    assert "127.0.0.1" not in told
    assert "rahasia" not in told
    whole = console.get(f"cameras/{rows[2].pk}/")
    assert (whole["face_range_m"], whole["privacy_masks"], whole["condition"]) == (7.7, [], "untried")
    assert console.get("cameras/999999/", expect=404)["error"]["code"] == "not_found"


def test_the_file_comes_back_as_unchanged_and_is_on_record(console: Console) -> None:
    several()
    answer = console.client.get("/api/v1/cameras/export/csv/")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    plan = import_plan(answer.content)
    assert (plan.faults, [row.kind for row in plan.rows]) == ([], [SAME] * 3)
    assert len(console.client.get("/api/v1/cameras/export/geojson/").json()["features"]) == 3
    assert AuditEntry.objects.filter(action="cameras_exported").count() == 2
    assert console.client.get("/api/v1/cameras/export/xls/").status_code == 404
