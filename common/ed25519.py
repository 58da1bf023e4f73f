"""Ed25519: who holds the key signs, everybody can check."""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

KEY_BYTES = 32
KEY_ID_LENGTH = 16


def signing_key_generate() -> str:
    """A new private key as base64 of its 32 bytes, as the settings take it."""
    return base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that checks; `key_id` is the beginning of the SHA-256 of its bytes."""

    raw: bytes

    @classmethod
    def parse(cls, text: str) -> "PublicKey":
        """From base64 or hexadecimal of its 32 bytes; raises ValueError."""
        raw = bytes.fromhex(text) if len(text) == 2 * KEY_BYTES else _raw(text)
        Ed25519PublicKey.from_public_bytes(raw)
        return cls(raw)

    @property
    def key_id(self) -> str:
        """A name that follows from the key."""
        return sha256(self.raw).hexdigest()[:KEY_ID_LENGTH]

    @property
    def pem(self) -> str:
        """As other programs read it."""
        key = Ed25519PublicKey.from_public_bytes(self.raw)
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def holds(self, signature: bytes, message: bytes) -> bool:
        """Whether this key's owner signed `message`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except InvalidSignature:
            return False
        return True


class SigningKey:
    """A key that signs."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = PublicKey(key.public_key().public_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> "SigningKey":
        """From PEM (PKCS 8, not encrypted) or base64 of its 32 bytes; raises ValueError."""
        if "PRIVATE KEY" not in text:
            return cls(Ed25519PrivateKey.from_private_bytes(_raw(text)))
        try:
            # In the environment a PEM often stands on one line.
            key = load_pem_private_key(text.replace("\\n", "\n").encode(), password=None)
        except TypeError as error:
            raise ValueError("the key is encrypted") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError("not an Ed25519 key")
        return cls(key)

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""
        return self._key.sign(message)


def keys_by_id(keys: Iterable[PublicKey]) -> dict[str, PublicKey]:
    """The keys by their names."""
    return {key.key_id: key for key in keys}


def _raw(text: str) -> bytes:
    try:
        raw = base64.b64decode(text.strip().replace("-", "+").replace("_", "/"), validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if len(raw) != KEY_BYTES:
        raise ValueError(f"{len(raw)} bytes, not {KEY_BYTES}")
    return raw
