"""How events are written for subscribers, what an answer means, and how long to wait after a failure."""

import json
from collections.abc import Mapping
from typing import Any

from common.signing import SIGNATURE_HEADER, TIMESTAMP_HEADER, signature_of

EVENT_ID_HEADER = "X-Siaga-Event-Id"
ATTEMPT_HEADER = "X-Siaga-Attempt"
TEST_KIND = "webhook.test"
PAUSE_FIRST_S = 1.0
PAUSE_MAX_S = 900.0
# The receiver understood and does not want this event: sending it again would only hold up those behind it.
REFUSALS = frozenset({400, 413, 415, 422})


def event_id(realm: str, sequence: int) -> str:
    """What a receiver keeps to know an event that comes twice."""
    return f"{realm}-{sequence}"


def body_of(
    *, realm: str, sequence: int, kind: str, entity_id: str, occurred_at: str, payload: Mapping[str, Any]
) -> bytes:
    """The JSON that is signed and sent; the same bytes at every try."""
    body = {
        "id": event_id(realm, sequence),
        "realm": realm,
        "sequence": sequence,
        "kind": kind,
        "entity_id": entity_id,
        "occurred_at": occurred_at,
        "payload": payload,
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def headers_of(*, body: bytes, secrets: list[str], timestamp_s: int, name: str, attempt: int) -> dict[str, str]:
    """Signed with every secret that holds, the present one first, so that a receiver can change it at leisure."""
    timestamp = str(timestamp_s)
    return {
        "Content-Type": "application/json",
        "User-Agent": "Siaga",
        TIMESTAMP_HEADER: timestamp,
        SIGNATURE_HEADER: ",".join(signature_of(secret, timestamp, body) for secret in secrets),
        EVENT_ID_HEADER: name,
        ATTEMPT_HEADER: str(attempt),
    }


def fault_of(status: int) -> str | None:
    """None when the receiver has taken it; else why not."""
    if 200 <= status < 300:
        return None
    if status in REFUSALS:
        return "refused"
    return "redirected" if 300 <= status < 400 else "status"


def pause_s(failures: int, chance: float) -> float:
    """Seconds after the nth failure in a row: doubled each time up to a limit, spread by `chance` (0 to 1)."""
    whole = min(PAUSE_MAX_S, PAUSE_FIRST_S * 2.0 ** min(failures - 1, 20))
    return whole * (0.5 + chance / 2)
