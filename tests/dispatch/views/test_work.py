"""What the plain pages say and offer, and what they write down."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation

from accounts.choices import Role
from accounts.models import AuditEntry
from common import clock
from dispatch.models import Incident, NumberReputation
from dispatch.selectors.desk import overdue_read
from tests import factories
from tests.dispatch.console import Console
from tests.dispatch.views.room import NUMBER, busy_room, page, room, visible

pytestmark = pytest.mark.django_db


def forms(markup: str) -> set[str]:
    """The paths of the API that a page offers, but taking note of a river: that is everybody's own."""
    return {path for path in re.findall(r'data-api="([^"]+)"', markup) if not path.startswith("gauge-levels/")}


def test_a_waiting_call_is_answered_and_a_talking_one_is_worked_on() -> None:
    made = room()
    key = made.desk.post("calls/", {"caller_number": NUMBER}, expect=201)["id"]
    waiting = forms(page(made.desk, f"/kerja/panggilan/{key}/"))
    assert f"calls/{key}/answer/" in waiting
    assert f"calls/{key}/close/" not in waiting
    made.desk.post(f"calls/{key}/answer/")
    talking = forms(page(made.desk, f"/kerja/panggilan/{key}/"))
    steps = ("hold", "end", "drop", "silent", "close", "location-link")
    assert {f"calls/{key}/{step}/" for step in steps} <= talking
    assert {"incidents/", "protocol-runs/"} <= talking
    assert f"calls/{key}/answer/" not in talking


def test_what_cannot_be_undone_easily_wants_a_second_press() -> None:
    made = busy_room()
    for address in (f"/kerja/panggilan/{made.calls[1]}/", f"/kerja/kejadian/{made.incidents[1]}/"):
        markup = page(made.desk, address)
        for form in re.findall(
            r"<form[^>]*data-api=\"[^\"]*/(?:close|cancel|drop|split|links)/\".*?</form>", markup, re.DOTALL
        ):
            assert re.search(r'data-confirm="[^"]+"', form), form


def test_who_may_only_look_is_offered_nothing_to_do() -> None:
    made = busy_room()
    auditor = factories.user(Role.AUDITOR)
    for address in (
        "/kerja/panggilan/", f"/kerja/panggilan/{made.calls[0]}/", "/kerja/kejadian/",
        f"/kerja/kejadian/{made.incidents[0]}/", f"/kerja/protokol/{made.run}/", "/kerja/belum-selesai/",
    ):  # fmt: skip
        assert forms(page(auditor, address)) == set(), address


def test_a_call_that_is_looked_at_is_written_down_once_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    made = busy_room()
    auditor = factories.user(Role.AUDITOR)
    address = f"/kerja/panggilan/{made.calls[0]}/"
    page(auditor, address)
    page(auditor, address)
    entries = AuditEntry.objects.filter(action="call_viewed", actor=auditor)
    assert [(entry.object_id, entry.source, entry.purpose) for entry in entries] == [(made.calls[0], "page", "call")]
    later = clock.now() + timedelta(minutes=11)
    monkeypatch.setattr(clock, "now", lambda: later)
    page(auditor, address)
    assert entries.all().count() == 2


def test_an_agency_sees_its_own_and_what_it_answered_is_gone_from_the_list_of_questions() -> None:
    made = room()
    key = made.incident()
    asked = visible(page(made.officer, "/instansi/"))
    assert "1 incident waits for your answer" in asked
    part = Incident.objects.get(pk=key).parts.get()
    made.officer.post(f"parts/{part.pk}/accept/")
    assert "0 incidents wait for your answer" in visible(page(made.officer, "/instansi/"))
    other = factories.user(Role.AGENCY_OFFICER, agency=factories.agency("lain"))
    page(other, f"/instansi/{key}/", status=404)
    assert key not in page(other, "/instansi/")
    assert not AuditEntry.objects.filter(action="agency_incident_viewed", actor=other).exists()


def test_the_strip_tells_how_much_is_overdue_and_who_was_told() -> None:
    made = busy_room()
    colleague = Console(factories.user(Role.DISPATCHER))
    at = clock.now()
    realm = factories.live_realm()
    assert overdue_read(realm=realm, user=made.desk.user, at=at).all == 0
    Incident.objects.filter(pk=made.incidents[0]).update(due_at=at - timedelta(minutes=1), escalation="supervisor")
    found = overdue_read(realm=realm, user=made.desk.user, at=at)
    assert (found.mine, found.all, found.at_supervisor, found.at_head) == (1, 1, 1, 0)
    assert (found.urgency, overdue_read(realm=realm, user=colleague.user, at=at).urgency) == ("alarm", "warn")
    for address in ("/kerja/panggilan/", "/kerja/kejadian/", "/kerja/belum-selesai/", "/kerja/serah-terima/"):
        strip = visible(page(colleague, address))
        assert "Overdue: 0 of mine, 1 of all · supervisor 1" in strip, address


def test_a_call_that_rings_at_my_desk_can_be_answered_from_every_page() -> None:
    made = busy_room()
    key = made.desk.post("calls/", {"caller_number": None}, expect=201)["id"]
    from dispatch.services.offers import calls_offer

    ringing = Console(factories.user(Role.CALL_TAKER))
    ringing.post("presence/", {"state": "ready"})
    calls_offer(realm=factories.live_realm())
    for address in ("/kerja/kejadian/", f"/kerja/kejadian/{made.incidents[0]}/", "/kerja/serah-terima/"):
        assert f"calls/{key}/answer/" in forms(page(ringing, address)), address
        assert f"calls/{key}/answer/" not in forms(page(made.desk, address)), address


