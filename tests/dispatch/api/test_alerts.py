"""Warnings over HTTP: taken, issued, replaced, called off, run out; and who may do what with them."""

import itertools
import uuid
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as Tree

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.choices import Role
from accounts.models import AuditEntry, User
from accounts.permissions import Permission
from accounts.services.audit import audit_faults
from common import clock
from dispatch.formats.cap.read import cap_read
from dispatch.models import Alert, AlertArea
from dispatch.services.alerting import alerts_end_expired
from places.models import Place
from realtime.models import Event
from tests import factories
from tests.dispatch.console import Console
from tests.dispatch.formats.samples import FLOOD, FLOOD_REFERENCE, WEATHER, referring

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _realm(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    factories.live_realm()
    factories.village()
    # The samples are of one day; the tests happen in it.
    moment = timezone.datetime(2026, 11, 24, 12, 0, tzinfo=timezone.get_current_timezone())  # type: ignore[attr-defined]
    ticks = itertools.count()
    monkeypatch.setattr(clock, "now", lambda: moment + timedelta(hours=5, milliseconds=next(ticks)))


@pytest.fixture
def bureau() -> User:
    return factories.user(Role.AGENCY_OFFICER, agency=factories.agency("sda"))


def send(user: User, document: str | bytes, *, key: str | None = None, kind: str = "application/cap+xml") -> Any:
    secret = factories.token(user, Permission.ALERT_RECEIVE)
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": key or str(uuid.uuid4())}
    return Client(enforce_csrf_checks=True).generic(
        "POST", "/api/v1/alerts/cap/", document, content_type=kind, headers=headers
    )


def update_text(identifier: str = "u1", **more: Any) -> str:
    return referring("Update", of=FLOOD_REFERENCE, identifier=identifier, sent="2026-11-24T18:00:00+07:00", **more)


def cancel_text(identifier: str = "c1", **more: Any) -> str:
    return referring("Cancel", of=FLOOD_REFERENCE, identifier=identifier, sent="2026-11-24T19:00:00+07:00", **more)


def states() -> dict[str, str]:
    return dict(Alert.objects.values_list("identifier", "state"))


def test_a_token_with_the_scope_brings_a_warning_to_every_console(bureau: User) -> None:
    console = Console(factories.user(Role.CALL_TAKER))
    head = console.state()["head"]
    answer = send(bureau, FLOOD)
    assert answer.status_code == 201, answer.content
    (event,) = console.events(head)
    assert (event["kind"], event["payload"]) == ("alert.changed", answer.json())
    assert console.state()["alerts"] == [answer.json()]
    shown = answer.json()
    assert (shown["state"], shown["origin"], shown["severity"], shown["category"]) == (
        "active", "received", "Severe", "Met",
    )  # fmt: skip
    assert shown["headline"].startswith("Tinggi air Siaga II")
    assert [info["language"] for info in shown["infos"]] == ["id-ID", "en-US"]
    assert [area["circles"] for area in shown["areas"]] == [[[-6.2102, 106.8503, 1500.0]]] * 2
    entry = AuditEntry.objects.get(action="alert_received")
    assert (entry.actor, entry.source[:6], entry.data["identifier"]) == (bureau, "token ", "banjir-2026-0007")
    assert list(audit_faults()) == []


@pytest.mark.parametrize("kind", ["application/xml", "text/xml", "application/cap+xml; charset=utf-8"])
def test_any_name_of_xml_will_do(bureau: User, kind: str) -> None:
    assert send(bureau, FLOOD, kind=kind).status_code == 201


def test_json_will_not(bureau: User) -> None:
    answer = send(bureau, "{}", kind="application/json")
    assert (answer.status_code, Alert.objects.count()) == (415, 0)


def test_the_same_message_again_is_one_row_and_another_under_its_name_is_refused(bureau: User) -> None:
    first = send(bureau, FLOOD).json()
    again = send(bureau, FLOOD)
    assert (again.status_code, again.json()) == (200, first)
    assert (Alert.objects.count(), Event.objects.filter(kind="alert.changed").count()) == (1, 1)
    other = send(bureau, FLOOD.replace("170 cm", "190 cm"))
    assert (other.status_code, other.json()["error"]["code"]) == (409, "alert_differs")
    assert "170 cm" in Alert.objects.get().infos[0]["description"]


def test_a_malformed_one_is_refused_with_places_in_the_readers_language(bureau: User) -> None:
    answer = send(bureau, FLOOD.replace("<status>Actual", "<status>Nyata").replace("106.87", "206.87"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "cap_malformed")
    fields = answer.json()["error"]["data"]["fields"]
    assert set(fields) == {"status", "info[0].area[0].polygon[0]"}
    assert not Alert.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize("document", [b"", b"\0", b"<alert/>", b"{}", "ü".encode() * 10])
def test_rubbish_is_refused(bureau: User, document: bytes) -> None:
    assert send(bureau, document).status_code == 400
    assert not Alert.objects.exists()


def test_an_update_replaces_and_a_cancellation_ends(bureau: User) -> None:
    send(bureau, FLOOD)
    assert send(bureau, update_text()).status_code == 201
    assert states() == {"banjir-2026-0007": "updated", "u1": "active"}
    old = Alert.objects.get(identifier="banjir-2026-0007")
    assert old.replaced_by == Alert.objects.get(identifier="u1")
    assert old.ended_at is not None
    of_update = "peringatan@sda.example,u1,2026-11-24T18:00:00+07:00"
    text = referring("Cancel", of=of_update, identifier="c1", sent="2026-11-24T19:00:00+07:00")
    assert send(bureau, text).status_code == 201
    assert states() == {"banjir-2026-0007": "updated", "u1": "cancelled", "c1": "noted"}


def test_messages_in_the_wrong_order_end_the_same(bureau: User) -> None:
    send(bureau, cancel_text())
    send(bureau, FLOOD)
    assert states() == {"c1": "noted", "banjir-2026-0007": "cancelled"}
    Alert.objects.all().delete()
    send(bureau, update_text())
    send(bureau, FLOOD)
    assert states() == {"u1": "active", "banjir-2026-0007": "updated"}


def test_nobody_speaks_for_another_sender_or_in_our_name(bureau: User, settings: Settings) -> None:
    send(bureau, FLOOD)
    for text in (update_text(sender="lain.example"), cancel_text(sender="lain.example")):
        answer = send(bureau, text)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "alert_foreign")
    settings.CAP_SENDER = "cuaca.example"
    assert send(bureau, WEATHER).json()["error"]["code"] == "alert_foreign"
    assert states() == {"banjir-2026-0007": "active"}


@pytest.mark.parametrize("status", ["Test", "Exercise", "System", "Draft"])
def test_what_is_not_the_real_thing_is_only_noted(bureau: User, status: str) -> None:
    send(bureau, FLOOD)
    send(bureau, cancel_text().replace("Actual", status))
    send(bureau, WEATHER.replace("Actual", status))
    assert states() == {"banjir-2026-0007": "active", "c1": "noted", "cuaca.42": "noted"}


def test_it_runs_out_when_it_says_and_tells(bureau: User) -> None:
    send(bureau, FLOOD)
    send(bureau, WEATHER)
    weather = Alert.objects.get(identifier="cuaca.42")
    assert weather.expires_at - weather.sent_at == timedelta(hours=24)  # it names no end
    assert alerts_end_expired() == 0
    console = Console(factories.user(Role.CALL_TAKER))
    head = console.state()["head"]
    Alert.objects.filter(identifier="cuaca.42").update(expires_at=clock.now())
    assert alerts_end_expired() == 1
    assert alerts_end_expired() == 0
    (event,) = console.events(head)
    assert (event["payload"]["state"], event["payload"]["identifier"]) == ("expired", "cuaca.42")
    assert [row["identifier"] for row in console.state()["alerts"]] == ["banjir-2026-0007"]
    assert AuditEntry.objects.filter(action="alert_expired").count() == 1


def test_one_that_has_run_out_on_arrival_never_holds(bureau: User) -> None:
    send(bureau, FLOOD.replace("2026-11-25T10:00:00", "2026-11-24T16:50:00"))
    assert states() == {"banjir-2026-0007": "expired"}


def draft(**more: Any) -> dict[str, Any]:
    return {
        "category": "Met", "urgency": "Immediate", "severity": "Severe", "certainty": "Observed",
        "expires_at": (timezone.now() + timedelta(hours=6)).isoformat(), "event": "Banjir",
        "headline": "Banjir di bantaran", "area": "Manggarai dan sekitarnya", "lat": -6.21, "lon": 106.85,
        "radius_m": 1500,
    } | more  # fmt: skip


def test_a_supervisor_warns_and_what_goes_out_is_good_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    console = Console(factories.user(Role.SUPERVISOR))
    body = draft(
        place="31.74.01.1003", polygon="-6.20,106.84 -6.20,106.87 -6.23,106.87", event_en="Flood",
        headline_en="Flood along the river", instruction="Naik ke tempat tinggi",
    )  # fmt: skip
    made = console.post("alerts/", body, expect=201)
    assert (made["state"], made["origin"], made["sender"]) == ("active", "issued", "siaga@localhost")
    document = console.client.get(f"/api/v1/alerts/{made['id']}/cap/")
    assert document.headers["Content-Type"] == "application/cap+xml"
    message = cap_read(document.content)
    assert (message.identifier, message.message_type, message.status) == (made["identifier"], "Alert", "Actual")
    indonesian, english = message.infos
    assert (indonesian.language, indonesian.instruction) == ("id-ID", "Naik ke tempat tinggi")
    assert (english.language, english.headline) == ("en-US", "Flood along the river")
    (area,) = indonesian.areas
    assert area.geocodes == (("kemendagri", "31.74.01.1003"),)
    assert area.circles == ((-6.21, 106.85, 1.5), (-6.2102, 106.8503, 0.7))
    assert area.polygons[0][0] == area.polygons[0][-1]

    newer = console.post(f"alerts/{made['id']}/update/", draft(headline="Air naik lagi"), expect=201)
    update = cap_read(console.client.get(f"/api/v1/alerts/{newer['id']}/cap/").content)
    assert (update.message_type, update.references[0].identifier) == ("Update", made["identifier"])
    off = console.post(f"alerts/{newer['id']}/cancel/", {"note": "Air surut"}, expect=201)
    cancel = cap_read(console.client.get(f"/api/v1/alerts/{off['id']}/cap/").content)
    assert (cancel.message_type, cancel.note, cancel.infos) == ("Cancel", "Air surut", ())
    assert list(states().values()).count("active") == 0
    assert console.refused(f"alerts/{newer['id']}/cancel/", {"note": "lagi"}) == (409, "alert_ended")
    assert [entry.action for entry in AuditEntry.objects.filter(object_type="dispatch.alert")] == ["alert_issued"] * 3


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"severity": "Parah"}, "severity"),
        ({"expires_at": "2020-01-01T00:00:00+07:00"}, "expires_at"),
        ({"expires_at": "2099-01-01T00:00:00+07:00"}, "expires_at"),
        ({"lat": None}, "lat"),
        ({"lat": None, "lon": None, "radius_m": None}, "area"),
        ({"polygon": "1,2 3,4"}, "polygon"),
        ({"polygon": "a b c"}, "polygon"),
        ({"place": "99.99"}, "place"),
        ({"headline": ""}, "headline"),
        ({"made_up": 1}, "made_up"),
    ],
)
def test_a_warning_that_is_not_whole_is_not_issued(change: dict[str, Any], field: str) -> None:
    console = Console(factories.user(Role.SUPERVISOR))
    answer = console.send("POST", "alerts/", draft(**change))
    assert answer.status_code == 400
    assert field in answer.json()["error"]["data"]["fields"]
    assert not Alert.objects.exists()


