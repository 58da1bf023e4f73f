"""kill -9 at random points, 200 times: no half file is ever listed, every row has its whole file, the chain holds."""

import hashlib
import os
import random
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from cameras.models import EvidenceRecord, Snapshot
from cameras.rules.chain import FaultKind
from cameras.services.files import orphans_forget
from cameras.services.seals import evidence_seal
from cameras.services.verification import evidence_verify
from cameras.storage import picture_read, picture_store
from common import clock
from tests import factories
from tests.cameras.evidence import camera
from tests.services import ROOT

pytestmark = pytest.mark.slow
KILLS = 200
LONGEST_US = 50_000


@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
def test_killed_writers_leave_whole_pictures_and_a_chain_that_holds(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    factories.live_realm()
    camera()
    chance = random.Random(112)
    environment = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "siaga.settings", "KILL_MEDIA": str(tmp_path),
        "KILL_DATABASE": str(connection.settings_dict["NAME"]),
    }  # fmt: skip
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.cameras.killed"], cwd=ROOT, env=environment, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert writer.stdin
    assert writer.stdout
    listed: set[str] = set()
    wholes = 0
    with writer:
        assert writer.stdout.readline() == "ready\n"
        for _round in range(KILLS):
            whole = chance.randrange(3)
            wholes += whole
            writer.stdin.write(f"{whole} {chance.randrange(LONGEST_US)}\n")
            writer.stdin.flush()
            assert writer.stdout.readline() == "done\n"
            listed |= no_half_file_is_listed(listed)
        writer.stdin.close()
    assert writer.returncode == 0

    living = list(Snapshot.objects.filter(deleted_at=None))
    deleted = Snapshot.objects.exclude(deleted_at=None)
    assert len(living) + deleted.count() >= wholes > KILLS / 2
    assert deleted.count() > KILLS / 20
    for snapshot in living:
        data = picture_read(snapshot.path)
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (snapshot.sha256, snapshot.byte_count)
    evidence_seal()
    assert evidence_verify().faults == []  # what nobody needs is too young to be blamed
    assert EvidenceRecord.objects.count() == len(living) + 2 * deleted.count()

    files = age_all(tmp_path)
    assert files > len(living)  # some were killed between file and row, or between deletion and file
    faults = evidence_verify().faults
    assert {fault.kind for fault in faults} == {FaultKind.FILE_WITHOUT_ROW} or not faults
    removed = orphans_forget()
    assert removed == files - len(living)
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()} == {
        snapshot.path for snapshot in living
    }
    assert evidence_verify().faults == []


def no_half_file_is_listed(known: set[str]) -> set[str]:
    """Whatever the store lists now is a whole JPEG."""
    names = set(picture_store().listed(before=clock.now() + timedelta(minutes=1))) - known
    for name in names:
        data = picture_read(name)
        assert data.startswith(b"\xff\xd8")
        assert data.endswith(b"\xff\xd9")
    return names


def age_all(folder: Path) -> int:
    """Make all files old enough to be taken for left; returns how many, drafts among them."""
    moment = time.time() - 7200
    files = [path for path in folder.rglob("*") if path.is_file()]
    for path in files:
        os.utime(path, (moment, moment))
    return len(files)
