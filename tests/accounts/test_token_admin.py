"""Tokens in the admin: the secret is on one page, once."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.choices import Role
from accounts.models import ApiToken, AuditEntry
from accounts.services.tokens import hash_of
from tests import factories

pytestmark = pytest.mark.django_db
ADD = "/admin/accounts/apitoken/add/"


def signed_in(role: Role = Role.ADMINISTRATOR) -> Client:
    client = Client()
    client.force_login(factories.user(role))
    return client


def values(**more: object) -> dict[str, object]:
    end = timezone.localtime(timezone.now() + timedelta(days=30))
    return {
        "name": "penghubung", "owner": "", "agency": "", "scopes": ["agency.work"], "networks": "10.0.0.0/8",
        "expires_at_0": end.strftime("%Y-%m-%d"), "expires_at_1": "10:00:00",
    } | more  # fmt: skip


def test_the_secret_is_shown_once_and_kept_nowhere() -> None:
    client, agency = signed_in(), factories.agency("pln")
    answer = client.post(ADD, values(agency=agency.pk))
    assert answer.status_code == 200, answer.content.decode()
    token = ApiToken.objects.get()
    text = answer.content.decode()
    secret = text.split('id="secret">')[1].split("<")[0]
    assert hash_of(secret) == token.token_hash
    assert "no-store" in answer.headers["Cache-Control"]
    assert (token.owner.username, token.agency, token.networks) == ("mesin-pln", agency, ["10.0.0.0/8"])
    page = client.get(f"/admin/accounts/apitoken/{token.pk}/change/").content.decode()
    assert token.prefix in page
    assert secret not in page
    assert token.token_hash not in page
    assert AuditEntry.objects.get(action="token_created").object_id == str(token.pk)


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({}, "owner"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["match.review"]}, "scopes"),
        ({"networks": "rumah"}, "networks"),
        ({"expires_at_0": "2199-01-01"}, "expires_at"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_made(more: dict[str, object], word: str) -> None:
    user = factories.user(Role.CALL_TAKER)
    base = {} if word == "owner" else {"owner": user.pk}
    answer = signed_in().post(ADD, values(**base, **more))
    assert answer.status_code == 200
    assert word in answer.context["adminform"].form.errors
    assert not ApiToken.objects.exists()


def test_nothing_of_a_token_is_changed_only_withdrawn() -> None:
    client = signed_in()
    factories.token(factories.user(Role.CALL_TAKER))
    token = ApiToken.objects.get()
    assert client.post(f"/admin/accounts/apitoken/{token.pk}/change/", values()).status_code == 403
    assert client.post(f"/admin/accounts/apitoken/{token.pk}/delete/", {"post": "yes"}).status_code == 403
    answer = client.post("/admin/accounts/apitoken/", {"action": "revoke", "_selected_action": [str(token.pk)]})
    assert answer.status_code == 302
    token.refresh_from_db()
    assert token.revoked_at is not None


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_administrators_make_them(role: Role) -> None:
    client = signed_in(role)
    assert client.post(ADD, values(agency=factories.agency("pln").pk)).status_code in {302, 403}
    assert not ApiToken.objects.exists()
