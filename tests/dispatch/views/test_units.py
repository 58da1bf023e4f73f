"""The board of units, a crew's own page, the proposal on an incident's page, and the banner of a storm."""

import re

import pytest

from accounts.choices import Role
from dispatch.models import Assignment, Incident, Storm, Unit, UnitAlarm
from tests import factories
from tests.dispatch.console import Console, exchange_send
from tests.dispatch.views.room import Room, busy_room, fleet, page, room, visible
from tests.dispatch.views.test_work import forms

pytestmark = pytest.mark.django_db
BOARD, OWN = "/kerja/unit/", "/unit/"


def fire(made: Room) -> str:
    """A room with units, and an incident that nobody was sent to yet; its page."""
    fleet(made)
    return f"/kerja/kejadian/{made.incident()}/"


def proposal(markup: str) -> str:
    return markup.partition('class="act stack send"')[2].partition("</form>")[0]


def test_the_board_shows_every_unit_and_one_kind_of_them() -> None:
    made = busy_room()
    everything = page(made.desk, BOARD)
    assert [name for name in re.findall(r'href="\?unit=([\w-]+)">', everything) if name] == [
        "UJI-3", "UJI-1", "UJI-2", "UJI-3", "UJI-4",
    ]  # fmt: skip  # the first is the alarm's
    free = page(made.desk, f"{BOARD}?show=available")
    assert re.findall(r"show=available&amp;unit=([\w-]+)", free) == ["UJI-2", "UJI-4"]
    number = Incident.objects.get(pk=made.incidents[0]).number
    assert f"#{number} Structure fire" in visible(everything)


def test_what_may_be_said_of_a_unit_follows_from_its_work() -> None:
    made = busy_room()

    def offered(call_sign: str) -> list[str]:
        markup = page(made.desk, f"{BOARD}?unit={call_sign}")
        box = markup.partition('id="status" name="status"')[2].partition("</select>")[0]
        return re.findall(r'value="(\w+)"', box)

    assert offered("UJI-1") == ["OO", "UM"]
    assert offered("UJI-2") == ["AVM", "RT", "RS", "BR", "OO", "UM", "OD"]
    assert offered("UJI-3") == []
    assert "units/UJI-2/status/" in forms(page(made.desk, f"{BOARD}?unit=uji-2"))


def test_every_status_that_is_offered_is_taken() -> None:
    made = room()
    fleet(made)
    for status in ("AVM", "RT", "RS", "BR", "OO", "UM", "OD"):
        made.desk.post("units/UJI-2/status/", {"status": status, "reason": "uji"})
        assert Unit.objects.get(call_sign="UJI-2").status == status


def test_a_unit_in_distress_is_on_every_page_until_its_emergency_is_ended() -> None:
    made = busy_room()
    alarm = UnitAlarm.objects.get(kind="emergency")
    for address in ("/kerja/kejadian/", "/kerja/panggilan/", BOARD):
        assert "In distress: UJI-3" in visible(page(made.desk, address)), address
    assert f"unit-alarms/{alarm.pk}/acknowledge/" in forms(page(made.desk, BOARD))
    made.desk.post(f"unit-alarms/{alarm.pk}/acknowledge/")
    looked = forms(page(made.desk, BOARD))
    assert f"unit-alarms/{alarm.pk}/end/" in looked
    assert f"unit-alarms/{alarm.pk}/acknowledge/" not in looked
    made.desk.post(f"unit-alarms/{alarm.pk}/end/", {"reason": "lewat radio"})
    assert "In distress" not in visible(page(made.desk, "/kerja/kejadian/"))


def test_an_auditor_sees_the_board_and_can_do_nothing_on_it() -> None:
    busy_room()
    auditor = factories.user(Role.AUDITOR)
    assert forms(page(auditor, f"{BOARD}?unit=UJI-2")) == set()


def test_a_crew_sees_its_work_and_takes_its_steps() -> None:
    made = busy_room()
    assert made.crew is not None
    markup = page(made.crew, OWN)
    shown = visible(markup)
    assert "UJI-1" in shown
    assert "Jl. Contoh 2" in shown
    assert "+62" not in shown  # who called stays with the centre
    steps = re.findall(r'name="state" value="(\w+)"', markup)
    assert sorted(steps) == ["cleared", "transporting"]
    made.crew.post("unit/step/", {"state": "transporting", "destination": "RS Uji"})
    assert "RS Uji" in visible(page(made.crew, OWN))
    assert re.findall(r'name="state" value="(\w+)"', page(made.crew, OWN)) == ["at_destination", "cleared"]
    made.crew.post("unit/step/", {"state": "cleared"})
    assert "On no incident." in visible(page(made.crew, OWN))


def test_a_crew_in_distress_sees_that_the_centre_knows() -> None:
    made = busy_room()
    assert made.crew is not None
    made.crew.post("unit/emergency/", {}, expect=201)
    assert "The centre is told." in visible(page(made.crew, OWN))
    alarm = UnitAlarm.objects.get(kind="emergency", unit__call_sign="UJI-1")
    made.desk.post(f"unit-alarms/{alarm.pk}/acknowledge/")
    assert f"{made.desk.user} at the centre looks at it." in visible(page(made.crew, OWN))


def test_an_account_without_a_unit_is_told_so() -> None:
    factories.live_realm()
    markup = page(factories.user(Role.UNIT), OWN)
    assert "This account belongs to no unit in service." in visible(markup)
    assert forms(markup) == set()


