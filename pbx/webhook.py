"""One signed request to Siaga, and what its answer means."""

import json
import ssl
from dataclasses import dataclass, field

import aiohttp

from pbx.neutral import sign

TIMEOUT_S = 15.0
ANSWER_BYTES = 64 * 1024
REASON_CHARS = 400


@dataclass(frozen=True, slots=True)
class Target:
    """An address of Siaga's, the secret shared with it, and whom to trust for TLS."""

    url: str
    secret: str = field(repr=False)
    tls: ssl.SSLContext | None = None


class Later(Exception):  # not an error: a reason to come again
    """Siaga does not take it now; its text says why."""


class Malformed(Exception):
    """Siaga says that the request will never be right; its text is Siaga's reason."""


def session_make() -> aiohttp.ClientSession:
    """A session for `post`; to be used as a context. No proxy of the environment gets to see what is sent."""
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S), trust_env=False)


async def post(session: aiohttp.ClientSession, target: Target, body: bytes, *, timestamp_s: int) -> None:
    """Send it once. Returns when Siaga has it; raises Later or Malformed."""
    headers = {
        "Content-Type": "application/json",
        "X-Siaga-Timestamp": str(timestamp_s),
        "X-Siaga-Signature": sign(target.secret, timestamp_s, body),
    }
    tls: ssl.SSLContext | bool = target.tls or True
    try:
        async with session.post(target.url, data=body, headers=headers, ssl=tls, allow_redirects=False) as response:
            answer = await response.content.read(ANSWER_BYTES)
            _judge(response.status, answer)
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise Later(f"Siaga cannot be reached ({type(error).__name__})") from error


def _judge(status: int, answer: bytes) -> None:
    """Nothing when Siaga has it; raises Later or Malformed."""
    if 200 <= status < 300:
        if not isinstance(_json(answer).get("accepted"), int):  # a proxy's page, or another site
            raise Later(f"HTTP {status} without a receipt: is this the webhook's address?")
        return
    if status == 400 and _is_final(answer):
        raise Malformed(answer.decode(errors="replace")[:REASON_CHARS])
    if status == 400:  # a proxy's, or a host name that Siaga does not answer to: no word about what was sent
        raise Later("HTTP 400 that is not the webhook's own: is this its address, and its host name allowed there?")
    if status in {401, 403}:
        raise Later(f"HTTP {status}: the secret is not that of the link, or the clocks differ")
    if status == 404 or 300 <= status < 400:
        raise Later(f"HTTP {status}: is this the webhook's address, and is the link switched on?")
    raise Later(f"HTTP {status}")


def _is_final(answer: bytes) -> bool:
    error = _json(answer).get("error")
    return isinstance(error, dict) and isinstance(error.get("code"), str) and error.get("retry") is False


def _json(answer: bytes) -> dict[str, object]:
    try:
        found = json.loads(answer)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
