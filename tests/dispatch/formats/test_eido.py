"""EIDO: what is written follows the published schema and reads back; what is malformed is refused with its place."""

import copy
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch.formats.eido.hypertext import html_read, html_write
from dispatch.formats.eido.pidf import PositionRefused, pidf_read, pidf_write
from dispatch.formats.eido.read import card_read, eido_read
from dispatch.formats.eido.registries import PRIORITIES, priority_of
from dispatch.formats.eido.types import (
    AgencyFacts,
    CallFacts,
    DispositionFacts,
    LinkFacts,
    NoteFacts,
    PersonFacts,
    PlaceFacts,
    Position,
    Report,
    UnitFacts,
)
from dispatch.formats.eido.write import card_write, eido_write
from dispatch.formats.problems import DocumentRefused
from tests.dispatch.formats import eido_schema
from tests.dispatch.formats.reports import ELEMENT, positions, reports, text

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
FULL = Report(
    identifier="urn:emergency:uid:incidentid:00000000000000000000000000000001:siaga.example",
    element=ELEMENT, number="17", type_code="kebakaran", type_common="FSTRU", type_name="Kebakaran bangunan",
    priority="P1", state="enroute", changed_at=AT, summary="Api di lantai 2 & asap <tebal>", caller_name="Pelapor",
    caller_number="+62811000111",
    place=PlaceFacts("dekat stasiun", "31.74.01.1003", Position(-6.2102, 106.8503, 75.5)),
    agencies=(AgencyFacts("gulkarmat", "Gulkarmat", "dispatched"), AgencyFacts("pk3d", "PK3D", "assisting")),
    calls=(CallFacts("urn:uuid:c1", "answered", "voice", AT, AT, "+62811000111", Position(-6.21, 106.85, 900.0)),),
    persons=(PersonFacts("urn:uuid:p1", "victim", "Korban", "", "terkilir"), PersonFacts("urn:uuid:p2", "witness")),
    units=(UnitFacts("urn:uuid:a1", "GUL-01", "gulkarmat", "enroute", AT),),
    notes=(NoteFacts("urn:uuid:n1", "baris satu\nbaris dua", AT, "Operator"),),
    links=(LinkFacts("urn:uuid:l1", "parent", "urn:uuid:i2", "satu kejadian"),
           LinkFacts("urn:uuid:l2", "replaces", "urn:uuid:i3")),
    dispositions=(DispositionFacts("urn:uuid:d1", "tertangani", "", "padam", "pk3d"),),
)  # fmt: skip


def test_a_whole_incident_reads_back_through_json() -> None:
    assert eido_read(json.loads(json.dumps(eido_write(FULL)))) == FULL


def test_what_a_reader_looks_for_is_where_it_belongs() -> None:
    document = eido_write(FULL)
    incident = document["incidentComponent"]
    assert (document["$id"], document["eidoVersion"]) == (FULL.identifier, "1.0")
    assert (incident["incidentCommonPriorityNumber"], incident["incidentPriorityInternalText"]) == (10, "P1")
    assert incident["incidentStatusCommonRegistryText"] == ["Active"]
    roles = {row["$id"]: row["agencyRoleDescriptionRegistryText"] for row in document["agencyComponent"]}
    assert roles == {
        "siaga.example": ["CallReceiving", "Dispatching"], "gulkarmat.siaga.example": ["Dispatched"],
        "pk3d.siaga.example": ["Assisting"],
    }  # fmt: skip
    (resource,) = document["emergencyResourceComponent"]
    assert (resource["emergencyResourceName"], resource["primaryUnitStatusRegistryText"]) == ("GUL-01", "Not Available")
    assert document["linkComponent"][0]["linkDirectionCode"] == "PARENT"
    assert document["mergeComponent"][0]["incidentMergeDirectionCode"] == "REPLACING"
    assert document["callComponent"][0]["direction"] == "incoming"


@eido_schema.needed
def test_the_schema_is_really_asked() -> None:
    """A validator that finds nothing anywhere would pass everything."""
    document = eido_write(FULL)
    assert eido_schema.faults(document) == []
    for path, wrong in ((("eidoVersion",), "2"), (("callComponent", 0, "direction"), "sideways"),
                        (("incidentComponent", "incidentCommonPriorityNumber"), "ten"),
                        (("personComponent", 0, "ncPersonComponent", "name"), "Pelapor"),
                        (("lastUpdateTimeStamp",), "yesterday")):  # fmt: skip
        broken = copy.deepcopy(document)
        target: Any = broken
        for part in path[:-1]:
            target = target[part]
        target[path[-1]] = wrong
        assert eido_schema.faults(broken), path
    without = copy.deepcopy(document)
    del without["agencyComponent"][0]["agencyType"]
    assert eido_schema.faults(without)
    document["incidentComponent"]["incidentTypo"] = 1
    assert eido_schema.unknown_properties(document) == [".incidentComponent.incidentTypo"]


