"""The pages of evidence with something on them: words, labels, countdowns, and as many queries for many as for one."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from accounts.choices import Role
from cameras.management.commands.evidence_verify import Command
from cameras.models import Snapshot
from cameras.services.seals import evidence_seal
from common import clock
from dispatch.models import Incident
from dispatch.services.derivatives import pictures_derive
from dispatch.services.retention import pictures_forget
from tests import factories
from tests.dispatch.console import Console
from tests.dispatch.evidence import DAY, PURPOSE, archive, opened, seen
from tests.dispatch.views.room import page, visible

pytestmark = pytest.mark.django_db


@pytest.fixture
def _house(db: None, settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    factories.live_realm()
    factories.incident_type()


@pytest.fixture
def chief(_house: None) -> Console:
    return Console(factories.user(Role.SUPERVISOR))


def filled(chief: Console, first: int = 0) -> Incident:
    """An incident with a deleted, a marked and a usual picture, a lock, looks, and an export."""
    incident = opened(chief)
    seen(incident, first + 1, age=DAY * 2)
    pictures_forget()
    marked, usual = seen(incident, first + 2), seen(incident, first + 3, age=timedelta(hours=1, minutes=30))
    pictures_derive()
    chief.post(f"snapshots/{marked.pk}/mark/", {"incident": str(incident.pk), "reason": "pelat nomor"})
    chief.client.get(f"/api/v1/snapshots/{usual.pk}/picture/?incident={incident.pk}")
    lock = {"reason": "penyelidikan", "reference": "LP/9", "expires_at": (clock.now() + DAY * 90).isoformat()}
    chief.post(f"incidents/{incident.pk}/evidence/locks/", lock, expect=201)
    archive(chief, incident)
    return incident


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("id", ["dihapus dalam 22 jam", "disimpan selama kejadian terbuka", "LP/9", "dalam 89 hari", "pelat nomor"]),
        ("en", ["deleted in 22 hours", "kept while the incident is open", "LP/9", "in 89 days", "covered copy"]),
    ],
)
def test_an_incidents_page_says_how_long_and_who(chief: Console, language: str, words: list[str]) -> None:
    incident = filled(chief)
    markup = page(chief, f"/kerja/bukti/{incident.pk}/", language)
    shown = visible(markup)
    assert [text for text in [*words, PURPOSE, str(chief.user)] if text not in shown] == []
    assert len(re.findall(r"<h1\b", markup)) == 1
    ids = re.findall(r'\sid="([^"]+)"', markup)
    assert sorted(ids) == sorted(set(ids))
    assert "None" not in shown


def test_the_list_says_what_was_verified_and_what_is_locked(chief: Console) -> None:
    empty = visible(page(chief, "/kerja/bukti/", "en"))
    assert "No picture was taken for an incident yet." in empty
    assert "The record was never verified." in empty
    filled(chief)
    evidence_seal()
    Command().handle(since=None, json=False)
    shown = visible(page(chief, "/kerja/bukti/", "en"))
    assert "The record holds." in shown
    assert re.search(r"3 1 1 locked ends in 89 days", shown)
    Snapshot.objects.filter(deleted_at=None).update(sha256="0" * 64)
    with pytest.raises(SystemExit):
        Command().handle(since=None, json=True)
    assert "2 × picture's file changed" in visible(page(chief, "/kerja/bukti/", "en"))


def test_many_incidents_and_pictures_ask_no_more_often_than_one(chief: Console) -> None:
    def count(address: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert chief.client.get(address).status_code == 200
        return len(asked)

    incident = filled(chief)
    addresses = ["/kerja/bukti/", f"/kerja/bukti/{incident.pk}/"]
    before = [count(address) for address in addresses]
    filled(chief, 10)
    for number in range(20, 24):
        seen(incident, number)
    assert [count(address) for address in addresses] == before
    assert max(before) < 30


def test_an_auditor_reads_and_takes_out_but_sets_no_lock(chief: Console) -> None:
    incident = filled(chief)
    auditor = Console(factories.user(Role.AUDITOR))
    markup = page(auditor, f"/kerja/bukti/{incident.pk}/", "en")
    assert "Lock all pictures" not in markup
    assert "evidence/export/" in markup
    assert "/picture/" not in markup  # who may not see pictures gets no link to one
    body = {"reason": "penyelidikan", "expires_at": (clock.now() + DAY).isoformat()}
    assert auditor.send("POST", f"incidents/{incident.pk}/evidence/locks/", body).status_code == 403
    assert json.loads(auditor.client.get(f"/api/v1/incidents/{incident.pk}/evidence/locks/").content)["locks"]
