"""The main job over real PostgreSQL, Valkey, Celery workers, cameras and sockets, driven as two consoles would."""

import asyncio
import os
import signal
import subprocess
import sys

import pytest

from dispatch.choices import IncidentCameraState
from siaga.demo.console import Console
from siaga.demo.story import FINISHED, story_run
from tests.services import ROOT
from tests.siaga.test_supervisor import eventually
from tests.site import Site

pytestmark = [pytest.mark.flow, pytest.mark.slow]
INCIDENT = {"type": "orang-hilang", "lat": -6.2099, "lon": 106.8502, "summary": "uji"}


async def test_the_sought_person_is_found_and_two_consoles_agree(site: Site) -> None:
    result = await story_run(site.base_url, site.logins)
    assert result.is_good, result
    assert (result.cameras_ok, result.cameras_failed) == (6, 2)
    assert result.faces_found >= 4


def rows_of(console: Console, incident_id: str) -> dict[str, str]:
    return {
        seen.payload["id"]: seen.payload["state"]
        for seen in console.seen
        if seen.kind == "incident_camera.changed" and seen.payload["incident_id"] == incident_id
    }


async def all_finished(console: Console, incident_id: str, *, timeout_s: float) -> dict[str, str]:
    def is_done(_seen: object) -> bool:
        rows = rows_of(console, incident_id)
        return len(rows) == 8 and set(rows.values()) <= set(FINISHED)

    await console.wait_for(is_done, timeout_s=timeout_s)
    return rows_of(console, incident_id)


async def test_killed_workers_lose_no_picture(site: Site) -> None:
    async with Console(site.base_url, "agen", site.logins["agen"]) as console:
        incident = await console.send("incidents/", INCIDENT)
        captured = await console.wait_for(
            lambda seen: (
                seen.kind == "incident_camera.changed"
                and seen.payload["incident_id"] == incident["id"]
                and seen.payload["state"] == IncidentCameraState.CAPTURED
            ),
            timeout_s=20,
        )
        assert captured is not None
        victims = site.processes("celery", "inference@")
        assert victims
        for process_id in victims:
            os.kill(process_id, signal.SIGKILL)
        rows = await all_finished(console, incident["id"], timeout_s=60)
    assert len(rows) == 8
    assert sorted(rows.values()) == ["analysed"] * 6 + ["failed"] * 2


async def test_killed_web_processes_come_back_and_who_comes_meanwhile_waits(site: Site) -> None:
    killed = site.processes("siaga.web")
    assert len(killed) == 2
    for process_id in killed:
        os.kill(process_id, signal.SIGKILL)
    # The listening socket outlives them: a request that comes now waits for the next process, and is answered.
    async with Console(site.base_url, "agen", site.logins["agen"]) as console:
        assert await console.read("state/")
    assert await asyncio.to_thread(eventually, lambda: len(set(site.processes("siaga.web")) - set(killed)) == 2)


async def test_the_audit_chain_holds_after_all_of_it(site: Site) -> None:
    environment = {**os.environ, "SIAGA_VAR_DIR": str(site.var_dir)}
    checked = await asyncio.to_thread(
        subprocess.run, [sys.executable, "manage.py", "audit_verify"], cwd=ROOT, env=environment, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout + checked.stderr