def test_the_proposal_is_ticked_with_its_reasons_and_what_is_missing() -> None:
    made = room()
    markup = page(made.desk, fire(made))
    form = proposal(markup)
    ticked = re.findall(r'name="units" value="([\w-]+)" data-type="list" checked', form)
    assert ticked == ["UJI-1", "UJI-2"]
    assert re.findall(r'value="([\w-]+)" data-type="list" data-passed', form) == []
    shown = visible(markup)
    assert "2 × pompa-uji ( 2 to send ) · 1 × tangga-uji ( 1 to send )" in shown
    assert "position of its post pos-uji" in shown
    assert "1 × tangga-uji missing : there is no such unit" in shown
    assert re.search(r"data-why hidden>", form)


def test_units_that_were_sent_are_ticked_off_and_the_next_alarm_asks_for_more() -> None:
    made = room()
    address = fire(made)
    factories.run_card("kebakaran", ("pompa-uji", 1), level=2)
    made.desk.post(f"incidents/{made.incidents[0]}/assignments/", {"units": ["UJI-1", "UJI-2"]}, expect=201)
    first = page(made.desk, address)
    assert 'name="units"' not in proposal(first)
    assert "2 × pompa-uji ✓" in visible(first)
    assert re.findall(r'href="\?alarm=(\d)"', first) == ["1", "2"]
    second = proposal(page(made.desk, f"{address}?alarm=2"))
    assert re.findall(r'name="units" value="([\w-]+)"', second) == ["UJI-3"]
    assert 'name="alarm_level" value="2"' in second
    made.desk.post(f"incidents/{made.incidents[0]}/assignments/", {"units": ["UJI-3"], "alarm_level": 2}, expect=201)
    assert 'href="?alarm=2" aria-current="true"' in page(made.desk, address)


def test_who_was_sent_instead_of_the_proposed_is_told_with_the_reason() -> None:
    made = room()
    address = fire(made)
    body = {"unit": "UJI-4", "override_reason": "asked_for", "override_note": "komandan"}
    made.desk.post(f"incidents/{made.incidents[0]}/assignments/", body, expect=201)
    shown = visible(page(made.desk, address))
    assert "not proposed: was asked for — komandan" in shown
    assert "UJI-4: dispatched (not as proposed: was asked for)" in shown


def test_a_unit_is_sent_elsewhere_by_a_form_that_asks_why() -> None:
    made = room()
    address = fire(made)
    other = made.incident("api di atap")
    made.desk.post(f"incidents/{made.incidents[0]}/assignments/", {"unit": "UJI-1"}, expect=201)
    row = Assignment.objects.get()
    markup = page(made.desk, address)
    assert f"assignments/{row.pk}/divert/" in forms(markup)
    assert 'name="state" value="diverted"' not in markup
    made.desk.post(f"assignments/{row.pk}/divert/", {"incident": other, "reason": "lebih gawat"}, expect=201)
    number = Incident.objects.get(pk=other).number
    assert f"UJI-1: diverted → #{number}" in visible(page(made.desk, address))


def test_those_who_hung_up_in_a_storm_are_closed_from_the_page_of_calls() -> None:
    made = busy_room()
    factories.pbx()
    storm = Storm.objects.get()
    assert f"storms/{storm.pk}/settle/" not in forms(page(made.desk, "/kerja/panggilan/"))
    where = {"lat": storm.lat, "lon": storm.lon, "radius_m": 20.0, "source": "aml"}
    at = storm.started_at.isoformat()
    ringing = {"id": "1-r", "event": "ringing", "call": "c1", "at": at, "caller": "+62811000001"}
    gone = {"id": "1-a", "event": "abandoned", "call": "c1", "at": at, "caller": "+62811000001"}
    exchange_send([ringing | {"location": where | {"measured_at": at}}, gone])
    banner = page(made.desk, "/kerja/panggilan/")
    assert f"storms/{storm.pk}/settle/" in forms(banner)
    assert "Close 1 who hung up" in visible(banner)
    assert re.search(rf'data-api="storms/{storm.pk}/settle/".*?data-confirm="[^"]+"', banner, re.DOTALL)
    assert f"storms/{storm.pk}/settle/" not in forms(page(factories.user(Role.AUDITOR), "/kerja/panggilan/"))
    assert made.desk.post(f"storms/{storm.pk}/settle/") == {"closed": 1, "left": 0}
    assert f"storms/{storm.pk}/settle/" not in forms(page(made.desk, "/kerja/panggilan/"))


def test_a_supervisor_issues_and_others_read_a_warning() -> None:
    made = busy_room()
    assert "alerts/" in forms(page(made.desk, "/kerja/peringatan/"))
    taker = Console(factories.user(Role.CALL_TAKER))
    assert forms(page(taker, "/kerja/peringatan/")) == set()
    shown = visible(page(taker, f"/kerja/peringatan/{made.alert}/"))
    for words in (
        "Pintu air naik",
        "Naik ke tempat tinggi.",
        "severe",
        "within the hour",
        "likely",
        "circle of 2000 m",
    ):
        assert words in shown, words
    numbers = set(Incident.objects.filter(pk__in=made.incidents[1:]).values_list("number", flat=True))
    assert {f"#{number}" for number in numbers} <= set(re.findall(r"#\d+", shown))
