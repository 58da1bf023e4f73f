"""A camera server on loopback: real HTTP, pictures and faults by path."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cameras.models import Camera
from tests import factories


@contextmanager
def served(pictures: Mapping[str, bytes], *, hang_s: float = 3.0) -> Iterator[str]:
    """Serve `pictures` by name; `/hang` says nothing for `hang_s`; everything else is 404. Yields the base address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.strip("/")
            if name == "hang":
                time.sleep(hang_s)
            body = pictures.get(name)
            self.send_response(200 if body is not None else 404)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name of the base class
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def camera(code: str, url: str, *, face_matching_allowed: bool = True, north_m: float = 50.0) -> Camera:
    """A still camera `north_m` of Manggarai station."""
    return Camera.objects.create(
        code=code, name=f"Kamera {code}", owner=factories.agency(), kind="http_jpeg", url=url,
        lat=-6.2099 + north_m / 111_320, lon=106.8502, face_matching_allowed=face_matching_allowed,
    )  # fmt: skip
