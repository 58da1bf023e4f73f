"""The pages of supervision and quality: what stands on them, for whom, in both languages."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.choices import Role
from accounts.models import AuditEntry, User
from common import clock
from dispatch.choices import PresenceState
from dispatch.models import Calibration, Incident
from dispatch.services.presences import presence_set
from tests import factories
from tests.dispatch import moments
from tests.dispatch.quality import BAD, GOOD, reviewed, sample
from tests.dispatch.views.room import busy_room, page, visible
from tests.dispatch.views.test_pages import codes, words_of

pytestmark = pytest.mark.django_db
QUERIES_MAX = {"room": 30, "targets": 21, "quality": 28, "sample": 30, "operator": 24}


@pytest.fixture
def boss() -> User:
    factories.live_realm()
    for kind in ("kebakaran", "medis"):
        factories.incident_type(kind)
    factories.supervision()
    return factories.user(Role.SUPERVISOR)


@pytest.fixture
def operator(boss: User) -> User:
    return factories.user(Role.CALL_TAKER)


def pages(boss: User, operator: User) -> dict[str, tuple[User, str]]:
    """Every page with something on it."""
    waiting = sample(operator)
    objected = reviewed(operator, factories.user(Role.HEAD), BAD).sample
    open_one = Calibration.objects.create(
        realm=factories.live_realm(), sample=waiting, version=objected.reviews.get().version, opened_by=boss,
        opened_at=clock.now(),
    )  # fmt: skip
    done = Calibration.objects.create(
        realm=factories.live_realm(), sample=objected, version=open_one.version, opened_by=boss,
        opened_at=clock.now(), closed_at=clock.now(),
    )  # fmt: skip
    return {
        "room": (boss, "/kerja/ruang/"),
        "targets": (boss, "/kerja/sasaran/"),
        "targets_by": (boss, "/kerja/sasaran/?by=day&from=2026-03-01&until=2026-03-03"),
        "quality": (boss, "/kerja/mutu/"),
        "own": (operator, "/kerja/mutu/"),
        "sample": (boss, f"/kerja/mutu/{waiting.pk}/"),
        "result": (operator, f"/kerja/mutu/{objected.pk}/"),
        "calibration": (boss, f"/kerja/mutu/kalibrasi/{open_one.pk}/"),
        "calibrated": (boss, f"/kerja/mutu/kalibrasi/{done.pk}/"),
        "operator": (boss, f"/kerja/mutu/operator/{operator.pk}/"),
    }


@pytest.mark.parametrize("language", ["id", "en"])
def test_words_not_codes_one_heading_and_named_fields(boss: User, operator: User, language: str) -> None:
    busy_room()
    moments.call(0, 5)
    for name, (who, address) in pages(boss, operator).items():
        markup = page(who, address, language)
        shown = visible(markup)
        assert words_of(shown) & codes(language) == set(), name
        assert not re.search(r"\bNone\b(?!\.)|\{\{|%\(", shown), name
        assert len(re.findall(r"<h1\b", markup)) == 1, name
        ids = re.findall(r'\sid="([^"]+)"', markup)
        assert sorted(ids) == sorted(set(ids)), name
        labelled = set(re.findall(r'<label[^>]*\sfor="([^"]+)"', markup))
        fields = re.findall(r"<(?:input|select|textarea)\b[^>]*>", markup)
        named = [one for one in fields if not re.search(r'type="(hidden|checkbox)"', one)]
        assert {found for one in named for found in re.findall(r'\sid="([^"]+)"', one)} <= labelled, name
        assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", markup), name


def test_the_room_names_nobody_to_those_who_do_not_supervise(boss: User, operator: User) -> None:
    made = busy_room()
    presence_set(user=operator, state=PresenceState.READY, languages=["id"], at=clock.now())
    to_boss, to_operator = visible(page(boss, "/kerja/ruang/")), visible(page(operator, "/kerja/ruang/"))
    colleague = str(made.desk.user)
    assert colleague in to_boss
    assert str(operator) in to_boss
    assert colleague not in to_operator
    for shown in (to_boss, to_operator):
        assert "Open incidents 2" in shown
        assert "Desks ready 1" in shown
    page(factories.user(Role.AGENCY_OFFICER, agency=made.agency), "/kerja/ruang/", status=403)


def test_the_room_is_read_anew_with_what_happens(boss: User) -> None:
    markup = page(boss, "/kerja/ruang/")
    watched = re.search(r'data-watch="([^"]*)"', markup)
    assert watched
    assert set(watched[1].split()) == {
        "call.changed", "presence.changed", "queue.changed", "incident.changed", "assignment.changed", "unit.changed",
        "storm.changed", "camera_summary.changed",
    }  # fmt: skip
    assert set(re.findall(r'data-part="(\w+)"', markup)) == {
        "broadcasts", "queue", "today", "units", "desks", "owners", "storms",
    }  # fmt: skip


def test_a_target_stands_with_its_meaning_its_standard_and_what_came_of_it(boss: User) -> None:
    for waited in (5, 10, 40):
        moments.call(0, waited)
    shown = visible(page(boss, "/kerja/sasaran/?from=2026-03-02&until=2026-03-02"))
    assert "From when a call came in until an operator took it." in shown
    assert "90 % ≤ 15 s NENA-STA-020 3 66.6 % ▲ missed 10.0 s 34.0 s 37.0 s 39.4 s 0 0" in shown
    in_id = visible(page(boss, "/kerja/sasaran/?from=2026-03-02&until=2026-03-02", "id"))
    assert "66,6 %" in in_id
    assert " 34,0 " in in_id


@pytest.mark.parametrize(
    "query",
    ["from=kemarin", "from=2026-13-01", "by=lain", "from=2030-01-01&until=2020-01-01", "from=0001-01-01",
     "until=9999-12-31"],
)  # fmt: skip
def test_a_question_that_means_nothing_shows_something_all_the_same(boss: User, query: str) -> None:
    page(boss, f"/kerja/sasaran/?{query}")


def test_a_reviewer_fills_in_and_an_operator_answers(boss: User, operator: User) -> None:
    found = pages(boss, operator)
    markup = page(*found["sample"])
    assert re.findall(r'data-item="(\w+)" data-kind="(\w+)"', markup) == [
        ("lokasi", "yes_no"), ("kelas", "yes_no"), ("arahan", "yes_no"), ("sikap", "rating"),
    ]  # fmt: skip
    assert "<kbd>N</kbd>" in markup
    assert "<kbd>T</kbd>" in page(*found["sample"], "id")
    own = page(*found["result"])
    assert "data-item" not in own
    assert "/acknowledge/" in own
    assert "/objection/" in own
    assert "not passed" in visible(own)
    assert "rapi" in visible(own)
    assert AuditEntry.objects.filter(action="quality_viewed", purpose="quality").count() == 2


def test_who_may_not_see_a_call_sees_no_page_of_it(boss: User, operator: User) -> None:
    found = pages(boss, operator)
    stranger = factories.user(Role.DISPATCHER)
    for name in ("sample", "result"):
        page(stranger, found[name][1], status=404)
    for name in ("calibration", "operator"):
        page(stranger, found[name][1], status=403)
    page(operator, found["sample"][1], status=404)  # it was not reviewed yet
    both = factories.user(Role.SUPERVISOR)
    own = sample(both)
    page(both, f"/kerja/mutu/{own.pk}/", status=404)


def test_no_page_asks_more_often_for_many_rows_than_for_one(boss: User, operator: User) -> None:
    def count(address: str) -> int:
        client = Client()
        client.force_login(boss)
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    made = busy_room()
    found = {name: pages_of for name, (_who, pages_of) in pages(boss, operator).items() if name in QUERIES_MAX}
    before = {name: count(address) for name, address in found.items()}
    for number in range(4):
        made.incident(f"asap {number}")
        presence_set(user=made.desk.user, state=PresenceState.READY, languages=["id"], at=clock.now())
        person = factories.user(Role.CALL_TAKER)
        presence_set(user=person, state=PresenceState.READY, languages=["id"], at=clock.now())
        Incident.objects.filter(summary=f"asap {number}").update(owner=person)
        factories.unit(f"POM-{number}", factories.agency(f"instansi-{number}"))
        sample(person)
        reviewed(operator, answers=GOOD)
    assert {name: count(address) for name, address in found.items()} == before
    assert {name: asked for name, asked in before.items() if asked > QUERIES_MAX[name]} == {}
