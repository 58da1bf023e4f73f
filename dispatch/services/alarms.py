"""The alarm of the queue: more callers wait, or one waits longer, than may be."""

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Min

from accounts.services.audit import SYSTEM, audit_write
from common import clock
from dispatch.choices import CallState
from dispatch.models import Call, QueueAlarm
from dispatch.publish import tell_queue
from dispatch.rules.queueing import QueueLoad, is_overflowing
from realtime.models import Realm

TOLD_EACH_S = 5.0


def queue_load(*, realm: Realm) -> QueueLoad:
    """How many wait, and since when the longest."""
    found = Call.objects.filter(realm=realm, state__in=[CallState.QUEUED, CallState.OFFERED]).aggregate(
        count=Count("pk"), since=Min("arrived_at")
    )
    wait_s = (clock.now() - found["since"]).total_seconds() if found["since"] else 0.0
    return QueueLoad(found["count"], max(0.0, wait_s))


def queue_watch(*, realm: Realm) -> QueueAlarm | None:
    """Start, keep or end the alarm; returns the one that is on. Run by the clock and whenever a call comes in."""
    with transaction.atomic():
        alarm = QueueAlarm.objects.select_for_update(no_key=True).filter(realm=realm, ended_at=None).first()
        load = queue_load(realm=realm)
        is_on = is_overflowing(
            load, waiting_max=settings.QUEUE_WAITING_MAX, wait_max_s=settings.QUEUE_WAIT_MAX_S, was=alarm is not None
        )
        if alarm is None and is_on:
            return _start(realm, load)
        if alarm is None:
            return None
        has_grown = load.waiting > alarm.waiting_max or load.longest_wait_s >= alarm.longest_wait_s + TOLD_EACH_S
        if has_grown or not is_on:
            _go_on(alarm, load, is_on=is_on)
        return alarm if is_on else None


def _go_on(alarm: QueueAlarm, load: QueueLoad, *, is_on: bool) -> None:
    # What stands in the row is what the consoles were told.
    alarm.waiting_max = max(alarm.waiting_max, load.waiting)
    alarm.longest_wait_s = max(alarm.longest_wait_s, load.longest_wait_s)
    alarm.ended_at = None if is_on else clock.now()
    alarm.save(update_fields=["waiting_max", "longest_wait_s", "ended_at"])
    _audit(alarm, "queue_overflow_grown" if is_on else "queue_overflow_ended")
    tell_queue(alarm)


def _start(realm: Realm, load: QueueLoad) -> QueueAlarm | None:
    alarm, is_new = QueueAlarm.objects.get_or_create(
        realm=realm,
        ended_at=None,
        defaults={"started_at": clock.now(), "waiting_max": load.waiting, "longest_wait_s": load.longest_wait_s},
    )
    if is_new:
        _audit(alarm, "queue_overflow")
        tell_queue(alarm)
    return alarm


def _audit(alarm: QueueAlarm, action: str) -> None:
    audit_write(
        actor=SYSTEM, action=action, object_type="dispatch.queuealarm", object_id=alarm.pk, realm=alarm.realm.code,
        data={"waiting": alarm.waiting_max, "longest_wait_s": round(alarm.longest_wait_s)},
    )  # fmt: skip
