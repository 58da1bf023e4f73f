"""Incidents as hypothesis makes them up."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import strategies as st

from dispatch.formats.eido import registries as words
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

ELEMENT = "siaga.example"
text = st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.just("\n"), min_size=1, max_size=30)
some = text | st.just("")
numbers = st.from_regex(r"\+62[0-9]{8,11}", fullmatch=True)
zones = st.sampled_from([UTC, timezone(timedelta(hours=7))])
moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=zones)  # noqa: DTZ001
degrees = st.tuples(st.floats(-90, 90), st.floats(-180, 180)).map(lambda p: (round(p[0], 7), round(p[1], 7)))
positions = st.builds(
    lambda point, radius: Position(point[0], point[1], radius), degrees,
    st.none() | st.floats(0, 99_999).map(lambda value: round(value, 2)),
)  # fmt: skip
uuids = st.uuids(version=4).map(lambda value: f"urn:uuid:{value}")
codes = st.sampled_from(["bpbd", "pk3d", "gulkarmat", "polda", "pln", "sda"])
agencies = st.lists(
    st.builds(AgencyFacts, codes, text, st.sampled_from(sorted(words.AGENCY_ROLES))), max_size=4,
    unique_by=lambda agency: agency.code,
)  # fmt: skip
calls = st.builds(
    CallFacts, uuids, st.sampled_from(sorted(words.CALL_STATES)), st.sampled_from(["voice", "app", "sms"]), moments,
    st.none() | moments, numbers | st.just(""), st.none() | positions,
)  # fmt: skip
contacts = numbers | st.just("") | st.just("warga@rumah.example") | st.just("RT 05 RW 02")
persons = st.builds(PersonFacts, uuids, st.sampled_from(sorted(words.PERSON_ROLES)), some, contacts, some)
notes = st.builds(NoteFacts, uuids, text, moments, some)
links = st.one_of(
    st.builds(LinkFacts, uuids, st.sampled_from(sorted(words.LINKS)), uuids, some),
    st.builds(LinkFacts, uuids, st.sampled_from(sorted(words.MERGES)), uuids),
)


def several(items: st.SearchStrategy, size: int = 3) -> st.SearchStrategy:
    return st.lists(items, max_size=size).map(tuple)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    present = draw(agencies)
    owners = st.sampled_from([agency.code for agency in present]) if present else st.nothing()
    units = st.builds(
        UnitFacts, uuids, st.from_regex(r"[A-Z]{2,4}-[0-9]{2}", fullmatch=True), owners,
        st.sampled_from(sorted(words.UNIT_STATES)), moments,
    )  # fmt: skip
    ends = st.builds(
        DispositionFacts, uuids, st.sampled_from(["tertangani", "batal"]), st.sampled_from(["", "A1"]), some,
        st.just("") | owners,
    )  # fmt: skip
    links_found = draw(several(links))
    # EIDO keeps links and merges apart, so their order among each other is lost.
    ordered = sorted(links_found, key=lambda link: link.kind in words.MERGES)
    return Report(
        identifier=f"urn:emergency:uid:incidentid:{draw(st.uuids()).hex}:{ELEMENT}",
        element=ELEMENT,
        number=str(draw(st.integers(1, 10**9))),
        type_code=draw(st.sampled_from(["kebakaran", "banjir", "medis"])),
        type_common=draw(st.sampled_from(["FSTRU", "MVA", ""])),
        type_name=draw(text),
        priority=draw(st.sampled_from(sorted(words.PRIORITIES))),
        state=draw(st.sampled_from(sorted(words.STATUSES))),
        changed_at=draw(moments),
        summary=draw(some),
        caller_name=draw(some),
        caller_number=draw(numbers | st.just("")),
        place=PlaceFacts(draw(some), draw(st.sampled_from(["", "31.74.01.1003"])), draw(st.none() | positions)),
        agencies=tuple(present),
        calls=draw(several(calls)),
        persons=draw(several(persons)),
        units=draw(several(units)) if present else (),
        notes=draw(several(notes)),
        links=tuple(ordered),
        dispositions=draw(several(ends)),
    )
