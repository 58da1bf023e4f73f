"""Subscriptions in the admin: made, changed, tried, looked at."""

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.choices import Role
from accounts.models import AuditEntry
from dispatch.models import OutboxDelivery, WebhookSubscription
from dispatch.services.outbox import lease_take, subscription_work
from tests import factories
from tests.dispatch.services.test_outbox import happen, is_signed
from tests.fakes.hooks import Receiver, receiver

pytestmark = pytest.mark.django_db
LIST = "/admin/dispatch/webhooksubscription/"
SECRET = "rahasia-dari-formulir-000001"


@pytest.fixture
def hook(settings: Settings) -> Iterator[Receiver]:
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    factories.live_realm()
    with receiver() as running:
        yield running


def signed_in(role: Role = Role.ADMINISTRATOR) -> Client:
    client = Client()
    client.force_login(factories.user(role))
    return client


def values(url: str, **more: object) -> dict[str, object]:
    return {
        "name": "gudang data", "url": url, "owner": "", "agency": "", "kinds": ["timeline.added"], "is_active": "on",
        "new_secret": SECRET,
    } | more  # fmt: skip


def test_made_for_an_agency_it_begins_now(hook: Receiver) -> None:
    happen()
    agency = factories.agency("pln")
    form = signed_in().get(f"{LIST}add/").content.decode()
    assert 'name="new_secret"' in form
    answer = signed_in().post(f"{LIST}add/", values(hook.url, agency=agency.pk, kinds=["agency_incident.changed"]))
    assert answer.status_code == 302, answer.content.decode()
    row = WebhookSubscription.objects.get()
    realm = factories.live_realm()
    assert (row.owner.username, row.cursor, row.secrets_read()) == ("mesin-pln", realm.head, [SECRET])
    entry = AuditEntry.objects.get(action="webhook_created")
    assert SECRET not in str(entry.data)
    assert SECRET not in signed_in().get(f"{LIST}{row.pk}/change/").content.decode()


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"owner": ""}, "owner"),
        ({"kinds": []}, "kinds"),
        ({"kinds": ["made.up"]}, "kinds"),
        ({"new_secret": ""}, "new_secret"),
        ({"new_secret": "pendek"}, "new_secret"),
        ({"url": "https://169.254.169.254/"}, "url"),
        ({"url": "http://hooks.example@10.0.0.1/"}, "url"),
        ({"url": "ftp://hooks.example/"}, "url"),
    ],
)
def test_what_is_wrong_is_named(hook: Receiver, more: dict[str, object], field: str) -> None:
    owner = factories.user(Role.SUPERVISOR)
    answer = signed_in().post(f"{LIST}add/", values(hook.url, owner=owner.pk) | more)
    assert field in answer.context["adminform"].form.errors
    assert not WebhookSubscription.objects.exists()


def test_a_change_leaves_place_and_lease_alone(hook: Receiver) -> None:
    owner = factories.user(Role.SUPERVISOR)
    row = factories.subscription(hook.url, owner)
    happen()
    held = lease_take(subscription_id=row.pk)
    assert held is not None
    answer = signed_in().post(f"{LIST}{row.pk}/change/", values(hook.url, owner=owner.pk, new_secret="", name="lain"))
    assert answer.status_code == 302, answer.content.decode()
    after = WebhookSubscription.objects.get()
    assert (after.name, after.cursor, after.lease) == ("lain", row.cursor, held.lease)
    assert after.secrets_read() == [factories.HOOK_SECRET]
    answer = signed_in().post(f"{LIST}{row.pk}/change/", values(hook.url, owner=owner.pk, skip_missed="on"))
    after.refresh_from_db()
    assert after.cursor == row.cursor + 1
    assert after.secrets_read() == [SECRET, factories.HOOK_SECRET]
    assert AuditEntry.objects.filter(action="webhook_changed").first().data["skipped"] == 1  # type: ignore[union-attr]


def test_the_trial_shows_what_came_back(hook: Receiver) -> None:
    row = factories.subscription(hook.url, factories.user(Role.SUPERVISOR))
    hook.answers, hook.body = [418], b"<b>teko</b>"
    client = signed_in()
    assert client.get(f"{LIST}{row.pk}/trial/").status_code == 200
    assert hook.got == []
    page = client.post(f"{LIST}{row.pk}/trial/").content.decode()
    assert "418" in page
    assert "&lt;b&gt;teko" in page
    assert is_signed(hook.got[0], factories.HOOK_SECRET)
    assert AuditEntry.objects.filter(action="webhook_tried").count() == 1
    row.url = "http://127.0.0.1:1/"
    row.save()
    assert "errornote" in client.post(f"{LIST}{row.pk}/trial/").content.decode()


def test_lists_show_the_state_and_dead_letters_are_sent_again(hook: Receiver) -> None:
    row = factories.subscription(hook.url, factories.user(Role.SUPERVISOR))
    number = happen()
    hook.answers = [400]
    subscription_work(subscription_id=row.pk)
    client = signed_in()
    page = client.get(LIST).content.decode()
    assert row.name in page
    dead = OutboxDelivery.objects.get()
    deliveries = "/admin/dispatch/outboxdelivery/"
    assert str(number) in client.get(deliveries).content.decode()
    answer = client.post(deliveries, {"action": "replay", "_selected_action": [str(dead.pk)]})
    assert answer.status_code == 302
    subscription_work(subscription_id=row.pk)
    assert hook.sequences == [number, number]


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.AUDITOR])
def test_others_only_look(hook: Receiver, role: Role) -> None:
    owner = factories.user(Role.SUPERVISOR)
    row = factories.subscription(hook.url, owner)
    client = signed_in(role)
    assert client.get(f"{LIST}{row.pk}/change/").status_code == 200
    assert client.post(f"{LIST}{row.pk}/change/", values(hook.url, owner=owner.pk, name="x")).status_code == 403
    assert client.post(f"{LIST}{row.pk}/trial/").status_code == 403
    assert client.post(f"{LIST}add/", values(hook.url, owner=owner.pk)).status_code == 403
    client.post("/admin/dispatch/outboxdelivery/", {"action": "replay", "_selected_action": ["x"]})
    assert (WebhookSubscription.objects.get().name, hook.got) == ("uji", [])
