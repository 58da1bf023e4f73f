"""The command line over HTTP: every example does what the table says, and whatever is refused has changed nothing."""

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from accounts.choices import Role
from accounts.models import AuditEntry, User
from accounts.permissions import ROLE_PERMISSIONS, Permission
from accounts.services.audit import audit_faults
from cameras.models import Camera
from common import clock
from dispatch.choices import UnitAlarmKind
from dispatch.models import Assignment, Broadcast, Incident, IncidentLink, TimelineEntry, Unit, UnitAlarm
from dispatch.rules.commands.table import COMMANDS
from dispatch.selectors.state import state_read
from places.models import Place
from places.selectors import index_forget
from realtime.models import Event
from realtime.selectors import events_for
from tests import factories
from tests.dispatch.console import Console

pytestmark = pytest.mark.django_db
WHERE = {"lat": -6.21, "lon": 106.85}
EXAMPLES = [example for command in COMMANDS for example in command.examples]
Answer = dict[str, Any]


@pytest.fixture(autouse=True)
def _rows(db: None) -> Iterator[None]:
    factories.live_realm()
    for code in ("tertangani", "batal", "laporan-palsu"):
        factories.disposition(code)
    for kind in ("kebakaran", "kebakaran-kendaraan", "orang-hilang", "orang-terlantar", "medis"):
        factories.incident_type(kind)
    village = factories.village()
    for code, name in (("lm-1", "Stasiun Manggarai"), ("lm-2", "Stasiun Tebet"), ("lm-3", "Pasar Tebet")):
        Place.objects.get_or_create(
            code=code, defaults={"kind": "landmark", "name": name, "lat": -6.21, "lon": 106.85, "accuracy_m": 80.0,
                                 "parent": village},
        )  # fmt: skip
    for call_sign in ("DMK12", "DMK14", "AMB-01"):
        factories.unit(call_sign)
    Camera.objects.create(
        code="JKT-00412",
        name="Manggarai T3",
        owner=factories.agency(),
        kind="http_jpeg",
        url="http://kamera.test/1",
        **WHERE,
    )
    index_forget()
    # The sequence counts on through all tests of a process: past the numbers that these tests give by hand.
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('dispatch_incident_number', greatest(nextval('dispatch_incident_number'), 2000))")
    yield
    connection.check_constraints()
    assert list(audit_faults()) == []


@pytest.fixture
def desk() -> Console:
    """A supervisor, who may use every command."""
    return Console(factories.user(Role.SUPERVISOR))


def opened(desk: Console, number: int, kind: str = "kebakaran", **more: Any) -> Incident:
    key = desk.post("incidents/", {"type": kind, "priority": "P3", **WHERE, **more}, expect=201)["id"]
    Incident.objects.filter(pk=key).update(number=number)
    return Incident.objects.get(pk=key)


def run(desk: Console, text: str, selected: Incident | None = None) -> Answer:
    return desk.post("commands/", {"text": text, "incident": str(selected.pk) if selected else None})


def done(desk: Console, text: str, selected: Incident | None = None) -> Answer:
    answer = run(desk, text, selected)
    assert answer["outcome"] == "done", answer
    assert answer["code"] is None
    return answer


def refused(desk: Console, text: str, selected: Incident | None = None) -> tuple[str, list[str]]:
    """Code and the lines that are offered; nothing may have changed."""
    before = (AuditEntry.objects.count(), Event.objects.count())
    answer = run(desk, text, selected)
    assert answer["outcome"] == "refused", answer
    assert answer["message"]
    assert "%(" not in answer["message"]
    assert (answer["changed"], answer["show"]) == ({}, None)
    assert (AuditEntry.objects.count(), Event.objects.count()) == before
    return answer["code"], [choice["text"] for choice in answer["choices"]]


