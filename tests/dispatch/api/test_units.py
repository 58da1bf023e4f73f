"""Units and their work over HTTP: status and assignment are two things, and each complaint of the field is a test."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.choices import Role
from accounts.models import AuditEntry
from accounts.services.audit import audit_faults
from dispatch.models import Assignment, Incident, TimelineEntry, Unit, UnitAlarm, UnitStatusChange
from realtime.models import Realm, RealmKind
from tests import factories
from tests.dispatch.console import Console

pytestmark = pytest.mark.django_db
WHERE = {"lat": -6.21, "lon": 106.85}


@pytest.fixture(autouse=True)
def _rows(db: None) -> Iterator[None]:
    factories.live_realm()
    factories.disposition()
    factories.disposition("batal")
    yield
    connection.check_constraints()
    assert list(audit_faults()) == []


@pytest.fixture
def desk() -> Console:
    return Console(factories.user(Role.DISPATCHER))


def crew(unit: Unit) -> Console:
    """The account of a unit's device."""
    unit.account = factories.user(Role.UNIT)
    unit.save(update_fields=["account"])
    return Console(unit.account)


def incident(desk: Console, kind: str = "orang-hilang", **more: Any) -> str:
    factories.incident_type(kind)
    identity: str = desk.post("incidents/", {"type": kind, **WHERE, **more}, expect=201)["id"]
    return identity


def sent(desk: Console, incident_id: str, call_sign: str = "AMB-01") -> str:
    factories.unit(call_sign)
    identity: str = desk.post(f"incidents/{incident_id}/assignments/", {"unit": call_sign}, expect=201)["id"]
    return identity


def step(desk: Console, assignment_id: str, state: str, **more: str) -> dict[str, Any]:
    return desk.post(f"assignments/{assignment_id}/", {"state": state, **more})


def status(call_sign: str = "AMB-01") -> str:
    return Unit.objects.get(call_sign=call_sign).status


def incident_state(incident_id: str) -> str:
    return Incident.objects.get(pk=incident_id).state


def test_assigning_changes_the_units_status_and_each_step_after_it(desk: Console) -> None:
    key = incident(desk)
    row = sent(desk, key)
    assert (status(), incident_state(key)) == ("DP", "assigned")
    way = [
        ("acknowledged", "AK", "assigned"), ("enroute", "ER", "enroute"), ("staged", "ST", "enroute"),
        ("on_scene", "OS", "on_scene"), ("transporting", "TR", "on_scene"), ("at_destination", "AH", "on_scene"),
        ("cleared", "RT", "all_clear"),
    ]  # fmt: skip
    for state, code, of_incident in way:
        assert step(desk, row, state)["state"] == state
        assert (status(), incident_state(key)) == (code, of_incident), state
    changes = UnitStatusChange.objects.order_by("id").values_list("old", "new", "assignment_id")
    assert [(old, new) for old, new, _of in changes] == [
        ("", "AV"), ("AV", "DP"), ("DP", "AK"), ("AK", "ER"), ("ER", "ST"), ("ST", "OS"), ("OS", "TR"), ("TR", "AH"),
        ("AH", "RT"),
    ]  # fmt: skip
    assert {of for _old, new, of in changes if new != "AV"} == {uuid.UUID(row)}


@pytest.mark.parametrize(
    ("steps", "last", "before", "after"),
    [
        ([], "refused", "AVM", "AVM"),
        (["acknowledged"], "cancelled_enroute", "AV", "AV"),
        (["acknowledged"], "refused", "BR", "BR"),
        (["enroute"], "cancelled_enroute", "AV", "RT"),
        (["on_scene"], "cleared", "AVM", "RT"),
    ],
)
def test_whoever_is_turned_back_before_leaving_stands_where_it_stood(
    desk: Console, steps: list[str], last: str, before: str, after: str
) -> None:
    factories.unit("AMB-01")
    if before != "AV":
        desk.post("units/AMB-01/status/", {"status": before})
    row = sent(desk, incident(desk))
    for state in steps:
        step(desk, row, state)
    step(desk, row, last, reason="alasan")
    assert status() == after


def test_a_reserved_unit_is_shown_as_reserved_and_only_a_person_sends_it(desk: Console) -> None:
    factories.unit("AMB-01", type=factories.unit_type("ambulans-dasar", "medis-dasar"))
    factories.run_card("medis", ("ambulans-dasar", 1))
    assert desk.refused("units/AMB-01/status/", {"status": "RS"}) == (400, "reason_missing")
    shown = desk.post("units/AMB-01/status/", {"status": "RS", "reason": "siaga konser"})
    assert (shown["status"], shown["availability"]) == ("RS", "conditional")
    assert {unit["call_sign"]: unit["status"] for unit in desk.get("units/")["units"]} == {"AMB-01": "RS"}
    key = incident(desk, "medis")
    found = desk.get(f"incidents/{key}/recommendation/")
    assert found["proposed"] == []
    assert found["shortfalls"][0]["reason"]["data"]["reserved"] == 1
    sent(desk, key)
    assert status() == "DP"


