"""Whom to send: properties over any fleet, and the cases that people ask about."""

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.choices import UnitStatus
from dispatch.rules.candidates import Candidate, Way, Weights, Work, leave_s, place_of
from dispatch.rules.needs import Able, Need, is_fit
from dispatch.rules.recommendation import Reason, Recommendation, Scene, recommend
from dispatch.rules.units import PROPOSABLE

TYPES = ("pompa", "tangga", "ambulans")
ABILITIES = ("air", "tinggi", "medis", "rescue")
PUMP = Need("pompa", "", 1)


def way(travel_s: float, source: str = "straight_line") -> Way:
    return Way(travel_s * 10, travel_s, source)


def unit(name: str, kind: str = "pompa", status: str = "AV", **more: object) -> Candidate:
    return Candidate(able=Able(name, kind, frozenset()), status=status, lat=0.0, lon=0.0, place="position",
                     freshness="fresh", **more)  # type: ignore[arg-type]  # fmt: skip


def names(found: Recommendation) -> list[str]:
    return [item.candidate.able.call_sign for item in found.proposed]


def codes(reasons: tuple[Reason, ...]) -> list[str]:
    return [reason.code for reason in reasons]


@st.composite
def fleets(draw: st.DrawFn) -> list[Candidate]:
    count = draw(st.integers(0, 14))
    return [
        Candidate(
            able=Able(
                f"U{number:02}", draw(st.sampled_from(TYPES)),
                frozenset(draw(st.sets(st.sampled_from(ABILITIES), max_size=3))),
            ),
            status=draw(st.sampled_from(UnitStatus.values)),
            lat=0.0,
            lon=0.0,
            place=draw(st.sampled_from(["position", "station", ""])),
            freshness=draw(st.sampled_from(["fresh", "ageing", "stale", "unknown"])),
            district=draw(st.sampled_from(["", "Tebet", "Senen", "Koja"])),
            turnout_s=draw(st.integers(0, 300)),
            work=draw(st.none() | st.builds(Work, st.integers(1, 99), st.just("on_scene"), st.floats(0, 4000))),
        )
        for number in range(count)
    ]  # fmt: skip


NEEDS = st.lists(
    st.tuples(
        st.builds(Need, st.sampled_from(TYPES), st.just(""), st.just(9))
        | st.builds(Need, st.just(""), st.sampled_from(ABILITIES), st.just(9)),
        st.integers(0, 4),
    ),
    max_size=4, unique_by=lambda item: item[0],
)  # fmt: skip
SCENES = st.builds(Scene, st.sampled_from(["P1", "P2", "P3"]), st.sampled_from(["", "Tebet", "Senen"]))


@settings(max_examples=300)
@given(fleet=fleets(), needs=NEEDS, scene=SCENES, data=st.data())
def test_nobody_unfit_nobody_twice_nobody_too_many(
    fleet: list[Candidate], needs: list[tuple[Need, int]], scene: Scene, data: st.DataObject
) -> None:
    known = [item.able.call_sign for item in fleet if item.place]
    ways = {name: way(data.draw(st.floats(0, 5000))) for name in known}
    found = recommend(scene, needs, fleet, ways)
    sent = names(found)
    assert len(sent) == len(set(sent))
    assert [item.rank for item in found.proposed] == list(range(1, len(sent) + 1))
    for item in found.proposed:
        assert item.candidate.status in PROPOSABLE
        assert item.candidate.work is None
        assert is_fit(item.candidate.able, item.need)
        told = codes(item.reasons)
        assert len(told) == len(set(told))
        assert told[0] == ("type" if item.need.type_code else "capability")
        assert told[1] == "way_straight" if item.way else "way_unknown" in told
        assert "status" in told
        assert ("coverage_left" in told) == (item.coverage_left is not None)
        assert (item.eta_s is None) == (item.candidate.able.call_sign not in ways)
        assert item.coverage_left is None or item.coverage_left >= 0
    missing = {short.need: short.missing for short in found.shortfalls}
    for need, count in needs:
        given_to = sum(1 for item in found.proposed if item.need == need)
        assert given_to + missing.get(need, 0) == count  # what is asked for is sent or its lack is explained
    assert all(short.missing > 0 for short in found.shortfalls)
    assert {item.candidate.able.call_sign for item in found.alternatives}.isdisjoint(sent)
    # The same again, whatever the order of what is put in.
    shuffled = list(fleet)
    random.Random(1).shuffle(shuffled)
    assert recommend(scene, needs, shuffled, dict(reversed(ways.items()))) == found


