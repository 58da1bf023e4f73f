"""A benchmark's report can fail, and says so to people and to programs."""

import json

import pytest

from bench.report import Report, percentile


def test_a_missed_target_is_told_and_makes_the_whole_bad() -> None:
    report = Report("uji")
    report.show("shown", 3.14159, "ms")
    report.hold("met", 8.0, "x", ">=", 8)
    verdicts = [report.is_good]
    report.hold("missed", 2001, "ms", "<=", 2000)
    verdicts.append(report.is_good)
    assert verdicts == [True, False]
    content = json.loads(report.as_json())
    assert content["ok"] is False
    assert [check["ok"] for check in content["checks"]] == [True, True, False]
    assert content["checks"][2] == {"name": "missed", "value": 2001, "unit": "ms", "target": "<= 2000", "ok": False}
    assert [line.rpartition("  ")[2] for line in report.table().splitlines()[-2:]] == ["ok", "MISSED"]


@pytest.mark.parametrize(
    ("relation", "value", "ok"), [("==", 6, True), ("==", 5, False), ("<=", 7, False), (">=", 5, False)]
)
def test_each_relation_can_fail(relation: str, value: float, ok: bool) -> None:
    report = Report("uji")
    report.hold("x", value, "", relation, 6)  # type: ignore[arg-type]
    assert report.is_good is ok


def test_an_endless_wait_is_no_number_that_passes() -> None:
    report = Report("uji")
    report.hold("candidate", float("inf"), "ms", "<=", 2000)
    assert not report.is_good
    assert json.loads(report.as_json(), parse_constant=pytest.fail)["checks"][0]["value"] is None


@pytest.mark.parametrize(("share", "expected"), [(0.5, 10), (0.95, 19), (0.99, 20), (1.0, 20)])
def test_a_percentile_is_a_value_that_occurred(share: float, expected: float) -> None:
    assert percentile(list(range(20, 0, -1)), share) == expected
