"""Tokens as rows: made, found, refused, withdrawn."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from accounts.choices import Role
from accounts.models import ApiToken, AuditEntry, User
from accounts.permissions import NEVER_BY_TOKEN, TOKEN_SCOPES, Permission
from accounts.services.audit import SYSTEM, Actor, audit_faults
from accounts.services.tokens import LIFETIME_MAX, TokenRefused, machine_of, token_create, token_revoke, token_use
from common import clock
from common.errors import ValidationError
from tests import factories

pytestmark = pytest.mark.django_db
HERE = "192.0.2.7"


def made(owner: User, **more: object) -> tuple[ApiToken, str]:
    values = {"scopes": [Permission.CALL_VIEW], "expires_at": clock.now() + timedelta(days=1)} | more
    return token_create(actor=SYSTEM, name="uji", owner=owner, **values)  # type: ignore[arg-type]


def test_only_a_hash_of_the_secret_is_kept() -> None:
    token, secret = made(factories.user(Role.CALL_TAKER))
    assert secret.startswith("siaga_")
    assert len(secret) >= len("siaga_") + 43
    row = ApiToken.objects.filter(pk=token.pk).values().get()
    assert secret not in str(row)
    assert secret not in str(list(AuditEntry.objects.values()))
    assert token.prefix == secret[:14]
    assert token_use(secret=secret, address=HERE).pk == token.pk
    assert list(audit_faults()) == []


def test_two_tokens_are_never_alike() -> None:
    owner = factories.user(Role.CALL_TAKER)
    assert len({made(owner)[1] for _number in range(20)}) == 20


@pytest.mark.parametrize("scopes", [[], ["call.view", "made.up"], [Permission.MATCH_REVIEW], [Permission.ADMIN_USE]])
def test_scopes_that_no_token_may_have_are_refused(scopes: list[Permission]) -> None:
    with pytest.raises(ValidationError, match="token_scopes"):
        made(factories.user(Role.SUPERVISOR), scopes=scopes)
    assert not ApiToken.objects.exists()


def test_what_only_a_person_decides_is_no_scope() -> None:
    assert set(TOKEN_SCOPES) | NEVER_BY_TOKEN == set(Permission)
    assert {
        "match.review", "watchlist.approve", "admin.use", "protocol.publish", "warning.confirm",
        "quality.own", "quality.review", "scorecard.write", "scorecard.publish",
        "camera.live", "evidence.lock", "evidence.export",
    } == NEVER_BY_TOKEN  # fmt: skip


@pytest.mark.parametrize("days", [-1, 0, LIFETIME_MAX.days + 1])
def test_a_token_ends_and_not_too_late(days: int) -> None:
    with pytest.raises(ValidationError, match="token_lifetime"):
        made(factories.user(Role.CALL_TAKER), expires_at=clock.now() + timedelta(days=days))
    assert not ApiToken.objects.exists()


def test_the_database_holds_it_too() -> None:
    token, _secret = made(factories.user(Role.CALL_TAKER))
    changes: list[dict[str, object]] = [{"scopes": []}, {"expires_at": token.created_at}, {"expires_at": None}]
    for change in changes:
        with pytest.raises(IntegrityError), transaction.atomic():
            ApiToken.objects.filter(pk=token.pk).update(**change)


def refused(secret: str, address: str = HERE) -> str:
    with pytest.raises(TokenRefused) as caught:
        token_use(secret=secret, address=address)
    return caught.value.code


def test_what_does_not_hold_is_refused_with_its_reason() -> None:
    user = factories.user(Role.CALL_TAKER, agency=factories.agency("a"))
    token, secret = made(user)
    assert refused("siaga_none") == "token_unknown"
    assert refused(secret[:-1]) == "token_unknown"
    ApiToken.objects.filter(pk=token.pk).update(created_at=clock.now() - timedelta(2), expires_at=clock.now())
    assert refused(secret) == "token_expired"
    ApiToken.objects.filter(pk=token.pk).update(expires_at=clock.now() + timedelta(1))
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert refused(secret) == "token_owner"
    User.objects.filter(pk=user.pk).update(is_active=True, agency=factories.agency("b"))
    assert refused(secret) == "token_owner"
    User.objects.filter(pk=user.pk).update(agency=factories.agency("a"))
    factories.agency("a").__class__.objects.filter(code="a").update(is_active=False)
    assert refused(secret) == "token_owner"
    factories.agency("a").__class__.objects.filter(code="a").update(is_active=True)
    assert token_use(secret=secret, address=HERE).pk == token.pk
    token_revoke(actor=SYSTEM, token=token)
    assert refused(secret) == "token_revoked"


@pytest.mark.parametrize(
    ("networks", "address", "holds"),
    [
        ([], "203.0.113.9", True),
        (["192.0.2.0/24"], "192.0.2.7", True),
        (["192.0.2.0/24"], "::ffff:192.0.2.7", True),
        (["192.0.2.0/24", "2001:db8::/32"], "2001:db8::1", True),
        (["192.0.2.0/24"], "192.0.3.7", False),
        (["192.0.2.0/24"], "2001:db8::1", False),
        (["192.0.2.0/24"], "", False),
        (["192.0.2.0/24"], "unknown", False),
    ],
)
def test_a_token_holds_only_from_its_networks(networks: list[str], address: str, holds: bool) -> None:
    token, secret = made(factories.user(Role.CALL_TAKER), networks=networks)
    if holds:
        assert token_use(secret=secret, address=address).pk == token.pk
    else:
        assert refused(secret, address) == "token_network"
        assert ApiToken.objects.get().last_used_at is None


@pytest.mark.parametrize("network", ["10.0.0.1/8", "rumah", "", "10.0.0.0/33"])
def test_a_network_that_is_none_is_refused(network: str) -> None:
    with pytest.raises(ValidationError, match="network_invalid"):
        made(factories.user(Role.CALL_TAKER), networks=[network])


def test_the_last_use_is_kept_coarsely() -> None:
    token, secret = made(factories.user(Role.CALL_TAKER))
    token_use(secret=secret, address=HERE)
    first = ApiToken.objects.get().last_used_at
    assert first is not None
    token_use(secret=secret, address=HERE)
    assert ApiToken.objects.get().last_used_at == first
    ApiToken.objects.filter(pk=token.pk).update(last_used_at=first - timedelta(minutes=6))
    token_use(secret=secret, address=HERE)
    assert ApiToken.objects.get().last_used_at >= first  # type: ignore[operator]


def test_withdrawing_twice_is_recorded_once() -> None:
    user = factories.user(Role.ADMINISTRATOR)
    token, _secret = made(factories.user(Role.CALL_TAKER))
    first = token_revoke(actor=Actor(user, "admin"), token=token).revoked_at
    assert token_revoke(actor=SYSTEM, token=token).revoked_at == first
    assert ApiToken.objects.get().revoked_by == user
    assert AuditEntry.objects.filter(action="token_revoked").count() == 1


def test_the_machine_of_an_agency_is_one_account_that_cannot_sign_in() -> None:
    agency = factories.agency("pln")
    machine = machine_of(agency=agency, actor=SYSTEM)
    assert machine_of(agency=agency, actor=SYSTEM) == machine
    assert (machine.is_machine, machine.agency, machine.has_usable_password()) == (True, agency, False)
    assert machine.roles == {Role.AGENCY_OFFICER}
    assert AuditEntry.objects.filter(action="user_created").count() == 1


def test_the_commands_make_and_withdraw(capsys: pytest.CaptureFixture[str]) -> None:
    factories.agency("pln")
    call_command("token_create", "penghubung", "--agency", "pln", "--scope", "agency.work", "--days", "7")
    secret = capsys.readouterr().out.strip()
    token = token_use(secret=secret, address=HERE)
    assert (token.owner.username, token.agency, token.scopes) == ("mesin-pln", factories.agency("pln"), ["agency.work"])
    call_command("token_revoke", token.prefix)
    assert refused(secret) == "token_revoked"
    with pytest.raises(CommandError, match="No token"):
        call_command("token_revoke", token.prefix)
    with pytest.raises(CommandError, match="token_lifetime"):
        call_command("token_create", "x", "--agency", "pln", "--scope", "agency.work", "--days", "4000")
    with pytest.raises(CommandError, match="no active"):
        call_command("token_create", "x", "--user", "tidak-ada", "--scope", "agency.work")
