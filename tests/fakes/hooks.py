"""A receiver of webhooks: a real HTTP server on loopback that answers as it is told and keeps what it got."""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Got:
    """One request as it came."""

    headers: Mapping[str, str]
    body: bytes
    at_s: float

    @property
    def event(self) -> dict[str, Any]:
        """The body as JSON."""
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass
class Receiver:
    """`answers` are given once each, then 204 for ever; a number is a status, a string a whole answer's body."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    got: list[Got] = field(default_factory=list)
    delay_s: float = 0.0
    body: bytes = b""
    location: str = ""
    came: threading.Event = field(default_factory=threading.Event)

    @property
    def sequences(self) -> list[int]:
        """The numbers in the order in which they came."""
        return [got.event["sequence"] for got in self.got]


@contextmanager
def receiver(**settings: Any) -> Iterator[Receiver]:
    """A running one."""
    made = Receiver(**settings)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.got.append(Got(dict(self.headers), body, time.monotonic()))
            made.came.set()
            time.sleep(made.delay_s)
            status = made.answers.pop(0) if made.answers else 204
            try:
                self.send_response(status)
                if made.location:
                    self.send_header("Location", made.location)
                if status != 204:
                    self.send_header("Content-Length", str(len(made.body)))
                self.end_headers()
                if status != 204:
                    self.wfile.write(made.body)
            except OSError:
                pass  # the sender did not wait

        def log_message(self, *_args: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.url = f"http://127.0.0.1:{server.server_port}/siaga"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
