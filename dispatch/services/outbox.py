"""Delivering events to subscribers: each subscription under a lease, its events in order, at least once.

Rows are the queue of record. A subscription reads the numbered stream behind its cursor, which loses nothing
(docs/adr/0013-webhooks-read-the-stream.md); what it finds becomes rows, and the oldest row is sent until it is taken or
given up. The pause after a failure belongs to the receiver, so all its events wait, and nobody else's.
"""

import random
import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from common import clock
from common.crypto import SealBroken
from common.locking import locked
from common.outgoing import Answer, SendingFault, SendingGuard, post
from dispatch.choices.webhooks import DeliveryFault, DeliveryState
from dispatch.models import OutboxDelivery, WebhookSubscription
from dispatch.rules.webhooks import body_of, event_id, fault_of, headers_of, pause_s
from realtime.access import may_read_event
from realtime.models import Event

LEASE = timedelta(seconds=12)
SLICE_S = 8.0
TIMEOUT_S = 5.0
BATCH = 500
AHEAD = 20
OWNER_PAUSE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Held:
    """A subscription that is ours for a while; `lease` is our number."""

    subscription_id: uuid.UUID
    lease: int


@dataclass(frozen=True, slots=True)
class Job:
    """One event to send, with all that is needed, so that no row is held meanwhile."""

    delivery_id: uuid.UUID
    url: str
    body: bytes
    name: str
    attempt: int
    secrets: tuple[str, ...]


def webhook_guard() -> SendingGuard:
    """The deployment's rule for addresses of receivers."""
    return SendingGuard.parse(settings.WEBHOOK_NETWORKS)


def subscriptions_due() -> list[uuid.UUID]:
    """Those that have something to send, are not paused and that nobody holds."""
    waiting = OutboxDelivery.objects.filter(subscription=OuterRef("pk"), state=DeliveryState.PENDING)
    rows = _free(clock.now()).filter(Q(realm__head__gt=F("cursor")) | Exists(waiting))
    return list(rows.values_list("pk", flat=True))


def subscription_work(*, subscription_id: uuid.UUID) -> bool:
    """Send what waits, one after another, for a slice of time; whether more is left for another ring."""
    held = lease_take(subscription_id=subscription_id)
    if held is None:
        return False
    until_s = clock.monotonic_s() + SLICE_S
    while (job := job_next(held)) is not None:
        if not settle(held, job, attempt(job)):
            return False
        if clock.monotonic_s() > until_s:
            lease_give(held)
            return True
    lease_give(held)
    return False


def lease_take(*, subscription_id: uuid.UUID) -> Held | None:
    """Of many who ask one gets it; None when it is held, paused, off, or its owner's account is."""
    at = clock.now()
    taken = _free(at).filter(pk=subscription_id).update(lease_until=at + LEASE, lease=F("lease") + 1)
    if not taken:
        return None
    row = WebhookSubscription.objects.select_related("owner").get(pk=subscription_id)
    if not row.owner.is_active:
        row.lease_until, row.next_attempt_at, row.last_error = None, at + OWNER_PAUSE, DeliveryFault.OWNER_INACTIVE
        row.save(update_fields=["lease_until", "next_attempt_at", "last_error"])
        return None
    return Held(row.pk, row.lease)


def lease_give(held: Held) -> None:
    """Let others have it."""
    WebhookSubscription.objects.filter(pk=held.subscription_id, lease=held.lease).update(lease_until=None)


def job_next(held: Held) -> Job | None:
    """The oldest event that waits; None when there is none, or when the subscription is no longer ours."""
    while True:
        with transaction.atomic():
            row = _held_row(held)
            if row is None:
                return None
            row.lease_until = clock.now() + LEASE
            row.save(update_fields=["lease_until"])
            waiting = OutboxDelivery.objects.filter(subscription=row, state=DeliveryState.PENDING)
            delivery = waiting.select_related("event").order_by("sequence").first()
            if delivery is not None:
                return _job(row, delivery)
            if not _look_on(row):
                return None


def attempt(job: Job) -> Answer | SendingFault:
    """One try; no transaction is open meanwhile."""
    if not job.secrets:
        return SendingFault(DeliveryFault.SEAL_BROKEN)
    headers = headers_of(
        body=job.body, secrets=list(job.secrets), timestamp_s=int(time.time()), name=job.name, attempt=job.attempt
    )
    try:
        return post(job.url, job.body, headers, guard=webhook_guard(), timeout_s=TIMEOUT_S)
    except SendingFault as fault:
        return fault


