"""Anything that people may do with units, their work and incidents, in any order: the three stay apart and consistent.

After every act the invariants of `unit_invariants` are asked of the database by SQL, its deferred constraints are
checked, and a refused act has changed nothing. In the end who heard all events knows what a fresh console is told.
"""

import contextlib
import uuid
from typing import Any
from unittest import mock

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.choices import Role
from accounts.services.audit import audit_faults
from common import clock
from common.errors import SiagaError
from dispatch.actions import incidents as incident_actions
from dispatch.actions import links as link_actions
from dispatch.actions import unit_reports as report_actions
from dispatch.actions import units as unit_actions
from dispatch.choices import AssignmentState, IncidentState, LinkKind, UnitStatus
from dispatch.models import Assignment, Incident, Unit, UnitAlarm
from dispatch.selectors.state import state_read
from dispatch.services.incidents import IncidentDraft
from dispatch.services.unit_watch import units_watch
from realtime.models import Event
from tests import factories
from tests.dispatch.api.test_units import applied
from tests.dispatch.machine.house import Clock
from tests.dispatch.unit_invariants import violations

NAMES = ("AMB-01", "AMB-02", "DMK-01")
NUMBERS = st.integers(0, 9)
ROWS = ("dispatch_unit", "dispatch_assignment", "dispatch_incident", "dispatch_unitalarm")
SNAPSHOT = "SELECT (SELECT count(*) FROM realtime_event), " + ", ".join(
    f"(SELECT array_agg(row::text ORDER BY id) FROM {table} AS row)" for table in ROWS
)