def working(desk: Console, call_sign: str, *steps: str) -> Assignment:
    """A unit on incident 1234, after these steps."""
    incident = Incident.objects.get(number=1234)
    key = desk.post(f"incidents/{incident.pk}/assignments/", {"unit": call_sign}, expect=201)["id"]
    for state in steps:
        desk.post(f"assignments/{key}/", {"state": state})
    return Assignment.objects.get(pk=key)


def alarm(call_sign: str, minutes: int) -> UnitAlarm:
    at = clock.now() - timedelta(minutes=minutes)
    unit = Unit.objects.get(call_sign=call_sign)
    return UnitAlarm.objects.create(
        realm=unit.realm, unit=unit, kind=UnitAlarmKind.DIVERTED, about_at=at, raised_at=at
    )  # fmt: skip


# --- every example does what it says --------------------------------------------------------------------------------


class Stage:
    """Incidents 1234 and 1200, one of them selected by nobody, and a look at what an example made of them."""

    def __init__(self, desk: Console) -> None:
        self.desk = desk
        self.one, self.two = opened(desk, 1234), opened(desk, 1200)

    def now(self) -> Incident:
        return Incident.objects.get(pk=self.one.pk)

    def units(self) -> dict[str, str]:
        return dict(Assignment.objects.filter(incident=self.one).values_list("unit__call_sign", "state"))


def _opens(kind: str, place: str | None, has_point: bool) -> Callable[[Stage, Answer], None]:
    def check(stage: Stage, answer: Answer) -> None:
        row = Incident.objects.exclude(pk__in=[stage.one.pk, stage.two.pk]).get()
        assert (row.type.code, row.place.code if row.place else None) == (kind, place)
        assert (row.lat is not None) is has_point
        assert row.opened_by == stage.desk.user
        assert answer["show"] == {"panel": "incident", "incident": {"id": str(row.pk), "number": row.number}}

    return check


def _units(**states: str) -> Callable[[Stage, Answer], None]:
    def check(stage: Stage, answer: Answer) -> None:
        assert stage.units() == states
        shown = {row["unit"]: row["state"] for row in answer["changed"]["assignments"]}
        assert shown.items() <= states.items()

    return check


def _closed(stage: Stage, answer: Answer) -> None:
    assert stage.units() == {"DMK12": "cleared"}
    row = stage.now()
    assert (row.state, row.disposition.code if row.disposition else "") == ("closed", "tertangani")
    assert [item["state"] for item in answer["changed"]["incidents"]] == ["closed"]


def _cancelled(code: str, note: str) -> Callable[[Stage, Answer], None]:
    def check(stage: Stage, _answer: Answer) -> None:
        row = stage.now()
        assert row.disposition is not None
        assert (row.state, row.disposition.code, row.disposition_note) == ("cancelled", code, note)

    return check


def _acknowledged(stage: Stage, answer: Answer) -> None:
    rows = {row.unit.call_sign: row.acknowledged_by for row in UnitAlarm.objects.select_related("unit")}
    assert rows == {"DMK12": stage.desk.user, "DMK14": None}
    assert [item["unit"] for item in answer["changed"]["unit_alarms"]] == ["DMK12"]


def _broadcast(text: str, minutes: int) -> Callable[[Stage, Answer], None]:
    def check(stage: Stage, answer: Answer) -> None:
        row = Broadcast.objects.get()
        assert (row.text, row.sent_by, row.expires_at - row.sent_at) == (
            text, stage.desk.user, timedelta(minutes=minutes),
        )  # fmt: skip
        assert answer["changed"]["broadcasts"][0]["id"] == str(row.pk)

    return check


def _note(stage: Stage, answer: Answer) -> None:
    line = TimelineEntry.objects.get(kind="note")
    assert (line.incident, line.text) == (stage.one, "pelapor menunggu di gerbang")
    assert answer["changed"]["timeline"][0]["id"] == str(line.pk)


def _taken(stage: Stage, _answer: Answer) -> None:
    assert stage.now().owner == stage.desk.user


def _merged(stage: Stage, _answer: Answer) -> None:
    assert (stage.now().state, stage.now().merged_into) == ("merged", stage.two)
    assert IncidentLink.objects.get().kind == "merged"