@eido_schema.needed
@given(reports())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_written_follows_the_schema_and_uses_its_names_alone(report: Report) -> None:
    document = json.loads(json.dumps(eido_write(report)))
    assert eido_schema.faults(document) == []
    assert eido_schema.unknown_properties(document) == []


@given(reports())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_written_reads_back_to_the_same_incident(report: Report) -> None:
    assert eido_read(json.loads(json.dumps(eido_write(report)))) == report


@given(reports())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_reference_leads_somewhere_and_no_identifier_is_doubled(report: Report) -> None:
    document = eido_write(report)
    keys = [document["$id"]]
    references: set[str] = set()

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            references.update([value["$ref"]] if "$ref" in value else [])
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(document)
    for name, value in document.items():
        if name.endswith("Component") and isinstance(value, list):
            found = [row["$id"] for row in value]
            assert len(found) == len(set(found)), name
            keys += found
    assert references <= set(keys)


def broken(change: Any) -> dict[str, list[str]]:
    document = json.loads(json.dumps(eido_write(FULL)))
    changed = change(document)
    document = document if changed is None else changed
    with pytest.raises(DocumentRefused) as caught:
        eido_read(document)
    assert caught.value.code == "eido_malformed"
    return caught.value.fields


def put(value: Any, *path: Any) -> Any:
    def change(document: Any) -> None:
        for part in path[:-1]:
            document = document[part]
        document[path[-1]] = value

    return change


def drop(*path: Any) -> Any:
    def change(document: Any) -> None:
        for part in path[:-1]:
            document = document[part]
        del document[path[-1]]

    return change


CASES = [
    (drop("$id"), "$id", "missing"),
    (drop("lastUpdateTimeStamp"), "lastUpdateTimeStamp", "missing"),
    (put("2026-11-24T09:00:00", "lastUpdateTimeStamp"), "lastUpdateTimeStamp", "Times are"),
    (put("kemarin", "lastUpdateTimeStamp"), "lastUpdateTimeStamp", "Times are"),
    (put("9999-12-31T23:59:59-12:00", "lastUpdateTimeStamp"), "lastUpdateTimeStamp", "Times are"),
    (put(5, "lastUpdateTimeStamp"), "lastUpdateTimeStamp", "wrong type"),
    (drop("updatedByAgencyReference"), "updatedByAgencyReference", "missing"),
    (put("x", "updatedByAgencyReference"), "updatedByAgencyReference", "wrong type"),
    (put({}, "updatedByAgencyReference"), "updatedByAgencyReference.$ref", "missing"),
    (put("2.0", "eidoVersion"), "eidoVersion", "Only version"),
    (drop("issuingElementIdentification"), "issuingElementIdentification", "missing"),
    (drop("agencyComponent"), "agencyComponent", "missing"),
    (put({}, "agencyComponent"), "agencyComponent", "wrong type"),
    (put(["x"], "agencyComponent"), "agencyComponent[0]", "wrong type"),
    (drop("agencyComponent", 1, "agencyType"), "agencyComponent[1].agencyType", "missing"),
    (put(3, "agencyComponent", 1, "agencyRoleDescriptionRegistryText"),
     "agencyComponent[1].agencyRoleDescriptionRegistryText", "wrong type"),
    (drop("incidentComponent"), "incidentComponent", "missing"),
    (put([], "incidentComponent"), "incidentComponent", "wrong type"),
    (drop("incidentComponent", "incidentTypeCommonRegistryText"), "incidentComponent.incidentTypeCommonRegistryText",
     "missing"),
    (put("10", "incidentComponent", "incidentCommonPriorityNumber"), "incidentComponent.incidentCommonPriorityNumber",
     "wrong type"),
    (put(True, "incidentComponent", "incidentCommonPriorityNumber"), "incidentComponent.incidentCommonPriorityNumber",
     "wrong type"),
    (put(10**30, "incidentComponent", "incidentCommonPriorityNumber"),
     "incidentComponent.incidentCommonPriorityNumber", "wrong type"),
    (put("x" * 20_001, "incidentComponent", "incidentTypeInternalText"), "incidentComponent.incidentTypeInternalText",
     "too long"),
    (put([{"$ref": "nirgends"}], "incidentComponent", "notesReference"), "incidentComponent.notesReference[0]",
     "refers to nothing"),
    (put([{"$ref": 7}], "incidentComponent", "notesReference"), "incidentComponent.notesReference[0].$ref",
     "wrong type"),
    (put("<broken", "locationComponent", 0, "locationByValue"), "locationComponent[0].locationByValue",
     "not on earth"),
    (drop("callComponent", 0, "callStartTimestamp"), "callComponent[0].callStartTimestamp", "missing"),
    (put("naik", "callComponent", 0, "direction"), "callComponent[0].direction", "not one of"),
    (put("UP", "linkComponent", 0, "linkDirectionCode"), "linkComponent[0].linkDirectionCode", "not one of"),
    (drop("linkComponent", 0, "incidentTrackingIdentifier"), "linkComponent[0].incidentTrackingIdentifier",
     "missing"),
    (drop("personComponent", 0, "personIncidentRoleRegistryText"),
     "personComponent[0].personIncidentRoleRegistryText", "missing"),
    (put("gulkarmat.siaga.example", "agencyComponent", 2, "$id"), "agencyComponent[2].$id", "twice"),
    (put("a\0b", "incidentComponent", "incidentTypeInternalText"), "incidentComponent.incidentTypeInternalText",
     "cannot be kept"),
    (put("\ud800", "x"), "x", "cannot be kept"),
    (put(float("inf"), "x"), "x", "cannot be kept"),
    (put([{"$id": "x"}] * 501, "callComponent"), "callComponent", "too many"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "place", "reason"), CASES)
