"""Tokens of programs: made, shown once, found by their hash, withdrawn."""

import hashlib
import ipaddress
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from accounts.choices import Role
from accounts.models import Agency, ApiToken, RoleGrant, User
from accounts.permissions import TOKEN_SCOPES, Permission
from accounts.services.audit import Actor, audit_write
from common import clock
from common.addresses import Network, lies_in, networks_parse
from common.errors import TerminalError, ValidationError, gettext_noop

MARK = "siaga_"
SECRET_BYTES = 32
PREFIX_LENGTH = len(MARK) + 8
LIFETIME_MAX = timedelta(days=400)
USED_GRAIN = timedelta(minutes=5)


class TokenRefused(TerminalError):
    """A token that does not hold, or not from here."""


def token_create(
    *,
    actor: Actor,
    name: str,
    owner: User,
    scopes: Collection[Permission],
    expires_at: datetime,
    networks: Sequence[str] = (),
) -> tuple[ApiToken, str]:
    """A token and its secret, which is kept nowhere; raises ValidationError."""
    at = clock.now()
    _scopes_check(scopes)
    lifetime_check(expires_at, at=at)
    secret = MARK + secrets.token_urlsafe(SECRET_BYTES)
    token = ApiToken(
        name=name[:80],
        owner=owner,
        agency=owner.agency,
        prefix=secret[:PREFIX_LENGTH],
        token_hash=hash_of(secret),
        scopes=sorted(scopes),
        networks=[str(network_read(network)) for network in networks],
        created_by=actor.user,
        created_at=at,
        expires_at=expires_at,
    )
    with transaction.atomic():
        token.save(force_insert=True)
        _audit(actor, "token_created", token, {"scopes": token.scopes, "owner": owner.pk})
    return token, secret


def token_revoke(*, actor: Actor, token: ApiToken) -> ApiToken:
    """End a token now; a second time changes nothing."""
    with transaction.atomic():
        at = clock.now()
        if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at, revoked_by=actor.user):
            _audit(actor, "token_revoked", token, {})
    token.refresh_from_db()
    return token


def token_use(*, secret: str, address: str) -> ApiToken:
    """The token that holds for this secret, asked from this address; raises TokenRefused."""
    at = clock.now()
    token = (
        ApiToken.objects.select_related("owner__agency", "agency")
        .prefetch_related("owner__role_grants")
        .filter(token_hash=hash_of(secret))
        .first()
    )
    if token is None:
        raise TokenRefused("token_unknown", gettext_noop("This token is not known."))
    if token.revoked_at is not None:
        raise TokenRefused("token_revoked", gettext_noop("This token was withdrawn."))
    if token.expires_at <= at:
        raise TokenRefused("token_expired", gettext_noop("This token has run out."))
    _owner_check(token)
    if token.networks and not _comes_from(address, token.networks):
        raise TokenRefused("token_network", gettext_noop("This token does not hold from this address."))
    if token.last_used_at is None or token.last_used_at < at - USED_GRAIN:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=at - USED_GRAIN)
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=at)
    return token


def machine_of(*, agency: Agency, actor: Actor) -> User:
    """The account by which an agency's programs act, made at the first need; nobody can sign in with it."""
    with transaction.atomic():
        user, is_new = User.objects.get_or_create(
            username=f"mesin-{agency.code}",
            defaults={"display_name": f"{agency.name} (mesin)"[:80], "agency": agency, "is_machine": True},
        )
        if is_new:
            user.set_unusable_password()
            user.save(update_fields=["password"])
            RoleGrant.objects.create(user=user, role=Role.AGENCY_OFFICER, granted_by=actor.user)
            audit_write(
                actor=actor, action="user_created", object_type="accounts.user", object_id=user.pk,
                data={"roles": [Role.AGENCY_OFFICER]},
            )  # fmt: skip
    return user


def hash_of(secret: str) -> str:
    """SHA-256 is enough for 256 random bits: there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()


def network_read(text: str) -> Network:
    """A network as it is written; raises ValidationError."""
    try:
        return ipaddress.ip_network(text.strip())
    except ValueError as error:
        raise ValidationError(
            "network_invalid",
            gettext_noop("A network is written like 10.20.0.0/16."),
            {"fields": {"networks": [text[:50]]}},
        ) from error


def lifetime_check(expires_at: datetime, *, at: datetime) -> None:
    """Raise ValidationError for an end that has passed or is too far away."""
    if not at < expires_at <= at + LIFETIME_MAX:
        raise ValidationError(
            "token_lifetime",
            gettext_noop("A token ends within %(days)d days."),
            {"days": LIFETIME_MAX.days, "fields": {"expires_at": []}},
        )


def _scopes_check(scopes: Collection[Permission]) -> None:
    unknown = sorted(set(scopes) - set(TOKEN_SCOPES))
    if unknown or not scopes:
        raise ValidationError(
            "token_scopes",
            gettext_noop("Choose at least one scope, and none that only a person may use."),
            {"fields": {"scopes": unknown}},
        )


def _owner_check(token: ApiToken) -> None:
    owner = token.owner
    is_in_agency = token.agency_id == owner.agency_id and (token.agency is None or token.agency.is_active)
    if not owner.is_active or not is_in_agency:
        raise TokenRefused("token_owner", gettext_noop("The owner of this token is no longer active there."))


def _comes_from(address: str, networks: Sequence[str]) -> bool:
    try:
        return lies_in(ipaddress.ip_address(address), networks_parse(networks))
    except ValueError:
        return False


def _audit(actor: Actor, action: str, token: ApiToken, data: dict[str, object]) -> None:
    audit_write(
        actor=actor, action=action, object_type="accounts.apitoken", object_id=token.pk,
        data={"prefix": token.prefix, **data},
    )  # fmt: skip