def _priority(stage: Stage, _answer: Answer) -> None:
    assert (stage.one.priority, stage.now().priority) == ("P3", "P1")


def _relocated(stage: Stage, _answer: Answer) -> None:
    row = stage.now()
    assert row.place is not None
    assert (row.place.code, row.place_text, row.radius_m) == ("lm-1", "Stasiun Manggarai", 80.0)


def _shows(**wanted: Any) -> Callable[[Stage, Answer], None]:
    def check(_stage: Stage, answer: Answer) -> None:
        assert answer["changed"] == {}
        assert wanted.items() <= answer["show"].items(), answer["show"]

    return check


def _shows_cameras(stage: Stage, answer: Answer) -> None:
    assert answer["show"]["incident"]["id"] == str(stage.one.pk)
    assert [(row["code"], row["distance_m"]) for row in answer["show"]["cameras"]] == [("JKT-00412", 0)]
    assert "url" not in answer["show"]["cameras"][0]


def _shows_unit(_stage: Stage, answer: Answer) -> None:
    show = answer["show"]
    assert (show["panel"], show["unit"]["call_sign"]) == ("unit", "DMK12")
    assert [row["new"] for row in show["statuses"]] == ["OS", "DP", "AV"]
    assert [row["incident"]["number"] for row in show["assignments"]] == [1234]


def _shows_found(_stage: Stage, answer: Answer) -> None:
    assert answer["show"]["panel"] == "find"
    assert [row["code"] for row in answer["show"]["cameras"]] == ["JKT-00412"]
    assert (answer["show"]["incidents"], answer["show"]["units"]) == ([], [])


def _helps(verbs: list[str]) -> Callable[[Stage, Answer], None]:
    def check(_stage: Stage, answer: Answer) -> None:
        assert [row["verb"] for row in answer["show"]["commands"]] == verbs

    return check


CHECKS: dict[str, Callable[[Stage, Answer], None]] = {
    "N kebakaran Stasiun Manggarai": _opens("kebakaran", "lm-1", has_point=True),
    "N medis -6.2102,106.8503": _opens("medis", None, has_point=True),
    "D DMK12,DMK14 1234": _units(DMK12="dispatched", DMK14="dispatched"),
    "D.DMK12.1234": _units(DMK12="dispatched"),
    "E DMK12": _units(DMK12="enroute"),
    "T DMK12": _units(DMK12="on_scene"),
    "K DMK12 /selesai": _closed,
    "K DMK12": _units(DMK12="cleared"),
    "A": _acknowledged,
    "PR 1234 1": _priority,
    "C 1234 /pelapor menunggu di gerbang": _note,
    "L 1234 /Stasiun Manggarai": _relocated,
    "CAM 1234 4": _shows_cameras,
    "CAM JKT-00412": _shows(panel="camera"),
    "W 1234": _shows(panel="matches", waiting=0),
    "F manggarai": _shows_found,
    "G Stasiun Manggarai": _shows(panel="map", code="lm-1", lat=-6.21, lon=106.85),
    "U DMK12": _shows_unit,
    "DUP 1234 1200": _merged,
    "X 1234 /pelapor membatalkan": _cancelled("batal", "pelapor membatalkan"),
    "X 1234 /laporan-palsu": _cancelled("laporan-palsu", ""),
    "BC /kanal radio 2 terganggu, pakai kanal 5": _broadcast("kanal radio 2 terganggu, pakai kanal 5", 30),
    "BC 60 /pergantian regu pukul 15": _broadcast("pergantian regu pukul 15", 60),
    "TTA": _taken,
    "TTA 1234": _taken,
    "?": _helps([command.verb for command in COMMANDS]),
    "? D": _helps(["D"]),
}


