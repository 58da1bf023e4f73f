"""Viewings over HTTP: who may, what for, how many, and the stills that they are asked for."""

import io
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pytest_django.fixtures import Settings

from accounts.choices import Role
from accounts.models import AuditEntry, RoleGrant
from accounts.permissions import TOKEN_SCOPES, Permission
from accounts.services.audit import audit_faults
from cameras.models import AccessAgreement, Camera, LiveViewing
from cameras.tasks import live_viewings_end
from common import clock
from dispatch.models import Incident
from tests import factories
from tests.dispatch.console import Console
from tests.dispatch.live_street import Street, incident_open, incident_shut

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    folder = tmp_path_factory.mktemp("var") / ("long" * 30) / "live"
    folder.mkdir(mode=0o700, parents=True)
    with Street(folder) as street:
        yield street


@pytest.fixture
def street(running: Street, settings: Settings) -> Street:
    settings.VAR_DIR = running._folder.parent
    running.server._stills.clear()
    running.server._videos.clear()
    return running


def taker() -> Console:
    return Console(factories.user(Role.CALL_TAKER))


def asked(code: str, one: Console, **values: object) -> dict[str, object]:
    return {"camera": code, "incident": str(incident_open(one.user).pk), **values}


def still(one: Console, viewing: str) -> Any:
    """Ask as a page does, until there is one."""
    for _turn in range(60):
        answer = one.client.get(f"/api/v1/live/{viewing}/still/")
        assert answer.status_code == 200, answer.content
        if answer.headers["Content-Type"] == "image/jpeg":
            return answer
        time.sleep(0.1)
    pytest.fail(f"no picture: {answer.content!r}")


def test_a_still_comes_after_it_is_on_record_who_looks_and_what_for(street: Street) -> None:
    one = taker()
    street.camera("STILL")
    body = asked("STILL", one)
    viewing = one.post("live/", body, expect=201)
    assert (viewing["way"], viewing["why"], viewing["incident_id"]) == ("stills", "no_stream", body["incident"])
    entry = AuditEntry.objects.get(action="camera_live_opened")
    assert (entry.actor, entry.purpose, entry.data["camera"]) == (one.user, f"incident {body['incident']}", "STILL")
    assert not street.was_asked
    answer = still(one, viewing["id"])
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Cache-Control"] == "no-store"
    assert Image.open(io.BytesIO(answer.content)).width == 1280
    closed = one.send("DELETE", f"live/{viewing['id']}/").json()
    assert closed["end"] == "closed"
    done = AuditEntry.objects.get(action="camera_live_closed")
    assert done.data["duration_s"] >= 0
    answer = one.client.get(f"/api/v1/live/{viewing['id']}/still/")
    assert (answer.status_code, answer.json()["error"]["data"]) == (409, {"end": "closed"})
    assert one.send("DELETE", f"live/{viewing['id']}/").status_code == 200
    assert AuditEntry.objects.filter(action="camera_live_closed").count() == 1
    assert list(audit_faults()) == []


def test_a_camera_with_masks_has_masked_stills_and_no_video(street: Street) -> None:
    one = taker()
    street.camera("MASKED", stream_url=street.urls["VIDEO"])
    viewing = one.post("live/", asked("MASKED", one), expect=201)
    assert (viewing["way"], viewing["why"]) == ("stills", "masked")
    seen = np.asarray(Image.open(io.BytesIO(still(one, viewing["id"]).content)).convert("L"))
    assert seen[:, :632].max() < 12
    assert seen[:, 648:].max() > 60


def test_a_camera_that_hangs_holds_nobody_up_and_is_named(street: Street) -> None:
    one = taker()
    street.camera("HANGS")
    viewing = one.post("live/", asked("HANGS", one), expect=201)
    began = time.monotonic()
    one.client.get(f"/api/v1/live/{viewing['id']}/still/")
    assert time.monotonic() - began < 2
    for _turn in range(60):
        told = one.get(f"live/{viewing['id']}/still/")
        if told["fault"]:
            assert told == {"fault": "timeout", "message": "Kamera tidak menjawab tepat waktu."}
            return
        time.sleep(0.1)
    pytest.fail("its fault is not told")


def test_without_the_process_that_carries_them_the_fault_says_so(
    street: Street, settings: Settings, tmp_path: Path
) -> None:
    settings.VAR_DIR = tmp_path
    one = taker()
    street.camera("STILL")
    viewing = one.post("live/", asked("STILL", one), expect=201)
    assert one.get(f"live/{viewing['id']}/still/")["fault"] == "live_away"
    assert (tmp_path / "live").stat().st_mode & 0o777 == 0o700


def test_who_may_not_opens_nothing(street: Street) -> None:
    street.camera("STILL")
    for role in (Role.AGENCY_OFFICER, Role.WATCHLIST_OFFICER, Role.AUDITOR, Role.TRAINER):
        one = Console(factories.user(role, agency=factories.agency()))
        assert one.refused("live/", asked("STILL", one)) == (403, "access_denied")
    assert Permission.CAMERA_LIVE not in TOKEN_SCOPES
    assert not LiveViewing.objects.exists()
    assert not street.was_asked


