"""`call_simulate` sends calls to a server that really listens, and says what was taken and what was not."""

import io
import json
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.choices import Role
from accounts.models import AuditEntry
from dispatch.models import Call, PbxEvent, PbxLink, Presence
from siaga.simulation import live
from siaga.simulation.live import AddressRefused, address_require
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
ENDED = {"ended", "dropped", "abandoned"}


@pytest.fixture(autouse=True)
def _rows(transactional_db: None) -> None:
    factories.live_realm()
    factories.pbx()


def simulate(server: LiveServer, **options: Any) -> dict[str, Any]:
    out = io.StringIO()
    asked = {"url": server.url, "exchange": "pbx-uji", "duration_s": 2.0, "rate": 20.0, "stderr": io.StringIO()}
    try:
        call_command("call_simulate", "--json", stdout=out, **{**asked, **options})
    finally:
        simulate.printed = out.getvalue()  # type: ignore[attr-defined]
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_every_call_arrives_and_none_is_left_ringing_at_the_end(live_server: LiveServer) -> None:
    found = simulate(live_server, key=factories.PBX_SECRET)
    assert 20 <= found["calls"] <= 65
    assert found["refused"] == {}
    calls = list(Call.objects.all())
    assert len(calls) == found["calls"]
    assert {call.state for call in calls} == {"abandoned"}  # nobody was there
    assert found["accepted"]["line ringing"] >= found["calls"]
    assert found["accepted"]["line ringing"] + found["accepted"]["line abandoned"] >= PbxEvent.objects.count()
    assert sum(found["kinds"].values()) == sum(found["cities"].values()) == found["calls"]
    assert set(found["kinds"]) <= {"dropped", "prank", "non_emergency", "emergency"}
    assert 0 < found["answer_ms"]["p50"] <= found["answer_ms"]["p95"] <= found["answer_ms"]["max"]
    places = Counter(call.location_source for call in calls)
    assert places["aml"] > 0
    assert places["cell"] > 0


def test_telephones_lift_by_themselves(live_server: LiveServer) -> None:
    Presence.objects.create(user=factories.user(Role.CALL_TAKER), extension="101")
    found = simulate(live_server, key=factories.PBX_SECRET, extensions="101,102", duration_s=8.0, rate=1.0)
    calls = Call.objects.all()
    assert len(calls) == found["calls"] > 0
    assert {call.state for call in calls} <= ENDED
    answered = [call for call in calls if call.answered_at is not None]
    assert len(answered) == len({call.pbx_call for call in answered}) >= 2
    assert {str(call.answered_by) for call in answered if call.answered_by} == {str(Presence.objects.get().user)}
    assert all(call.ended_at is not None and call.ended_at >= call.arrived_at for call in calls)


def test_the_same_calls_again_are_other_calls(live_server: LiveServer) -> None:
    first = simulate(live_server, key=factories.PBX_SECRET, duration_s=1.0, seed=5)
    again = simulate(live_server, key=factories.PBX_SECRET, duration_s=1.0, seed=5)
    assert Call.objects.count() == first["calls"] + again["calls"]


def test_a_fast_day_passes_in_seconds(live_server: LiveServer) -> None:
    found = simulate(live_server, key=factories.PBX_SECRET, rate=None, speed=600.0, duration_s=3.0, hour=18.0)
    # Half an hour of the evening of a mean day is 53 calls.
    assert 25 <= found["calls"] <= 85


def test_the_secret_comes_from_a_file_or_from_the_sites_own_rows(live_server: LiveServer, tmp_path: Path) -> None:
    kept = tmp_path / "key"
    kept.write_text(f"{factories.PBX_SECRET}\n")
    assert simulate(live_server, key_file=kept, duration_s=0.5)["refused"] == {}
    assert simulate(live_server, duration_s=0.5)["refused"] == {}
    with pytest.raises(CommandError, match="no exchange 'simulasi'"):
        simulate(live_server, exchange="simulasi", duration_s=0.5)
    assert not PbxLink.objects.filter(code="simulasi").exists()
    simulate(live_server, exchange="simulasi", create_exchange=True, duration_s=0.5)
    link = PbxLink.objects.get(code="simulasi")
    assert AuditEntry.objects.filter(action="exchange_made", object_id=str(link.pk)).count() == 1
    with pytest.raises(CommandError, match="cannot be read"):
        simulate(live_server, key_file=tmp_path / "none")


def test_no_exchange_is_made_in_production(live_server: LiveServer, settings: Settings) -> None:
    settings.IS_PRODUCTION = True
    with pytest.raises(CommandError, match="no production site"):
        simulate(live_server, exchange="simulasi", create_exchange=True)
    assert not PbxLink.objects.filter(code="simulasi").exists()


def test_a_wrong_secret_is_told_before_anything_is_sent(live_server: LiveServer) -> None:
    with pytest.raises(CommandError, match="signature_invalid"):
        simulate(live_server, key="wrong")
    assert not PbxEvent.objects.exists()


def test_what_is_refused_on_the_way_is_counted_and_fails_the_command(live_server: LiveServer) -> None:
    def switch_off() -> None:
        time.sleep(1.0)
        PbxLink.objects.update(is_active=False)
        connection.close()

    thread = threading.Thread(target=switch_off)
    thread.start()
    with pytest.raises(CommandError, match="events were not accepted") as caught:
        simulate(live_server, key=factories.PBX_SECRET, duration_s=3.0)
    thread.join()
    assert caught.value.returncode == 1
    found = json.loads(simulate.printed)  # type: ignore[attr-defined]
    assert found["refused"]["exchange: 401 signature_invalid"] > 0
    assert f"{found['refused']['exchange: 401 signature_invalid']} events" in str(caught.value)


def test_a_site_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("siaga.simulation.transports.PAUSE_S", 0.01)
    with pytest.raises(CommandError, match="does not answer"):
        call_command("call_simulate", url="http://127.0.0.1:9", key="any")


@pytest.mark.parametrize("url", ["http://192.0.2.1:8112", "https://[2001:db8::1]/", "http://0.0.0.0:8112"])
def test_another_machine_is_refused_unless_it_is_meant(url: str) -> None:
    with pytest.raises(CommandError, match="--allow-remote"):
        call_command("call_simulate", url=url, key="any")
    address_require(url, is_remote_allowed=True)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8112", "http://localhost:8112", "https://[::1]:8112"])
def test_this_machine_is_allowed(url: str) -> None:
    address_require(url, is_remote_allowed=False)


@pytest.mark.parametrize("url", ["127.0.0.1:8112", "ftp://127.0.0.1/", "http://"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused, match="not the address of a site"):
        address_require(url, is_remote_allowed=True)


def test_how_far_it_is_and_the_result_are_told_in_words(
    live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "SAY_EVERY_S", 0.3)
    out, err = io.StringIO(), io.StringIO()
    call_command(
        "call_simulate", url=live_server.url, exchange="pbx-uji", rate=20.0, duration_s=1.0, stdout=out, stderr=err
    )
    assert f"calls: {Call.objects.count()}\n" in out.getvalue()
    assert "refused: none" in out.getvalue()
    assert " events accepted, 0 refused" in err.getvalue()
