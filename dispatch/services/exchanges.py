"""Telephone exchanges that may tell us something, and the secrets that they sign with."""

import secrets

from django.db import transaction

from accounts.services.audit import Actor, audit_write
from common.errors import ConflictError, NotFoundError, gettext_noop
from common.locking import locked
from dispatch.models import PbxLink
from realtime.models import Realm

SECRET_BYTES = 32


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
        link = locked(PbxLink.objects.filter(code=code), "realm")
        if link is None:
            raise NotFoundError
        secret = secrets.token_urlsafe(SECRET_BYTES)
        link.secret_set(secret)
        link.save(update_fields=["secret_sealed", "previous_secret_sealed"])
        _record(actor, "link_rotated", link)
    return secret


def _record(actor: Actor, action: str, link: PbxLink) -> None:
    audit_write(
        actor=actor, action=action, object_type="dispatch.pbxlink", object_id=link.pk, realm=link.realm.code,
        data={"code": link.code},
    )  # fmt: skip