def test_twelve_units_are_named_when_closing_and_close_when_they_are_clear(desk: Console) -> None:
    key = incident(desk)
    names = [f"AMB-{number:02}" for number in range(1, 13)]
    for name in names:
        factories.unit(name)
    answer = desk.post(f"incidents/{key}/assignments/", {"units": names}, expect=201)
    assert [row["unit"] for row in answer["sent"]] == names
    refused = desk.send("POST", f"incidents/{key}/close/", {"disposition": "tertangani"})
    assert refused.json()["error"]["data"] == {"units": ", ".join(names)}
    for row in answer["sent"]:
        step(desk, row["id"], "on_scene")
        step(desk, row["id"], "cleared")
    assert desk.post(f"incidents/{key}/close/", {"disposition": "tertangani"})["state"] == "closed"
    assert set(Unit.objects.values_list("status", flat=True)) == {"RT"}


def test_an_incident_that_was_opened_again_stays_open_when_its_units_clear(desk: Console) -> None:
    key = incident(desk)
    row = sent(desk, key)
    step(desk, row, "on_scene")
    step(desk, row, "cleared")
    desk.post(f"incidents/{key}/close/", {"disposition": "tertangani"})
    desk.post(f"incidents/{key}/reopen/", {"reason": "api menyala lagi"})
    again = sent(desk, key)
    step(desk, again, "on_scene")
    step(desk, again, "cleared")
    assert incident_state(key) == "all_clear"
    assert Incident.objects.get(pk=key).closed_at is None


def test_calling_off_turns_units_back_and_sets_them_free(desk: Console) -> None:
    key = incident(desk)
    sent(desk, key, "AMB-01")
    step(desk, sent(desk, key, "AMB-02"), "enroute")
    desk.post(f"incidents/{key}/cancel/", {"disposition": "batal"})
    assert (status("AMB-01"), status("AMB-02")) == ("AV", "RT")
    assert set(Assignment.objects.values_list("state", flat=True)) == {"cancelled_enroute"}
    assert set(Assignment.objects.values_list("due_at", flat=True)) == {None}


def test_who_can_go_goes_and_who_cannot_is_named_with_who_has_it(desk: Console) -> None:
    first, second = incident(desk), incident(desk)
    sent(desk, first, "AMB-01")
    factories.unit("AMB-02")
    factories.unit("AMB-03")
    desk.post("units/AMB-03/status/", {"status": "OO", "reason": "ban pecah"})
    answer = desk.post(
        f"incidents/{second}/assignments/", {"units": ["AMB-01", "AMB-02", "AMB-03", "AMB-99"]}, expect=201
    )
    assert [row["unit"] for row in answer["sent"]] == ["AMB-02"]
    number = Incident.objects.get(pk=first).number
    assert [(row["unit"], row["code"], row["data"]) for row in answer["refused"]] == [
        ("AMB-01", "unit_taken", {"unit": "AMB-01", "number": number, "who": str(desk.user)}),
        ("AMB-03", "unit_unavailable", {"unit": "AMB-03", "status": "OO"}),
        ("AMB-99", "unknown_unit", {"fields": {"unit": ["AMB-99"]}}),
    ]
    assert f"#{number}" not in answer["refused"][0]["message"]
    assert str(number) in answer["refused"][0]["message"]
    assert desk.refused(f"incidents/{second}/assignments/", {"units": ["AMB-01", "AMB-03"]}) == (409, "unit_taken")
    assert Assignment.objects.count() == 2


def test_a_unit_that_breaks_down_keeps_its_work_and_the_owner_is_told(desk: Console) -> None:
    key = incident(desk)
    row = sent(desk, key)
    step(desk, row, "enroute")
    device = crew(factories.unit("AMB-01"))
    assert device.refused("unit/status/", {"status": "OO"}) == (400, "reason_missing")
    answer = device.post("unit/status/", {"status": "OO", "reason": "mogok di tol"})
    assert (answer["unit"]["status"], answer["assignment"]["state"]) == ("OO", "enroute")
    alarm = UnitAlarm.objects.get()
    assert (alarm.kind, str(alarm.incident_id), alarm.reason) == ("out_of_service", key, "mogok di tol")
    assert incident_state(key) == "enroute"  # nothing was ended in silence
    assert TimelineEntry.objects.filter(kind="unit_alarm").get().data["unit"] == "AMB-01"
    # What becomes of the work does not make it sound again.
    step(desk, row, "cancelled_enroute")
    assert (status(), incident_state(key)) == ("OO", "pending")
    assert desk.refused(f"incidents/{key}/assignments/", {"unit": "AMB-01"}) == (409, "unit_unavailable")


