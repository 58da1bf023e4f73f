"""Events on their way to other systems: signed, in order, at least once, and nobody held up by another."""

import hashlib
import hmac
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import models, transaction
from django.db.models import Max
from pytest_django.fixtures import Settings

from accounts.choices import Role
from accounts.models import AuditEntry, User
from accounts.services.audit import SYSTEM, Actor
from common import clock
from common.errors import ConflictError
from common.outgoing import Answer, SendingFault
from dispatch.choices.webhooks import DeliveryState
from dispatch.events import TIMELINE_ADDED, TimelinePayload
from dispatch.models import OutboxDelivery, WebhookSubscription
from dispatch.services import outbox
from dispatch.services.outbox import job_next, lease_take, settle, subscription_work, subscriptions_due
from dispatch.services.webhooks import deliveries_forget, delivery_replay, subscription_skip, subscription_try
from realtime.models import Event
from realtime.publish import publish
from tests import factories
from tests.fakes.hooks import Got, Receiver, receiver

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _open(settings: Settings) -> None:
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


@pytest.fixture
def owner() -> User:
    return factories.user(Role.SUPERVISOR)


def happen(text: str = "", agency_ids: list[int] | None = None) -> int:
    """One event; its number."""
    key = str(uuid.uuid4())
    payload = TimelinePayload(
        id=key, incident_id=key, kind="note", text=text, data={}, author=None, occurred_at=clock.now().isoformat()
    )
    with transaction.atomic():
        return publish(
            realm=factories.live_realm(), kind=TIMELINE_ADDED, entity_id=key, payload=payload, agency_ids=agency_ids
        )


def work(subscription: WebhookSubscription, *, in_pause: bool = True) -> bool:
    """One ring; a pause after a failure counts as over."""
    if in_pause:
        WebhookSubscription.objects.filter(pk=subscription.pk).update(next_attempt_at=None)
    return subscription_work(subscription_id=subscription.pk)


def is_signed(got: Got, secret: str) -> bool:
    """As a receiver would check it, without Siaga's own code."""
    signed = got.headers["X-Siaga-Timestamp"].encode() + b"." + got.body
    wanted = "v1=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return wanted in got.headers["X-Siaga-Signature"].split(",")


def states() -> list[str]:
    return list(OutboxDelivery.objects.order_by("sequence").values_list("state", flat=True))


def test_events_arrive_signed_whole_and_in_order(hook: Receiver, owner: User) -> None:
    subscription = factories.subscription(hook.url, owner)
    numbers = [happen(f"baris {number}") for number in range(30)]
    assert subscriptions_due() == [subscription.pk]
    assert work(subscription) is False
    assert hook.sequences == numbers
    assert all(is_signed(got, factories.HOOK_SECRET) for got in hook.got)
    assert not any(is_signed(got, "salah") for got in hook.got)
    event = Event.objects.get(sequence=numbers[0])
    assert hook.got[0].event == {
        "id": f"LIVE-{numbers[0]}", "realm": "LIVE", "sequence": numbers[0], "kind": "timeline.added",
        "entity_id": event.entity_id, "occurred_at": event.occurred_at.isoformat(), "payload": event.payload,
    }  # fmt: skip
    assert hook.got[0].headers["X-Siaga-Event-Id"] == f"LIVE-{numbers[0]}"
    assert abs(int(hook.got[0].headers["X-Siaga-Timestamp"]) - time.time()) < 60
    assert states() == ["delivered"] * 30
    subscription.refresh_from_db()
    assert (subscription.cursor, subscription.failures, subscription.last_error) == (numbers[-1], 0, "")
    assert subscription.lease_until is None
    assert subscriptions_due() == []


def test_what_happened_before_the_subscription_is_not_sent(hook: Receiver, owner: User) -> None:
    happen()
    subscription = factories.subscription(hook.url, owner)
    later = happen()
    work(subscription)
    assert hook.sequences == [later]