@given(fleet=fleets(), scene=SCENES, data=st.data())
def test_a_need_is_left_open_only_when_nobody_free_fits(
    fleet: list[Candidate], scene: Scene, data: st.DataObject
) -> None:
    ways = {item.able.call_sign: way(data.draw(st.floats(0, 5000))) for item in fleet}
    found = recommend(scene, [(replace(PUMP, count=3), 3)], fleet, ways)
    free = [item for item in fleet if item.is_free and item.able.type_code == "pompa"]
    assert len(found.proposed) == min(3, len(free))


@given(fleet=fleets(), scene=SCENES, data=st.data())
def test_a_nearer_one_that_is_otherwise_the_same_goes_first(
    fleet: list[Candidate], scene: Scene, data: st.DataObject
) -> None:
    ways = {item.able.call_sign: way(data.draw(st.floats(0, 5000))) for item in fleet}
    sent = names(recommend(scene, [(PUMP, 1)], fleet, ways))
    for name in sent:
        chosen = next(item for item in fleet if item.able.call_sign == name)
        twins = [item for item in fleet if replace(item, able=chosen.able) == chosen and item.able.type_code == "pompa"]
        assert all(ways[name].travel_s <= ways[twin.able.call_sign].travel_s for twin in twins)


@given(travel_s=st.floats(1, 3000), nearer_s=st.floats(0, 3000))
def test_coming_nearer_never_makes_a_unit_lose(travel_s: float, nearer_s: float) -> None:
    fleet = [unit("A", district="Tebet"), unit("B", district="Tebet"), unit("C", district="Senen")]
    ways = {"A": way(travel_s), "B": way(700), "C": way(600)}
    first = names(recommend(Scene("P2"), [(PUMP, 1)], fleet, ways))
    after = names(recommend(Scene("P2"), [(PUMP, 1)], fleet, ways | {"A": way(min(travel_s, nearer_s))}))
    if first == ["A"]:
        assert after == ["A"]


def test_the_last_of_a_district_stays_when_another_is_only_a_little_further() -> None:
    fleet = [unit("TBT-1", district="Tebet"), *(unit(f"SNN-{n}", district="Senen") for n in (1, 2, 3, 4))]
    ways = {"TBT-1": way(200), "SNN-1": way(300), "SNN-2": way(900), "SNN-3": way(900), "SNN-4": way(900)}
    found = recommend(Scene("P2", "Menteng"), [(PUMP, 1)], fleet, ways)
    assert names(found) == ["SNN-1"]
    kept = next(reason for reason in found.proposed[0].reasons if reason.code == "coverage_kept")
    assert kept.data == {"unit": "TBT-1", "longer_s": 100}
    assert [(item.candidate.able.call_sign, item.reason.code) for item in found.alternatives] == [("TBT-1", "coverage")]
    # Not for so much time, not where life hangs on less, and not when the scene is in that very district.
    assert names(recommend(Scene("P2", "Menteng"), [(PUMP, 1)], fleet, ways | {"SNN-1": way(460)})) == ["TBT-1"]
    assert names(recommend(Scene("P1", "Menteng"), [(PUMP, 1)], fleet, ways | {"SNN-1": way(330)})) == ["TBT-1"]
    assert names(recommend(Scene("P2", "Tebet"), [(PUMP, 1)], fleet, ways)) == ["TBT-1"]


def test_taking_two_from_one_district_counts_for_the_second() -> None:
    fleet = [unit("A-1", district="A"), unit("A-2", district="A"), unit("B-1", district="B"), unit("B-2", district="B")]
    ways = {"A-1": way(100), "A-2": way(110), "B-1": way(200), "B-2": way(2000)}
    assert names(recommend(Scene("P3"), [(replace(PUMP, count=2), 2)], fleet, ways)) == ["A-1", "B-1"]


