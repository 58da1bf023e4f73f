"""What the state of an incident takes into account, what goes along in a merge, and the constraint behind the lock."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.choices import Role
from accounts.services.audit import Actor
from common import clock
from common.errors import ConflictError
from dispatch.actions.agencies import agency_share
from dispatch.actions.incidents import incident_close, incident_open, incident_reopen
from dispatch.actions.links import incident_link, merge_undo
from dispatch.actions.unit_reports import unit_emergency
from dispatch.actions.units import assignment_report, unit_send
from dispatch.choices import AssignmentState, LinkKind, PartRole, PartState
from dispatch.models import AgencyPart, AgencyPartTransition, Assignment, Incident, Unit, UnitAlarm
from dispatch.services import assignments
from dispatch.services.incidents import IncidentDraft, incident_locked
from dispatch.services.moves import assignment_begin
from tests import factories
from tests.dispatch.unit_invariants import violations

RACES = 40


class Room:
    """A dispatcher who opens, sends and steps."""

    def __init__(self) -> None:
        self.shared: dict[str, Any] = {
            "user": factories.user(Role.SUPERVISOR), "source": "test", "realm": factories.live_realm(),
        }  # fmt: skip

    def open(self, kind: str = "orang-hilang") -> Incident:
        return incident_open(**self.shared, draft=IncidentDraft(type_code=kind))

    def send(self, incident: Incident, call_sign: str = "AMB-01") -> Assignment:
        return unit_send(**self.shared, incident_id=incident.pk, call_sign=call_sign)

    def step(self, row: Assignment, state: AssignmentState) -> None:
        assignment_report(**self.shared, assignment_id=row.pk, state=state)


@pytest.fixture
def room(db: None) -> Iterator[Room]:
    factories.incident_type()
    factories.disposition()
    factories.unit("AMB-01")
    factories.unit("AMB-02")
    yield Room()
    connection.check_constraints()
    assert violations() == []


def state_of(incident: Incident) -> str:
    return Incident.objects.values_list("state", flat=True).get(pk=incident.pk)


def test_what_ended_before_it_was_opened_again_makes_no_state(room: Room) -> None:
    incident = room.open()
    row = room.send(incident)
    room.step(row, AssignmentState.ON_SCENE)
    room.step(row, AssignmentState.CLEARED)
    assert state_of(incident) == "all_clear"
    incident_close(**room.shared, incident_id=incident.pk, disposition="tertangani")
    incident_reopen(**room.shared, incident_id=incident.pk, reason="masih ada")
    again = room.send(incident, "AMB-02")
    assert state_of(incident) == "assigned"
    room.step(again, AssignmentState.CANCELLED_ENROUTE)
    # Nobody has been there since: it waits for help, although somebody had been there before.
    assert state_of(incident) == "pending"


def test_live_units_and_their_alarms_go_along_in_a_merge_and_come_back(room: Room) -> None:
    child, into = room.open(), room.open()
    row, done = room.send(child), room.send(child, "AMB-02")
    room.step(done, AssignmentState.CLEARED)
    room.step(row, AssignmentState.ENROUTE)
    alarm = unit_emergency(**room.shared, call_sign="AMB-01", reason="diserang")
    incident_link(**room.shared, incident_id=child.pk, other_id=into.pk, kind=LinkKind.MERGED)
    assert Assignment.objects.get(pk=row.pk).incident_id == into.pk
    assert Assignment.objects.get(pk=done.pk).incident_id == child.pk
    assert UnitAlarm.objects.get(pk=alarm.pk).incident_id == into.pk
    assert (state_of(child), state_of(into)) == ("merged", "enroute")
    assert violations() == []
    merge_undo(**room.shared, incident_id=child.pk, reason="dua kejadian")
    assert Assignment.objects.get(pk=row.pk).incident_id == child.pk
    assert UnitAlarm.objects.get(pk=alarm.pk).incident_id == child.pk
    assert (state_of(child), state_of(into)) == ("enroute", "pending")


def test_agencies_parts_keep_their_steps_through_a_merge(room: Room) -> None:
    child, into = room.open(), room.open()
    gulkarmat = factories.agency("gulkarmat")
    agency_share(**room.shared, incident_id=child.pk, agency="gulkarmat", role=PartRole.ASSISTING)
    incident_link(**room.shared, incident_id=child.pk, other_id=into.pk, kind=LinkKind.MERGED)
    for row in AgencyPart.objects.all():
        newest = AgencyPartTransition.objects.filter(part=row).order_by("-pk").first()
        assert newest is not None
        assert newest.new == row.state
    assert AgencyPart.objects.filter(incident=into, agency=gulkarmat, state=PartState.NOTIFIED).exists()


@pytest.mark.django_db(transaction=True)
def test_who_writes_past_the_lock_is_stopped_by_the_constraint_and_told_who_won(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without the row lock both see a free unit; the unique index lets one through, and the other learns who."""
    factories.live_realm()
    factories.incident_type()
    unit = factories.unit("AMB-01")
    rooms = [Room(), Room()]
    incidents = [room.open() for room in rooms]
    gate = threading.Barrier(2, timeout=60)

    def begin(**values: Any) -> Assignment:
        gate.wait()  # both have looked, and saw nobody
        return assignment_begin(**values)

    monkeypatch.setattr(assignments, "unit_locked", lambda *, unit_id: Unit.objects.get(pk=unit_id))
    monkeypatch.setattr(assignments, "assignment_begin", begin)

    def race(number: int) -> Assignment | ConflictError:
        try:
            with transaction.atomic():
                incident = incident_locked(realm=factories.live_realm(), incident_id=incidents[number].pk)
                actor = Actor(rooms[number].shared["user"], "test")
                return assignments.unit_assign(incident=incident, call_sign="AMB-01", actor=actor, at=clock.now())
        except ConflictError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for _race in range(RACES):
            found = list(pool.map(race, (0, 1)))
            winner = 0 if isinstance(found[0], Assignment) else 1
            won, lost = found[winner], found[1 - winner]
            assert isinstance(won, Assignment)
            assert isinstance(lost, ConflictError)
            who, number = str(rooms[winner].shared["user"]), incidents[winner].number
            assert (lost.code, lost.data) == ("unit_taken", {"unit": "AMB-01", "number": number, "who": who})
            with transaction.atomic():
                row = assignments.assignment_locked(realm=factories.live_realm(), assignment_id=won.pk)
                actor = Actor(rooms[winner].shared["user"], "test")
                assignments.assignment_step(
                    assignment=row, to=AssignmentState.CLEARED, actor=actor, at=clock.now()
                )  # fmt: skip
    assert Assignment.objects.filter(unit=unit).count() == RACES
