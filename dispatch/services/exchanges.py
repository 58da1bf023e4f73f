"""Telephone exchanges that may tell us something; their secrets are made here, shown once, and never read back."""

import hashlib
import secrets
import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from accounts.services.audit import Actor, audit_write
from common.errors import ConflictError, NotFoundError, gettext_noop
from common.locking import locked
from dispatch.models import PbxLink
from realtime.models import Realm

SECRET_BYTES = 32
SEEN_EVERY = timedelta(seconds=10)


def link_create(*, realm: Realm, code: str, name: str, actor: Actor) -> str:
    """Let an exchange send events; returns its secret, which is shown this once and kept sealed.

    Raises ConflictError `link_exists`, and Django's ValidationError for a code that is none.
    """
    with transaction.atomic():
        if PbxLink.objects.filter(code=code).exists():
            raise ConflictError("link_exists", gettext_noop("There is an exchange with this code."), {"code": code})
        link = PbxLink(realm=realm, code=code, name=name)
        link.full_clean(exclude=["realm"])
        secret = secrets.token_urlsafe(SECRET_BYTES)
        link.secret_set(secret)
        link.save(force_insert=True)
        _record(actor, "link_created", link)
    return secret


def link_rotate(*, code: str, actor: Actor) -> str:
    """Give an exchange a new secret; the one before it holds until the next change. Raises NotFoundError."""
    with transaction.atomic():
        link = _locked(Q(code=code))
        secret = _renew(link)
        _record(actor, "link_rotated", link)
    return secret


def link_seen(*, pbx: PbxLink, at: datetime) -> None:
    """Say when an exchange was heard of last, give or take SEEN_EVERY.

    All its requests have this row in common: nobody writes it each time, and nobody waits for whoever does.
    """
    if pbx.seen_at is not None and at - pbx.seen_at < SEEN_EVERY:
        return
    free = PbxLink.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=pbx.pk)
    PbxLink.objects.filter(pk__in=free.values("pk")).update(seen_at=at)


def secret_mark(pbx: PbxLink) -> str:
    """Changes with the secret and tells nothing of it; binds a request to the secret that its sender saw in force."""
    return hashlib.sha256(bytes(pbx.secret_sealed or b"")).hexdigest()[:16]


def secret_renew(*, pbx_id: uuid.UUID, seen: str) -> tuple[PbxLink, str]:
    """Make a new secret and return it, for the last time; the one before holds until the next renewal or its end.

    `seen` is the mark that the sender saw: a form sent twice would otherwise cut off the secret that the exchange still
    signs with. Raises NotFoundError, ConflictError `secret_changed_meanwhile`.
    """
    pbx = _locked(Q(pk=pbx_id))
    if seen != secret_mark(pbx):
        raise ConflictError(
            "secret_changed_meanwhile", gettext_noop("The secret was renewed meanwhile; nothing was changed now.")
        )
    return pbx, _renew(pbx)


def previous_end(*, pbx_id: uuid.UUID) -> PbxLink:
    """From now on only the present secret holds; raises NotFoundError, ConflictError `no_previous_secret`."""
    pbx = _locked(Q(pk=pbx_id))
    if not pbx.previous_secret_sealed:
        raise ConflictError("no_previous_secret", gettext_noop("There is no secret from before that still holds."))
    pbx.previous_secret_sealed = None
    pbx.save(update_fields=["previous_secret_sealed"])
    return pbx


def _locked(which: Q) -> PbxLink:
    pbx = locked(PbxLink.objects.filter(which), "realm")
    if pbx is None:
        raise NotFoundError
    return pbx


def _renew(pbx: PbxLink) -> str:
    secret = secrets.token_urlsafe(SECRET_BYTES)
    pbx.secret_set(secret)
    pbx.save(update_fields=["secret_sealed", "previous_secret_sealed"])
    return secret


def _record(actor: Actor, action: str, link: PbxLink) -> None:
    audit_write(
        actor=actor, action=action, object_type="dispatch.pbxlink", object_id=link.pk, realm=link.realm.code,
        data={"code": link.code},
    )  # fmt: skip