def test_who_alone_can_do_a_thing_is_not_used_up_for_another() -> None:
    water, high = Need("", "air", 1), Need("", "tinggi", 1)
    both = replace(unit("X"), able=Able("X", "tangga", frozenset({"air", "tinggi"})))
    plain = replace(unit("Y"), able=Able("Y", "pompa", frozenset({"air"})))
    found = recommend(Scene("P1"), [(water, 1), (high, 1)], [both, plain], {"X": way(10), "Y": way(500)})
    assert {item.need.code: item.candidate.able.call_sign for item in found.proposed} == {"air": "Y", "tinggi": "X"}
    assert found.shortfalls == ()


def test_a_post_needs_its_turnout_and_a_moving_unit_does_not() -> None:
    assert leave_s(unit("A", turnout_s=120), Weights()) == 120
    assert leave_s(unit("A", status="AVM", turnout_s=120), Weights()) == 30
    assert leave_s(unit("A", status="BR", turnout_s=120), Weights()) == 180
    fleet = [unit("POS", turnout_s=120), unit("JALAN", status="AVM")]
    found = recommend(Scene("P2"), [(PUMP, 1)], fleet, {"POS": way(100), "JALAN": way(150)})
    assert names(found) == ["JALAN"]
    assert found.proposed[0].eta_s == 180


def test_each_shortfall_says_why() -> None:
    work = Work(1234, "at_destination", 300.0)
    ladder = Need("tangga", "", 1)
    cases = [
        ([], "none_exists", {"busy": 0, "out": 0, "reserved": 0}),
        (
            [unit("A", "tangga", "OO"), unit("B", "tangga", "RS")],
            "none_in_service",
            {"busy": 0, "out": 1, "reserved": 1},
        ),
        (
            [unit("A", "tangga", "OS", work=Work(1, "on_scene", 0.0)), unit("B", "tangga", "AH", work=work)],
            "all_busy",
            {"busy": 2, "out": 0, "reserved": 0, "unit": "B", "free_in_s": 600, "incident": 1234},
        ),
    ]
    for fleet, code, data in cases:
        short = recommend(Scene("P1"), [(ladder, 1)], fleet, {}).shortfalls
        assert [(item.missing, item.reason.code, dict(item.reason.data)) for item in short] == [(1, code, data)]
    found = recommend(Scene("P1"), [(replace(ladder, count=2), 2)], [unit("A", "tangga")], {"A": way(10)})
    assert [(item.missing, item.reason.code) for item in found.shortfalls] == [(1, "none_more")]
    assert codes(found.proposed[0].reasons) == ["type", "way_straight", "only_one", "status"]


def test_who_is_near_and_not_proposed_is_named_with_the_reason() -> None:
    fleet = [
        unit("A", status="OO"), unit("B", status="OS", work=Work(7, "on_scene", 10.0)), unit("C", status="RS"),
        unit("D"), unit("E"),
    ]  # fmt: skip
    ways = {"A": way(10), "B": way(20), "C": way(30), "D": way(40), "E": way(900)}
    found = recommend(Scene("P2"), [(PUMP, 1)], fleet, ways)
    assert names(found) == ["D"]
    assert [(item.candidate.able.call_sign, item.reason.code) for item in found.alternatives] == [
        ("A", "out"), ("B", "busy"), ("C", "reserved"),
    ]  # fmt: skip


def test_an_old_position_counts_against_a_unit_and_is_told() -> None:
    old = replace(unit("A", status="AVM"), freshness="stale", position_age_s=900.0)
    found = recommend(Scene("P2"), [(PUMP, 1)], [old, unit("B", status="AVM")], {"A": way(100), "B": way(150)})
    assert names(found) == ["B"]
    assert "position_known" in codes(found.proposed[0].reasons)
    alone = recommend(Scene("P2"), [(PUMP, 1)], [old], {"A": way(100)})
    assert {reason.code: dict(reason.data) for reason in alone.proposed[0].reasons}["position_stale"] == {"age_s": 900}


def test_a_unit_stands_where_it_was_heard_or_at_its_post() -> None:
    both = {"has_position": True, "has_station": True}
    assert place_of("AV", "fresh", **both) == "position"
    assert place_of("AV", "stale", **both) == "station"
    assert place_of("RT", "stale", **both) == "position"
    assert place_of("RT", "unknown", has_position=False, has_station=True) == "station"
    assert place_of("AVM", "unknown", has_position=False, has_station=False) == ""
