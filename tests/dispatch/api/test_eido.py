"""Incidents as EIDO documents over HTTP: what goes out to whom, and what comes in from whom."""

import json
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from pytest_django.fixtures import Settings

from accounts.choices import Role
from accounts.models import AuditEntry
from accounts.permissions import Permission
from accounts.services.audit import SYSTEM, audit_faults
from accounts.services.tokens import machine_of
from common.phones import number_normalise
from dispatch.choices import PartRole
from dispatch.formats.eido.read import eido_read
from dispatch.formats.eido.types import LinkFacts, NoteFacts, PersonFacts, PlaceFacts, Position, Report
from dispatch.formats.eido.write import eido_write
from dispatch.models import AgencyPart, EidoDocument, Incident, IncidentLink, IncidentPerson, TimelineEntry
from dispatch.presenters.story import line_words
from dispatch.selectors.eido import report_read
from dispatch.selectors.names import Names
from tests import factories
from tests.dispatch.console import Console
from tests.dispatch.formats import eido_schema
from tests.dispatch.formats.reports import reports

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
KEY = "urn:emergency:uid:incidentid:000000000000000000000000000000a1:gulkarmat.example"
OTHER_KEY = KEY.replace("a1", "a2")
TOLD = Report(
    identifier=KEY, element="gulkarmat.example", number="GK-7", type_code="kebakaran", type_common="FSTRU",
    type_name="Kebakaran", priority="P2", state="enroute", changed_at=AT, summary="asap dari lantai dua",
    caller_name="Pelapor", caller_number="+62811000111", place=PlaceFacts("dekat stasiun", "", Position(-6.21, 106.85)),
    persons=(PersonFacts("urn:uuid:p1", "victim", "Korban"),),
    notes=(NoteFacts("urn:uuid:n1", "api besar", AT, "Regu 2"),),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _rows(db: None, settings: Settings) -> Iterator[None]:
    settings.EIDO_ELEMENT = "siaga.example"
    factories.live_realm()
    for code, apco in (("kebakaran", "FSTRU"), ("informasi", ""), ("orang-hilang", "")):
        kind = factories.incident_type(code)
        kind.apco_code = apco
        kind.save()
    factories.village()
    factories.follow_rules()
    with translation.override("en"):
        yield
    assert list(audit_faults()) == []


def officer(agency: str = "gulkarmat") -> Console:
    return Console(factories.user(Role.AGENCY_OFFICER, agency=factories.agency(agency)))


def centre(role: Role = Role.DISPATCHER) -> Console:
    return Console(factories.user(role))


def tell(sender: Console, report: Report = TOLD, *, expect: int) -> dict[str, Any]:
    return sender.post("eido/", eido_write(report), expect=expect)


def given_to(reader: Console, incident_id: Any, *, expect: int = 200) -> Any:
    return reader.get(f"incidents/{incident_id}/eido/", expect=expect)


def whole_incident() -> tuple[Console, Incident]:
    """One with everything that a document can hold."""
    factories.unit(of=factories.agency("pk3d"))
    factories.disposition()
    console = Console(factories.user(Role.SUPERVISOR))
    call = console.post("calls/", {"caller_number": "+62811223344"}, expect=201)
    console.post(f"calls/{call['id']}/answer/")
    body = {
        "type": "kebakaran", "lat": -6.2102, "lon": 106.8503, "radius_m": 50.5, "call": call["id"], "priority": "P1",
        "caller_name": "Pelapor <Satu>", "summary": "asap & api", "place_text": "lantai 2", "place": "31.74.01.1003",
        "caller_number": "+62811223344",
    }  # fmt: skip
    made = console.post("incidents/", body, expect=201)
    path = f"incidents/{made['id']}"
    console.post(f"{path}/notes/", {"text": "baris satu\nbaris dua"}, expect=201)
    console.post(f"{path}/persons/", {"role": "victim", "name": "Korban", "description": "terkilir"}, expect=201)
    console.post(f"{path}/parts/", {"agency": "pk3d", "role": "dispatched"}, expect=201)
    console.post(f"{path}/assignments/", {"unit": "AMB-01"}, expect=201)
    other = console.post("incidents/", {"type": "orang-hilang"}, expect=201)
    console.post(f"{path}/links/", {"other": other["id"], "kind": "parent", "reason": "satu lokasi"}, expect=201)
    third = console.post("incidents/", {"type": "kebakaran"}, expect=201)
    console.post(f"incidents/{third['id']}/links/", {"other": made["id"], "kind": "merged"}, expect=201)
    return console, Incident.objects.get(pk=made["id"])


def test_a_whole_incident_reads_back_as_it_is() -> None:
    console, incident = whole_incident()
    report = report_read(realm=incident.realm, incident_id=incident.pk, user=console.user)
    assert eido_read(given_to(console, incident.pk)) == report
    assert (report.number, report.type_common, report.state) == (str(incident.number), "FSTRU", "assigned")
    assert [call.number for call in report.calls] == ["+62811223344"]
    assert [(person.name, person.description) for person in report.persons] == [("Korban", "terkilir")]
    assert [(unit.call_sign, unit.agency) for unit in report.units] == [("AMB-01", "pk3d")]
    assert [note.text for note in report.notes] == ["baris satu\nbaris dua"]
    assert [link.kind for link in report.links] == ["parent", "replaces"]
    assert AuditEntry.objects.filter(action="eido_given", object_id=str(incident.pk)).count() == 1


@eido_schema.needed
def test_a_whole_incident_follows_the_published_schema() -> None:
    console, incident = whole_incident()
    document = given_to(console, incident.pk)
    assert eido_schema.faults(document) == []
    assert eido_schema.unknown_properties(document) == []


def test_an_agency_is_told_its_part_and_a_stranger_nothing() -> None:
    console, incident = whole_incident()
    factories.agency("pln")
    console.post(f"incidents/{incident.pk}/parts/", {"agency": "pln", "role": "informational"}, expect=201)
    sent = eido_read(given_to(officer("pk3d"), incident.pk))
    assert (sent.summary, sent.caller_number, sent.place.text) == ("asap & api", "+62811223344", "lantai 2")
    assert [note.text for note in sent.notes] == ["baris satu\nbaris dua"]
    assert (sent.calls, sent.persons, sent.links, sent.dispositions) == ((), (), (), ())
    looks_on = given_to(officer("pln"), incident.pk)
    assert eido_read(looks_on).place.text == "lantai 2"
    for secret in ("asap", "62811223344", "Pelapor", "baris", "Korban"):
        assert secret not in json.dumps(looks_on)
    count = AuditEntry.objects.count()
    assert given_to(officer("polda"), incident.pk, expect=404)["error"]["code"] == "not_found"
    assert AuditEntry.objects.count() == count


def test_a_token_of_the_agency_with_this_scope_alone_is_enough() -> None:
    _console, incident = whole_incident()
    agency = factories.agency("pk3d")
    secret = factories.token(machine_of(agency=agency, actor=SYSTEM), Permission.EIDO_READ)
    client = Console(factories.user()).client
    client.logout()
    headers = {"Authorization": f"Bearer {secret}"}
    answer = client.get(f"/api/v1/incidents/{incident.pk}/eido/", headers=headers)
    assert eido_read(answer.json()).number == str(incident.number)
    refused = client.post("/api/v1/eido/", eido_write(TOLD), content_type="application/json",
                          headers={**headers, "Idempotency-Key": "a"})  # fmt: skip
    assert refused.status_code == 403
    assert not EidoDocument.objects.exists()


def test_what_an_agency_tells_becomes_an_incident_that_somebody_sees_to() -> None:
    supervisor = factories.user(Role.SUPERVISOR)
    sender = officer()
    before = Console(supervisor).state()["head"]
    answer = tell(sender, expect=201)
    incident = Incident.objects.select_related("type", "owner").get(pk=answer["incident"]["id"])
    assert answer["outcome"] == "created"
    assert answer["identifier"] == f"urn:emergency:uid:incidentid:{incident.pk.hex}:siaga.example"
    assert (incident.type.code, incident.priority, incident.state) == ("kebakaran", "P2", "pending")
    assert (incident.summary, incident.caller_number) == (TOLD.summary, TOLD.caller_number)
    assert (incident.lat, incident.lon, incident.place_text) == (-6.21, 106.85, "dekat stasiun")
    assert incident.owner == supervisor  # the agency's account could not follow it up
    part = AgencyPart.objects.get(incident=incident)
    assert (part.agency.code, part.role, part.state, part.origin) == (
        "gulkarmat", PartRole.CALL_RECEIVING, "accepted", "exchange",
    )  # fmt: skip
    lines = {line.kind: line for line in TimelineEntry.objects.filter(incident=incident)}
    assert (lines["note"].text, lines["note"].data["author"]) == ("api besar", "Regu 2")
    assert [person.name for person in IncidentPerson.objects.all()] == ["Korban"]
    said = line_words(kind="eido", text="", data=lines["eido"].data, names=Names())
    assert said == "GULKARMAT tells of its incident GK-7: Kebakaran, units en route"
    kinds = {event["kind"] for event in Console(supervisor).events(before)}
    assert {"incident.changed", "timeline.added", "part.changed"} <= kinds


def test_the_one_at_a_desk_with_the_least_work_gets_it() -> None:
    factories.user(Role.SUPERVISOR)
    busy, free = centre(), centre()
    for console in (busy, free):
        console.post("presence/", {"state": "ready"})
    busy.post("incidents/", {"type": "kebakaran"}, expect=201)
    answer = tell(officer(), expect=201)
    assert Incident.objects.get(pk=answer["incident"]["id"]).owner == free.user


def test_the_same_document_again_changes_nothing_and_an_older_one_neither() -> None:
    sender = officer()
    tell(sender, expect=201)
    counts = (TimelineEntry.objects.count(), AuditEntry.objects.count())
    assert tell(sender, expect=200)["outcome"] == "unchanged"
    older = replace(TOLD, changed_at=AT - timedelta(minutes=1), summary="lama")
    assert tell(sender, older, expect=200)["outcome"] == "older"
    assert (TimelineEntry.objects.count(), AuditEntry.objects.count()) == counts
    assert Incident.objects.get().summary == TOLD.summary
    assert EidoDocument.objects.get().versions == 1


def test_a_newer_one_changes_what_nobody_here_changed_and_adds_what_is_new() -> None:
    sender, console = officer(), centre()
    made = tell(sender, expect=201)["incident"]
    console.send("PATCH", f"incidents/{made['id']}/", {"priority": "P1"}, **{"If-Match": '"1"'})
    newer = replace(
        TOLD, changed_at=AT + timedelta(minutes=1), priority="P3", summary="api padam",
        notes=(*TOLD.notes, NoteFacts("urn:uuid:n2", "api padam", AT)),
        persons=(*TOLD.persons, PersonFacts("urn:uuid:p2", "witness", "Saksi")),
    )  # fmt: skip
    answer = tell(sender, newer, expect=200)
    incident = Incident.objects.get()
    assert (answer["outcome"], answer["kept"]) == ("updated", ["priority"])
    assert (incident.priority, incident.summary) == ("P1", "api padam")
    notes = TimelineEntry.objects.filter(kind="note").order_by("occurred_at", "id")
    assert [line.text for line in notes] == ["api besar", "api padam"]
    assert sorted(person.name for person in IncidentPerson.objects.all()) == ["Korban", "Saksi"]
    last = TimelineEntry.objects.filter(kind="eido").latest("occurred_at")
    assert line_words(kind="eido", text="", data=last.data, names=Names()).endswith(
        "not taken over, since it was changed here: priority"
    )
    assert EidoDocument.objects.get().versions == 2


def test_two_agencies_with_one_identifier_mean_two_incidents() -> None:
    first, second = officer(), officer("polda")
    one = tell(first, expect=201)["incident"]
    two = tell(second, replace(TOLD, summary="lain"), expect=201)["incident"]
    assert one["id"] != two["id"]
    tell(second, replace(TOLD, summary="lagi", changed_at=AT + timedelta(minutes=1)), expect=200)
    assert Incident.objects.get(pk=one["id"]).summary == TOLD.summary
    assert given_to(second, one["id"], expect=404)["error"]["code"] == "not_found"


def test_of_ours_an_agency_with_a_part_may_add_notes_and_no_more() -> None:
    _console, incident = whole_incident()
    agency = officer("pk3d")
    report = eido_read(given_to(agency, incident.pk))
    back = replace(
        report, summary="dibajak", priority="P5", changed_at=report.changed_at + timedelta(minutes=1),
        notes=(*report.notes, NoteFacts("urn:uuid:n9", "tiba di lokasi", AT, "Regu")),
    )  # fmt: skip
    assert tell(agency, back, expect=200)["outcome"] == "noted"
    assert tell(agency, back, expect=200)["outcome"] == "unchanged"
    incident.refresh_from_db()
    assert (incident.summary, incident.priority) == ("asap & api", "P1")
    notes = incident.timeline.filter(kind="note")
    assert [line.text for line in notes] == ["baris satu\nbaris dua", "tiba di lokasi"]
    stranger = officer("polda")
    assert stranger.refused("eido/", eido_write(back)) == (404, "not_found")
    assert incident.timeline.filter(kind="note").count() == 2
    unknown = replace(back, identifier=f"urn:emergency:uid:incidentid:{uuid.uuid4().hex}:siaga.example")
    assert agency.refused("eido/", eido_write(unknown)) == (404, "not_found")


def test_what_belongs_together_is_linked_once() -> None:
    sender = officer()
    first = tell(sender, expect=201)["incident"]
    child = replace(
        TOLD, identifier=OTHER_KEY, links=(
            LinkFacts("urn:uuid:l1", "parent", KEY, "satu gedung"), LinkFacts("urn:uuid:l2", "related", "urn:uuid:x"),
            LinkFacts("urn:uuid:l3", "replaced_by", KEY),
        ),
    )  # fmt: skip
    second = tell(sender, child, expect=201)["incident"]
    link = IncidentLink.objects.get()
    assert (str(link.child_id), str(link.parent_id)) == (second["id"], first["id"])
    assert (link.kind, link.reason) == ("parent", "satu gedung")
    tell(sender, replace(child, changed_at=AT + timedelta(minutes=1)), expect=200)
    assert IncidentLink.objects.count() == 1


def test_nobody_links_to_what_it_may_not_see() -> None:
    _console, hidden = whole_incident()
    count = IncidentLink.objects.count()
    link = LinkFacts("urn:uuid:l1", "related", f"urn:emergency:uid:incidentid:{hidden.pk.hex}:siaga.example")
    tell(officer("polda"), replace(TOLD, links=(link,)), expect=201)
    assert IncidentLink.objects.count() == count


def test_a_closed_incident_takes_notes_alone() -> None:
    sender, console = officer(), centre()
    made = tell(sender, expect=201)["incident"]
    factories.disposition()
    console.post(
        f"incidents/{made['id']}/close/",
        {"disposition": "tertangani", "not_informed_reason": "on_scene", "ends_parts": True},
    )
    newer = replace(
        TOLD, changed_at=AT + timedelta(minutes=1), summary="lain", notes=(NoteFacts("urn:uuid:n3", "susulan", AT),)
    )
    answer = tell(sender, newer, expect=200)
    assert (answer["outcome"], answer["incident"]["state"]) == ("noted", "closed")
    assert Incident.objects.get().summary == TOLD.summary
    assert TimelineEntry.objects.filter(kind="note", text="susulan").count() == 1


def test_a_type_that_nobody_knows_comes_in_urgent_and_says_so() -> None:
    told = replace(TOLD, type_code="x-9", type_common="NUCL", type_name="Kebocoran radiasi")
    document = eido_write(told)
    for name in ("incidentPriorityInternalText", "incidentCommonPriorityNumber"):
        del document["incidentComponent"][name]
    made = officer().post("eido/", document, expect=201)["incident"]
    incident = Incident.objects.select_related("type").get(pk=made["id"])
    assert (incident.type.code, incident.priority) == ("informasi", "P2")
    line = TimelineEntry.objects.get(kind="eido")
    assert "Kebocoran radiasi" in line_words(kind="eido", text="", data=line.data, names=Names())


def test_what_is_malformed_is_refused_and_leaves_nothing() -> None:
    document = eido_write(TOLD)
    del document["incidentComponent"]["incidentTypeCommonRegistryText"]
    answer = officer().send("POST", "eido/", document)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "eido_malformed")
    assert list(error["data"]["fields"]) == ["incidentComponent.incidentTypeCommonRegistryText"]
    for rubbish in ("[]", '"x"', "{", "1"):
        assert officer().send("POST", "eido/", rubbish).status_code == 400
    assert not Incident.objects.exists()
    assert not EidoDocument.objects.exists()


