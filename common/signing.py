"""The one signature of webhooks, ours and those we take: HMAC-SHA256 over the moment of sending and the body."""

import hashlib
import hmac

TIMESTAMP_HEADER = "X-Siaga-Timestamp"
SIGNATURE_HEADER = "X-Siaga-Signature"


def signature_of(secret: str, timestamp: str, body: bytes) -> str:
    """`v1=` and the hex digest over timestamp (Unix seconds), a dot, and the body."""
    return "v1=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
