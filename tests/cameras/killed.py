"""A writer that is killed again and again: each round a new process, forked from one that is ready.

Run as `python -m tests.cameras.killed`, with the database and the folder in the environment. Reads one line for each
round, `<pictures> <microseconds>`; forks a child that keeps so many pictures, says "begin" and goes on writing pictures
with their records until it is killed after that time; answers "done".
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # Django is not set up yet
    from cameras.models import Camera
    from realtime.models import Realm


def main() -> None:
    """See above."""
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection

    from cameras.models import Camera
    from realtime.models import LIVE, Realm
    from tests.cameras.evidence import jpeg

    settings.MEDIA_ROOT = Path(os.environ["KILL_MEDIA"])
    connection.settings_dict["NAME"] = os.environ["KILL_DATABASE"]
    realm, camera = Realm.objects.get(code=LIVE), Camera.objects.get()
    pictures = [jpeg(number, (640, 360)) for number in range(16)]
    connection.close()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        whole, delay_us = map(int, line.split())
        round_kill(whole, delay_us / 1_000_000, lambda: write(realm, camera, pictures))
        sys.stdout.write("done\n")
        sys.stdout.flush()


def round_kill(whole: int, delay_s: float, work: Callable[[], None]) -> None:
    """Fork, wait for "begin", wait on, kill."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        from django.db import connection

        connection.ensure_connection()  # the time is for writing, not for shaking hands
        for _number in range(whole):
            work()
        os.write(writer, b"begin")
        os.close(writer)
        while True:
            work()
    os.close(writer)
    assert os.read(reader, 5) == b"begin"
    os.close(reader)
    time.sleep(delay_s)
    os.kill(child, signal.SIGKILL)
    _pid, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL, status


def write(realm: "Realm", camera: "Camera", pictures: list[bytes]) -> None:
    """A picture with its record, and every fourth time a deletion of what is due."""
    from cameras.models import Snapshot
    from cameras.services.capture import snapshot_record
    from cameras.services.retention import snapshots_delete_due
    from common import clock
    from tests.cameras.evidence import grab

    data = pictures[os.urandom(1)[0] % len(pictures)]
    snapshot = snapshot_record(realm=realm, camera=camera, grab=grab(data))
    if snapshot.pk.int % 4 == 0:
        Snapshot.objects.filter(pk=snapshot.pk).update(delete_after=clock.now() - timedelta(seconds=1))
        snapshots_delete_due()


if __name__ == "__main__":
    main()
