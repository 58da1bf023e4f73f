"""Figures against moments written by hand; the percentiles are worked out beside them."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.choices import Role
from accounts.models import Agency, User
from dispatch.choices import CallState, EscalationLevel
from dispatch.choices.supervision import TargetGroup
from dispatch.models import CallbackAttempt, CallTransition, Escalation, Target
from dispatch.selectors.targets import Figure, day_start, figures_read
from realtime.models import Realm, RealmKind
from tests import factories
from tests.dispatch import moments
from tests.dispatch.moments import at, moment

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def _only_these() -> None:
    Target.objects.all().delete()


@pytest.fixture
def desk() -> User:
    return factories.user(Role.CALL_TAKER)


@pytest.fixture
def fire() -> Agency:
    return factories.agency("gulkarmat")


def target(code: str, measure: str, limit_s: int | None, share: float = 90, **values: Any) -> Target:
    defaults = {"standard": "uji", "valid_from": date(2026, 1, 1)}
    return Target.objects.create(
        code=code, measure=measure, limit_s=limit_s, share_percent=share, **(defaults | values)
    )


def figures(group: TargetGroup = TargetGroup.ALL, *, now_s: float = 7200.0, days: int = 1) -> list[Figure]:
    return figures_read(
        realm=factories.live_realm(), start=day_start(DAY), end=day_start(DAY + timedelta(days=days)),
        at=moment(now_s), group=group,
    )  # fmt: skip


def only(code: str, **options: Any) -> Figure:
    (found,) = [figure for figure in figures(**options) if figure.target.code == code]
    return found


def counts(figure: Figure) -> tuple[int, int, int, int]:
    return figure.count, figure.within, figure.late_open, figure.left_out


def percentiles(figure: Figure) -> tuple[float | None, ...]:
    return figure.p50_s, figure.p90_s, figure.p95_s, figure.p99_s


def test_answers_within_the_limit_and_percentiles_by_linear_interpolation() -> None:
    target("answer-15", "answer", 15)
    for waited in (2, 4, 6, 8, 10, 12, 14, 16, 20, 30):
        moments.call(100, 100 + waited)
    found = only("answer-15")
    assert counts(found) == (10, 7, 0, 0)
    assert found.share_percent == 70
    assert found.is_met is False
    # Rank (n - 1) * p among ten: 4.5 between 10 and 12; 8.1 between 20 and 30; 8.55; 8.91.
    assert percentiles(found) == (11.0, 21.0, 25.5, 29.1)


def test_exactly_the_limit_is_within_and_exactly_the_share_is_met() -> None:
    target("answer-15", "answer", 15)
    for waited in [15.0] * 9 + [15.001]:
        moments.call(0, waited)
    found = only("answer-15")
    assert (found.within, found.share_percent, found.is_met) == (9, 90.0, True)


def test_who_hung_up_counts_as_late_only_after_the_limit_and_never_in_the_percentiles() -> None:
    target("answer-15", "answer", 15)
    target("abandonment", "abandonment", None, 95)
    moments.call(0, 5)
    moments.call(0, lost=10)  # gave us no time
    moments.call(0, lost=40)
    assert counts(only("answer-15")) == (2, 1, 1, 1)
    assert percentiles(only("answer-15")) == (5, 5, 5, 5)
    left = only("abandonment")
    assert counts(left) == (3, 1, 0, 0)
    # How long those waited who hung up: 10 and 40.
    assert percentiles(left) == (25.0, 37.0, 38.5, 39.7)


def test_an_answer_by_calling_back_is_no_answer_in_time() -> None:
    target("answer-15", "answer", 15)
    target("abandonment", "abandonment", None, 95)
    moments.call(0, 300, lost=20)
    assert counts(only("answer-15")) == (1, 0, 1, 0)
    assert percentiles(only("answer-15")) == (None,) * 4
    assert counts(only("abandonment")) == (1, 0, 0, 0)


def test_an_answer_that_the_exchange_told_late_undoes_the_hanging_up() -> None:
    target("answer-15", "answer", 15)
    target("abandonment", "abandonment", None, 95)
    moments.call(0, 6, lost=8)
    assert counts(only("answer-15")) == (1, 1, 0, 0)
    assert counts(only("abandonment")) == (1, 1, 0, 0)


def test_who_still_waits_is_late_once_the_limit_is_over() -> None:
    target("answer-15", "answer", 15)
    moments.call(0, state=CallState.QUEUED)
    assert counts(only("answer-15", now_s=15)) == (0, 0, 0, 1)
    assert only("answer-15", now_s=15).share_percent is None
    assert counts(only("answer-15", now_s=15.5)) == (1, 0, 1, 0)


def test_calls_without_number_and_silent_ones_count_and_tests_and_exercises_do_not() -> None:
    target("answer-15", "answer", 15)
    moments.call(0, 3, caller_number=None, silent_at=at(9), call_class="ghost")
    moments.call(0, 3, call_class="test")
    other = moments.call(0, 3)
    other.realm = Realm.objects.create(code="UJI", kind=RealmKind.EXERCISE)
    other.save(update_fields=["realm"])
    assert counts(only("answer-15")) == (1, 1, 0, 0)


def test_the_day_is_that_of_the_service_and_its_end_belongs_to_the_next() -> None:
    target("answer-15", "answer", 15)
    midnight_s = 16 * 3600  # eight in the morning to midnight
    moments.call(-8 * 3600, -8 * 3600 + 1)
    moments.call(-8 * 3600 - 1, -8 * 3600 + 1)
    moments.call(midnight_s, midnight_s + 1)
    assert counts(only("answer-15")) == (1, 1, 0, 0)
    rows = {figure.group: figure.count for figure in figures(TargetGroup.DAY, days=2)}
    assert rows == {"2026-03-02": 1, "2026-03-03": 1}
    assert {figure.group for figure in figures(TargetGroup.HOUR, days=2)} == {"00"}


def test_from_the_answer_to_agency_unit_and_scene(desk: User, fire: Agency) -> None:
    target("ticket", "ticket", 30, 100)
    target("processing", "processing", 60, priority="P1")
    target("dispatch", "dispatch", 30)
    target("response", "response", 900)
    first = moments.call(0, 10, answered_by=desk)
    one = moments.incident(40, first, by=desk)
    moments.part(one, 35, None, factories.agency("polda"))
    moments.part(one, 33, 50, fire)
    moments.assignment(one, 80, 120, 700, unit="POM-1", agency=fire)
    moments.assignment(one, 75, 130, 720, unit="AMB-7", agency=factories.agency("pk3d"))
    assert percentiles(only("ticket"))[0] == 23  # 33 - 10
    assert percentiles(only("processing"))[0] == 65  # 75 - 10
    assert percentiles(only("dispatch"))[0] == 35  # 75 - 40
    assert percentiles(only("response"))[0] == 700  # of the caller's whole wait
    by_agency = {figure.target.code: figure.group for figure in figures(TargetGroup.AGENCY)}
    assert by_agency == {"ticket": "gulkarmat", "processing": "pk3d", "dispatch": "pk3d", "response": "gulkarmat"}


def test_a_caller_who_joins_later_moves_nothing(desk: User, fire: Agency) -> None:
    target("processing", "processing", 60)
    target("duplicate", "duplicate", 60)
    one = moments.incident(40, moments.call(0, 10, answered_by=desk), by=desk)
    moments.assignment(one, 65, unit="POM-1", agency=fire)
    later = moments.call(300, 310, answered_by=desk)
    later.incident, later.incident_created_at = one, at(335)
    later.save(update_fields=["incident", "incident_created_at"])
    assert (only("processing").count, only("processing").p50_s) == (1, 55)
    assert (only("duplicate").count, only("duplicate").within, only("duplicate").p50_s) == (1, 1, 25)


def test_an_open_incident_without_a_unit_is_late_and_a_closed_one_needed_none(desk: User) -> None:
    target("processing", "processing", 60)
    moments.incident(20, moments.call(0, 10, answered_by=desk), by=desk, state="pending")
    moments.incident(20, moments.call(0, 10, answered_by=desk), by=desk)
    moments.incident(20, by=desk, state="pending")  # nobody called, so there is no answer to count from
    assert counts(only("processing", now_s=70)) == (0, 0, 0, 2)
    assert counts(only("processing", now_s=71)) == (1, 0, 1, 1)


def test_turnout_of_every_unit_and_travel_of_the_first_there(desk: User, fire: Agency) -> None:
    target("turnout", "turnout", 80)
    target("travel", "travel", 240)
    one = moments.incident(0, by=desk, state="on_scene")
    moments.assignment(one, 10, 50, 400, unit="POM-1", agency=fire)
    moments.assignment(one, 10, 110, 300, unit="POM-2", agency=fire)
    moments.assignment(one, 10, None, None, unit="POM-3", agency=fire)
    moments.assignment(one, 10, None, 500, unit="POM-4", agency=fire)  # en route was skipped, and is not made up
    turnout = only("turnout", now_s=1000)
    assert counts(turnout) == (3, 1, 1, 1)
    assert percentiles(turnout) == (70.0, 94.0, 97.0, 99.4)  # 40 and 100
    travel = only("travel")
    assert (counts(travel), travel.p50_s) == ((1, 1, 0, 0), 190.0)


def test_agencies_answers_leave_out_those_told_for_information(desk: User, fire: Agency) -> None:
    target("agency-answer", "agency_answer", 60)
    one = moments.incident(0, by=desk, state="pending")
    moments.part(one, 0, 45, fire)
    moments.part(one, 0, None, factories.agency("polda"))
    moments.part(one, 0, None, factories.agency("dishub"), role="informational")
    assert counts(only("agency-answer")) == (2, 1, 1, 0)
    groups = {figure.group: counts(figure) for figure in figures(TargetGroup.AGENCY)}
    assert groups == {"gulkarmat": (1, 1, 0, 0), "polda": (1, 0, 1, 0)}


def test_callbacks_from_when_they_were_due_to_the_first_try(desk: User) -> None:
    target("callback", "callback", 300)
    tried = moments.call(0, lost=20, caller_number="+628125550112", state="callback_due", callback_due_at=at(400))
    moments.call(0, lost=20, caller_number="+628125550113", state="callback_due", callback_due_at=at(400))
    assert CallTransition.objects.filter(new="callback_due", occurred_at=moment(20)).count() == 2
    for when in (200, 900):
        CallbackAttempt.objects.create(call=tried, user=desk, attempted_at=moment(when), outcome="no_answer")
    found = only("callback")
    assert (counts(found), found.p50_s) == ((2, 1, 1, 0), 180.0)


def test_shares_of_incidents_without_a_missed_step(desk: User) -> None:
    target("overdue", "overdue", None, 50)
    late = moments.incident(0, by=desk)
    moments.incident(0, by=desk, priority="P4")
    for level in (EscalationLevel.DESK, EscalationLevel.SUPERVISOR):
        Escalation.objects.create(
            realm=late.realm, incident=late, level=level, step="dispatch", due_at=moment(60), escalated_at=moment(61)
        )
    found = only("overdue")
    assert (counts(found), found.is_met) == ((2, 1, 0, 0), True)
    groups = {figure.group: figure.share_percent for figure in figures(TargetGroup.PRIORITY)}
    assert groups == {"P1": 0, "P4": 100}


def test_a_target_for_a_type_or_a_priority_leaves_out_the_others(desk: User) -> None:
    target("dispatch-fire", "dispatch", 30, type=factories.incident_type("kebakaran"))
    target("dispatch-p2", "dispatch", 30, priority="P2")
    moments.incident(0, by=desk, state="pending")
    moments.incident(0, by=desk, state="pending", kind="banjir", priority="P2")
    moments.incident(0, by=desk, state="pending", kind="banjir", priority="P3")
    assert only("dispatch-fire").count == 1
    assert only("dispatch-p2").count == 1
    assert {figure.group for figure in figures(TargetGroup.TYPE)} == {"kebakaran", "banjir"}


def test_each_day_keeps_the_version_that_held_then() -> None:
    target("answer", "answer", 15)
    target("answer", "answer", 10, 95, valid_from=DAY + timedelta(days=1), standard="baru")
    target("answer", "answer", 10, 95, valid_from=DAY + timedelta(days=2), is_active=False)
    for day in range(3):
        moments.call(day * 86400, day * 86400 + 12)
    found = [(figure.target.limit_s, counts(figure)) for figure in figures(days=3)]
    assert found == [(15, (1, 1, 0, 0)), (10, (1, 0, 0, 0))]


def test_without_anything_to_judge_every_target_is_told_all_the_same() -> None:
    target("answer", "answer", 15)
    target("later", "response", 900, valid_from=DAY + timedelta(days=1))
    (found,) = figures()
    assert (found.target.code, counts(found), found.share_percent, found.is_met) == ("answer", (0, 0, 0, 0), None, None)
    assert percentiles(found) == (None,) * 4


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit_s": None}, {"limit_s": 0}, {"measure": "overdue"}, {"measure": "unknown"}, {"share_percent": 101},
    ],
)  # fmt: skip
def test_the_database_takes_no_target_that_means_nothing(wrong: dict[str, Any]) -> None:
    values = {"code": "x", "measure": "answer", "limit_s": 15, "share_percent": 90, "valid_from": DAY} | wrong
    with pytest.raises(IntegrityError), transaction.atomic():
        Target.objects.create(standard="uji", **values)