def settle(held: Held, job: Job, outcome: Answer | SendingFault) -> bool:
    """Write down how a try went; whether the next event may be sent. Nothing is written once the lease is lost."""
    with transaction.atomic():
        row = _held_row(held)
        if row is None:
            return False
        at = clock.now()
        delivery = OutboxDelivery.objects.get(pk=job.delivery_id)
        fault = fault_of(outcome.status) if isinstance(outcome, Answer) else outcome.code
        delivery.attempts, delivery.attempted_at = job.attempt, at
        delivery.status = outcome.status if isinstance(outcome, Answer) else None
        delivery.excerpt = outcome.excerpt if isinstance(outcome, Answer) else ""
        delivery.fault = fault or ""
        if fault is None or fault == DeliveryFault.REFUSED:
            _end(delivery, DeliveryState.DELIVERED if fault is None else DeliveryState.DEAD, at)
            row.failures, row.next_attempt_at, row.last_error = 0, None, delivery.fault
            row.last_delivered_at = at if fault is None else row.last_delivered_at
        else:
            _pause(row, delivery, fault, at)
        delivery.save(update_fields=["attempts", "attempted_at", "status", "excerpt", "fault", "state", "ended_at"])
        row.save(update_fields=["failures", "next_attempt_at", "last_error", "last_delivered_at", "lease_until"])
    return row.next_attempt_at is None


def _pause(row: WebhookSubscription, delivery: OutboxDelivery, fault: str, at: datetime) -> None:
    if at >= delivery.give_up_at:
        delivery.fault = DeliveryFault.TOO_OLD
        _end(delivery, DeliveryState.DEAD, at)
    row.failures += 1
    row.last_error = fault
    row.next_attempt_at = at + timedelta(seconds=pause_s(row.failures, random.random()))  # noqa: S311  # spreads load
    row.lease_until = None


def _end(delivery: OutboxDelivery, state: DeliveryState, at: datetime) -> None:
    delivery.state, delivery.ended_at = state, at


def _free(at: datetime) -> QuerySet[WebhookSubscription]:
    is_free, is_due = Q(lease_until=None) | Q(lease_until__lt=at), Q(next_attempt_at=None) | Q(next_attempt_at__lte=at)
    return WebhookSubscription.objects.filter(is_free, is_due, is_active=True)


def _held_row(held: Held) -> WebhookSubscription | None:
    rows = WebhookSubscription.objects.filter(pk=held.subscription_id, lease=held.lease, is_active=True)
    return locked(rows, "realm", "owner")


def _job(row: WebhookSubscription, delivery: OutboxDelivery) -> Job:
    event = delivery.event
    try:
        secrets = tuple(row.secrets_read())
    except SealBroken:
        secrets = ()
    body = body_of(
        realm=row.realm.code,
        sequence=event.sequence,
        kind=event.kind,
        entity_id=event.entity_id,
        occurred_at=event.occurred_at.isoformat(),
        payload=event.payload,
    )
    name = event_id(row.realm.code, event.sequence)
    return Job(delivery.pk, row.url, body, name, delivery.attempts + 1, secrets)


def _look_on(row: WebhookSubscription) -> bool:
    """Take up the next events of the stream that the owner may read; False at its end."""
    events = list(Event.objects.filter(realm=row.realm, sequence__gt=row.cursor).order_by("sequence")[:BATCH])
    if not events:
        return False
    at = clock.now()
    wanted = [
        event for event in events if event.kind in row.kinds and may_read_event(row.owner, event.kind, event.agency_ids)
    ][:AHEAD]
    rows = [
        OutboxDelivery(
            subscription=row,
            event=event,
            sequence=event.sequence,
            kind=event.kind,
            created_at=at,
            give_up_at=at + timedelta(hours=settings.WEBHOOK_AGE_H),
        )
        for event in wanted
    ]
    # A cursor that somebody set back finds its old rows: no event is taken up twice.
    OutboxDelivery.objects.bulk_create(rows, ignore_conflicts=True)
    row.cursor = wanted[-1].sequence if len(wanted) == AHEAD else events[-1].sequence
    row.save(update_fields=["cursor"])
    return True