def test_only_the_kinds_asked_for_and_only_what_the_owner_may_read(hook: Receiver) -> None:
    ours, others = factories.agency("a"), factories.agency("b")
    member = factories.user(Role.SUPERVISOR, agency=ours)
    stranger = factories.user(Role.CAMERA_ADMINISTRATOR)
    first = factories.subscription(hook.url, member, name="a")
    second = factories.subscription(hook.url, stranger, name="b")
    third = factories.subscription(hook.url, member, "call.changed", name="c")
    for_all, for_ours, _for_others = happen(), happen(agency_ids=[ours.pk]), happen(agency_ids=[others.pk])
    for subscription in (first, second, third):
        work(subscription)
    assert hook.sequences == [for_all, for_ours]
    assert set(WebhookSubscription.objects.values_list("cursor", flat=True)) == {Event.objects.aggregate(
        last=Max("sequence"))["last"]}  # fmt: skip


def test_a_right_that_was_taken_away_holds_from_the_next_event(hook: Receiver, owner: User) -> None:
    subscription = factories.subscription(hook.url, owner)
    before = happen()
    work(subscription)
    owner.role_grants.all().delete()
    happen()
    work(subscription)
    assert hook.sequences == [before]


def test_an_owner_that_is_not_active_stops_it_and_nothing_is_lost(hook: Receiver, owner: User) -> None:
    subscription = factories.subscription(hook.url, owner)
    number = happen()
    User.objects.filter(pk=owner.pk).update(is_active=False)
    work(subscription)
    subscription.refresh_from_db()
    assert (hook.got, subscription.last_error, subscription.cursor) == ([], "owner_inactive", number - 1)
    assert subscriptions_due() == []
    User.objects.filter(pk=owner.pk).update(is_active=True)
    work(subscription)
    assert hook.sequences == [number]


@pytest.mark.parametrize("status", [500, 503, 404, 401, 429, 302])
def test_a_failure_is_tried_again_and_those_behind_wait(hook: Receiver, owner: User, status: int) -> None:
    subscription = factories.subscription(hook.url, owner)
    numbers = [happen() for _number in range(3)]
    hook.answers = [204, status]
    work(subscription)
    assert hook.sequences == numbers[:2]
    assert states() == ["delivered", "pending", "pending"]
    subscription.refresh_from_db()
    assert (subscription.failures, subscription.lease_until) == (1, None)
    assert subscription.next_attempt_at is not None
    row = OutboxDelivery.objects.get(sequence=numbers[1])
    assert (row.attempts, row.status) == (1, status)
    assert subscriptions_due() == []
    assert work(subscription, in_pause=False) is False
    assert hook.sequences == numbers[:2]
    work(subscription)
    assert hook.sequences == [numbers[0], numbers[1], numbers[1], numbers[2]]
    assert hook.got[1].body == hook.got[2].body
    assert hook.got[2].headers["X-Siaga-Attempt"] == "2"
    assert states() == ["delivered"] * 3


def test_pauses_grow_with_the_failures_in_a_row(owner: User) -> None:
    with receiver() as gone:
        url = gone.url
    subscription = factories.subscription(url, owner)
    happen()
    waits = []
    for _turn in range(6):
        work(subscription)
        subscription.refresh_from_db()
        assert subscription.next_attempt_at is not None
        waits.append((subscription.next_attempt_at - clock.now()).total_seconds())
    assert subscription.last_error == "unreachable"
    assert 0.3 < waits[0] <= 1
    assert 15 < waits[5] <= 32


def test_what_the_receiver_refuses_is_put_aside_and_the_others_go_on(hook: Receiver, owner: User) -> None:
    subscription = factories.subscription(hook.url, owner)
    numbers = [happen() for _number in range(3)]
    hook.answers, hook.body = [422], b"x" * 3000
    work(subscription)
    assert hook.sequences == numbers
    row = OutboxDelivery.objects.get(sequence=numbers[0])
    assert (row.state, row.fault, row.status, len(row.excerpt)) == ("dead", "refused", 422, 500)
    assert states()[1:] == ["delivered", "delivered"]