def test_what_others_sent_is_not_ours_to_change(bureau: User) -> None:
    made = send(bureau, FLOOD).json()
    console = Console(factories.user(Role.SUPERVISOR))
    assert console.refused(f"alerts/{made['id']}/cancel/", {"note": "x"})[0] == 404
    assert console.refused(f"alerts/{made['id']}/update/", draft())[0] == 404
    assert states() == {"banjir-2026-0007": "active"}


def test_what_lies_in_the_area(bureau: User) -> None:
    Place.objects.get_or_create(code="31.74.05.1001", defaults={"kind": "village", "name": "Jauh", "lat": -6.3,
                                                                "lon": 106.7})  # fmt: skip
    console = Console(factories.user(Role.SUPERVISOR))
    factories.incident_type()
    factories.follow_rules()
    inside = console.post("incidents/", {"type": "orang-hilang", "lat": -6.211, "lon": 106.85}, expect=201)
    console.post("incidents/", {"type": "orang-hilang", "lat": -6.3, "lon": 106.7}, expect=201)
    console.post("incidents/", {"type": "orang-hilang"}, expect=201)
    flood, weather = send(bureau, FLOOD).json(), send(bureau, WEATHER).json()
    seen = console.get(f"alerts/{flood['id']}/")
    assert [row["id"] for row in seen["incidents"]] == [inside["id"]]
    assert "31.74.01.1003" in [row["code"] for row in seen["places"]]
    assert "31.74.05.1001" not in [row["code"] for row in seen["places"]]
    # The weather names a whole city by its code.
    assert {"31.74.01.1003", "31.74.05.1001"} <= {row["code"] for row in console.get(
        f"alerts/{weather['id']}/")["places"]}  # fmt: skip
    assert console.get("alerts/")["alerts"][0]["id"] in {flood["id"], weather["id"]}
    officer = Console(bureau)
    assert officer.get(f"alerts/{flood['id']}/")["incidents"] == []
    assert officer.get("alerts/?all=1")["alerts"]


