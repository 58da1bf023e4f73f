"""Subscriptions: a trial for the person who looks after one, replay by hand, and forgetting what was delivered."""

import time
import uuid
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from accounts.services.audit import Actor, audit_write
from common import clock
from common.errors import ConflictError, gettext_noop
from common.locking import locked
from common.outgoing import Answer, SendingFault, post
from dispatch.choices.webhooks import DeliveryState
from dispatch.models import OutboxDelivery, WebhookSubscription
from dispatch.rules.webhooks import TEST_KIND, body_of, headers_of
from dispatch.services.outbox import TIMEOUT_S, webhook_guard
from realtime.selectors import realm_head

DELIVERED_KEPT = timedelta(days=7)
DEAD_KEPT = timedelta(days=30)


def subscription_try(*, subscription: WebhookSubscription) -> Answer | SendingFault:
    """Send one event of the kind `webhook.test` now; nothing is kept of it. Raises SealBroken."""
    name = f"test-{uuid.uuid4()}"
    body = body_of(
        realm=subscription.realm.code,
        sequence=subscription.cursor,
        kind=TEST_KIND,
        entity_id=name,
        occurred_at=clock.now().isoformat(),
        payload={},
    )
    headers = headers_of(
        body=body, secrets=subscription.secrets_read(), timestamp_s=int(time.time()), name=name, attempt=1
    )
    try:
        return post(subscription.url, body, headers, guard=webhook_guard(), timeout_s=TIMEOUT_S)
    except SendingFault as fault:
        return fault


def subscription_skip(*, subscription: WebhookSubscription) -> int:
    """Begin at the end of the stream; returns how many events were passed over. The row is not saved."""
    head = realm_head(realm_id=subscription.realm_id)
    passed = head - subscription.cursor
    subscription.cursor = head
    return passed


def delivery_replay(*, actor: Actor, delivery_id: uuid.UUID) -> OutboxDelivery:
    """Send once more what was given up or delivered; raises ConflictError `delivery_waiting`."""
    with transaction.atomic():
        row = locked(OutboxDelivery.objects.filter(pk=delivery_id), "subscription__realm")
        if row is None or row.state == DeliveryState.PENDING:
            raise ConflictError("delivery_waiting", gettext_noop("This is still to be delivered."))
        row.state, row.ended_at, row.fault = DeliveryState.PENDING, None, ""
        row.attempts, row.give_up_at = 0, clock.now() + timedelta(hours=settings.WEBHOOK_AGE_H)
        row.save(update_fields=["state", "ended_at", "fault", "attempts", "give_up_at"])
        audit_write(
            actor=actor, action="delivery_replayed", object_type="dispatch.outboxdelivery", object_id=row.pk,
            realm=row.subscription.realm.code, data={"sequence": row.sequence},
        )  # fmt: skip
    return row


def deliveries_forget() -> int:
    """Delete rows that have ended long ago; returns how many."""
    at = clock.now()
    delivered = OutboxDelivery.objects.filter(state=DeliveryState.DELIVERED, ended_at__lt=at - DELIVERED_KEPT)
    dead = OutboxDelivery.objects.filter(state=DeliveryState.DEAD, ended_at__lt=at - DEAD_KEPT)
    return delivered.delete()[0] + dead.delete()[0]