def prepare(stage: Stage, example: str) -> None:
    """What must be so before an example can be said."""
    verb = example.split(maxsplit=1)[0]
    if verb == "E":
        working(stage.desk, "DMK12")
    if verb == "T":
        working(stage.desk, "DMK12", "enroute")
    if verb in {"K", "U"}:
        working(stage.desk, "DMK12", "on_scene")
    if verb == "A":
        alarm("DMK14", 1)
        alarm("DMK12", 5)
    if verb == "TTA":
        other = factories.user(Role.DISPATCHER)
        stage.desk.post(f"incidents/{stage.one.pk}/owner/", {"username": other.username})


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_does_what_it_says(desk: Console, example: str) -> None:
    stage = Stage(desk)
    prepare(stage, example)
    before = AuditEntry.objects.order_by("sequence").last()
    answer = done(desk, example, stage.one)
    CHECKS[example](stage, answer)
    command = next(command for command in COMMANDS if command.verb == answer["verb"])
    assert (command.does, example in command.examples) == (answer["does"], True)
    entries = AuditEntry.objects.filter(sequence__gt=before.sequence if before else 0)
    assert {(entry.actor, entry.source) for entry in entries} == (
        set() if command.is_show else {(desk.user, "command")}
    )
    assert (answer["show"] is not None) >= command.is_show


def test_every_example_is_looked_at() -> None:
    assert sorted(CHECKS) == sorted(EXAMPLES)


# --- refusals --------------------------------------------------------------------------------------------------------


def test_a_repeated_request_is_done_once(desk: Console) -> None:
    opened(desk, 1234)
    body = {"text": "C 1234 /sekali"}
    first, again = (desk.send("POST", "commands/", body, key="satu") for _ in range(2))
    assert (first.json(), again.headers["Idempotent-Replayed"]) == (again.json(), "true")
    assert TimelineEntry.objects.filter(kind="note").count() == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"), ("kirim DMK12 1234", "unknown_command"), ("D DMK12", "argument_missing"),
        ("PR 1234 9", "argument_invalid"), ("A x", "too_much"), ("D DMK12 .", "nothing_selected"),
        ("TTA", "nothing_selected"), ("D DMK12 777", "unknown_incident"), ("D ZZZ99 1234", "unknown_unit"),
        ("E DMK12", "unit_idle"), ("A", "no_alarm"), ("DUP 1234 1234", "merge_itself"), ("TTA 1234", "owner_already"),
        ("K DMK12 /entah", "unknown_disposition"), ("N entah Stasiun Manggarai", "unknown_type"),
        ("N kebakaran @99.99", "unknown_place"), ("L 1234 /zzz qqq", "unknown_place"), ("G zzz qqq", "unknown_place"),
        ("CAM TIDAK-ADA", "unknown_camera"), ("W 777", "unknown_incident"), ("? KIRIM", "unknown_command"),
        ("L 1234 /@99.99", "unknown_place"),
    ],
)  # fmt: skip
def test_what_names_nothing_is_refused_and_nothing_changes(desk: Console, text: str, code: str) -> None:
    opened(desk, 1234)
    assert refused(desk, text)[0] == code


def test_near_call_signs_are_offered_and_none_is_sent(desk: Console) -> None:
    opened(desk, 1234)
    code, lines = refused(desk, "D DMK12,DMK13 1234")
    assert (code, set(lines)) == ("unknown_unit", {"D DMK12,DMK12 1234", "D DMK12,DMK14 1234"})
    assert Assignment.objects.count() == 0


def test_a_hyphen_may_be_left_out_unless_two_units_differ_by_it(desk: Console) -> None:
    opened(desk, 1234)
    assert done(desk, "D AMB01 1234")["changed"]["assignments"][0]["unit"] == "AMB-01"
    factories.unit("D-K1")
    factories.unit("DK-1")
    assert refused(desk, "D DK1 1234") == ("ambiguous_unit", ["D D-K1 1234", "D DK-1 1234"])
    assert done(desk, "D DK-1 1234")["changed"]["assignments"][0]["unit"] == "DK-1"


