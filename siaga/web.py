"""One web process of several: pages, API and sockets on a listening socket that it was handed.

The socket belongs to the parent (siaga/supervisor.py), so a process that ends and starts again loses no connection that
waits, and the others go on meanwhile.
"""

import socket
import sys

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

FRAME_BYTES_MAX = 64 * 1024
# An operator's next request comes seconds after the last: the shorter this is, the more often it meets a connection
# that is being closed at that moment.
KEEP_ALIVE_S = 75


def listen(host: str, port: int) -> socket.socket:
    """A listening socket that child processes may have; raises OSError when the address is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=1024)
    listener.set_inheritable(True)
    return listener


class HttpProtocol(HttpToolsProtocol):
    """uvicorn's own, but a connection that became a websocket is no longer closed as an idle one.

    A client may have read a whole answer, and ask for the websocket on the same connection, before the server counts
    that answer as complete; only then is the timer of idle connections set, and five seconds later it ends the socket.
    """

    is_upgraded = False

    def handle_websocket_upgrade(self) -> None:
        """Remember it."""
        self.is_upgraded = True
        super().handle_websocket_upgrade()

    def on_response_complete(self) -> None:
        """Set no timer for a websocket."""
        super().on_response_complete()
        if self.is_upgraded:
            self._unset_keepalive_if_required()


def main(descriptor: int) -> None:
    """Serve until a signal comes."""
    config = uvicorn.Config(
        "siaga.asgi:application",
        http=HttpProtocol,
        log_level="warning",
        timeout_graceful_shutdown=3,
        timeout_keep_alive=KEEP_ALIVE_S,
        ws_max_size=FRAME_BYTES_MAX,
        # Events are small and consoles near: packing each for every socket would cost more than all the rest.
        ws_per_message_deflate=False,
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=descriptor)])


if __name__ == "__main__":
    main(int(sys.argv[1]))