def test_a_purpose_is_needed_and_must_hold(street: Street) -> None:
    one, keeper = taker(), Console(factories.user(Role.CAMERA_ADMINISTRATOR))
    street.camera("STILL")
    shut = incident_open(one.user)
    incident_shut(shut)
    assert one.refused("live/", {"camera": "STILL"}) == (400, "purpose_missing")
    assert one.refused("live/", {"camera": "STILL", "reason": "Cukup panjang alasannya"}) == (400, "purpose_missing")
    assert one.refused("live/", {"camera": "STILL", "incident": str(shut.pk)}) == (409, "incident_closed")
    assert one.refused("live/", asked("NOWHERE", one)) == (404, "not_found")
    assert keeper.refused("live/", {"camera": "STILL", "reason": "uji"}) == (400, "purpose_missing")
    assert keeper.refused("live/", asked("STILL", one)) == (403, "access_denied")
    viewing = keeper.post("live/", {"camera": "STILL", "reason": "Memeriksa arah lensa"}, expect=201)
    assert viewing["reason"] == "Memeriksa arah lensa"
    assert AuditEntry.objects.get(action="camera_live_opened").purpose == "Memeriksa arah lensa"
    assert not street.was_asked


def test_the_agreement_and_the_state_are_asked(street: Street) -> None:
    one = taker()
    deal = AccessAgreement.objects.create(
        number="1", owner=factories.agency(), kind="integrated", document="x", valid_from=clock.now().date(),
        purposes=["incident"],
    )  # fmt: skip
    street.camera("STILL", agreement=deal)
    assert one.refused("live/", asked("STILL", one)) == (409, "live_not_agreed")
    AccessAgreement.objects.update(purposes=["incident", "live_view"])
    viewing = one.post("live/", asked("STILL", one), expect=201)
    AccessAgreement.objects.update(purposes=["incident"])
    answer = one.client.get(f"/api/v1/live/{viewing['id']}/still/")
    assert (answer.status_code, answer.json()["error"]["data"]) == (409, {"end": "camera"})
    AccessAgreement.objects.update(purposes=["live_view"])
    Camera.objects.update(maintenance_until=clock.now() + timedelta(hours=1))
    assert one.refused("live/", asked("STILL", one)) == (409, "camera_not_asked")
    Camera.objects.update(state="maintenance")
    assert one.refused("live/", asked("STILL", one)) == (409, "camera_not_active")
    assert not street.was_asked


def test_what_changes_meanwhile_ends_it_at_the_next_still(street: Street) -> None:
    one = taker()
    street.camera("STILL")
    ends = []
    for change in ("incident", "role", "version", "time"):
        body = asked("STILL", one)
        viewing = one.post("live/", body, expect=201)["id"]
        if change == "incident":
            incident_shut(Incident.objects.get(pk=str(body["incident"])))
        if change == "role":
            RoleGrant.objects.filter(user=one.user).update(role=Role.TRAINER)
        if change == "version":
            Camera.objects.update(version=7)
        if change == "time":
            LiveViewing.objects.filter(pk=viewing).update(ends_at=clock.now())
        if change == "role":
            assert one.client.get(f"/api/v1/live/{viewing}/still/").status_code == 403
            RoleGrant.objects.filter(user=one.user).update(role=Role.CALL_TAKER)
            one.send("DELETE", f"live/{viewing}/")
            continue
        ends.append(one.client.get(f"/api/v1/live/{viewing}/still/").json()["error"]["data"]["end"])
    assert ends == ["incident", "changed", "time"]
    assert AuditEntry.objects.filter(action="camera_live_closed").count() == 4
    assert not street.was_asked


def test_other_peoples_viewings_are_not_there(street: Street) -> None:
    one, other = taker(), taker()
    street.camera("STILL")
    viewing = one.post("live/", asked("STILL", one), expect=201)["id"]
    assert other.client.get(f"/api/v1/live/{viewing}/still/").status_code == 404
    assert other.send("DELETE", f"live/{viewing}/").status_code == 404


@pytest.mark.parametrize(("setting", "cap"), [("LIVE_CAMERA_VIEWERS_MAX", "camera"), ("LIVE_VIEWERS_MAX", "site")])
def test_a_cap_refuses_and_says_who_is_in_the_way(street: Street, settings: Settings, setting: str, cap: str) -> None:
    setattr(settings, setting, 1)
    one, other = taker(), taker()
    street.camera("STILL")
    viewing = one.post("live/", asked("STILL", one), expect=201)["id"]
    answer = other.send("POST", "live/", asked("STILL", other))
    assert answer.status_code == 429
    error = answer.json()["error"]
    assert (error["code"], error["data"]) == ("live_full", {"cap": cap, "max": 1, "who": str(one.user)})
    assert str(one.user) in error["message"]
    one.send("DELETE", f"live/{viewing}/")
    other.post("live/", asked("STILL", other), expect=201)


def test_one_person_watches_only_so_many(street: Street, settings: Settings) -> None:
    settings.LIVE_USER_MAX = 2
    one = taker()
    for code in ("STILL", "VIDEO"):
        street.camera(code)
        one.post("live/", asked(code, one), expect=201)
    answer = one.send("POST", "live/", asked("STILL", one))
    assert answer.json()["error"]["data"] == {"cap": "user", "max": 2, "who": "STILL, VIDEO"}


def test_what_was_left_is_swept_and_takes_no_place(street: Street, settings: Settings) -> None:
    settings.LIVE_USER_MAX = 1
    one = taker()
    street.camera("STILL")
    left = one.post("live/", asked("STILL", one), expect=201)["id"]
    LiveViewing.objects.filter(pk=left).update(seen_at=clock.now() - timedelta(minutes=2))
    fresh = one.post("live/", asked("STILL", one), expect=201)["id"]
    live_viewings_end()
    assert LiveViewing.objects.get(pk=left).end == "left"
    assert LiveViewing.objects.get(pk=fresh).closed_at is None
    LiveViewing.objects.filter(pk=fresh).update(ends_at=clock.now())
    live_viewings_end()
    assert LiveViewing.objects.get(pk=fresh).end == "time"