class Room(RuleBasedStateMachine):
    """Two dispatchers, three units, a few incidents."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = contextlib.ExitStack()
        self.undo.enter_context(transaction.atomic())
        self.clock = Clock()
        self.undo.enter_context(mock.patch.object(clock, "now", self.clock.now))

    def teardown(self) -> None:
        """Hold what a console has heard against what is, then leave no trace."""
        try:
            after = state_read(realm=self.realm, user=self.users[0])
            rows = Event.objects.filter(sequence__gt=self.before["head"]).order_by("sequence")
            events: list[dict[str, Any]] = [dict(row) for row in rows.values("kind", "entity_id", "payload")]
            assert applied(self.before, events) == applied(after, [])
            assert list(audit_faults()) == []
        finally:
            transaction.set_rollback(True)
            self.undo.close()

    @initialize()
    def begin(self) -> None:
        self.realm = factories.live_realm()
        factories.incident_type()
        factories.disposition()
        self.users = [factories.user(Role.DISPATCHER), factories.user(Role.DISPATCHER)]
        for name in NAMES:
            unit = factories.unit(name)
            unit.account = factories.user(Role.UNIT)
            unit.save(update_fields=["account"])
        self.before = state_read(realm=self.realm, user=self.users[0])
        self.incidents: list[uuid.UUID] = []

    def act(self, action: Any, user: int = 0, **values: Any) -> None:
        """Do it, or be refused and find everything as it was."""
        before = self.snapshot()
        try:
            action(user=self.users[user % 2], source="test", realm=self.realm, **values)
        except SiagaError:
            assert self.snapshot() == before

    def snapshot(self) -> Any:
        """Every row that an act may change, and how far the stream is."""
        with connection.cursor() as cursor:
            cursor.execute(SNAPSHOT)
            return cursor.fetchone()

    def incident(self, number: int) -> uuid.UUID:
        return self.incidents[number % len(self.incidents)]

    def assignment(self, number: int) -> uuid.UUID | None:
        """Rather one that lives."""
        rows = list(Assignment.objects.order_by("-ended_at", "pk").values_list("pk", flat=True))
        live = list(Assignment.objects.filter(ended_at=None).order_by("pk").values_list("pk", flat=True))
        chosen = live if live and number % 4 else rows
        return chosen[number % len(chosen)] if chosen else None

    def by_crew(self, name: str, action: Any, **values: Any) -> None:
        """Do it as the account of a unit, or be refused and find everything as it was."""
        before, user = self.snapshot(), Unit.objects.get(call_sign=name).account
        assert user is not None
        try:
            action(user=user, source="unit", realm=self.realm, **values)
        except SiagaError:
            assert self.snapshot() == before

    @precondition(lambda self: len(self.incidents) < 4)
    @rule(user=NUMBERS)
    def open(self, user: int) -> None:
        made = incident_actions.incident_open(
            user=self.users[user % 2], source="test", realm=self.realm,
            draft=IncidentDraft(type_code="orang-hilang"),
        )  # fmt: skip
        self.incidents.append(made.pk)

    @precondition(lambda self: self.incidents)
    @rule(user=NUMBERS, number=NUMBERS, names=st.lists(st.sampled_from(NAMES), min_size=1, max_size=3))
    def send(self, user: int, number: int, names: list[str]) -> None:
        self.act(unit_actions.units_send, user, incident_id=self.incident(number), call_signs=names)

    @precondition(lambda self: Assignment.objects.exists())
    @rule(user=NUMBERS, number=NUMBERS, state=st.sampled_from(list(AssignmentState)))
    def step(self, user: int, number: int, state: AssignmentState) -> None:
        key = self.assignment(number)
        self.act(unit_actions.assignment_report, user, assignment_id=key, state=state, reason="alasan")

    @precondition(lambda self: Assignment.objects.exists() and len(self.incidents) > 1)
    @rule(user=NUMBERS, number=NUMBERS, to=NUMBERS)
    def divert(self, user: int, number: int, to: int) -> None:
        key = self.assignment(number)
        self.act(unit_actions.unit_divert, user, assignment_id=key, incident_id=self.incident(to), reason="gawat")

    @precondition(lambda self: self.incidents)
    @rule(number=NUMBERS, state=st.sampled_from(list(IncidentState)))
    def tell(self, number: int, state: IncidentState) -> None:
        self.act(incident_actions.incident_state, incident_id=self.incident(number), state=state)

    @precondition(lambda self: self.incidents)
    @rule(number=NUMBERS)
    def close(self, number: int) -> None:
        self.act(incident_actions.incident_close, incident_id=self.incident(number), disposition="tertangani")

    @precondition(lambda self: self.incidents)
    @rule(number=NUMBERS)
    def cancel(self, number: int) -> None:
        self.act(incident_actions.incident_cancel, incident_id=self.incident(number), disposition="tertangani")

    @precondition(lambda self: self.incidents)
    @rule(user=NUMBERS, number=NUMBERS)
    def reopen(self, user: int, number: int) -> None:
        self.act(incident_actions.incident_reopen, user, incident_id=self.incident(number), reason="masih ada")

    @precondition(lambda self: len(self.incidents) > 1)
    @rule(number=NUMBERS, into=NUMBERS)
    def merge(self, number: int, into: int) -> None:
        self.act(
            link_actions.incident_link, incident_id=self.incident(number), other_id=self.incident(into),
            kind=LinkKind.MERGED,
        )  # fmt: skip

    @precondition(lambda self: Incident.objects.filter(state="merged").exists())
    @rule()
    def merge_undo(self) -> None:
        key = Incident.objects.filter(state="merged").values_list("pk", flat=True).first()
        self.act(link_actions.merge_undo, incident_id=key, reason="keliru")

    @rule(user=NUMBERS, name=st.sampled_from(NAMES), status=st.sampled_from(list(UnitStatus)))
    def say(self, user: int, name: str, status: UnitStatus) -> None:
        self.act(report_actions.unit_status, user, call_sign=name, status=status, reason="alasan")

    @rule(name=st.sampled_from(NAMES), status=st.sampled_from(list(UnitStatus)))
    def crew_says(self, name: str, status: UnitStatus) -> None:
        self.by_crew(name, report_actions.own_status, status=status, reason="alasan")

    @rule(name=st.sampled_from(NAMES), state=st.sampled_from(list(AssignmentState)))
    def crew_steps(self, name: str, state: AssignmentState) -> None:
        self.by_crew(name, report_actions.own_step, state=state, reason="alasan")

    @rule(name=st.sampled_from(NAMES))
    def crew_presses(self, name: str) -> None:
        self.by_crew(name, report_actions.own_emergency)

    @rule(seconds=st.sampled_from([5, 90, 700, 4000]))
    def time_passes(self, seconds: int) -> None:
        self.clock.go(seconds=seconds)
        units_watch()

    @rule(name=st.sampled_from(NAMES))
    def press(self, name: str) -> None:
        self.act(report_actions.unit_emergency, call_sign=name)

    @precondition(lambda self: UnitAlarm.objects.exists())
    @rule(user=NUMBERS, number=NUMBERS, is_end=st.booleans())
    def look(self, user: int, number: int, is_end: bool) -> None:
        rows = list(UnitAlarm.objects.order_by("pk").values_list("pk", flat=True))
        key = rows[number % len(rows)]
        if is_end:
            self.act(report_actions.emergency_end, user, alarm_id=key, reason="aman")
        else:
            self.act(report_actions.alarm_acknowledge, user, alarm_id=key)

    @invariant()
    def the_database_agrees(self) -> None:
        connection.check_constraints()

    @invariant()
    def nothing_is_that_must_not_be(self) -> None:
        assert violations() == []


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.django_db
def test_units_work_and_incidents_stay_apart_and_consistent() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Room,
        settings=settings(
            max_examples=20, stateful_step_count=30, deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )  # fmt: skip
