"""A whole demo site: seeded rows, the camera farm, and all programs, for as long as a block lasts."""

import socket
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from cameras.farm.config import camera_url, farm_read
from common.clock import monotonic_s
from siaga.celery import QUEUES
from siaga.celery import app as celery
from siaga.demo.seed import demo_seed
from siaga.supervisor import Program, Supervisor, site_programs
from siaga.web import listen

READY_TIMEOUT_S = 180.0


class DemoFailed(Exception):
    """The demo did not come up; the message says what is missing and where to look."""


@dataclass(frozen=True, slots=True)
class DemoSite:
    """Where it runs, who may sign in, and who keeps it running."""

    base_url: str
    logins: dict[str, str]
    supervisor: Supervisor


@contextmanager
def demo_site(*, host: str, port: int, farm_path: Path, say: Callable[[str], object]) -> Iterator[DemoSite]:
    """Migrate, seed, start everything, wait until it answers; stop it all at the end. Raises DemoFailed."""
    if settings.IS_PRODUCTION:
        raise DemoFailed("a demo has known users: it does not run with SIAGA_PRODUCTION")
    call_command("migrate", verbosity=0)
    farm = farm_read(farm_path)
    http_port, rtsp_port = free_port(), free_port()
    logins = demo_seed(farm, lambda code: camera_url(farm.by_code(code), http_port, rtsp_port))
    cameras = Program("camera-farm", [
        sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "camera_farm", "--config", str(farm_path),
        "--http-port", str(http_port), "--rtsp-port", str(rtsp_port),
    ])  # fmt: skip
    try:
        listener = listen(host, port)
    except OSError as error:
        raise DemoFailed(f"cannot listen on {host}:{port}: {error.strerror}") from error
    programs = site_programs(listener=listener, web_processes=settings.WEB_PROCESSES)
    supervisor = Supervisor([cameras, *programs], log_dir=Path(settings.VAR_DIR) / "log", say=say)
    site = DemoSite(f"http://{host}:{port}", logins, supervisor)
    try:
        supervisor.start()
        _wait_ready(site, [(farm.cameras[0].host, http_port), (farm.cameras[1].host, rtsp_port)])
        yield site
    finally:
        supervisor.stop()
        listener.close()


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def watched(site: DemoSite, work: Callable[[], None]) -> None:
    """Do `work` in a thread while this one, which the programs hang on, restarts what ends."""

    def run() -> None:
        try:
            work()
        finally:
            site.supervisor.stop_soon()

    thread = threading.Thread(target=run, name="story")
    thread.start()
    site.supervisor.watch()
    thread.join()


def _wait_ready(site: DemoSite, addresses: list[tuple[str, int]]) -> None:
    deadline_s = monotonic_s() + READY_TIMEOUT_S
    waiting = {f"{host}:{port}" for host, port in addresses} | set(QUEUES)
    while waiting:
        if monotonic_s() > deadline_s:
            raise DemoFailed(f"not up after {READY_TIMEOUT_S:.0f} s: {', '.join(sorted(waiting))}; see var/log")
        waiting -= {f"{host}:{port}" for host, port in addresses if _listens(host, port)}
        for reply in celery.control.ping(timeout=0.3) or []:
            waiting -= {name.partition("@")[0] for name in reply}
        time.sleep(0.1)
    with urllib.request.urlopen(f"{site.base_url}/readyz", timeout=READY_TIMEOUT_S) as answer:  # noqa: S310  # our own address
        if answer.status != 200:
            raise DemoFailed(f"/readyz answers {answer.status}")


def _listens(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.3)
        return probe.connect_ex((host, port)) == 0
