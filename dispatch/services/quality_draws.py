"""Drawing calls for review: once for each day that is over, by the clock; the rows tell how to do it again."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.services.audit import SYSTEM, audit_write
from common import clock
from dispatch.choices.supervision import SampleStratum
from dispatch.models import Call, QualityDraw, QualitySample
from dispatch.publish import tell_quality
from dispatch.rules.sampling import Candidate, population_print
from dispatch.selectors.sampling import calls_closed, draw_again
from dispatch.services.moves import sample_begin
from realtime.models import LIVE, Realm

CATCH_UP_DAYS = 14
SUNDAY = 7


def quality_draw(*, at: datetime | None = None) -> int:
    """Draw for every day of the last two weeks that is over and has no drawing; returns how many calls were drawn.

    On Sundays one call is drawn of each operator who has none of that week, among all of theirs. Days are taken in
    order, so that a week is drawn after its days.
    """
    at = at or clock.now()
    realm, today = Realm.objects.get(code=LIVE), timezone.localdate(at)
    days = [today - timedelta(days=back) for back in range(CATCH_UP_DAYS, 0, -1)]
    done = set(QualityDraw.objects.filter(realm=realm, day__gte=days[0]).values_list("day", "stratum"))
    count = 0
    for day in days:
        strata = [SampleStratum.DAILY] + [SampleStratum.WEEKLY] * (day.isoweekday() == SUNDAY)
        for stratum in strata:
            if (day, stratum) not in done:
                count += len(draw_make(realm=realm, day=day, stratum=stratum, at=at))
    return count


def draw_make(
    *, realm: Realm, day: date, stratum: SampleStratum, at: datetime, seed: str | None = None
) -> list[QualitySample]:
    """Draw one day (or the week that ends on it); nothing where somebody else was faster."""
    seed = seed or secrets.token_hex(16)
    try:
        with transaction.atomic():
            calls = calls_closed(realm=realm, day=day, stratum=stratum)
            draw = QualityDraw(
                realm=realm, day=day, stratum=stratum, seed=seed, share_percent=settings.QUALITY_SHARE_PERCENT,
                population=len(calls), population_print=population_print(calls), drawn_at=at,
            )  # fmt: skip
            drawn = draw_again(draw, calls)
            draw.drawn = len(drawn)
            draw.save(force_insert=True)
            samples = _samples(draw, drawn, at)
            audit_write(
                actor=SYSTEM, action="quality_drawn", object_type="dispatch.qualitydraw", object_id=draw.pk,
                realm=realm.code, data={"day": day.isoformat(), "stratum": stratum, "drawn": len(drawn)},
            )  # fmt: skip
            if samples:
                tell_quality(realm, samples[0])
    except IntegrityError:  # drawn meanwhile, by constraint
        return []
    return samples


def _samples(draw: QualityDraw, drawn: Sequence[Candidate], at: datetime) -> list[QualitySample]:
    calls = Call.objects.select_related("answered_by").in_bulk([candidate.key for candidate in drawn])
    found = []
    for call in sorted(calls.values(), key=lambda row: row.pk):
        if call.answered_by is None:  # drawn were those that somebody answered
            continue
        sample = QualitySample(
            realm=draw.realm, draw=draw, call=call, incident_id=call.incident_id, operator=call.answered_by,
            drawn_at=at,
        )  # fmt: skip
        found.append(sample_begin(sample=sample, actor=SYSTEM, at=at))
    return found