def test_a_long_note_comes_in_pieces() -> None:
    tell(officer(), replace(TOLD, notes=(NoteFacts("urn:uuid:n1", "a" * 9000, AT),)), expect=201)
    assert [len(line.text) for line in TimelineEntry.objects.filter(kind="note")] == [4000, 4000, 1000]


@pytest.fixture
def console() -> Console:
    for code in ("banjir", "medis"):
        factories.incident_type(code)
    return centre()


@given(report=reports())
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_told_comes_back_the_same(console: Console, report: Report) -> None:
    report = replace(report, identifier=f"urn:x:{uuid.uuid4()}", element="lain.example")
    made = tell(console, report, expect=201)["incident"]
    found = eido_read(given_to(console, made["id"]))
    assert (found.type_code, found.priority) == (report.type_code, report.priority)
    assert (found.summary, found.caller_name) == (report.summary, report.caller_name)
    assert found.caller_number == (number_normalise(report.caller_number) or "")
    assert found.place.text == (report.place.text or ("Manggarai" if report.place.code else ""))
    if report.place.position:
        assert found.place.position == report.place.position
    assert [note.text for note in found.notes] == [n.text.strip() for n in report.notes if n.text.strip()]
    said = [(p.role, p.name.strip(), p.contact.strip(), p.description.strip()) for p in report.persons]
    assert sorted((p.role, p.name, p.contact, p.description) for p in found.persons) == sorted(
        person for person in said if any(person[1:])
    )


@pytest.mark.django_db(transaction=True)
def test_told_twice_at_once_it_is_one_incident() -> None:
    sender = factories.user(Role.AGENCY_OFFICER, agency=factories.agency("gulkarmat"))

    def send(_turn: int) -> dict[str, Any]:
        try:
            answer = Console(sender).send("POST", "eido/", eido_write(TOLD))
            return {"status": answer.status_code, **answer.json()}
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(6)))
    assert sorted(answer["status"] for answer in answers) == [200, 200, 200, 200, 200, 201]
    assert len({answer["incident"]["id"] for answer in answers}) == 1
    assert Incident.objects.count() == 1
