"""Sealing of biometrics and credentials: AES-256-GCM, bound to their row, with keys kept outside the database."""

import base64
import os
from collections.abc import Sequence
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from common.errors import TerminalError, gettext_noop

KEY_BYTES = 32
NONCE_BYTES = 12
VERSION = b"\x01"
KEY_ID_BYTES = 4


class SealBroken(TerminalError):
    """The sealed bytes are not what was written for this row, or their key is gone."""

    def __init__(self) -> None:
        super().__init__("seal_broken", gettext_noop("Protected data cannot be read: wrong key or changed bytes."))


def key_generate() -> str:
    """A new key as URL-safe base64, as the settings take it."""
    return base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode()


class Sealer:
    """Seals with the first key, unseals with any: so a key is rotated by putting a new one in front.

    `keys` are URL-safe base64 of 32 bytes each. Layout: version, key id (4 bytes), nonce (12), ciphertext and tag.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise ValueError("at least one key is needed")
        self._ciphers: dict[bytes, AESGCM] = {}
        for key in keys:
            raw = base64.urlsafe_b64decode(key)
            if len(raw) != KEY_BYTES:
                raise ValueError("a key must be 32 bytes in URL-safe base64")
            self._ciphers.setdefault(_key_id(raw), AESGCM(raw))
        self._current = next(iter(self._ciphers))

    @property
    def key_ids(self) -> list[bytes]:
        """Of all keys, the one that seals first. An id tells nothing of its key."""
        return list(self._ciphers)

    def seal(self, plain: bytes, *, context: str) -> bytes:
        """Encrypt; `context` names the row and column, and must be given again to read."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._ciphers[self._current].encrypt(nonce, plain, context.encode())
        return VERSION + self._current + nonce + sealed

    def unseal(self, sealed: bytes, *, context: str) -> bytes:
        """Decrypt; raises SealBroken for other bytes, another row or an unknown key."""
        head = 1 + KEY_ID_BYTES
        cipher = self._ciphers.get(sealed[1:head])
        if sealed[:1] != VERSION or cipher is None:
            raise SealBroken
        try:
            return cipher.decrypt(sealed[head : head + NONCE_BYTES], sealed[head + NONCE_BYTES :], context.encode())
        except InvalidTag as error:
            raise SealBroken from error


def key_id_of(sealed: bytes) -> bytes:
    """Which key sealed these bytes; empty when they are none of ours."""
    head = 1 + KEY_ID_BYTES
    return sealed[1:head] if sealed[:1] == VERSION and len(sealed) > head else b""


def _key_id(raw: bytes) -> bytes:
    return sha256(b"siaga key id" + raw).digest()[:KEY_ID_BYTES]