def test_digits_that_end_two_open_incidents_name_none(desk: Console) -> None:
    opened(desk, 1234)
    long = opened(desk, 21234)
    assert refused(desk, "PR 1234 1") == ("ambiguous_incident", ["PR #21234 P1", "PR #1234 P1"])
    done(desk, "PR #21234 1")
    assert Incident.objects.get(pk=long.pk).priority == "P1"
    done(desk, "X #21234 /uji")
    done(desk, "PR 1234 1")  # the open one, now that there is one


def test_a_closed_incident_takes_notes_and_nothing_else(desk: Console) -> None:
    row = opened(desk, 21234)
    done(desk, "X 1234 /uji")
    for text in ("D DMK12 1234", "PR 1234 1", "L 1234 /Stasiun Manggarai", "X 1234 /lagi", "TTA 1234"):
        assert refused(desk, text)[0] == "incident_closed", text
    opened(desk, 1200)
    assert refused(desk, "DUP 1200 1234")[0] == "incident_closed"
    done(desk, "C 1234 /catatan")
    assert TimelineEntry.objects.get(kind="note").incident == row


def test_an_ambiguous_place_opens_nothing_and_each_line_offered_does(desk: Console) -> None:
    code, lines = refused(desk, "N kebakaran tebet")
    assert code == "ambiguous_place"
    assert set(lines) == {"N kebakaran @lm-2", "N kebakaran @lm-3", 'N kebakaran "tebet"'}
    assert Incident.objects.count() == 0
    for line in lines:
        done(desk, line)
    places = set(Incident.objects.values_list("place__code", "place_text", "lat"))
    assert places == {("lm-2", "Stasiun Tebet", -6.21), ("lm-3", "Pasar Tebet", -6.21), (None, "tebet", None)}


def test_an_ambiguous_type_opens_nothing(desk: Console) -> None:
    code, lines = refused(desk, "N orang Stasiun Manggarai")
    assert code == "ambiguous_type"
    assert lines == ["N orang-hilang Stasiun Manggarai", "N orang-terlantar Stasiun Manggarai"]
    done(desk, "N orang hilang Stasiun Manggarai")
    assert Incident.objects.get().type.code == "orang-hilang"
    assert refused(desk, "N orang hilang")[0] == "place_missing"


def test_a_place_nobody_knows_does_not_hold_an_incident_back(desk: Console) -> None:
    answer = done(desk, "N kebakaran gang buntu qqq zzz")
    row = Incident.objects.get()
    assert (row.place_text, row.lat) == ("gang buntu qqq zzz", None)
    assert "#" in answer["message"]


def test_words_in_quotes_leave_the_point(desk: Console) -> None:
    row = opened(desk, 1234)
    done(desk, 'L 1234 /"pintu belakang, lantai 3"')
    now = Incident.objects.get(pk=row.pk)
    assert (now.place_text, now.lat, now.lon) == ("pintu belakang, lantai 3", row.lat, row.lon)
    assert refused(desk, "L 1234 /gang qqq zzz") == ("unknown_place", ['L 1234 /"gang qqq zzz"'])


def test_a_taken_unit_is_named_and_the_other_goes(desk: Console) -> None:
    Stage(desk)
    done(desk, "D DMK12 1200")
    assert refused(desk, "D DMK12 1234")[0] == "unit_taken"
    answer = run(desk, "D DMK12,DMK14 1234")
    assert (answer["outcome"], answer["code"]) == ("partly", "unit_taken")
    assert [(item["about"], item["code"]) for item in answer["refused"]] == [("DMK12", "unit_taken")]
    assert [item["unit"] for item in answer["changed"]["assignments"]] == ["DMK14"]


def test_a_step_that_is_no_step_is_refused(desk: Console) -> None:
    opened(desk, 1234)
    working(desk, "DMK12", "on_scene")
    assert refused(desk, "E DMK12")[0] == "state_conflict"