def test_what_is_malformed_is_refused_with_its_place_and_reason(change: Any, place: str, reason: str) -> None:
    fields = broken(change)
    assert place in fields, fields
    assert any(reason in message for message in fields[place]), fields


@pytest.mark.parametrize("document", [False, [], "x", 1, {}, {"a": "b"}])
def test_rubbish_is_refused(document: Any) -> None:
    assert broken(lambda _old: document)


def test_what_nests_without_end_is_refused() -> None:
    deep: Any = "x"
    for _turn in range(300):
        deep = [deep]
    assert any("deeply" in message for found in broken(put(deep, "x")).values() for message in found)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_whatever_stands_in_any_place_it_is_read_or_refused(data: st.DataObject) -> None:
    document: Any = json.loads(json.dumps(eido_write(FULL)))
    for _turn in range(data.draw(st.integers(1, 3))):
        target = document
        while True:
            keys = list(target) if isinstance(target, dict) else list(range(len(target)))
            if not keys:
                break
            key = data.draw(st.sampled_from(keys))
            if isinstance(target[key], dict | list) and target[key] and data.draw(st.booleans()):
                target = target[key]
                continue
            target[key] = data.draw(json_values)
            break
    try:
        read: Report | DocumentRefused = eido_read(document)
    except DocumentRefused as refused:
        read = refused
    assert isinstance(read, Report) or read.fields


def test_a_strangers_document_with_less_and_with_more() -> None:
    """Written from the standard, not by Siaga: no internal words, one reference without a list, an extension."""
    document = {
        "$id": "urn:emergency:uid:incidentid:a1:esinet.example", "lastUpdateTimeStamp": "2026-11-24T09:00:00.5Z",
        "updatedByAgencyReference": {"$ref": "psap.example"}, "eidoVersion": "1.0",
        "issuingElementIdentification": "idx.example", "x-extension": {"any": 1},
        "agencyComponent": [{
            "$id": "psap.example", "lastUpdateTimeStamp": "2026-11-24T09:00:00Z",
            "updatedByAgencyReference": {"$ref": "psap.example"}, "agencyType": ["psap"],
            "agencyRoleDescriptionRegistryText": ["Call Receiving"],
        }],
        "incidentComponent": {
            "$id": "i", "lastUpdateTimeStamp": "2026-11-24T09:00:00Z",
            "updatedByAgencyReference": {"$ref": "psap.example"}, "incidentTypeCommonRegistryText": "FSTRU",
            "incidentCommonPriorityNumber": 7, "incidentStatusCommonRegistryText": ["Closed"],
            "notesReference": {"$ref": "n"},
        },
        "notesComponent": [{
            "$id": "n", "lastUpdateTimeStamp": "2026-11-24T09:00:00Z",
            "updatedByAgencyReference": {"$ref": "psap.example"},
            "notesActionComments": "<p>Api <b>besar</b></p><script>x</script><p>Dua korban &amp; satu hilang</p>",
        }],
        "personComponent": [{
            "$id": "p", "lastUpdateTimeStamp": "2026-11-24T09:00:00Z",
            "updatedByAgencyReference": {"$ref": "psap.example"}, "personIncidentRoleRegistryText": ["missingperson"],
            "ncPersonComponent": {"name": [{"personGivenName": [{"value": "Nama"}],
                                            "personSurName": [{"value": "Belakang"}]}]},
        }],
    }  # fmt: skip
    report = eido_read(document)
    assert (report.type_common, report.type_code, report.priority, report.state) == ("FSTRU", "", "P2", "closed")
    assert report.agencies == (AgencyFacts("psap.example", "psap.example", "call_receiving"),)
    assert report.notes[0].text == "Api besar\nDua korban & satu hilang"
    assert report.persons == (PersonFacts("p", "missing", "Nama Belakang"),)


