"""Real workers over a real broker: killed in the middle of a delivery, and held up by a receiver that never answers."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from django.conf import settings
from django.db import connection

from accounts.choices import Role
from dispatch.models import OutboxDelivery
from tests import factories
from tests.dispatch.services.test_outbox import happen
from tests.fakes.hooks import receiver
from tests.services import ROOT
from tests.siaga.test_supervisor import eventually

pytestmark = [
    pytest.mark.django_db(transaction=True), pytest.mark.slow,
    pytest.mark.timeout(120),
]  # fmt: skip


@contextmanager
def worker(folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker with its own clock, on the test's database and a part of the broker that nobody else uses."""
    database = connection.settings_dict
    place = f"{quote(database['USER'])}:{quote(database['PASSWORD'])}@{quote(database['HOST'], safe='')}"
    environment = os.environ | {
        "DATABASE_URL": f"postgres://{place}:{database['PORT']}/{database['NAME']}",
        "REDIS_URL": urlsplit(settings.REDIS_URL)._replace(path="/7").geturl(),
        "SIAGA_WEBHOOK_NETWORKS": "127.0.0.0/8",
    }
    argv = [
        sys.executable, "-m", "celery", "-A", "siaga.celery", "worker", "-B", "-s", str(folder / "schedule"), "-Q",
        "webhooks,control", "-n", "uji@%h", "--pool", "threads", "-c", "6", "--loglevel", "WARNING",
        "--without-gossip", "--without-mingle",
    ]  # fmt: skip
    with (folder / "worker.log").open("ab") as log:
        process = subprocess.Popen(argv, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # its clock is a process of its own, and would outlive it
        process.wait()


def test_a_worker_killed_in_the_middle_of_a_delivery_loses_nothing(tmp_path: Path) -> None:
    with receiver(delay_s=4.0) as hook:
        subscription = factories.subscription(hook.url, factories.user(Role.SUPERVISOR))
        numbers = [happen() for _number in range(5)]
        with worker(tmp_path) as first:
            assert hook.came.wait(40), (tmp_path / "worker.log").read_text()
            os.kill(first.pid, signal.SIGKILL)
            first.wait()
        assert set(OutboxDelivery.objects.values_list("state", flat=True)) == {"pending"}
        hook.delay_s = 0.0
        with worker(tmp_path):
            done = eventually(
                lambda: OutboxDelivery.objects.filter(state="delivered").count() == len(numbers), timeout_s=60
            )
        assert done, (tmp_path / "worker.log").read_text()
    assert hook.sequences == [numbers[0], *numbers]
    assert hook.got[0].headers["X-Siaga-Event-Id"] == hook.got[1].headers["X-Siaga-Event-Id"]
    assert hook.got[0].body == hook.got[1].body
    subscription.refresh_from_db()
    assert (subscription.lease, subscription.failures) == (2, 0)


def test_a_receiver_that_never_answers_delays_nobody_else(tmp_path: Path) -> None:
    owner = factories.user(Role.SUPERVISOR)
    with receiver(delay_s=30.0) as deaf, receiver() as quick:
        for number in range(3):
            factories.subscription(deaf.url, owner, name=f"tuli {number}")
        fast = factories.subscription(quick.url, owner, name="cepat")
        with worker(tmp_path):
            numbers = [happen() for _number in range(10)]
            assert deaf.came.wait(40), (tmp_path / "worker.log").read_text()
            done = eventually(lambda: OutboxDelivery.objects.filter(subscription=fast, state="delivered").count() == 10)
            tried = OutboxDelivery.objects.exclude(subscription=fast).filter(attempts__gt=0).count()
        assert done, (tmp_path / "worker.log").read_text()
    assert quick.sequences == numbers
    assert tried == 0, "the quick one had to wait until the first try at a deaf one ended"