def test_back_in_service_in_the_middle_of_its_work_is_what_the_work_says(desk: Console) -> None:
    row = sent(desk, incident(desk))
    step(desk, row, "on_scene")
    device = crew(factories.unit("AMB-01"))
    device.post("unit/status/", {"status": "UM", "reason": "seorang terluka"})
    assert device.post("unit/status/", {"status": "AVM"})["unit"]["status"] == "OS"


@pytest.mark.parametrize("wanted", ["AV", "AVM", "RT", "BR", "RS", "OD"])
def test_a_word_never_ends_an_assignment(desk: Console, wanted: str) -> None:
    key = incident(desk)
    sent(desk, key)
    body = {"status": wanted, "reason": "x"}
    assert desk.refused("units/AMB-01/status/", body) == (409, "unit_on_assignment")
    assert crew(factories.unit("AMB-01")).refused("unit/status/", body) == (409, "unit_on_assignment")
    assert (status(), Assignment.objects.get().state) == ("DP", "dispatched")


@pytest.mark.parametrize("wanted", ["DP", "AK", "ER", "ST", "OS", "TR", "AH"])
def test_nobody_is_at_work_without_work(desk: Console, wanted: str) -> None:
    factories.unit("AMB-01")
    assert desk.refused("units/AMB-01/status/", {"status": wanted}) == (409, "unit_without_work")
    assert status() == "AV"
    assert UnitStatusChange.objects.count() == 1


def test_a_crews_status_is_the_next_step_of_its_work(desk: Console) -> None:
    key = incident(desk)
    row = sent(desk, key)
    device = crew(factories.unit("AMB-01"))
    assert device.post("unit/status/", {"status": "ER"})["assignment"]["state"] == "enroute"
    assert (status(), incident_state(key)) == ("ER", "enroute")
    assert device.post("unit/status/", {"status": "ER"})["assignment"]["state"] == "enroute"  # pressed twice
    seen = device.get("unit/")
    assert seen["steps"] == ["staged", "on_scene", "cleared"]
    assert "caller_number" not in str(seen)
    assert device.post("unit/step/", {"state": "cleared"})["assignment"] is None
    assert Assignment.objects.get(pk=row).transitions.count() == 3
    assert device.refused("unit/step/", {"state": "on_scene"}) == (404, "not_found")


def test_a_crew_neither_turns_itself_back_nor_touches_another_unit(desk: Console) -> None:
    row = sent(desk, incident(desk))
    device = crew(factories.unit("AMB-01"))
    assert device.refused("unit/step/", {"state": "cancelled_enroute"}) == (409, "desk_decides")
    assert device.refused("unit/step/", {"state": "refused"}) == (400, "reason_missing")
    assert device.refused(f"assignments/{row}/", {"state": "cleared"}) == (403, "access_denied")
    assert device.refused("units/AMB-01/status/", {"status": "AVM"}) == (403, "access_denied")
    assert Assignment.objects.get().state == "dispatched"
    stranger = Console(factories.user(Role.UNIT))
    assert stranger.get("unit/", expect=404)["error"]["code"] == "not_found"
    assert stranger.refused("unit/emergency/") == (404, "not_found")
    assert UnitAlarm.objects.count() == 0


def test_transport_keeps_the_hospital(desk: Console) -> None:
    factories.village()
    row = sent(desk, incident(desk))
    step(desk, row, "on_scene")
    answer = step(desk, row, "transporting", destination="31.74.01.1003")
    assert (answer["destination"], answer["destination_text"]) == ("31.74.01.1003", "")
    answer = step(desk, row, "at_destination", destination="RS Harapan")
    assert answer["destination_text"] == "RS Harapan"
    line = TimelineEntry.objects.filter(kind="assignment").order_by("-occurred_at").first()
    assert line is not None
    assert line.data["destination"] == "Manggarai"


