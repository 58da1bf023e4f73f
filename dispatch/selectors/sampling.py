"""The calls that may be drawn for review."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Q

from dispatch.choices import CallClass, CallState
from dispatch.choices.supervision import SampleStratum
from dispatch.models import Call, QualityDraw, QualitySample
from dispatch.rules.sampling import Candidate, daily_draw, population_print, weekly_draw
from dispatch.selectors.targets import day_start
from realtime.models import Realm


def calls_closed(*, realm: Realm, day: date, stratum: SampleStratum) -> list[Candidate]:
    """Conversations that were closed on a day, or in the week that ends on it and were not drawn yet.

    Callers whom nobody answered are no conversations, and tests are none of the service's.
    """
    first = _week_first(day) if stratum == SampleStratum.WEEKLY else day
    rows = Call.objects.filter(
        _IS_CONVERSATION, realm=realm, closed_at__gte=day_start(first), closed_at__lt=day_start(day + timedelta(days=1))
    )
    if stratum == SampleStratum.WEEKLY:
        rows = rows.filter(Q(quality_sample=None) | Q(quality_sample__draw__stratum=SampleStratum.WEEKLY))
    return [Candidate(str(key), operator or 0) for key, operator in rows.values_list("pk", "answered_by")]


def draw_again(draw: QualityDraw, calls: Sequence[Candidate]) -> list[Candidate]:
    """Which of `calls` the seed of a drawing draws."""
    if draw.stratum == SampleStratum.WEEKLY:
        return weekly_draw(calls, seed=draw.seed, covered=week_covered(realm=draw.realm, day=draw.day))
    return daily_draw(calls, seed=draw.seed, share_percent=draw.share_percent)


def draw_fault(draw: QualityDraw) -> str:
    """What does not hold of a drawing when it is done again from its seed; empty when all does."""
    calls = calls_closed(realm=draw.realm, day=draw.day, stratum=SampleStratum(draw.stratum))
    if population_print(calls) != draw.population_print:
        return "the calls of that time are others"
    kept = {str(key) for key in draw.samples.values_list("call", flat=True)}
    return "" if {candidate.key for candidate in draw_again(draw, calls)} == kept else "other calls are drawn"


def week_covered(*, realm: Realm, day: date) -> set[int]:
    """Operators of whom a call closed in the week that ends on this day was drawn by its days."""
    span = Q(call__closed_at__gte=day_start(_week_first(day)), call__closed_at__lt=day_start(day + timedelta(days=1)))
    rows = QualitySample.objects.filter(span, realm=realm, draw__stratum=SampleStratum.DAILY)
    return set(rows.values_list("operator", flat=True))


def _week_first(day: date) -> date:
    return day - timedelta(days=6)


_IS_CONVERSATION = Q(state=CallState.CLOSED, answered_by__isnull=False) & ~Q(call_class=CallClass.TEST)
