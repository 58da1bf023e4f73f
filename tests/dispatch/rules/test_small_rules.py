"""Derived states, next steps, merging of edits, reputation, phone positions, duplicates."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import SiagaError, ValidationError
from dispatch.choices import AssignmentState, IncidentState
from dispatch.rules.aml import aml_parse
from dispatch.rules.derived import CLOSED, state_from
from dispatch.rules.duplicates import Report, likeness
from dispatch.rules.follow import LAST_RESORT, Rule, levels_due, rule_for
from dispatch.rules.merging import conflicts_of, fields_touched
from dispatch.rules.reputation import is_lowered, is_to_mark
from dispatch.rules.transitions import Machine, is_allowed

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
assignments = st.lists(st.tuples(st.sampled_from(AssignmentState.values), st.booleans()), max_size=12)


@given(st.sampled_from(IncidentState.values), assignments)
def test_units_take_an_incident_only_over_edges_and_never_open_or_close_it(
    current: str, rows: list[tuple[str, bool]]
) -> None:
    new = state_from(current, rows)
    assert new == current or is_allowed(Machine.INCIDENT, current, new)
    assert (new in CLOSED) == (current in CLOSED)


@pytest.mark.parametrize(
    ("current", "rows", "expected"),
    [
        ("pending", [("dispatched", False)], "assigned"),
        ("assigned", [("enroute", False), ("dispatched", False)], "enroute"),
        ("enroute", [("on_scene", True), ("enroute", False)], "on_scene"),
        ("under_control", [("on_scene", True)], "under_control"),
        ("on_scene", [("cleared", True), ("enroute", False)], "enroute"),
        ("on_scene", [("cleared", True)], "all_clear"),
        ("enroute", [("cancelled_enroute", False)], "pending"),
        ("assigned", [("refused", False)], "pending"),
        ("closed", [("on_scene", True)], "closed"),
        ("pending", [("cleared", True)], "pending"),  # opened again: old work does not close it
    ],
)
def test_the_state_that_units_make(current: str, rows: list[tuple[str, bool]], expected: str) -> None:
    assert state_from(current, rows) == expected


def rule(state: str, kind: str = "", priority: str = "", due_s: int = 60) -> Rule:
    return Rule(state, kind, priority, "dispatch", due_s, 60, 300)


def test_the_most_particular_rule_holds() -> None:
    rules = [rule("pending"), rule("pending", "", "P1"), rule("pending", "medis"), rule("pending", "medis", "P1")]
    assert rule_for(rules, state="pending", type_code="medis", priority="P1") == rules[3]
    assert rule_for(rules, state="pending", type_code="medis", priority="P2") == rules[2]
    assert rule_for(rules, state="pending", type_code="banjir", priority="P1") == rules[1]
    assert rule_for(rules, state="pending", type_code="banjir", priority="P3") == rules[0]
    assert rule_for(rules, state="on_scene", type_code="banjir", priority="P3") == LAST_RESORT


@pytest.mark.parametrize(
    ("late_s", "expected"),
    [(-1, []), (0, ["desk"]), (60, ["desk", "supervisor"]), (300, ["desk", "supervisor", "head"])],
)
def test_who_is_told_and_when(late_s: int, expected: list[str]) -> None:
    assert levels_due(rule("pending"), due_at=NOW, at=NOW + timedelta(seconds=late_s)) == expected


def test_edits_of_different_fields_merge_and_of_the_same_do_not() -> None:
    present = {"summary": "b", "priority": "P1", "type": "medis"}
    revisions = {"summary": 3}
    assert conflicts_of({"priority": "P2"}, present, revisions, read_revision=1) == {}
    assert conflicts_of({"summary": "c"}, present, revisions, read_revision=1) == {"summary": "b"}
    assert conflicts_of({"summary": "b"}, present, revisions, read_revision=1) == {}
    assert conflicts_of({"summary": "c"}, present, revisions, read_revision=3) == {}


def test_a_position_is_one_thing() -> None:
    assert fields_touched({"lat": 1.0}) == {"lat", "lon", "radius_m"}
    assert fields_touched({"summary": ""}) == {"summary"}


def test_a_number_with_an_open_incident_never_rings_later() -> None:
    until = NOW + timedelta(hours=1)
    assert is_lowered(until, at=NOW, has_open_incident=False)
    assert not is_lowered(until, at=NOW, has_open_incident=True)
    assert not is_lowered(NOW, at=NOW, has_open_incident=False)
    assert is_to_mark(3, 0)
    assert not is_to_mark(2, 5)


def test_a_phones_position_message() -> None:
    fix = aml_parse('A"ML=1;lt=-6.20880;lg=+106.84560;rd=25;top=20261124081500;lc=95;pm=G;si=510101234567890"')
    assert fix is not None
    assert (fix.lat, fix.lon, fix.radius_m, fix.confidence_percent, fix.method) == (-6.2088, 106.8456, 25, 95, "gnss")
    assert fix.measured_at == datetime(2026, 11, 24, 8, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["", "halo", 'A"ML=9;lt=1;lg=1;rd=1;top=20261124081500', 'A"ML=1;lt=nan;lg=1;rd=1;top=20261124081500',
     'A"ML=1;lt=91;lg=1;rd=1;top=20261124081500', 'A"ML=1;lt=1;lg=1;rd=-1;top=20261124081500',
     'A"ML=1;lt=1;lg=1;rd=1;top=20261324081500', "x" * 501],
)  # fmt: skip
def test_what_is_no_position_is_refused(text: str) -> None:
    with pytest.raises(SiagaError, match="aml_invalid"):
        aml_parse(text)


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    with suppress(ValidationError):
        aml_parse(text)


def report(kind: str = "kebakaran", minutes: int = 0, north_m: float = 0.0, words: str = "", **more: float) -> Report:
    return Report(kind, NOW + timedelta(minutes=minutes), -6.2 + north_m / 111_195, 106.8, words=words, **more)


def test_two_who_tell_of_one_fire_are_alike_and_why() -> None:
    alike = likeness(report(minutes=3, north_m=90), report())
    assert alike.is_proposed
    assert alike.reasons == ("near", "same_type", "just_now")
    assert alike.distance_m == pytest.approx(90, abs=1)


def test_far_away_or_long_ago_is_another_event() -> None:
    assert likeness(report(north_m=3000), report()).score == 0
    assert likeness(report(minutes=121), report()).score == 0


def test_while_no_type_is_chosen_it_speaks_neither_for_nor_against() -> None:
    unknown = likeness(report("", north_m=50), report())
    assert unknown.is_proposed
    assert unknown.reasons == ("near", "just_now")
    other, same = (likeness(report(kind, north_m=50), report()).score for kind in ("hewan-liar", "kebakaran"))
    assert other < unknown.score < same


def test_an_accident_told_as_a_medical_case_is_akin() -> None:
    assert likeness(report("medis", north_m=50), report("kecelakaan")).is_proposed
    assert not likeness(report("hewan-liar", north_m=300), report("kdrt")).is_proposed


def test_words_carry_it_where_the_place_is_not_known() -> None:
    told = Report("kebakaran", NOW, words="kebakaran pasar inpres blok b")
    known = Report("kebakaran", NOW, -6.2, 106.8, words="Pasar Inpres Blok B terbakar, kebakaran besar")
    assert likeness(told, known).is_proposed
    assert not likeness(Report("kebakaran", NOW, words="rumah tetangga"), known).is_proposed


@given(st.integers(0, 119), st.floats(0, 2000))
def test_a_score_is_a_share(minutes: int, north_m: float) -> None:
    assert 0 <= likeness(report(minutes=minutes, north_m=north_m), report()).score <= 1
