"""Whoever writes about one incident at the same time waits for the others, and nobody is thrown out for it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from accounts.choices import Role
from accounts.services.audit import SYSTEM, audit_faults, audit_write
from common import clock
from dispatch.actions import incidents as actions
from dispatch.choices import TimelineKind
from dispatch.models import Incident, TimelineEntry
from dispatch.publish import tell_line
from dispatch.services.incidents import IncidentDraft
from dispatch.services.timeline import entry_add
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS, TIMES = 6, 12


@pytest.fixture(autouse=True)
def _rows(transactional_db: None) -> Iterator[None]:
    factories.live_realm()
    factories.incident_type()
    yield
    assert list(audit_faults()) == []


def test_people_and_workers_write_about_one_incident_without_a_deadlock() -> None:
    user, realm = factories.user(Role.CALL_TAKER), factories.live_realm()
    draft = IncidentDraft(type_code="orang-hilang")
    incident = actions.incident_open(user=user, source="test", realm=realm, draft=draft)

    def person(_number: int) -> None:
        for turn in range(TIMES):
            actions.note_add(user=user, source="test", realm=realm, incident_id=incident.pk, text=f"catatan {turn}")
        connection.close()

    def worker(number: int) -> None:
        # As a step of the pipeline does it: a line of the story, its audit entry, its event; the incident not locked.
        for turn in range(TIMES):
            with transaction.atomic():
                row = Incident.objects.select_related("realm").get(pk=incident.pk)
                data = {"camera": f"C{number}", "fault": f"{turn}"}
                line = entry_add(incident=row, kind=TimelineKind.CAMERA_FAILED, actor=SYSTEM, at=clock.now(), data=data)
                audit_write(actor=SYSTEM, action="camera_failed", object_type="test", object_id=row.pk)
                tell_line(row.realm, line)
        connection.close()

    with ThreadPoolExecutor(2 * WRITERS) as pool:
        jobs = [pool.submit(work, number) for number in range(WRITERS) for work in (person, worker)]
        for job in jobs:
            job.result()
    assert TimelineEntry.objects.filter(incident=incident).count() == 1 + 2 * WRITERS * TIMES