def test_the_feed_holds_ours_and_what_was_called_off(bureau: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    send(bureau, FLOOD)
    console = Console(factories.user(Role.SUPERVISOR))
    empty = Tree.fromstring(console.client.get("/api/v1/cap/feed/").content)
    atom = "{http://www.w3.org/2005/Atom}"
    assert empty.tag == f"{atom}feed"
    assert empty.findall(f"{atom}entry") == []
    one = console.post("alerts/", draft(headline="Satu & dua"), expect=201)
    other = console.post("alerts/", draft(headline="Tiga"), expect=201)
    off = console.post(f"alerts/{other['id']}/cancel/", {"note": "sudah"}, expect=201)
    answer = console.client.get("/api/v1/cap/feed/", headers={"accept": "application/atom+xml"})
    assert answer.headers["Content-Type"] == "application/atom+xml"
    entries = Tree.fromstring(answer.content).findall(f"{atom}entry")
    assert [entry.findtext(f"{atom}id") for entry in entries] == [
        f"urn:cap:{off['identifier']}", f"urn:cap:{one['identifier']}"
    ]  # fmt: skip
    href = entries[1].find(f"{atom}link").attrib["href"]  # type: ignore[union-attr]
    assert cap_read(console.client.get(href.removeprefix("http://testserver")).content).identifier == one["identifier"]


def test_state_and_events_come_to_the_same(bureau: User) -> None:
    """Old state and the events after it are the fresh state, whatever happened."""
    console = Console(factories.user(Role.SUPERVISOR))
    old = console.state()
    send(bureau, FLOOD)
    send(bureau, WEATHER)
    send(bureau, update_text())
    Alert.objects.filter(identifier="cuaca.42").update(expires_at=clock.now())
    alerts_end_expired()
    send(bureau, cancel_text("c2"))
    held = {row["id"]: row for row in old["alerts"]}
    for event in console.events(old["head"]):
        if event["kind"] == "alert.changed":
            held[event["entity_id"]] = event["payload"]
    active = [row for row in held.values() if row["state"] == "active"]
    assert sorted(active, key=lambda row: row["id"]) == sorted(console.state()["alerts"], key=lambda row: row["id"])
    assert len(active) == 1


@pytest.mark.parametrize("role", list(Role))
def test_pages_show_and_only_those_who_may_issue_see_the_form(role: Role, bureau: User) -> None:
    made = send(bureau, FLOOD).json()
    user = factories.user(role, agency=factories.agency())
    client = Client()
    client.force_login(user)
    answer = client.get("/kerja/peringatan/")
    assert answer.status_code == (200 if user.may(Permission.ALERT_VIEW) else 403)
    if answer.status_code == 200:
        assert ('data-api="alerts/"' in answer.content.decode()) is user.may(Permission.ALERT_ISSUE)
        page = client.get(f"/kerja/peringatan/{made['id']}/").content.decode()
        assert "Flood from upstream" not in page  # the event in English; its headline is
        assert "Water level II" in page
        assert "data-api" not in page.split('id="live"')[1]
        assert client.get(f"/kerja/peringatan/{uuid.uuid4()}/").status_code == 404


def test_areas_have_boxes(bureau: User) -> None:
    send(bureau, FLOOD)
    send(bureau, WEATHER)
    boxes = list(AlertArea.objects.order_by("id").values_list("south", "west", "north", "east"))
    assert boxes[0][0] is not None
    assert boxes[0][0] <= -6.23
    assert boxes[2] == (None, None, None, None)