def test_diverting_is_one_act_and_the_owner_of_the_first_is_told(desk: Console) -> None:
    other = Console(factories.user(Role.DISPATCHER))
    first, second = incident(desk), incident(desk, priority="P1")
    row = sent(desk, first)
    step(desk, row, "enroute")
    assert other.refused(f"assignments/{row}/divert/", {"incident": first, "reason": "x"}) == (409, "divert_itself")
    new = other.post(f"assignments/{row}/divert/", {"incident": second, "reason": "henti jantung"}, expect=201)
    assert (new["incident_id"], new["state"], new["unit"]) == (second, "dispatched", "AMB-01")
    old = Assignment.objects.get(pk=row)
    assert (old.state, str(old.diverted_to_id)) == ("diverted", second)
    assert (incident_state(first), incident_state(second), status()) == ("pending", "assigned", "DP")
    alarm = UnitAlarm.objects.get()
    assert (alarm.kind, str(alarm.incident_id)) == ("diverted", first)
    assert "henti jantung" in alarm.reason
    assert other.refused(f"assignments/{row}/divert/", {"incident": second, "reason": "x"})[0] == 409
    assert desk.refused(f"assignments/{new['id']}/", {"state": "diverted"}) == (400, "diverted_whereto")


def test_diverting_to_a_closed_incident_changes_nothing(desk: Console) -> None:
    first, second = incident(desk), incident(desk)
    row = sent(desk, first)
    desk.post(f"incidents/{second}/cancel/", {"disposition": "batal"})
    assert desk.refused(f"assignments/{row}/divert/", {"incident": second, "reason": "x"}) == (409, "incident_closed")
    assert (Assignment.objects.get().state, status(), incident_state(first)) == ("dispatched", "DP", "assigned")
    missing = str(uuid.uuid4())
    assert desk.refused(f"assignments/{row}/divert/", {"incident": missing, "reason": "x"}) == (404, "not_found")
    assert desk.refused(f"assignments/{missing}/divert/", {"incident": first, "reason": "x"}) == (404, "not_found")


def test_an_emergency_is_looked_at_by_one_and_ended_by_a_person(desk: Console) -> None:
    key = incident(desk)
    step(desk, sent(desk, key), "on_scene")
    device = crew(factories.unit("AMB-01"))
    device.post("unit/emergency/", {}, expect=201)
    alarm = UnitAlarm.objects.get()
    assert (status(), alarm.kind, alarm.level, str(alarm.incident_id)) == ("PN", "emergency", "desk", key)
    assert device.refused("unit/status/", {"status": "AVM"}) == (409, "unit_in_distress")
    assert desk.refused(f"unit-alarms/{alarm.pk}/end/", {"reason": "aman"}) == (409, "alarm_open")
    assert desk.post(f"unit-alarms/{alarm.pk}/acknowledge/")["acknowledged_by"] == str(desk.user)
    late = Console(factories.user(Role.SUPERVISOR)).send("POST", f"unit-alarms/{alarm.pk}/acknowledge/")
    assert (late.status_code, late.json()["error"]["data"]["who"]) == (409, str(desk.user))
    # Pressed again after that: the same alarm, to be looked at anew.
    answer = device.post("unit/emergency/", {}, expect=201)
    assert answer["emergency"]["acknowledged_by"] is None
    alarm = UnitAlarm.objects.get()
    assert (alarm.presses, alarm.acknowledged_at, alarm.ended_at) == (2, None, None)
    assert device.get("unit/")["statuses"] == []
    desk.post(f"unit-alarms/{alarm.pk}/acknowledge/")
    assert status() == "PN"  # looking at it is not the end of it
    desk.post(f"unit-alarms/{alarm.pk}/end/", {"reason": "lewat radio, aman"})
    assert (status(), Assignment.objects.get().state) == ("OS", "on_scene")
    assert desk.refused(f"unit-alarms/{alarm.pk}/end/", {"reason": "aman"}) == (409, "alarm_ended")
    kinds = {entry.action for entry in AuditEntry.objects.all()}
    assert {"unit_emergency", "unit_alarm_acknowledged", "unit_emergency_ended"} <= kinds


def test_distress_outlasts_the_end_of_the_work(desk: Console) -> None:
    row = sent(desk, incident(desk))
    step(desk, row, "on_scene")
    alarm = desk.post("units/AMB-01/emergency/", {"reason": "diserang"}, expect=201)
    step(desk, row, "cleared")
    assert status() == "PN"
    assert desk.refused(f"incidents/{incident(desk)}/assignments/", {"unit": "AMB-01"}) == (409, "unit_unavailable")
    desk.post(f"unit-alarms/{alarm['id']}/acknowledge/")
    desk.post(f"unit-alarms/{alarm['id']}/end/", {"reason": "aman"})
    assert status() == "AVM"


