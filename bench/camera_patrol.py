"""The patrol of 6,000 simulated cameras within ten minutes, beside an incident that asks 120 cameras every ten seconds.

The peer is the same incident with no patrol, before and after, in the same run. Cameras, patrol and incident are
processes of their own, with the niceness that their workers have.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from bench.report import Report, percentile

CAMERAS, BAD_SHARE = 6_000, 0.05
PATROL_S = 600
INCIDENT_CAMERAS, INCIDENT_BAD = 120, 24
TICK_S, TICKS_ALONE = 10.0, 12
DEADLINE_S = 4.0
CAPTURE_NICE, PATROL_NICE = 5, 15


def run(say: Callable[[str], None]) -> Report:
    """Measure; about thirteen minutes."""
    from siaga.demo.site import free_port

    report = Report("camera_patrol")
    os.nice(CAPTURE_NICE)
    with _street(free_port()) as port:
        _registry(port)
        sources = _sources(port)
        say(f"an incident alone, {TICKS_ALONE} ticks ...")
        alone = _ticks(sources, TICKS_ALONE)
        say(f"the same beside the patrol of {CAMERAS:,} cameras, {PATROL_S} s ...")
        with _patrol():
            began = time.monotonic()
            beside = _ticks(sources, int(PATROL_S / TICK_S), say)
            took_s = time.monotonic() - began
        looked = _looked()
        say("alone again ...")
        alone += _ticks(sources, TICKS_ALONE)
    report.hold("cameras looked at within the period", looked, "cameras", "==", CAMERAS)
    report.show("the period", took_s, "s")
    report.show("bad among them that were told", _told(), "cameras")
    alone_p95, beside_p95 = percentile(alone, 0.95), percentile(beside, 0.95)
    report.show("incident alone: good picture p95", alone_p95, "ms")
    report.show("incident beside the patrol: good picture p95", beside_p95, "ms")
    report.hold("incident beside the patrol against alone", beside_p95 / alone_p95, "times", "<=", 1.2)
    return report


@contextmanager
def _street(port: int) -> Iterator[int]:
    with subprocess.Popen(
        [sys.executable, "-m", "bench.street", str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        process.stdout.readline()
        yield port
        process.stdin.close()


@contextmanager
def _patrol() -> Iterator[None]:
    """What the worker of the queue `patrol` does, every five seconds, in a process with its niceness."""
    code = (
        "import django, os, sys, threading, time; os.nice(int(sys.argv[1])); django.setup();"
        "threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start();"
        "from cameras.services.patrol import patrol_run\n"
        "while True:\n    began = time.monotonic(); patrol_run(budget_s=18.0)\n"
        "    time.sleep(max(0.0, 5.0 - (time.monotonic() - began)))"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "siaga.settings", "SIAGA_CAMERA_PATROL_S": str(PATROL_S)}
    command = [sys.executable, "-c", code, str(PATROL_NICE - CAPTURE_NICE)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=environment) as process:
        assert process.stdin is not None
        yield
        process.stdin.close()


def _registry(port: int) -> None:
    """Cameras that were looked at before, so that each is due once within the period."""
    from django.core.management import call_command

    from accounts.models import Agency
    from cameras.models import Camera, CameraHealth
    from common import clock
    from realtime.models import LIVE, Realm, RealmKind

    call_command("migrate", verbosity=0)
    Realm.objects.get_or_create(code=LIVE, defaults={"kind": RealmKind.LIVE})
    owner = Agency.objects.get_or_create(code="dishub", defaults={"name": "Dishub"})[0]
    rows = [
        Camera(
            code=f"P-{number:05}", name=f"P {number}", owner=owner, kind="http_jpeg", lat=-6.2, lon=106.8,
            url=f"http://{_address(number)}:{port}/{_path(number)}",
        )
        for number in range(CAMERAS)
    ]  # fmt: skip
    made = Camera.objects.bulk_create(rows, batch_size=1000)
    at = clock.now()
    CameraHealth.objects.bulk_create(
        [
            CameraHealth(camera=camera, due_at=at + timedelta(seconds=(PATROL_S - 30) * number / CAMERAS))
            for number, camera in enumerate(made)
        ],
        batch_size=1000,
    )


def _path(number: int) -> str:
    step = round(1 / BAD_SHARE)
    return f"g/{number}" if number % step else ("b/hang", "b/404", "b/half")[number // step % 3]


def _address(number: int) -> str:
    return f"127.1.{number // 250}.{number % 250 + 1}"


def _sources(port: int) -> dict[str, object]:
    from cameras.drivers.types import CameraSource

    bad = ["hang", "404", "half"]
    return {
        f"{'bad' if number < INCIDENT_BAD else 'good'} {number}": CameraSource(
            "http_jpeg",
            f"http://127.2.0.{number + 1}:{port}/{f'b/{bad[number % 3]}' if number < INCIDENT_BAD else f'g/{number}'}",
        )
        for number in range(INCIDENT_CAMERAS)
    }


def _ticks(sources: dict, count: int, say: Callable[[str], None] | None = None) -> list[float]:
    """Milliseconds until each good picture is here and measured, over so many ticks."""
    from cameras.drivers.types import Grab
    from cameras.rules.still import still_facts
    from cameras.services.capture import pictures_pull

    found: list[float] = []
    for number in range(count):
        began = time.monotonic()
        for key, result in pictures_pull(sources, deadline_s=DEADLINE_S):
            if key.startswith("good"):
                if not isinstance(result, Grab):
                    found.append(DEADLINE_S * 1000)
                    continue
                still_facts(result.data)
                found.append((time.monotonic() - began) * 1000)
        if say and number % 6 == 5:
            say(f"  {time.strftime('%H:%M:%S')} {_looked():,} cameras looked at")
        time.sleep(max(0.0, TICK_S - (time.monotonic() - began)))
    return found


def _looked() -> int:
    from cameras.models import CameraHealth

    return CameraHealth.objects.filter(checked_at__isnull=False).count()


def _told() -> int:
    from cameras.models import CameraHealth

    return CameraHealth.objects.exclude(fault_code="").count()