def test_the_unit_is_clear_although_its_incident_cannot_be_closed(desk: Console) -> None:
    row = opened(desk, 1234)
    working(desk, "DMK12", "on_scene")
    working(desk, "DMK14", "on_scene")
    answer = run(desk, "K DMK12 /tertangani dua korban")
    assert (answer["outcome"], answer["code"], answer["refused"][0]["about"]) == ("partly", "units_at_work", "#1234")
    assert Assignment.objects.get(unit__call_sign="DMK12").state == "cleared"
    assert Incident.objects.get(pk=row.pk).is_open
    done(desk, "K DMK14 /tertangani dua korban")
    closed = Incident.objects.get(pk=row.pk)
    assert (closed.state, closed.disposition_note) == ("closed", "dua korban")


# --- rights ----------------------------------------------------------------------------------------------------------

ONE_OF_EACH = {command.verb: command.examples[0] for command in COMMANDS}


@pytest.mark.parametrize("verb", ONE_OF_EACH)
@pytest.mark.parametrize("role", [Role.CALL_TAKER, Role.WATCHLIST_OFFICER])
def test_each_verb_asks_for_its_own_right(role: Role, verb: str) -> None:
    stage = Stage(Console(factories.user(Role.SUPERVISOR)))
    prepare(stage, ONE_OF_EACH[verb])
    desk = Console(factories.user(role))
    needed = Permission(next(command.permission for command in COMMANDS if command.verb == verb))
    if needed in ROLE_PERMISSIONS[role]:
        assert run(desk, ONE_OF_EACH[verb], stage.one)["outcome"] == "done"
    else:
        assert refused(desk, ONE_OF_EACH[verb], stage.one) == ("access_denied", [])


@pytest.mark.parametrize("role", [Role.AGENCY_OFFICER, Role.AUDITOR, Role.UNIT, Role.ADMINISTRATOR])
def test_who_is_no_console_has_no_command_line(role: Role) -> None:
    desk = Console(factories.user(role, agency=factories.agency()))
    assert desk.refused("commands/", {"text": "?"}) == (403, "access_denied")
    assert desk.client.get("/api/v1/commands/?text=D").status_code == 403
    assert desk.client.get("/api/v1/commands/help/").status_code == 403


# --- broadcasts ------------------------------------------------------------------------------------------------------


def stream(user: User) -> list[str]:
    events, _reached = events_for(user=user, realm=factories.live_realm(), sequence=0)
    return [event.kind for event in events]