def test_after_the_stated_age_it_is_given_up_with_its_reason(hook: Receiver, owner: User) -> None:
    subscription = factories.subscription(hook.url, owner)
    first, second = happen(), happen()
    hook.answers = [500, 500]
    work(subscription)
    row = OutboxDelivery.objects.get(sequence=first)
    assert row.give_up_at - row.created_at == timedelta(hours=24)
    OutboxDelivery.objects.filter(sequence=first).update(give_up_at=clock.now())
    work(subscription)
    row.refresh_from_db()
    assert (row.state, row.fault, row.attempts, row.status) == ("dead", "too_old", 2, 500)
    work(subscription)
    assert hook.sequences == [first, first, second]


def test_a_dead_letter_is_sent_again_by_hand(hook: Receiver, owner: User) -> None:
    subscription = factories.subscription(hook.url, owner)
    number = happen()
    hook.answers = [400]
    work(subscription)
    row = OutboxDelivery.objects.get()
    delivery_replay(actor=Actor(owner, "admin"), delivery_id=row.pk)
    assert subscriptions_due() == [subscription.pk]
    work(subscription)
    assert hook.sequences == [number, number]
    assert states() == ["delivered"]
    assert AuditEntry.objects.get(action="delivery_replayed").data == {"sequence": number}
    OutboxDelivery.objects.update(state=DeliveryState.PENDING, ended_at=None)
    with pytest.raises(ConflictError, match="delivery_waiting"):
        delivery_replay(actor=SYSTEM, delivery_id=row.pk)


def test_two_workers_never_have_one_subscription(hook: Receiver, owner: User) -> None:
    subscription = factories.subscription(hook.url, owner)
    happen()
    held = lease_take(subscription_id=subscription.pk)
    assert held is not None
    assert lease_take(subscription_id=subscription.pk) is None
    assert work(subscription) is False
    assert hook.got == []


def test_who_comes_back_after_the_lease_ran_out_writes_nothing(hook: Receiver, owner: User) -> None:
    subscription = factories.subscription(hook.url, owner)
    number = happen()
    late = lease_take(subscription_id=subscription.pk)
    assert late is not None
    job = job_next(late)
    assert job is not None
    WebhookSubscription.objects.update(lease_until=clock.now() - timedelta(seconds=1))
    assert work(subscription) is False
    assert hook.sequences == [number]
    assert settle(late, job, SendingFault("timeout")) is False
    assert job_next(late) is None
    subscription.refresh_from_db()
    assert (states(), subscription.failures) == (["delivered"], 0)


def test_a_receiver_that_is_away_costs_no_rows_but_those_at_its_door(owner: User) -> None:
    with receiver() as gone:
        url = gone.url
    subscription = factories.subscription(url, owner)
    for _number in range(60):
        happen()
    for _turn in range(3):
        work(subscription)
    assert OutboxDelivery.objects.count() == outbox.AHEAD
    subscription.refresh_from_db()
    assert subscription.realm.head - subscription.cursor == 60 - outbox.AHEAD


def test_many_events_that_do_not_concern_it_are_passed_in_few_steps(hook: Receiver, owner: User) -> None:
    subscription = factories.subscription(hook.url, owner, "call.changed")
    realm = factories.live_realm()
    first = realm.head + 1
    Event.objects.bulk_create(
        Event(realm=realm, sequence=first + number, kind="timeline.added", entity_id="x", payload={},
              occurred_at=clock.now())
        for number in range(1200)
    )  # fmt: skip
    realm.__class__.objects.filter(pk=realm.pk).update(head=first + 1199)
    work(subscription)
    subscription.refresh_from_db()
    assert (subscription.cursor, hook.got, OutboxDelivery.objects.count()) == (first + 1199, [], 0)