def test_a_card_that_came_to_an_end_proposes_type_and_priority() -> None:
    made = room()
    key = made.desk.post("calls/", {"caller_number": NUMBER}, expect=201)["id"]
    made.desk.post(f"calls/{key}/answer/")
    run = made.desk.post("protocol-runs/", {"card": "uji", "call": key}, expect=201)["id"]
    made.desk.post(f"protocol-runs/{run}/", {"position": 0, "key": "y"})
    markup = page(made.desk, f"/kerja/panggilan/{key}/")
    assert re.search(r'<option value="kebakaran" data-priority="P\d" selected>', markup)
    assert re.search(r'<option value="P1" selected>', markup)
    assert "proposed by the card “Trial card”" in visible(markup)


def test_an_outcome_is_applied_to_the_open_incident_with_its_revision() -> None:
    made = busy_room()
    markup = page(made.desk, f"/kerja/protokol/{made.run}/")
    incident = Incident.objects.get(pk=made.incidents[0])
    assert f'data-api="incidents/{incident.pk}/" data-method="PATCH"' in markup
    assert f'data-revision="{incident.revision}"' in markup
    revision = {"If-Match": f'"{incident.revision}"'}
    made.desk.send("PATCH", f"incidents/{incident.pk}/", {"type": "kebakaran", "priority": "P1"}, **revision)
    applied = page(made.desk, f"/kerja/protokol/{made.run}/")
    assert f'data-api="incidents/{incident.pk}/" data-method="PATCH"' not in applied
    assert f"Incident {incident.number} has this type and priority." in visible(applied)


def test_the_report_shows_one_kind_or_all() -> None:
    made = busy_room()
    made.desk.post(f"calls/{made.calls[0]}/end/")
    everything = visible(page(made.desk, "/kerja/belum-selesai/"))
    assert "Ended, not closed 1" in everything
    chosen = page(made.desk, "/kerja/belum-selesai/?kind=unclosed")
    assert re.search(r'href="\?kind=unclosed" aria-current="true"', chosen)
    assert len(re.findall(r'<section class="panel"', chosen)) == 1
    assert visible(page(made.desk, "/kerja/belum-selesai/?kind=lain")) != ""


def test_a_mark_is_told_with_its_end_and_judged_by_a_supervisor() -> None:
    made = room()
    for _ in range(3):
        key = made.desk.post("calls/", {"caller_number": NUMBER}, expect=201)["id"]
        made.desk.post(f"calls/{key}/answer/")
        made.desk.post(f"calls/{key}/close/", {"call_class": "prank"})
    mark = NumberReputation.objects.get()
    assert f"numbers/{mark.pk}/review/" in forms(page(made.desk, "/kerja/panggilan/"))
    taker = Console(factories.user(Role.CALL_TAKER))
    assert f"numbers/{mark.pk}/review/" not in forms(page(taker, "/kerja/panggilan/"))
    told = visible(page(taker, f"/kerja/panggilan/{key}/"))
    assert "3 prank calls" in told
    assert "rings later until" in told


def test_a_refusal_names_the_state_in_words_and_gives_programs_the_code() -> None:
    made = room()
    key = made.desk.post("calls/", {"caller_number": NUMBER}, expect=201)["id"]
    made.desk.post(f"calls/{key}/answer/")
    made.desk.post(f"calls/{key}/end/")
    made.desk.post(f"calls/{key}/wrap-up/")
    for language, words in (("id", "penyelesaian"), ("en", "wrap-up")):
        made.desk.client.cookies["siaga_language"] = language
        error = made.desk.send("POST", f"calls/{key}/hold/").json()["error"]
        assert error["data"]["state"] == "wrap_up"
        assert f"“{words}”" in error["message"]


def test_an_officer_lands_on_the_page_of_their_agency() -> None:
    made = room()
    made.officer.client.cookies["siaga_language"] = "en"
    answer = made.officer.client.get("/", headers={"accept": "text/html"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/instansi/")
    stranger = Client()
    stranger.force_login(factories.user(Role.AGENCY_OFFICER))
    assert stranger.get("/").status_code == 200


def test_a_closed_incident_can_be_opened_again_and_a_merged_one_taken_back() -> None:
    made = room()
    one, two = made.incident(), made.incident()
    made.desk.post(f"incidents/{one}/links/", {"other": two, "kind": "merged"}, expect=201)
    merged = forms(page(made.desk, f"/kerja/kejadian/{one}/"))
    assert f"incidents/{one}/merge-undo/" in merged
    assert not {path for path in merged if path.endswith(("/reopen/", "/close/", "/assignments/"))}
    made.desk.post(f"incidents/{two}/cancel/", {"note": "uji"})
    assert f"incidents/{two}/reopen/" in forms(page(made.desk, f"/kerja/kejadian/{two}/"))


def test_times_are_told_to_the_second_and_numbers_for_programs_keep_their_point() -> None:
    made = busy_room()
    with translation.override("id"):
        markup = page(made.desk, f"/kerja/kejadian/{made.incidents[0]}/", "id")
    assert re.search(r'data-lat="-6\.21"', markup)
    times = re.findall(r'<time class="time(?: age)?"[^>]*>([^<]+)</time>', markup)
    assert times
    assert all(re.fullmatch(r"(\d{1,2} \w+ )?\d\d:\d\d:\d\d", text) for text in times)
