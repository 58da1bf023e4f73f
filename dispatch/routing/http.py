"""One JSON request with a deadline over all of it, a size limit, and no redirects."""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from common.clock import monotonic_s

BYTES_MAX = 1024 * 1024
CHUNK = 64 * 1024


class RouterFailed(Exception):
    """The router did not answer in time, or not with what it should."""


def json_ask(base_url: str, path: str, *, timeout_s: float, body: Any = None) -> Any:
    """GET, or POST when there is a body; raises RouterFailed."""
    parts = urlsplit(base_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise RouterFailed("the address is no http address")
    deadline_s = monotonic_s() + timeout_s
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname, parts.port, timeout=timeout_s)
    try:
        if body is None:
            connection.request("GET", parts.path.rstrip("/") + path)
        else:
            headers = {"Content-Type": "application/json"}
            connection.request("POST", parts.path.rstrip("/") + path, json.dumps(body), headers)
        answer = connection.getresponse()
        content = _read(connection, answer, deadline_s)
        # OSRM says with 400 what it could not do; its body is read like any other.
        if answer.status not in {200, 400}:
            raise RouterFailed(f"HTTP {answer.status}")
        return json.loads(content)
    except (OSError, http.client.HTTPException, ValueError, RecursionError) as error:
        raise RouterFailed(type(error).__name__) from error
    finally:
        connection.close()


def _read(connection: http.client.HTTPConnection, answer: http.client.HTTPResponse, deadline_s: float) -> bytes:
    found = b""
    while True:
        left_s = deadline_s - monotonic_s()
        if left_s <= 0:
            raise RouterFailed("too slow")
        if connection.sock is not None:
            connection.sock.settimeout(left_s)
        chunk = answer.read1(CHUNK)
        if not chunk:
            return found
        found += chunk
        if len(found) > BYTES_MAX:
            raise RouterFailed("the answer is too large")