def test_switched_off_it_keeps_its_place(hook: Receiver, owner: User) -> None:
    subscription = factories.subscription(hook.url, owner)
    WebhookSubscription.objects.update(is_active=False)
    number = happen()
    assert subscriptions_due() == []
    work(subscription)
    assert hook.got == []
    WebhookSubscription.objects.update(is_active=True)
    work(subscription)
    assert hook.sequences == [number]


def test_or_begins_at_the_end_again(hook: Receiver, owner: User) -> None:
    subscription = factories.subscription(hook.url, owner)
    happen(), happen()
    assert subscription_skip(subscription=subscription) == 2
    subscription.save()
    later = happen()
    work(subscription)
    assert hook.sequences == [later]


def test_an_address_that_is_not_allowed_gets_nothing(hook: Receiver, owner: User, settings: Settings) -> None:
    settings.WEBHOOK_NETWORKS = []
    subscription = factories.subscription(hook.url, owner)
    happen()
    work(subscription)
    subscription.refresh_from_db()
    assert (hook.got, subscription.last_error, states()) == ([], "address_refused", ["pending"])


def test_both_secrets_hold_while_one_is_being_changed(hook: Receiver, owner: User) -> None:
    subscription = factories.subscription(hook.url, owner)
    subscription.secret_set("baru-baru-baru")
    subscription.save()
    happen()
    work(subscription)
    assert is_signed(hook.got[0], "baru-baru-baru")
    assert is_signed(hook.got[0], factories.HOOK_SECRET)
    subscription.secret_set("lebih-baru-lagi")
    subscription.save()
    happen()
    work(subscription)
    assert is_signed(hook.got[1], "lebih-baru-lagi")
    assert not is_signed(hook.got[1], factories.HOOK_SECRET)


def test_the_secret_is_sealed_to_its_row(owner: User, hook: Receiver) -> None:
    one, other = (factories.subscription(hook.url, owner, name=name) for name in "ab")
    assert factories.HOOK_SECRET.encode() not in bytes(one.secret_sealed)
    other.secret_sealed = one.secret_sealed
    other.save()
    happen()
    work(other)
    other.refresh_from_db()
    assert (hook.got, other.last_error, states()) == ([], "seal_broken", ["pending"])


def test_a_trial_is_signed_and_leaves_nothing(hook: Receiver, owner: User) -> None:
    subscription = factories.subscription(hook.url, owner)
    outcome = subscription_try(subscription=subscription)
    assert isinstance(outcome, Answer)
    assert outcome.status == 204
    (got,) = hook.got
    assert (got.event["kind"], is_signed(got, factories.HOOK_SECRET)) == ("webhook.test", True)
    assert not OutboxDelivery.objects.exists()


def test_what_ended_long_ago_is_forgotten_and_what_waits_is_not(hook: Receiver, owner: User) -> None:
    subscription = factories.subscription(hook.url, owner)
    for _number in range(4):
        happen()
    hook.answers = [400]
    work(subscription)
    ended: dict[str, Any] = {"delivered": 8, "dead": 31}
    assert deliveries_forget() == 0
    for state, days in ended.items():
        OutboxDelivery.objects.filter(state=state).update(ended_at=clock.now() - timedelta(days=days))
    assert deliveries_forget() == 4
    assert not OutboxDelivery.objects.exists()


def test_a_place_that_was_set_back_sends_nothing_twice(hook: Receiver, owner: User) -> None:
    subscription = factories.subscription(hook.url, owner)
    numbers = [happen() for _number in range(3)]
    work(subscription)
    WebhookSubscription.objects.update(cursor=subscription.cursor)
    later = happen()
    work(subscription)
    assert hook.sequences == [*numbers, later]


def test_an_event_that_is_owed_to_somebody_cannot_go(owner: User, hook: Receiver) -> None:
    subscription = factories.subscription(hook.url, owner)
    number = happen()
    hook.answers = [500]
    work(subscription)
    with pytest.raises(models.ProtectedError):
        Event.objects.get(sequence=number).delete()
