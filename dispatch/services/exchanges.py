"""The secrets of telephone exchanges: made here, shown once, and never read back."""

import hashlib
import secrets
import uuid

from common.errors import ConflictError, NotFoundError, gettext_noop
from common.locking import locked
from dispatch.models import PbxLink

SECRET_BYTES = 32


def secret_mark(pbx: PbxLink) -> str:
    """Changes with the secret and tells nothing of it; binds a request to the secret that its sender saw in force."""
    return hashlib.sha256(bytes(pbx.secret_sealed or b"")).hexdigest()[:16]


def secret_renew(*, pbx_id: uuid.UUID, seen: str) -> tuple[PbxLink, str]:
    """Make a new secret and return it, for the last time; the one before holds until the next renewal or its end.

    `seen` is the mark that the sender saw: a form sent twice would otherwise cut off the secret that the exchange still
    signs with. Raises NotFoundError, ConflictError `secret_changed_meanwhile`.
    """
    pbx = _locked(pbx_id)
    if seen != secret_mark(pbx):
        raise ConflictError(
            "secret_changed_meanwhile", gettext_noop("The secret was renewed meanwhile; nothing was changed now.")
        )
    secret = secrets.token_urlsafe(SECRET_BYTES)
    pbx.secret_set(secret)
    pbx.save(update_fields=["secret_sealed", "previous_secret_sealed"])
    return pbx, secret


def previous_end(*, pbx_id: uuid.UUID) -> PbxLink:
    """From now on only the present secret holds; raises NotFoundError, ConflictError `no_previous_secret`."""
    pbx = _locked(pbx_id)
    if not pbx.previous_secret_sealed:
        raise ConflictError("no_previous_secret", gettext_noop("There is no secret from before that still holds."))
    pbx.previous_secret_sealed = None
    pbx.save(update_fields=["previous_secret_sealed"])
    return pbx


def _locked(pbx_id: uuid.UUID) -> PbxLink:
    pbx = locked(PbxLink.objects.filter(pk=pbx_id), "realm")
    if pbx is None:
        raise NotFoundError
    return pbx
