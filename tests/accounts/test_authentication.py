"""What a token opens over HTTP, and what it never does."""

import json
import uuid
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.choices import Role
from accounts.models import ApiToken, AuditEntry, IdempotencyKey
from accounts.permissions import Permission
from accounts.services import rates
from accounts.services.audit import SYSTEM
from accounts.services.tokens import token_revoke
from dispatch.models import Call, CallTransition
from tests import factories

pytestmark = pytest.mark.django_db
TYPES = "/api/v1/incident-types/"
CALLS = "/api/v1/calls/"


@pytest.fixture(autouse=True)
def _realm(db: None) -> None:
    factories.live_realm()


def ask(secret: str, path: str = TYPES, method: str = "GET", body: Any = None, *, key: str = "", **more: Any) -> Any:
    """One request of a program, without cookies, from a client that insists on CSRF."""
    headers = {"Authorization": f"Bearer {secret}"} | ({"Idempotency-Key": key} if key else {})
    client = Client(enforce_csrf_checks=True)
    return client.generic(
        method, path, json.dumps(body or {}), content_type="application/json", headers=headers, **more
    )


def test_a_token_opens_what_its_scope_and_its_owner_both_allow() -> None:
    taker = factories.user(Role.CALL_TAKER)
    assert ask(factories.token(taker, Permission.INCIDENT_VIEW)).status_code == 200
    assert ask(factories.token(taker, Permission.CALL_VIEW)).status_code == 403
    trainer = factories.user(Role.TRAINER)
    assert ask(factories.token(trainer, Permission.INCIDENT_VIEW)).status_code == 403


def test_a_role_that_is_taken_away_is_taken_from_the_token_too() -> None:
    taker = factories.user(Role.CALL_TAKER)
    secret = factories.token(taker)
    assert ask(secret).status_code == 200
    taker.role_grants.all().delete()
    assert ask(secret).status_code == 403


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer x", "bearer siaga_" + "a" * 43, "Bearer " + "ü" * 500])
def test_what_is_no_token_is_401_and_says_what_to_bring(header: str) -> None:
    answer = Client().get(TYPES, headers={"Authorization": header.encode().decode("latin-1")})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "token_unknown")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_without_anything_it_is_401_too() -> None:
    answer = Client().get(TYPES)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "not_authenticated")


def test_a_withdrawn_token_stops_at_once_and_beats_a_session() -> None:
    taker = factories.user(Role.CALL_TAKER)
    secret = factories.token(taker)
    assert ask(secret).status_code == 200
    token_revoke(actor=SYSTEM, token=ApiToken.objects.get())
    assert ask(secret).json()["error"]["code"] == "token_revoked"
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    client.force_login(taker)
    assert client.get(TYPES).status_code == 401


def test_networks_are_asked_of_the_address_that_connected() -> None:
    secret = factories.token(factories.user(Role.CALL_TAKER), networks=("192.0.2.0/24",))
    assert ask(secret, REMOTE_ADDR="192.0.2.9").status_code == 200
    assert ask(secret, REMOTE_ADDR="198.51.100.1").json()["error"]["code"] == "token_network"
    assert ask(secret, REMOTE_ADDR="198.51.100.1", HTTP_X_FORWARDED_FOR="192.0.2.9").status_code == 401


def test_a_token_writes_without_a_csrf_value_and_stands_in_the_record() -> None:
    taker = factories.user(Role.CALL_TAKER)
    secret = factories.token(taker, Permission.CALL_RECEIVE, Permission.STREAM_READ)
    answer = ask(secret, CALLS, "POST", {"medium": "app", "caller_number": "0812-3456-789"}, key="satu")
    assert answer.status_code == 201, answer.content
    entry = AuditEntry.objects.get(action="call_received")
    assert (entry.actor, entry.source) == (taker, f"token {secret[:14]}")
    assert CallTransition.objects.get().source == f"token {secret[:14]}"


def test_a_session_still_needs_its_csrf_value() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.user(Role.CALL_TAKER))
    answer = client.post(CALLS, {}, content_type="application/json", headers={"Idempotency-Key": "k"})
    assert answer.status_code == 403
    assert not Call.objects.exists()


def test_a_key_counts_for_one_token_alone() -> None:
    taker = factories.user(Role.CALL_TAKER)
    one, other = factories.token(taker), factories.token(taker)
    first = ask(one, CALLS, "POST", {}, key="k").json()
    again = ask(one, CALLS, "POST", {}, key="k")
    assert (again.json(), again.headers["Idempotent-Replayed"]) == (first, "true")
    assert ask(other, CALLS, "POST", {}, key="k").json()["id"] != first["id"]
    client = Client()
    client.force_login(taker)
    answer = client.post(CALLS, "{}", content_type="application/json", headers={"Idempotency-Key": "k"})
    assert answer.json()["id"] not in {first["id"]}
    assert (Call.objects.count(), IdempotencyKey.objects.filter(key="k").count()) == (3, 3)


def test_pages_and_the_admin_do_not_know_tokens() -> None:
    secret = factories.token(factories.user(Role.SUPERVISOR))
    for path in ("/", "/admin/", "/admin/dispatch/incident/", "/konsol/", "/kerja/panggilan/"):
        answer = ask(secret, path)
        where = answer.headers.get("Location", "")
        assert (answer.status_code, "masuk" in where or "login" in where) == (302, True), path


def test_who_asks_too_often_waits_and_others_do_not(settings: Settings) -> None:
    settings.TOKEN_REQUESTS_PER_MINUTE = 3
    taker = factories.user(Role.CALL_TAKER)
    busy, calm = factories.token(taker), factories.token(taker)
    # The minute may turn in between: then it begins anew, once.
    codes = [ask(busy).status_code for _number in range(8)]
    assert codes[:3] == [200, 200, 200]
    assert codes[-1] == 429
    answer = ask(busy)
    assert answer.json()["error"]["retry"] is True
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert ask(calm).status_code == 200


def test_without_the_broker_nobody_is_refused(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    settings.TOKEN_REQUESTS_PER_MINUTE = 1
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    secret = factories.token(factories.user(Role.CALL_TAKER))
    assert [ask(secret).status_code for _number in range(4)] == [200] * 4
    lines = [record for record in caplog.records if record.name == rates.__name__]
    assert len(lines) == 1  # after the first failure it is left alone for a while


def test_an_action_cannot_forget_the_scope() -> None:
    """The right is asked of the user wherever it is asked: a view that named too little would change nothing."""
    taker = factories.user(Role.CALL_TAKER)
    secret = factories.token(taker, Permission.INCIDENT_OPEN, Permission.STREAM_READ)
    call_id = uuid.uuid4()
    assert ask(secret, f"{CALLS}{call_id}/answer/", "POST", key="k").status_code == 403
    token = ApiToken.objects.get()
    taker.token = token
    assert taker.may(Permission.INCIDENT_OPEN)
    assert not taker.may(Permission.CALL_RECEIVE)
    assert not taker.has_perm("dispatch.view_call")
    assert not taker.is_staff