def test_the_crew_of_a_shift(desk: Console) -> None:
    factories.unit("AMB-01")
    body = {"crew_count": 3, "crew_text": "regu B", "radio": "ch 4", "contact": "ext 12"}
    shown = desk.post("units/AMB-01/crew/", body)
    assert {name: shown[name] for name in body} == body
    assert desk.refused("units/AMB-01/crew/", {"crew_count": -1}) == (400, "invalid")
    assert desk.refused("units/TIDAK/crew/", body) == (400, "unknown_unit")
    assert AuditEntry.objects.get(action="unit_crew_changed").data == {"crew_count": 3}


LISTS = {
    "call.changed": "calls", "incident.changed": "incidents", "assignment.changed": "assignments",
    "unit.changed": "units", "unit_alarm.changed": "unit_alarms",
}  # fmt: skip


def applied(state: dict[str, Any], events: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What a console makes of an old state and the events after it."""
    made = {name: {entity["id"]: entity for entity in state[name]} for name in LISTS.values()}
    for event in events:
        if event["kind"] in LISTS:
            made[LISTS[event["kind"]]][event["entity_id"]] = event["payload"]
    open_ones = {key for key, row in made["incidents"].items() if row["closed_at"] is None}
    made["incidents"] = {key: made["incidents"][key] for key in open_ones}
    made["assignments"] = {key: row for key, row in made["assignments"].items() if row["incident_id"] in open_ones}
    made["unit_alarms"] = {key: row for key, row in made["unit_alarms"].items() if row["ended_at"] is None}
    return made


def test_an_old_state_and_the_events_make_the_fresh_state(desk: Console) -> None:
    other = Console(factories.user(Role.DISPATCHER))
    factories.unit("AMB-01")
    factories.unit("AMB-02")
    before = desk.state()
    assert len(before["units"]) == 2
    first, second = incident(desk), incident(desk)
    row = sent(desk, first, "AMB-01")
    step(desk, row, "enroute")
    new = other.post(f"assignments/{row}/divert/", {"incident": second, "reason": "lebih gawat"}, expect=201)
    step(other, new["id"], "on_scene")
    alarm = desk.post("units/AMB-01/emergency/", {}, expect=201)
    desk.post(f"unit-alarms/{alarm['id']}/acknowledge/")
    desk.post("units/AMB-02/status/", {"status": "OO", "reason": "rem"})
    desk.post("units/AMB-02/crew/", {"crew_count": 2})
    desk.post(f"incidents/{first}/cancel/", {"disposition": "batal"})
    after = desk.state()
    assert applied(before, desk.events(before["head"])) == applied(after, [])
    assert {unit["call_sign"]: unit["status"] for unit in after["units"]} == {"AMB-01": "PN", "AMB-02": "OO"}
    assert sorted(row["kind"] for row in after["unit_alarms"]) == ["diverted", "emergency"]


def committed(*statements: str) -> None:
    """What the database says to these at the commit."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        connection.check_constraints()


def changed(call_sign: str, to: str) -> tuple[str, str]:
    """A status written past the house, with its record."""
    key = Unit.objects.get(call_sign=call_sign).pk
    return (
        "INSERT INTO dispatch_unitstatuschange (old, new, occurred_at, source, reason, unit_id)"
        f" VALUES ('', '{to}', now(), 'x', '', {key})",
        f"UPDATE dispatch_unit SET status = '{to}' WHERE id = {key}",
    )


def test_the_database_lets_no_status_change_unrecorded(desk: Console) -> None:
    factories.unit("AMB-01")
    with pytest.raises(IntegrityError, match="newest change says"):
        committed("UPDATE dispatch_unit SET status = 'BR'")
    with pytest.raises(DatabaseError, match="append-only"):
        committed("UPDATE dispatch_unitstatuschange SET new = 'OS'")
    assert status() == "AV"


def test_the_database_keeps_status_and_work_together(desk: Console) -> None:
    sent(desk, incident(desk))
    with pytest.raises(IntegrityError, match="its work is dispatched"):
        committed(*changed("AMB-01", "AV"))
    factories.unit("AMB-02")
    with pytest.raises(IntegrityError, match="has no work"):
        committed(*changed("AMB-02", "OS"))
    exercise = Realm.objects.create(code="latihan-1", kind=RealmKind.EXERCISE)
    with pytest.raises(IntegrityError, match="another realm"):
        committed(f"UPDATE dispatch_unit SET realm_id = {exercise.pk} WHERE call_sign = 'AMB-01'")
    committed(*changed("AMB-01", "OO"), *changed("AMB-02", "BR"))
