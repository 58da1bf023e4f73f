"""Drawing calls for review: each day once, at least the share, everybody once a week, and again from the seed."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django.fixtures import Settings

from accounts.choices import Role
from accounts.models import AuditEntry, User
from dispatch.choices.supervision import SampleStratum
from dispatch.models import Call, QualityDraw, QualitySample
from dispatch.selectors.sampling import calls_closed, draw_fault
from dispatch.selectors.targets import day_start
from dispatch.services.quality_draws import draw_make, quality_draw
from realtime.models import Event, Realm, RealmKind
from tests import factories
from tests.dispatch import moments

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)  # a Monday
NIGHT = day_start(DAY + timedelta(days=1))
HOUR_S = 3600.0


@pytest.fixture
def desks() -> list[User]:
    factories.live_realm()
    return [factories.user(Role.CALL_TAKER) for _ in range(4)]


def day(number: int) -> date:
    return DAY + timedelta(days=number)


def calls(user: User, count: int, *, on: int = 0, **values: Any) -> list[Call]:
    return [
        moments.call(on * 24 * HOUR_S + n, on * 24 * HOUR_S + n + 5, answered_by=user, **values) for n in range(count)
    ]


def drawn(stratum: str = SampleStratum.DAILY, on: int = 0, **options: Any) -> list[QualitySample]:
    return draw_make(realm=factories.live_realm(), day=day(on), stratum=SampleStratum(stratum), at=NIGHT, **options)


def test_at_least_two_of_a_hundred_conversations_with_who_held_them(desks: list[User]) -> None:
    for desk in desks:
        calls(desk, 26)
    found = drawn(seed="a")
    assert len(found) == 3  # 2 % of 104, rounded up
    assert all(sample.operator_id == sample.call.answered_by_id for sample in found)
    draw = QualityDraw.objects.get()
    assert (draw.day, draw.population, draw.drawn, draw.share_percent, draw.seed) == (DAY, 104, 3, 2, "a")
    assert draw_fault(draw) == ""
    assert [row.action for row in AuditEntry.objects.filter(action="quality_drawn")] == ["quality_drawn"]
    assert Event.objects.filter(kind="quality.changed").count() == 1


def test_the_share_is_a_setting(desks: list[User], settings: Settings) -> None:
    settings.QUALITY_SHARE_PERCENT = 10
    calls(desks[0], 41)
    assert len(drawn()) == 5
    assert QualityDraw.objects.get().share_percent == 10


def test_only_closed_conversations_of_that_day_in_real_service(desks: list[User]) -> None:
    (one,) = calls(desks[0], 1)
    calls(desks[0], 1, call_class="test")
    calls(desks[0], 1, on=1)
    calls(desks[0], 1, on=-1)
    moments.call(0, lost=20)  # nobody talked to them
    moments.call(0, 5, answered_by=desks[0], state="wrap_up", ended_at=moments.at(60))
    (other,) = calls(desks[0], 1)
    other.realm = Realm.objects.create(code="UJI", kind=RealmKind.EXERCISE)
    other.save(update_fields=["realm"])
    found = calls_closed(realm=factories.live_realm(), day=DAY, stratum=SampleStratum.DAILY)
    assert [candidate.key for candidate in found] == [str(one.pk)]


def test_the_incident_comes_along(desks: list[User]) -> None:
    (call,) = calls(desks[0], 1)
    incident = moments.incident(20, call, by=desks[0])
    assert [(sample.call_id, sample.incident_id) for sample in drawn()] == [(call.pk, incident.pk)]


def test_a_day_is_drawn_once(desks: list[User]) -> None:
    calls(desks[0], 200)
    assert len(drawn(seed="a")) == 4
    assert drawn(seed="b") == []
    assert (QualityDraw.objects.get().seed, QualitySample.objects.count()) == ("a", 4)


def test_the_seed_is_another_each_day_and_cannot_be_known_before(desks: list[User]) -> None:
    calls(desks[0], 1)
    calls(desks[0], 1, on=1)
    drawn()
    drawn(on=1)
    seeds = set(QualityDraw.objects.values_list("seed", flat=True))
    assert len(seeds) == 2
    assert all(len(seed) == 32 for seed in seeds)


def test_everybody_who_worked_that_week_has_a_call_by_its_end(desks: list[User]) -> None:
    for on in range(7):
        calls(desks[on % 3], 60, on=on)
    drawn_days = [drawn(seed=str(on), on=on) for on in range(7)]
    by_day = {sample.operator_id for samples in drawn_days for sample in samples}
    assert by_day == {desk.pk for desk in desks[:3]}
    calls(desks[3], 5, on=2)  # closed late, or on a quiet day: the share passed them by
    weekly = drawn(SampleStratum.WEEKLY, on=6, seed="minggu")
    assert [sample.operator_id for sample in weekly] == [desks[3].pk]
    draw = QualityDraw.objects.get(stratum=SampleStratum.WEEKLY)
    assert draw_fault(draw) == ""
    assert (draw.population, draw.drawn) == (7 * 60 + 5 - 14, 1)


def test_nobody_is_drawn_by_the_week_who_was_by_the_day(desks: list[User]) -> None:
    calls(desks[0], 3, on=6)
    drawn(on=6)
    assert drawn(SampleStratum.WEEKLY, on=6) == []
    assert QualityDraw.objects.filter(stratum=SampleStratum.WEEKLY).count() == 1


def test_the_clock_draws_what_is_over_and_was_not_drawn_yet(desks: list[User]) -> None:
    for on in range(7):
        calls(desks[on % 4], 2, on=on)
    assert quality_draw(at=NIGHT - timedelta(seconds=1)) == 0  # the day is not over
    assert QualityDraw.objects.filter(day=DAY).count() == 0
    assert quality_draw(at=NIGHT) == 1
    assert quality_draw(at=NIGHT) == 0
    # The week's last day over: six more days, and the week adds nobody, since all four were drawn.
    assert quality_draw(at=day_start(day(7))) == 6
    assert QualityDraw.objects.filter(stratum=SampleStratum.WEEKLY, day=day(6)).count() == 1
    out = StringIO()
    call_command("quality_verify", stdout=out)
    assert "are as they were drawn" in out.getvalue()


def test_a_drawing_that_somebody_helped_is_found_out(desks: list[User]) -> None:
    rows = calls(desks[0], 60)
    samples = drawn(seed="a")
    other = next(row for row in rows if row.pk not in {sample.call_id for sample in samples})
    QualitySample.objects.filter(pk=samples[0].pk).update(call=other)
    draw = QualityDraw.objects.get()
    assert draw_fault(draw) == "other calls are drawn"
    Call.objects.filter(pk=other.pk).update(closed_at=NIGHT)
    assert draw_fault(draw) == "the calls of that time are others"
    with pytest.raises(CommandError, match="1 of 1"):
        call_command("quality_verify", stdout=StringIO())


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_once_draw_once(desks: list[User]) -> None:
    from django.db import transaction

    with transaction.atomic():
        calls(desks[0], 120)
    start = threading.Barrier(2)

    def run(_number: int) -> int:
        start.wait()
        try:
            return quality_draw(at=NIGHT)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(run, range(2)))[-1] == 3
    assert QualitySample.objects.count() == 3
    assert QualityDraw.objects.filter(day=DAY).count() == 1