def test_a_broadcast_reaches_every_desk_of_the_centre_until_it_expires(
    desk: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    done(desk, "BC 5 /banjir di Kampung Melayu")
    taker, officer = factories.user(Role.CALL_TAKER), factories.user(Role.AGENCY_OFFICER, agency=factories.agency())
    assert stream(taker) == ["broadcast.sent"]
    assert stream(officer) == []
    realm = factories.live_realm()
    assert [row["text"] for row in state_read(realm=realm, user=taker)["broadcasts"]] == ["banjir di Kampung Melayu"]
    assert "broadcasts" not in state_read(realm=realm, user=officer)
    later = clock.now() + timedelta(minutes=5)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert state_read(realm=realm, user=taker)["broadcasts"] == []
    assert Broadcast.objects.count() == 1


def test_a_broadcast_too_long_is_refused(desk: Console) -> None:
    assert refused(desk, f"BC /{'x' * 501}")[0] == "broadcast_text"
    assert Broadcast.objects.count() == 0


# --- hints -----------------------------------------------------------------------------------------------------------


def hint(desk: Console, text: str, selected: Incident | None = None) -> Answer:
    extra = {"incident": str(selected.pk)} if selected else {}
    answer = desk.client.get("/api/v1/commands/", {"text": text, **extra})
    assert answer.status_code == 200, answer.content
    found: Answer = answer.json()
    return found


def lines(desk: Console, text: str, selected: Incident | None = None) -> list[str]:
    return [item["text"] for item in hint(desk, text, selected)["completions"]]


def test_what_comes_next_is_offered_as_whole_lines(desk: Console) -> None:
    row = opened(desk, 1234)
    opened(desk, 1200)
    assert lines(desk, "D") == ["D ", "DUP "]
    assert lines(desk, "A") == ["A", "T "]  # the alias AR
    assert lines(desk, "D DM") == ["D DMK12", "D DMK14"]
    assert lines(desk, "D DMK12,") == ["D DMK12,AMB-01", "D DMK12,DMK14"]
    assert lines(desk, "D amb0") == ["D AMB-01"]
    assert lines(desk, "D DMK12 12") == ["D DMK12 #1200", "D DMK12 #1234"]
    assert lines(desk, "D DMK12 34") == ["D DMK12 #1234"]
    assert lines(desk, "D DMK12 ", row)[0] == "D DMK12 ."
    assert lines(desk, "PR 1234 ")[:2] == ["PR 1234 1", "PR 1234 2"]
    assert lines(desk, "N keb") == ["N kebakaran", "N kebakaran-kendaraan"]
    assert lines(desk, "N kebakaran Stasiun Mang")[0] == "N kebakaran @lm-1"
    assert "K DMK12 /tertangani" in lines(desk, "K DMK12 ")
    assert lines(desk, "K DMK12 /tert") == ["K DMK12 /tertangani"]
    assert lines(desk, "CAM jkt") == ["CAM JKT-00412"]
    assert lines(desk, "C 1234 /apa") == lines(desk, "zzz 1") == []
    assert (hint(desk, "D DMK12 1234")["is_complete"], hint(desk, "D DMK12")["is_complete"]) == (True, False)
    assert [item["kind"] for item in hint(desk, "CAM ")["next"]] == ["incident", "camera"]


def test_each_line_offered_for_a_place_is_understood(desk: Console) -> None:
    for line in lines(desk, "N kebakaran tebet"):
        done(desk, line)
    assert Incident.objects.count() == 2


def test_hints_change_nothing_and_stay_few_queries(desk: Console) -> None:
    for number in range(1, 31):
        factories.unit(f"UNIT-{number:02}")
    hint(desk, "D UNIT")  # what is remembered is remembered
    before = (AuditEntry.objects.count(), Event.objects.count())
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(lines(desk, "D UNIT")) == 8
    assert len(queries) <= 8, [query["sql"] for query in queries]
    assert (AuditEntry.objects.count(), Event.objects.count()) == before


def test_hints_offer_only_what_is_allowed() -> None:
    taker = Console(factories.user(Role.CALL_TAKER))
    assert lines(taker, "B") == []
    assert {row["verb"]: row["is_allowed"] for row in taker.get("commands/help/")["commands"]}["BC"] is False
    officer = Console(factories.user(Role.WATCHLIST_OFFICER))
    assert lines(officer, "D DM") == []
    assert lines(officer, "U DM") == ["U DMK12", "U DMK14"]


@pytest.mark.parametrize("text", ["D \x00", "F \x00", "N kebakaran \x00\x00\x00", "CAM \x00", "PR \x00 ", "\x00"])
def test_control_characters_are_no_error_of_a_hint(desk: Console, text: str) -> None:
    assert desk.client.get("/api/v1/commands/", {"text": text}).status_code == 200


@pytest.mark.parametrize("incident", ["x", "1234", str(uuid.UUID(int=1)), "\x00"])
def test_a_wrong_selection_is_no_error_of_a_hint(desk: Console, incident: str) -> None:
    answer = desk.client.get("/api/v1/commands/", {"text": "D DMK12 ", "incident": incident})
    assert (answer.status_code, answer.json()["completions"]) == (200, [])


def test_the_help_is_in_the_language_of_the_reader(desk: Console) -> None:
    for language, usage in (("id", "D unit,unit kejadian"), ("en", "D unit,unit incident")):
        desk.client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        answer = desk.client.get("/api/v1/commands/help/")
        rows = {row["verb"]: row for row in answer.json()["commands"]}
        assert rows["D"]["usage"] == usage
        with translation.override(language):
            assert rows["D"]["help"] == next(item for item in COMMANDS if item.verb == "D").help(language)
