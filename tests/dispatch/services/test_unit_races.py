"""Two dispatchers, one unit, a thousand times: one gets it, the other learns who and for which incident."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.choices import Role
from accounts.models import AuditEntry
from accounts.services.audit import Actor, audit_faults
from common import clock
from common.errors import ConflictError
from dispatch.actions.incidents import incident_open
from dispatch.actions.units import assignment_report, unit_divert, unit_send
from dispatch.choices import AssignmentState
from dispatch.models import Assignment, Incident, Unit
from dispatch.services.assignments import unit_assign
from dispatch.services.incidents import IncidentDraft
from realtime.models import Event
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
RACES, WHOLE_RACES = 1000, 40
UNIT = "AMB-01"
Clear = Callable[[int, Assignment], object] | None


@pytest.fixture(autouse=True)
def _rows(transactional_db: None) -> Iterator[None]:
    factories.live_realm()
    factories.incident_type()
    factories.unit(UNIT)
    yield
    assert list(audit_faults()) == []


class Room:
    """Two dispatchers with an incident each, who start every race together."""

    def __init__(self) -> None:
        self.realm = factories.live_realm()
        self.users = [factories.user(Role.DISPATCHER), factories.user(Role.DISPATCHER)]
        draft = IncidentDraft(type_code="orang-hilang")
        self.incidents = [incident_open(user=user, source="test", realm=self.realm, draft=draft) for user in self.users]
        self._gate = threading.Barrier(2, timeout=60)

    def race(self, times: int, send: Callable[[int, int], Assignment], clear: Clear = None) -> None:
        """Race so often, and hold each answer of the loser against who has won."""
        answers: list[list[object]] = [[], []]

        def dispatcher(number: int) -> None:
            for race in range(times):
                self._gate.wait()
                row: Assignment | None = None
                try:
                    row = send(number, race)
                    answers[number].append(row)
                except ConflictError as error:
                    answers[number].append(error)
                if clear is not None:
                    self._gate.wait()  # only when the other has its answer is the unit set free
                    if row is not None:
                        clear(number, row)
            connection.close()

        with ThreadPoolExecutor(2) as pool:
            for job in [pool.submit(dispatcher, number) for number in (0, 1)]:
                job.result()
        assert [len(found) for found in answers] == [times, times]
        names = dict(Unit.objects.values_list("pk", "call_sign"))
        for one, other in zip(*answers, strict=True):
            winner = 0 if isinstance(one, Assignment) else 1
            row, refused = (one, other) if winner == 0 else (other, one)
            assert isinstance(row, Assignment)
            assert isinstance(refused, ConflictError)
            told = {"unit": names[row.unit_id], "number": self.incidents[winner].number, "who": str(self.users[winner])}
            assert (refused.code, refused.data) == ("unit_taken", told)
        assert Assignment.objects.count() == times


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_of_two_who_send_one_unit_one_gets_it_and_the_other_learns_who() -> None:
    """Each race is for another unit; in the next test one unit is set free again and again."""
    room = Room()
    first, names = Unit.objects.get(), [f"UJI-{race}" for race in range(RACES)]
    Unit.objects.bulk_create(Unit(realm=room.realm, call_sign=name, agency=first.agency) for name in names)

    def send(number: int, race: int) -> Assignment:
        incident = room.incidents[number]
        with transaction.atomic():
            assert Incident.objects.select_for_update(no_key=True).filter(pk=incident.pk).values_list("pk").get()
            actor = Actor(room.users[number], "test")
            return unit_assign(incident=incident, call_sign=names[race], actor=actor, at=clock.now())

    room.race(RACES, send)
    assert sorted(Assignment.objects.values_list("unit__call_sign", flat=True)) == sorted(names)
    assert Unit.objects.filter(call_sign__in=names, status="DP").count() == RACES


def test_the_same_by_whole_actions_is_told_and_recorded_once() -> None:
    room = Room()

    def shared(number: int) -> dict[str, Any]:
        return {"user": room.users[number], "source": "test", "realm": room.realm}

    def send(number: int, _race: int) -> Assignment:
        return unit_send(**shared(number), incident_id=room.incidents[number].pk, call_sign=UNIT)

    def clear(number: int, row: Assignment) -> Assignment:
        return assignment_report(**shared(number), assignment_id=row.pk, state=AssignmentState.CLEARED)

    room.race(WHOLE_RACES, send, clear)
    assert Unit.objects.get().status == "AV"
    assert AuditEntry.objects.filter(action="unit_sent").count() == WHOLE_RACES
    told = Event.objects.filter(kind="assignment.changed").values_list("payload__state", flat=True)
    assert sorted(told) == ["cleared"] * WHOLE_RACES + ["dispatched"] * WHOLE_RACES


def test_sending_diverting_and_clearing_crosswise_ends_without_a_deadlock() -> None:
    """Three incidents, four units, six people: whatever wins, no unit is doubled and nobody waits for ever."""
    realm = factories.live_realm()
    users = [factories.user(Role.DISPATCHER) for _ in range(6)]
    names = [UNIT, "AMB-02", "AMB-03", "AMB-04"]
    for name in names:
        factories.unit(name)
    draft = IncidentDraft(type_code="orang-hilang")
    keys = [incident_open(user=users[0], source="test", realm=realm, draft=draft).pk for _ in range(3)]

    def person(number: int) -> int:
        done = 0
        for turn in range(40):
            live = list(Assignment.objects.filter(ended_at=None).order_by("pk"))
            chosen = live[(turn * 7 + number) % len(live)] if live else None
            shared: dict[str, Any] = {"user": users[number], "source": "test", "realm": realm}
            try:
                if chosen is None or (turn + number) % 3 == 0:
                    unit_send(**shared, incident_id=keys[turn % 3], call_sign=names[(turn + number) % 4])
                elif (turn + number) % 3 == 1:
                    unit_divert(**shared, assignment_id=chosen.pk, incident_id=keys[number % 3], reason="x")
                else:
                    assignment_report(**shared, assignment_id=chosen.pk, state=AssignmentState.CLEARED)
                done += 1
            except ConflictError:
                pass
        connection.close()
        return done

    with ThreadPoolExecutor(len(users)) as pool:
        assert sum(pool.map(person, range(len(users)))) > 20
    live = list(Assignment.objects.filter(ended_at=None).values_list("unit__call_sign", flat=True))
    assert len(live) == len(set(live))
