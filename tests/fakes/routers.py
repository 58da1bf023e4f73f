"""A road router on loopback that speaks the documented JSON of OSRM or Valhalla, or fails in a chosen way."""

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from common.geo import distance_m


@dataclass
class FakeRouter:
    """What it was asked, and how it answers: well, error, slow, drip, garbage, partial, huge or refuse."""

    mode: str = "well"
    speed_ms: float = 10.0
    detour: float = 2.0
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def leg(self, source: tuple[float, float], target: tuple[float, float]) -> tuple[float, float]:
        """Metres and seconds."""
        metres = distance_m(*source, *target) * self.detour
        return metres, metres / self.speed_ms


class _Handler(BaseHTTPRequestHandler):
    router: FakeRouter

    def do_GET(self) -> None:
        match = re.fullmatch(r"/table/v1/driving/([-0-9.,;]+)\?(.*)", self.path)
        if match is None:
            self._say(404, {"code": "InvalidUrl", "message": "URL string malformed"})
            return
        places = [tuple(map(float, reversed(place.split(",")))) for place in match[1].split(";")]
        query = dict(part.split("=") for part in match[2].split("&"))
        assert query["annotations"] == "duration,distance"
        sources = [places[int(number)] for number in query["sources"].split(";")]
        target = places[int(query["destinations"])]
        legs = [self.router.leg(source, target) for source in sources]  # type: ignore[arg-type]
        durations: list[Any] = [[seconds] for _metres, seconds in legs]
        distances: list[Any] = [[metres] for metres, _seconds in legs]
        if self.router.mode == "partial":
            durations[0], distances[0] = [None], [None]
        self._answer({"code": "Ok", "durations": durations, "distances": distances, "sources": [], "destinations": []})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert self.path == "/sources_to_targets"
        assert body["costing"] == "auto"
        target = body["targets"][0]
        rows: list[list[dict[str, Any]]] = []
        for number, source in enumerate(body["sources"]):
            metres, seconds = self.router.leg((source["lat"], source["lon"]), (target["lat"], target["lon"]))
            rows.append([{"from_index": number, "to_index": 0, "distance": metres / 1000, "time": round(seconds)}])
        if self.router.mode == "partial":
            rows[0][0] |= {"distance": None, "time": None}
        self._answer({"sources_to_targets": rows, "units": "kilometers"})

    def _answer(self, content: dict[str, Any]) -> None:
        self.router.asked.append(self.path)
        mode = self.router.mode
        if mode == "error":
            self._say(500, {"code": "Broken"})
        elif mode == "refuse":
            self._say(400, {"code": "NoTable", "message": "no route found"})
        elif mode == "garbage":
            self._bytes(200, b"{nothing")
        elif mode == "huge":
            self._bytes(200, b" " * (2 * 1024 * 1024))
        elif mode == "wrong":
            self._say(200, {"code": "Ok", "durations": "none", "sources_to_targets": {}})
        elif mode == "slow":
            time.sleep(1.5)
            self._say(200, content)
        elif mode == "drip":
            self._drip(json.dumps(content).encode())
        else:
            self._say(200, content)

    def _say(self, status: int, content: dict[str, Any]) -> None:
        self._bytes(status, json.dumps(content).encode())

    def _bytes(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _drip(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        for number in range(len(content)):
            self.wfile.write(content[number : number + 1])
            self.wfile.flush()
            time.sleep(0.05)

    def handle_one_request(self) -> None:
        """Who asked may have left."""
        try:
            super().handle_one_request()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, *_words: Any) -> None:
        """Say nothing."""


@contextmanager
def router_served(mode: str = "well") -> Iterator[FakeRouter]:
    """The router for as long as a block lasts."""
    router = FakeRouter(mode)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"router": router}))
    server.daemon_threads = True
    router.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield router
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
