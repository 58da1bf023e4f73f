"""Words for what happened: every kind of line has some, in both languages, and none shows a code."""

from typing import Any

import pytest
from django.utils import translation

from dispatch.choices import NextStep, TimelineKind
from dispatch.presenters.errors import worded
from dispatch.presenters.story import LINES, fault_words, label_of, line_words, reason_words, source_words


class Names:
    """Names as a test can tell them apart."""

    def type(self, code: str) -> str:
        return f"<type {code}>"

    def agency(self, code: str) -> str:
        return f"<agency {code}>"

    def disposition(self, code: str) -> str:
        return f"<disposition {code}>"

    def card(self, code: str) -> str:
        return f"<card {code}>"

    def outcome(self, card: str, version: int, code: str) -> str:
        return f"<outcome {card} {version} {code}>"


CASES: list[tuple[str, dict[str, Any], str]] = [
    ("opened", {"call": 7}, "Incident opened from call 7"),
    ("opened", {}, "Incident opened"),
    ("call_joined", {"call": 7}, "Call 7 joined"),
    ("changed", {"priority": ["P2", "P1"], "type": ["a", "b"]}, "Changed: priority P2 → P1; type <type a> → <type b>"),
    ("changed", {"lat": [1.0, 2.0], "lon": [1.0, 2.0], "summary": ["x", "y"]}, "Changed: position; what is told"),
    ("changed", {"place_text": ["", "Jl. A"], "place": [None, "31.74"]}, "Changed: place – → Jl. A"),
    ("cameras_asked", {"cameras": 0}, "No camera is near"),
    ("cameras_asked", {"cameras": 1}, "1 camera asked"),
    ("cameras_asked", {"cameras": 8}, "8 cameras asked"),
    ("camera_failed", {"camera": "K1", "fault": "timeout"}, "K1: no answer in time"),
    ("candidate", {"camera": "K1"}, "Candidate at K1"),
    ("reviewed", {"camera": "K1", "state": "second_review"}, "K1: waits for a second reviewer"),
    ("state", {"old": "on_scene", "new": "all_clear"}, "units on scene → all clear"),
    ("linked", {"child": 1, "parent": 2, "kind": "merged"}, "#1 was merged into #2"),
    ("unlinked", {"child": 1, "parent": 2, "kind": "related"}, "No longer: #1 is related to #2"),
    ("person", {"role": "victim", "added": True}, "Person written down: victim"),
    ("person", {"role": "victim", "added": False}, "Person taken off the list: victim"),
    ("part", {"agency": "x", "state": "notified"}, "<agency x>: told, not answered"),
    ("assignment", {"unit": "U1", "state": "at_destination"}, "U1: at destination"),
    ("assignment", {"unit": "U1", "state": "diverted", "to": 7}, "U1: diverted → #7"),
    ("assignment", {"unit": "U1", "state": "transporting", "destination": "RS Uji"}, "U1: transporting → RS Uji"),
    (
        "assignment", {"unit": "U1", "state": "dispatched", "override": "closer"},
        "U1: dispatched (not as proposed: is nearer than the system knows)",
    ),
    ("unit_alarm", {"unit": "U1", "alarm": "emergency", "presses": 1}, "U1: unit in distress"),
    (
        "unit_alarm", {"unit": "U1", "alarm": "emergency", "acknowledged": True},
        "U1: unit in distress: somebody looks at it",
    ),
    ("unit_alarm", {"unit": "U1", "alarm": "emergency", "ended": True}, "U1: unit in distress: is over"),
    (
        "unit_alarm", {"unit": "U1", "alarm": "out_of_service", "status": "OO"},
        "U1: unit dropped out during its work (out of order)",
    ),
    ("protocol", {"card": "c", "version": 2, "outcome": "o"}, "Card “<card c>”: <outcome c 2 o>"),
    (
        "next_step", {"step": "await_arrival", "due_at": "2026-11-24T08:15:00+00:00"},
        "Next step: see that the units arrive, due 15:15:00",
    ),
    (
        "escalated", {"level": "head", "step": "close"},
        "Overdue, told to the head of operations: tell the caller and close",
    ),
    (
        "escalated", {"level": "desk", "step": "follow_agency", "agency": "x"},
        "Overdue, told to the desk: see that the agency does it (<agency x>)",
    ),
    ("handed_over", {"from": None, "to": "Uji"}, "Owner: – → Uji"),
    ("contact", {"outcome": "no_answer"}, "Caller to be told: no answer"),
    ("storm", {"on": True}, "Storm mode on"),
    ("storm", {"on": False}, "Storm mode off"),
    (
        "eido", {"agency": "x", "element": "e", "number": "7", "state": "closed", "type": "Banjir", "kept": []},
        "<agency x> tells of its incident 7: Banjir, closed",
    ),
    (
        "eido", {"agency": "", "element": "e", "number": "", "state": "pending", "type": "", "kept": ["lat", "lon"]},
        "e tells of its incident –: –, waiting for dispatch; not taken over, since it was changed here: position",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "data", "words"), CASES)
def test_a_line_says_what_happened(kind: str, data: dict[str, Any], words: str) -> None:
    with translation.override("en"):
        assert line_words(kind=kind, text="", data=data, names=Names()) == words


def test_every_kind_of_line_is_told() -> None:
    assert set(LINES) | {"note"} == set(TimelineKind.values)
    assert {kind for kind, _data, _words in CASES} == set(LINES)


def test_a_note_is_what_was_written() -> None:
    assert line_words(kind="note", text="on_scene", data={}, names=Names()) == "on_scene"


@pytest.mark.parametrize("kind", sorted(TimelineKind.values))
def test_a_line_of_which_little_is_kept_is_told_all_the_same(kind: str) -> None:
    data = {"call": 1, "camera": "K", "child": 1, "parent": 2}
    assert isinstance(line_words(kind=kind, text="", data=data, names=Names()), str)


def test_reasons_of_the_system_are_words_and_those_of_people_stay() -> None:
    with translation.override("en"):
        assert reason_words("not_answered") == "not answered in time"
        assert reason_words("wrong_number") == "wrong number"
        assert reason_words("closed_with_incident") == "closed with the incident"
        assert reason_words("jalan_buntu") == "jalan_buntu"
        assert source_words("pbx:utama") == "exchange utama"
        assert source_words("task") == "Siaga"
        assert fault_words("never heard of") == "no usable picture"
        assert label_of(NextStep, "nonsense") == "nonsense"


def test_the_state_of_a_refusal_is_worded_and_all_else_stays() -> None:
    with translation.override("en"):
        assert worded({"state": "callback_due", "wanted": "held"}) == {"state": "callback due", "wanted": "held"}
        assert worded({"state": "never heard of"}) == {"state": "never heard of"}
        assert worded({"who": "Uji"}) == {"who": "Uji"}
