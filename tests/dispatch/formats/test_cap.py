"""CAP 1.2: what is read, what is refused and why, and that what is written reads back."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.formats.cap import types as cap
from dispatch.formats.cap.read import cap_read
from dispatch.formats.cap.values import POINTS_MAX, moment_read, moment_write, number_read, number_write
from dispatch.formats.cap.write import cap_write
from dispatch.formats.problems import DocumentRefused
from tests.dispatch.formats.samples import FLOOD, FLOOD_REFERENCE, WEATHER, referring

JAKARTA = timezone(timedelta(hours=7))


def test_a_flood_alert_in_two_languages() -> None:
    alert = cap_read(FLOOD.encode())
    assert (alert.identifier, alert.sender, alert.status, alert.message_type, alert.scope) == (
        "banjir-2026-0007", "peringatan@sda.example", "Actual", "Alert", "Public",
    )  # fmt: skip
    assert alert.sent == datetime(2026, 11, 24, 16, 40, tzinfo=JAKARTA)
    assert (alert.source, alert.codes, alert.references) == ("Pos pantau uji", ("profil:contoh:1.0",), ())
    first, second = alert.infos
    assert (first.language, second.language) == ("id-ID", "en-US")
    assert first.categories == ("Met", "Geo")
    assert first.response_types == ("Evacuate", "Monitor")
    assert (first.urgency, first.severity, first.certainty) == ("Expected", "Severe", "Likely")
    assert first.event_codes == (("uji", "BJR"),)
    assert first.parameters == (("tinggi_cm", "170"),)
    assert first.expires == datetime(2026, 11, 25, 10, 0, tzinfo=JAKARTA)
    assert first.description == "Tinggi air 170 cm & naik."
    assert first.resources == (cap.CapResource("Peta", "image/png", 2048, "https://sda.example/peta.png"),)
    (area,) = first.areas
    assert area.polygons == (
        ((-6.23, 106.84), (-6.23, 106.87), (-6.20, 106.87), (-6.20, 106.84), (-6.23, 106.84)),
    )  # fmt: skip
    assert area.circles == ((-6.2102, 106.8503, 1.5),)
    assert area.geocodes == (("kemendagri", "31.74.01.1003"),)
    assert (area.altitude_ft, area.ceiling_ft) == (0.0, 100.0)


def test_a_weather_alert_in_the_standards_own_language() -> None:
    alert = cap_read(WEATHER.encode())
    (info,) = alert.infos
    assert (info.language, info.event, info.expires) == ("en-US", "Hujan lebat", None)
    assert alert.sent == datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def test_messages_about_earlier_ones() -> None:
    text = referring("Cancel", of=FLOOD_REFERENCE, identifier="c1", sent="2026-11-24T18:00:00+07:00")
    alert = cap_read(text.encode())
    assert (alert.message_type, alert.infos) == ("Cancel", ())
    assert alert.references == (
        cap.CapReference("peringatan@sda.example", "banjir-2026-0007", datetime(2026, 11, 24, 16, 40, tzinfo=JAKARTA)),
    )
    both = f"{FLOOD_REFERENCE} cuaca.example,cuaca.42,2026-11-24T10:00:00-00:00"
    text = referring("Update", of=both, identifier="u1", sent="2026-11-24T18:00:00+07:00")
    assert len(cap_read(text.encode()).references) == 2


def test_a_prefix_and_a_signature_change_nothing() -> None:
    prefixed = WEATHER.replace("<", "<c:").replace("<c:/", "</c:").replace("xmlns=", "xmlns:c=")
    assert cap_read(prefixed.encode()) == cap_read(WEATHER.encode())
    signature = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo/></Signature></alert>'
    assert cap_read(WEATHER.replace("</alert>", signature).encode()) == cap_read(WEATHER.encode())


def refused(text: str | bytes) -> dict[str, list[str]]:
    with pytest.raises(DocumentRefused) as caught:
        cap_read(text.encode() if isinstance(text, str) else text)
    assert caught.value.code == "cap_malformed"
    return caught.value.fields


POLYGON = "-6.23,106.84 -6.23,106.87 -6.20,106.87 -6.20,106.84 -6.23,106.84"
CASES = [
    ("<identifier>banjir-2026-0007</identifier>", "", "identifier", "missing"),
    ("<identifier>banjir-2026-0007</identifier>", "<identifier> </identifier>", "identifier", "missing"),
    ("banjir-2026-0007", "banjir 2026", "identifier", "no blanks"),
    ("banjir-2026-0007", "banjir,2026", "identifier", "no blanks"),
    ("banjir-2026-0007", "banjir&amp;2026", "identifier", "no blanks"),
    ("<sender>peringatan@sda.example</sender>", "", "sender", "missing"),
    ("<sent>2026-11-24T16:40:00+07:00</sent>", "", "sent", "missing"),
    ("<sent>2026-11-24T16:40:00+07:00", "<sent>2026-11-24T09:40:00Z", "sent", "Times are written"),
    ("<sent>2026-11-24T16:40:00+07:00", "<sent>2026-11-24 16:40:00+07:00", "sent", "Times are written"),
    ("<sent>2026-11-24T16:40:00+07:00", "<sent>2026-11-24T16:40:00", "sent", "Times are written"),
    ("<sent>2026-11-24T16:40:00+07:00", "<sent>2026-13-24T16:40:00+07:00", "sent", "Times are written"),
    ("<sent>2026-11-24T16:40:00+07:00", "<sent>24 November 2026", "sent", "Times are written"),
    ("<sent>2026-11-24T16:40:00+07:00", "<sent>9999-12-31T23:59:59-12:00", "sent", "Times are written"),
    ("<status>Actual", "<status>actual", "status", "not one of"),
    ("<status>Actual</status>", "", "status", "missing"),
    ("<msgType>Alert", "<msgType>Warning", "msgType", "not one of"),
    ("<msgType>Alert", "<msgType>Update", "references", "missing"),
    ("<msgType>Alert", "<msgType>Cancel", "references", "missing"),
    ("<scope>Public", "<scope>All", "scope", "not one of"),
    ("<scope>Public", "<scope>Restricted", "restriction", "missing"),
    ("<scope>Public", "<scope>Private", "addresses", "missing"),
    ("<category>Met</category>\n    <category>Geo", "<category>Air</category>\n    <category>Geo",
     "info[0].category[0]", "not one of"),
    ("<category>Met</category>\n    <category>Geo</category>", "", "info[0].category", "missing"),
    ("<event>Banjir kiriman</event>", "", "info[0].event", "missing"),
    ("<responseType>Evacuate", "<responseType>Run", "info[0].responseType[0]", "not one of"),
    ("<urgency>Expected", "<urgency>Soon", "info[0].urgency", "not one of"),
    ("<severity>Severe</severity>\n    <certainty>Likely</certainty>\n    <eventCode>",
     "<certainty>Likely</certainty>\n    <eventCode>", "info[0].severity", "missing"),
    ("<certainty>Likely", "<certainty>Very Likely", "info[0].certainty", "not one of"),
    ("<onset>2026-11-24T22:00:00+07:00", "<onset>22:00", "info[0].onset", "Times are written"),
    ("<areaDesc>Bantaran Ciliwung</areaDesc>", "", "info[0].area[0].areaDesc", "missing"),
    (POLYGON, "-6.23,106.84 -6.23,106.87 -6.23,106.84", "info[0].area[0].polygon[0]", "at least four"),
    (POLYGON, "-6.23,106.84 -6.23,106.87 -6.20,106.87 -6.20,106.84", "info[0].area[0].polygon[0]", "at least four"),
    (POLYGON, POLYGON.replace("106.87", "196.87"), "info[0].area[0].polygon[0]", "not on earth"),
    (POLYGON, POLYGON.replace("-6.20", "-96.20"), "info[0].area[0].polygon[0]", "not on earth"),
    (POLYGON, POLYGON.replace("106.87", "NaN"), "info[0].area[0].polygon[0]", "not a number"),
    (POLYGON, POLYGON.replace("106.87", "1e2"), "info[0].area[0].polygon[0]", "not a number"),
    (POLYGON, POLYGON.replace(",", " "), "info[0].area[0].polygon[0]", "not on earth"),
    (POLYGON, "", "info[0].area[0].polygon[0]", "at least four"),
    (POLYGON, "0,0 " * (POINTS_MAX + 1), "info[0].area[0].polygon[0]", "too many points"),
    ("<circle>-6.2102,106.8503 1.5</circle>\n      <geocode>", "<circle>-6.2102,106.8503</circle>\n      <geocode>",
     "info[0].area[0].circle[0]", "A circle is"),
    ("<circle>-6.2102,106.8503 1.5</circle>\n      <geocode>", "<circle>-6.2,106.8 -1</circle>\n      <geocode>",
     "info[0].area[0].circle[0]", "A circle is"),
    ("<circle>-6.2102,106.8503 1.5</circle>\n      <geocode>", "<circle>-6.2,106.8 30000</circle>\n      <geocode>",
     "info[0].area[0].circle[0]", "A circle is"),
    ("<valueName>kemendagri</valueName>", "", "info[0].area[0].geocode[0].valueName", "missing"),
    ("<altitude>0</altitude>", "", "info[0].area[0].altitude", "missing"),
    ("<altitude>0<", "<altitude>laut<", "info[0].area[0].altitude", "not a number"),
    ("<mimeType>image/png</mimeType>", "", "info[0].resource[0].mimeType", "missing"),
    ("<source>", "<sumber>x</sumber><source>", "sumber", "no place"),
    ("<source>Pos pantau uji</source>", "<source><b>Pos</b></source>", "source", "holds text"),
    ("<status>Actual</status>\n  <msgType>Alert</msgType>", "<msgType>Alert</msgType><status>Actual</status>",
     "status", "wrong order"),
    ("<status>Actual</status>", "<status>Actual</status><status>Test</status>", "status", "only once"),
    ("<event>Banjir kiriman", "<event>" + "x" * 10_001, "info[0].event", "too long"),
    ('xmlns="urn:oasis:names:tc:emergency:cap:1.2"', 'xmlns="urn:oasis:names:tc:emergency:cap:1.1"', "alert",
     "not a CAP 1.2"),
    ('xmlns="urn:oasis:names:tc:emergency:cap:1.2"', "", "alert", "not a CAP 1.2"),
    ("<alert", "<!DOCTYPE alert [<!ENTITY x 'y'>]><alert", "", "not readable XML"),
    ("</alert>", "", "", "not readable XML"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "place", "reason"), CASES)
def test_what_is_malformed_is_refused_with_its_place_and_reason(old: str, new: str, place: str, reason: str) -> None:
    assert old in FLOOD
    fields = refused(FLOOD.replace(old, new, 1))
    assert place in fields, fields
    assert any(reason in message for message in fields[place]), fields


def test_references_are_three_each() -> None:
    for bad in ("a,b", "a,b,c", "a,b,2026-11-24T16:40:00Z", ",b,2026-11-24T16:40:00+07:00"):
        text = referring("Cancel", of=bad, identifier="c", sent="2026-11-24T18:00:00+07:00")
        assert "references" in refused(text)


def test_everything_wrong_is_named_at_once_up_to_a_limit() -> None:
    fields = refused(FLOOD.replace("<status>Actual", "<status>x").replace("<urgency>Expected", "<urgency>y"))
    assert set(fields) == {"status", "info[0].urgency", "info[1].urgency"}
    many = FLOOD.replace("<info>", "<made/>" + "".join(f"<m{number}/>" for number in range(300)) + "<info>", 1)
    assert len(refused(many)) == 50


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff\xfe", b"<alert/>", b"<a>" * 200, FLOOD.encode()[:700]])
def test_rubbish_is_refused(data: bytes) -> None:
    assert refused(data)


@given(st.floats(-1e6, 1e6).filter(lambda value: value == 0 or abs(value) > 1e-12))
def test_numbers_read_back(value: float) -> None:
    assert number_read(number_write(value)) == pytest.approx(value, rel=1e-12, abs=1e-17)
    assert "e" not in number_write(value)


def test_utc_is_written_as_the_standard_wants() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert moment_write(moment) == "2026-01-02T03:04:05-00:00"
    assert moment_read(moment_write(moment)) == moment


text = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Z"], exclude_characters="\ufffe\uffff"),
    min_size=1, max_size=20,
)  # fmt: skip
some = text | st.just("")
word = st.text("abcdefghijklmnopqrstuvwxyz0123456789.@-", min_size=1, max_size=20)
zones = st.sampled_from([UTC, JAKARTA, timezone(timedelta(hours=-9, minutes=-30))])
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=zones).map(  # noqa: DTZ001
    lambda value: value.replace(microsecond=0)
)
points = st.tuples(st.floats(-90, 90).map(lambda v: round(v, 6)), st.floats(-180, 180).map(lambda v: round(v, 6)))
polygons = st.lists(points, min_size=3, max_size=6).map(lambda found: (*found, found[0]))
circles = st.tuples(points, st.floats(0, 20000).map(lambda v: round(v, 3))).map(lambda found: (*found[0], found[1]))
pairs = st.lists(st.tuples(text, text), max_size=2).map(tuple)
levels = st.none() | st.floats(-500, 60000).map(lambda value: round(value, 2))


@st.composite
def areas(draw: st.DrawFn) -> cap.CapArea:
    altitude = draw(levels)
    return cap.CapArea(
        description=draw(text),
        polygons=tuple(draw(st.lists(polygons, max_size=2))),
        circles=tuple(draw(st.lists(circles, max_size=2))),
        geocodes=draw(pairs),
        altitude_ft=altitude,
        ceiling_ft=draw(levels) if altitude is not None else None,
    )


infos = st.builds(
    cap.CapInfo,
    categories=st.lists(st.sampled_from(cap.CATEGORIES), min_size=1, max_size=3).map(tuple),
    event=text, urgency=st.sampled_from(cap.URGENCIES), severity=st.sampled_from(cap.SEVERITIES),
    certainty=st.sampled_from(cap.CERTAINTIES), language=st.sampled_from(["id-ID", "en-US", "jv"]),
    response_types=st.lists(st.sampled_from(cap.RESPONSES), max_size=2).map(tuple), audience=some, event_codes=pairs,
    effective=st.none() | moments, onset=st.none() | moments, expires=st.none() | moments, sender_name=some,
    headline=some, description=some, instruction=some, web=some, contact=some, parameters=pairs,
    resources=st.lists(
        st.builds(cap.CapResource, text, text, st.none() | st.integers(0, 10**12), some, some), max_size=2
    ).map(tuple),
    areas=st.lists(areas(), max_size=2).map(tuple),
)  # fmt: skip


@st.composite
def alerts(draw: st.DrawFn) -> cap.CapAlert:
    kind, scope = draw(st.sampled_from(cap.MESSAGE_TYPES)), draw(st.sampled_from(cap.SCOPES))
    references = st.lists(
        st.builds(cap.CapReference, word, word, moments), min_size=1 if kind in cap.REFERRING_TYPES else 0, max_size=3
    )
    return cap.CapAlert(
        identifier=draw(word), sender=draw(word), sent=draw(moments), status=draw(st.sampled_from(cap.STATUSES)),
        message_type=kind, scope=scope, source=draw(some),
        restriction=draw(text if scope == "Restricted" else some),
        addresses=tuple(draw(st.lists(word, min_size=1 if scope == "Private" else 0, max_size=2))),
        codes=tuple(draw(st.lists(text, max_size=2))), note=draw(some), references=tuple(draw(references)),
        incidents=tuple(draw(st.lists(st.just("dua kata") | word, max_size=2))),
        infos=tuple(draw(st.lists(infos, max_size=2))),
    )  # fmt: skip


@given(alerts())
@settings(max_examples=150, deadline=None)
def test_what_is_written_reads_back(alert: cap.CapAlert) -> None:
    assert cap_read(cap_write(alert)) == alert
