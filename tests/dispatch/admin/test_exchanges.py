"""The secret of an exchange: made on request, shown once, changed without losing an event, never read back."""

import re
from collections.abc import Iterator

import pytest
from django.core import serializers
from django.test import Client

from accounts.choices import Role
from accounts.models import AuditEntry
from accounts.services.audit import audit_faults
from dispatch.models import PbxLink
from tests import factories
from tests.dispatch.admin.rows import signed_in

pytestmark = pytest.mark.django_db
BASE = "/admin/dispatch/pbxlink/"


@pytest.fixture(autouse=True)
def _chain(db: None) -> Iterator[None]:
    factories.live_realm()
    yield
    assert list(audit_faults()) == []


def made(client: Client) -> PbxLink:
    answer = client.post(f"{BASE}add/", {"code": "pusat", "name": "Sentral", "is_active": "on"})
    pbx = PbxLink.objects.get(code="pusat")
    assert answer.headers["Location"] == f"{BASE}{pbx.pk}/secret/"
    return pbx


def renewed(client: Client, pbx: PbxLink) -> str:
    """Ask as the page does; returns the secret as it was shown."""
    page = client.get(f"{BASE}{pbx.pk}/secret/").content.decode()
    assert 'id="secret"' not in page
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen
    answer = client.post(f"{BASE}{pbx.pk}/secret/", {"seen": seen[1]})
    assert "no-store" in answer.headers["Cache-Control"]
    shown = re.search(r'<code id="secret">([\w-]+)</code>', answer.content.decode())
    assert shown
    return shown[1]


def test_an_exchange_has_no_secret_until_one_is_asked_for_and_then_the_shown_one_holds() -> None:
    client = signed_in(Role.ADMINISTRATOR)
    pbx = made(client)
    assert pbx.secrets_read() == []
    secret = renewed(client, pbx)
    pbx.refresh_from_db()
    assert pbx.secrets_read() == [secret]
    assert len(secret) >= 43
    assert list(AuditEntry.objects.order_by("sequence").values_list("action", flat=True)) == [
        "pbxlink_created", "pbx_secret_renewed",
    ]  # fmt: skip


def test_a_secret_can_never_be_read_back() -> None:
    client = signed_in(Role.ADMINISTRATOR)
    pbx = made(client)
    old = renewed(client, pbx)
    new = renewed(client, pbx)
    pbx.refresh_from_db()
    readers = [client, signed_in(Role.AUDITOR), signed_in(Role.SUPERVISOR)]
    for page in (BASE, f"{BASE}{pbx.pk}/change/", f"{BASE}{pbx.pk}/secret/", f"{BASE}{pbx.pk}/history/"):
        for reader in readers:
            text = reader.get(page).content.decode()
            assert old not in text
            assert new not in text
            assert bytes(pbx.secret_sealed or b"").hex() not in text
    kept = str(list(AuditEntry.objects.values_list("data", flat=True))) + serializers.serialize("json", [pbx])
    assert old not in kept
    assert new not in kept
    assert new.encode() not in bytes(pbx.secret_sealed or b"")


def test_the_form_takes_no_secret_from_outside() -> None:
    client = signed_in(Role.ADMINISTRATOR)
    pbx = made(client)
    secret = renewed(client, pbx)
    fields = {
        "name": "Sentral baru", "is_active": "on", "code": "lain", "secret": "x", "secret_sealed": "x",
        "previous_secret_sealed": "x",
    }  # fmt: skip
    assert client.post(f"{BASE}{pbx.pk}/change/", fields).status_code == 302
    pbx.refresh_from_db()
    assert (pbx.code, pbx.name, pbx.secrets_read()) == ("pusat", "Sentral baru", [secret])
    entry = AuditEntry.objects.get(action="pbxlink_changed")
    assert entry.data == {"fields": ["name"]}


def test_the_secret_before_holds_until_it_is_ended() -> None:
    client = signed_in(Role.ADMINISTRATOR)
    pbx = made(client)
    first, second = renewed(client, pbx), renewed(client, pbx)
    pbx.refresh_from_db()
    assert pbx.secrets_read() == [second, first]
    assert client.get(f"{BASE}{pbx.pk}/previous/").status_code == 405
    client.post(f"{BASE}{pbx.pk}/previous/")
    pbx.refresh_from_db()
    assert pbx.secrets_read() == [second]
    client.post(f"{BASE}{pbx.pk}/previous/")
    assert AuditEntry.objects.filter(action="pbx_previous_secret_ended").count() == 1


def test_a_form_sent_twice_makes_one_secret() -> None:
    client = signed_in(Role.ADMINISTRATOR)
    pbx = made(client)
    secret = renewed(client, pbx)
    answer = client.post(f"{BASE}{pbx.pk}/secret/", {"seen": "from-before"})
    assert 'id="secret"' not in answer.content.decode()
    assert "renewed meanwhile" in answer.content.decode()
    pbx.refresh_from_db()
    assert pbx.secrets_read() == [secret]
    assert AuditEntry.objects.filter(action="pbx_secret_renewed").count() == 1


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_nobody_else_makes_or_ends_a_secret(role: Role) -> None:
    pbx = factories.pbx()
    client = signed_in(role)
    for page in ("secret", "previous"):
        assert client.get(f"{BASE}{pbx.pk}/{page}/").status_code in {302, 403}
        assert client.post(f"{BASE}{pbx.pk}/{page}/", {"seen": "x"}).status_code in {302, 403}
    pbx.refresh_from_db()
    assert pbx.secrets_read() == [factories.PBX_SECRET]
    assert not AuditEntry.objects.filter(action__startswith="pbx").exists()