@pytest.mark.parametrize(
    ("number", "priority"),
    [(10, "P1"), (9, "P1"), (8, "P2"), (7, "P2"), (6, "P3"), (5, "P3"), (4, "P3"), (3, "P4"), (2, "P4"), (1, "P4"),
     (0, "P5"), (-5, "P5"), (99, "P1")],
)  # fmt: skip
def test_the_common_scale(number: int, priority: str) -> None:
    assert priority_of(number) == priority


def test_the_common_scale_is_the_one_of_the_house() -> None:
    assert list(PRIORITIES.values()) == [10, 8, 5, 2, 0]


@given(text)
def test_notes_and_cards_read_back(words: str) -> None:
    assert html_read(html_write(words)) == words
    assert card_read(card_write(words)) == words


@pytest.mark.parametrize("card", ["", "x", "[]", "{}", "null", '["vcard", []]', '["vcard", [["fn"]]]', "[" * 5000])
def test_a_card_that_is_none_has_no_name(card: str) -> None:
    assert card_read(card) == ""


@given(positions)
def test_positions_read_back(position: Position) -> None:
    assert pidf_read(pidf_write(position)) == position


GML = 'xmlns:gml="http://www.opengis.net/gml" xmlns:gs="http://www.opengis.net/pidflo/1.0"'


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ("<gml:Point><gml:pos>-6.2 106.8</gml:pos></gml:Point>", Position(-6.2, 106.8)),
        ("<gml:Point><gml:pos>-6.2 106.8 12</gml:pos></gml:Point>", Position(-6.2, 106.8)),
        ("<gs:Ellipse><gml:pos>-6.2 106.8</gml:pos><gs:semiMajorAxis>80</gs:semiMajorAxis></gs:Ellipse>",
         Position(-6.2, 106.8, 80.0)),
        ("<gml:Polygon><gml:exterior><gml:LinearRing><gml:pos>0 0</gml:pos><gml:pos>0 2</gml:pos><gml:pos>2 2</gml:pos>"
         "<gml:pos>2 0</gml:pos><gml:pos>0 0</gml:pos></gml:LinearRing></gml:exterior></gml:Polygon>", Position(1, 1)),
        ("<gml:Polygon><gml:posList>0 0 0 2 2 2 2 0 0 0</gml:posList></gml:Polygon>", Position(1, 1)),
        ("<civicAddress/>", None),
    ],
)  # fmt: skip
def test_shapes_of_others(shape: str, expected: Position | None) -> None:
    assert pidf_read(f"<presence {GML}>{shape}</presence>") == expected


@pytest.mark.parametrize(
    "shape",
    ["<gml:Point><gml:pos>x y</gml:pos></gml:Point>", "<gml:Point/>", "<gml:Point><gml:pos>-6.2</gml:pos></gml:Point>",
     "<gml:Point><gml:pos>91 0</gml:pos></gml:Point>", "<gml:Point><gml:pos>nan 0</gml:pos></gml:Point>",
     "<gs:Circle><gml:pos>0 0</gml:pos><gs:radius>-1</gs:radius></gs:Circle>",
     "<gs:Circle><gml:pos>0 0</gml:pos><gs:radius>1e9</gs:radius></gs:Circle>", "<gml:Polygon/>",
     "<gml:Polygon><gml:pos>0 0</gml:pos></gml:Polygon>"],
)  # fmt: skip
def test_positions_that_are_none(shape: str) -> None:
    with pytest.raises(PositionRefused):
        pidf_read(f"<presence {GML}>{shape}</presence>")
