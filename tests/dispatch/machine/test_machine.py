"""All acts on calls, incidents, units, agencies and handovers, and all rounds of the clock, in any order by anybody.

After every step the rows are asked by SQL whether everything still holds (`invariants`), and three consoles that know
the house from the stream alone must show what a fresh state shows (`reducer`). SIAGA_MACHINE_STEPS and
SIAGA_MACHINE_EXAMPLES make it longer.
"""

import os
import random
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as hypothesis_seed
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from accounts.models import User
from accounts.permissions import Permission as P
from common import clock
from dispatch.actions import (
    agencies,
    calls,
    exchanges,
    follow,
    incidents,
    links,
    protocols,
    storm_calls,
    unit_reports,
    units,
)
from dispatch.actions.units import Override
from dispatch.choices import (
    AssignmentState,
    CallbackOutcome,
    CallClass,
    CallMedium,
    IncidentState,
    LineEvent,
    LinkKind,
    NextStep,
    OverrideReason,
    PartRole,
    PersonRole,
    PresenceState,
    UnitStatus,
)
from dispatch.models import (
    AgencyPart,
    Assignment,
    Call,
    Handover,
    Incident,
    IncidentLink,
    IncidentPerson,
    NumberReputation,
    ProtocolRun,
    Storm,
    UnitAlarm,
)
from dispatch.rules.transitions import ASSIGNMENT_EDGES
from dispatch.services.alarms import queue_watch
from dispatch.services.callbacks import callbacks_arrange
from dispatch.services.escalations import overdue_escalate
from dispatch.services.incidents import IncidentDraft
from dispatch.services.lines import Told
from dispatch.services.locations import Fix
from dispatch.services.offers import calls_offer
from dispatch.services.presences import presences_away
from dispatch.services.storming import storms_end
from dispatch.services.unit_watch import units_watch
from tests.dispatch.machine.acting import MISSING, Stage
from tests.dispatch.machine.house import AGENCIES, DISPOSITIONS, NUMBERS, TYPES, UNITS, Clock

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("SIAGA_MACHINE_EXAMPLES", "6"))
STEPS = int(os.environ.get("SIAGA_MACHINE_STEPS", "40"))
SOURCE = "machine"
CLOSED = ("closed", "cancelled", "merged")
TALKING, OVER_LINE = ("answered", "held"), ("ended", "wrap_up", "dropped")

# Which row, and who: small numbers shrink to the first row and to an operator. Every tenth act is wild: any row in any
# state, by anybody.
which = st.integers(0, 11)
who = st.integers(0, 39)
places = st.sampled_from([None, (-6.2001, 106.8001), (-6.2003, 106.8004), (-6.3, 106.9)])
REACHED: Counter[str] = Counter()
REFUSED: Counter[tuple[str, str]] = Counter()


class House(RuleBasedStateMachine):
    """The rules: each is one act."""

    def __init__(self) -> None:
        super().__init__()
        self._atomic = transaction.atomic()
        self._atomic.__enter__()
        self._real_now, told = clock.now, Clock()
        clock.now = told.now
        self.stage = Stage(told)
        self.realm, self.users = self.stage.house.realm, self.stage.house.users
        self.told: list[Told] = []

    def teardown(self) -> None:
        """Take everything back."""
        REACHED.update(self.stage.done)
        REFUSED.update(self.stage.refused)
        transaction.set_rollback(True)
        self._atomic.__exit__(None, None, None)
        clock.now = self._real_now

    # --- choosing -----------------------------------------------------------------------------------------------------

    def user(self, number: int) -> User:
        people, everybody = self.stage.house.operators, self.stage.house.everybody
        return people[number % 4] if number < 36 else everybody[number * 7 % len(everybody)]

    def officer(self, number: int) -> User:
        people = [*self.stage.house.officers, self.users["dispatcher"]]
        return people[number % 3] if number < 36 else self.stage.house.everybody[number * 7 % 10]

    def crew(self, number: int) -> User:
        people = self.stage.house.crews
        return people[number % len(people)] if number < 36 else self.user(number)

    def row(self, rows: Any, number: int, **likely: Any) -> uuid.UUID:
        """A row of a kind: mostly one that the act is meant for."""
        keys = list(rows.order_by("pk").values_list("pk", flat=True))
        fit = list(rows.filter(**likely).order_by("pk").values_list("pk", flat=True)) if number % 6 else []
        chosen = fit or keys
        return chosen[-1 - number % len(chosen)] if chosen and number != 11 else MISSING

    def call(self, number: int, *states: str) -> uuid.UUID:
        return self.row(Call.objects.all(), number, state__in=states)

    def incident(self, number: int, *states: str) -> uuid.UUID:
        if states:
            return self.row(Incident.objects.all(), number, state__in=states)
        return self.row(Incident.objects.exclude(state__in=CLOSED), number) if number % 6 else self.row(
            Incident.objects.all(), number
        )  # fmt: skip

    def act(self, act: str, user: User, needs: P | None, action: Any, /, **arguments: Any) -> Any:
        return self.stage.act(act, user, needs, lambda: action(user=user, source=SOURCE, **arguments))

    def act_here(self, act: str, user: User, needs: P | None, action: Any, /, **arguments: Any) -> Any:
        return self.act(act, user, needs, action, realm=self.realm, **arguments)

    # --- calls --------------------------------------------------------------------------------------------------------

    @rule(
        u=who,
        number=st.sampled_from(NUMBERS),
        medium=st.sampled_from(CallMedium),
        language=st.sampled_from(["id", "en"]),
    )
    def call_receive(self, u: int, number: str | None, medium: CallMedium, language: str) -> None:
        self.act_here(
            "call_receive", self.user(u), P.CALL_RECEIVE, calls.call_receive, medium=medium, caller_number=number,
            language=language,
        )  # fmt: skip

    @rule(u=who, n=which)
    def call_answer(self, u: int, n: int) -> None:
        key = self.call(n, "queued", "offered", "callback_due")
        self.act_here("call_answer", self.user(u), P.CALL_RECEIVE, calls.call_answer, call_id=key)

    @rule(u=who, n=which, step=st.sampled_from(["hold", "end", "drop", "silent"]))
    def call_step(self, u: int, n: int, step: str) -> None:
        action = getattr(calls, f"call_{step}")
        self.act_here(f"call_{step}", self.user(u), P.CALL_RECEIVE, action, call_id=self.call(n, *TALKING))

    @rule(u=who, n=which)
    def call_resume(self, u: int, n: int) -> None:
        self.act_here("call_resume", self.user(u), P.CALL_RECEIVE, calls.call_resume, call_id=self.call(n, "held"))

    @rule(u=who, n=which)
    def call_wrap_up(self, u: int, n: int) -> None:
        self.act_here("call_wrap_up", self.user(u), P.CALL_RECEIVE, calls.call_wrap_up, call_id=self.call(n, "ended"))

    @rule(u=who, n=which, call_class=st.sampled_from(CallClass), note=st.sampled_from(["", "kata"]))
    def call_close(self, u: int, n: int, call_class: CallClass, note: str) -> None:
        key = self.call(n, *TALKING, *OVER_LINE)
        self.act_here(
            "call_close", self.user(u), P.CALL_RECEIVE, calls.call_close, call_id=key, call_class=call_class, note=note
        )

    @rule(u=who, n=which, outcome=st.sampled_from(CallbackOutcome))
    def callback_try(self, u: int, n: int, outcome: CallbackOutcome) -> None:
        key = self.call(n, "callback_due")
        self.act_here("callback_try", self.user(u), P.CALL_RECEIVE, calls.callback_try, call_id=key, outcome=outcome)

    @rule(u=who, n=which, place=places.filter(bool), radius_m=st.sampled_from([10.0, 900.0, 9000.0]))
    def call_locate(self, u: int, n: int, place: Any, radius_m: float) -> None:
        fix = Fix(place[0], place[1], radius_m, self.stage.clock.at)
        key = self.call(n, "queued", "offered", *TALKING)
        self.act_here("call_locate", self.user(u), P.CALL_RECEIVE, calls.call_locate, call_id=key, fix=fix)

    @rule(u=who, n=which, place=places.filter(bool), seconds=st.sampled_from([1, 2000]))
    def location_link(self, u: int, n: int, place: Any, seconds: int) -> None:
        key = self.call(n, *TALKING)
        made = self.act_here("link_make", self.user(u), P.CALL_RECEIVE, calls.location_link_make, call_id=key)
        if made is not None:
            self.stage.clock.go(seconds=seconds)
            fix = Fix(place[0], place[1], 15.0, self.stage.clock.at)
            use = self.stage.act
            use("link_use", self.user(0), None, lambda: calls.location_link_use(token=made[1], fix=fix))

    @rule(u=who, state=st.sampled_from(PresenceState), languages=st.sampled_from([None, ["id"], ["en", "id"]]))
    def presence(self, u: int, state: PresenceState, languages: Any) -> None:
        self.act_here("presence", self.user(u), P.CALL_RECEIVE, calls.presence_change, state=state, languages=languages)

    @precondition(lambda self: NumberReputation.objects.exists())
    @rule(u=who, n=which, is_kept=st.booleans())
    def number_review(self, u: int, n: int, is_kept: bool) -> None:
        key = list(NumberReputation.objects.order_by("-marked_at").values_list("pk", flat=True))
        user = self.users["supervisor"] if u < 20 else self.user(u)
        self.act_here(
            "number_review", user, P.NUMBER_REVIEW, calls.number_review, number_id=key[n % len(key)], is_kept=is_kept,
            note="uji",
        )  # fmt: skip

    @rule(
        line=st.integers(0, 2), kind=st.sampled_from(LineEvent.values),
        cause=st.sampled_from(["", "dropped"]), ago_s=st.sampled_from([0, 2, 20]), number=st.sampled_from(NUMBERS),
        extension=st.sampled_from(["", "101"]), place=places, again=st.booleans(),
    )  # fmt: skip
    def line(
        self, *, line: int, kind: str, cause: str, ago_s: int, number: Any, extension: str, place: Any, again: bool
    ) -> None:
        at = self.stage.clock.at - timedelta(seconds=ago_s)
        fix = Fix(place[0], place[1], 40.0, at, "aml") if place else None
        told = Told(f"e{len(self.told)}", kind, f"line{line}", at, number, extension, cause, location=fix)
        batch = [told, *(self.told[-2:] if again else [])]
        self.told.append(told)
        self.stage.act("line", self.user(0), None, lambda: exchanges.events_hear(pbx=self.stage.house.pbx, told=batch))

    # --- incidents ----------------------------------------------------------------------------------------------------

    @rule(
        u=who, n=which, kind=st.sampled_from(TYPES), priority=st.sampled_from([None, "P1", "P4"]), place=places,
        number=st.sampled_from([None, None, "0811 0000 001"]), from_call=st.booleans(),
    )  # fmt: skip
    def incident_open(
        self, *, u: int, n: int, kind: str, priority: Any, place: Any, number: Any, from_call: bool
    ) -> None:
        lat, lon = place or (None, None)
        draft = IncidentDraft(type_code=kind, priority=priority, lat=lat, lon=lon, caller_number=number, summary="api")
        key = self.call(n, *TALKING, "ended", "wrap_up") if from_call and Call.objects.exists() else None
        self.act_here("incident_open", self.user(u), P.INCIDENT_OPEN, incidents.incident_open, draft=draft, call_id=key)

    @rule(u=who, n=which, m=which)
    def call_append(self, u: int, n: int, m: int) -> None:
        self.act_here(
            "call_append", self.user(u), P.INCIDENT_OPEN, incidents.call_append, incident_id=self.incident(n),
            call_id=self.call(m, *TALKING, "queued", "ended"),
        )  # fmt: skip

    @rule(
        u=who, n=which, behind=st.integers(0, 2),
        changes=st.sampled_from([
            {"priority": "P1"}, {"priority": "P3"}, {"type": "kebakaran"}, {"type": "medis", "priority": "P2"},
            {"summary": "asap"}, {"lat": -6.2001, "lon": 106.8001}, {"caller_number": "0811-0000-002"},
            {"place_text": "pasar"},
        ]),
    )  # fmt: skip
    def incident_change(self, u: int, n: int, behind: int, changes: dict[str, Any]) -> None:
        key = self.incident(n)
        revision = Incident.objects.filter(pk=key).values_list("revision", flat=True).first() or 1
        self.act_here(
            "incident_change", self.user(u), P.INCIDENT_EDIT, incidents.incident_change, incident_id=key,
            revision=max(0, revision - behind), changes=changes,
        )  # fmt: skip

    @rule(u=who, n=which, state=st.sampled_from(IncidentState))
    def incident_state(self, u: int, n: int, state: IncidentState) -> None:
        wanted = IncidentState.UNDER_CONTROL if n % 3 else state
        key = self.incident(n, "on_scene", "under_control", "pending")
        self.act_here(
            "incident_state", self.user(u), P.INCIDENT_EDIT, incidents.incident_state, incident_id=key, state=wanted
        )

    @rule(
        u=who, n=which, disposition=st.sampled_from([*DISPOSITIONS, "tidak-ada"]),
        reason=st.sampled_from(["", "not_reached", "unsafe"]), ends_parts=st.booleans(),
    )  # fmt: skip
    def incident_close(self, u: int, n: int, disposition: str, reason: str, ends_parts: bool) -> None:
        self.act_here(
            "incident_close", self.user(u), P.INCIDENT_CLOSE, incidents.incident_close,
            incident_id=self.incident(n, "pending", "all_clear"), disposition=disposition, not_informed_reason=reason,
            ends_parts=ends_parts,
        )  # fmt: skip

    @rule(u=who, n=which)
    def incident_cancel(self, u: int, n: int) -> None:
        self.act_here(
            "incident_cancel", self.user(u), P.INCIDENT_CLOSE, incidents.incident_cancel, incident_id=self.incident(n),
            disposition="batal",
        )  # fmt: skip

    @rule(u=who, n=which, reason=st.sampled_from(["masih menyala", " "]))
    def incident_reopen(self, u: int, n: int, reason: str) -> None:
        self.act_here(
            "incident_reopen", self.user(u), P.INCIDENT_CLOSE, incidents.incident_reopen,
            incident_id=self.incident(n, *CLOSED), reason=reason,
        )  # fmt: skip

    @rule(u=who, n=which, step=st.sampled_from(NextStep), due_s=st.sampled_from([0, 30, 600, 900_000]))
    def next_step(self, u: int, n: int, step: NextStep, due_s: int) -> None:
        self.act_here(
            "next_step", self.user(u), P.INCIDENT_EDIT, incidents.next_step_set, incident_id=self.incident(n),
            step=step, text="janji", due_at=self.stage.clock.at + timedelta(seconds=due_s),
        )  # fmt: skip

    @rule(u=who, n=which, other=st.one_of(st.none(), who))
    def owner(self, u: int, n: int, other: int | None) -> None:
        owner = self.user(other) if other is not None else None
        self.act_here(
            "owner", self.user(u), P.INCIDENT_EDIT, incidents.owner_take, incident_id=self.incident(n), owner=owner
        )

    @rule(u=who, n=which, name=st.sampled_from(["Budi", " "]))
    def person(self, u: int, n: int, name: str) -> None:
        key, user = self.incident(n), self.user(u)
        made = self.act_here(
            "person_add",
            user,
            P.INCIDENT_EDIT,
            incidents.person_add,
            incident_id=key,
            role=PersonRole.VICTIM,
            name=name,
        )
        if made is None or n % 2:
            person = IncidentPerson.objects.order_by("pk").values_list("pk", flat=True).first() or MISSING
            self.act_here(
                "person_remove", user, P.INCIDENT_EDIT, incidents.person_remove, incident_id=key, person_id=person
            )

    @rule(
        u=who, n=which, outcome=st.sampled_from(CallbackOutcome), number=st.sampled_from(["", "0811 0000 001", "999"])
    )
    def contact(self, u: int, n: int, outcome: CallbackOutcome, number: str) -> None:
        self.act_here(
            "contact", self.user(u), P.INCIDENT_EDIT, incidents.caller_contact, incident_id=self.incident(n),
            outcome=outcome, number=number,
        )  # fmt: skip

    @rule(u=who, n=which, pulls=st.booleans())
    def note_or_cameras(self, u: int, n: int, pulls: bool) -> None:
        key, user = self.incident(n), self.user(u)
        if pulls:
            self.act_here("cameras", user, P.CAMERA_PULL, incidents.cameras_pull, incident_id=key)
        else:
            self.act_here("note", user, P.INCIDENT_EDIT, incidents.note_add, incident_id=key, text="catatan")

    # --- links, merges, storms ----------------------------------------------------------------------------------------

    @rule(u=who, n=which, m=which, kind=st.sampled_from([LinkKind.MERGED, LinkKind.PARENT, LinkKind.RELATED]))
    def link(self, u: int, n: int, m: int, kind: LinkKind) -> None:
        self.act_here(
            f"link_{kind}", self.user(u), P.INCIDENT_EDIT, links.incident_link, incident_id=self.incident(n),
            other_id=self.incident(m), kind=kind,
        )  # fmt: skip

    @precondition(lambda self: IncidentLink.objects.exists())
    @rule(u=who, n=which)
    def link_end(self, u: int, n: int) -> None:
        key = self.row(IncidentLink.objects.all(), n, ended_at=None, kind__in=["parent", "related"])
        self.act_here("link_end", self.user(u), P.INCIDENT_EDIT, links.link_end, link_id=key)

    @rule(u=who, n=which)
    def merge_undo(self, u: int, n: int) -> None:
        self.act_here(
            "merge_undo", self.user(u), P.INCIDENT_EDIT, links.merge_undo, incident_id=self.incident(n, "merged"),
            reason="dua kejadian",
        )  # fmt: skip

    @rule(u=who, n=which, count=st.integers(0, 2))
    def split(self, u: int, n: int, count: int) -> None:
        key = self.incident(n)
        own = list(Call.objects.filter(incident=key).order_by("pk").values_list("pk", flat=True)[:count])
        call_ids = own if n % 5 else [*own, self.call(n)]
        self.act_here(
            "split", self.user(u), P.INCIDENT_OPEN, links.incident_split, incident_id=key, call_ids=call_ids,
            draft=IncidentDraft(type_code="medis"),
        )  # fmt: skip

    @rule(u=who, n=which)
    def storm_start(self, u: int, n: int) -> None:
        key = self.row(Incident.objects.exclude(state__in=CLOSED), n, lat__isnull=False)
        self.act_here("storm_start", self.user(u), P.STORM_MANAGE, links.storm_start, incident_id=key)

    @precondition(lambda self: Storm.objects.exists())
    @rule(u=who, n=which)
    def storm_end(self, u: int, n: int) -> None:
        key = self.row(Storm.objects.all(), n, ended_at=None)
        self.act_here("storm_end", self.user(u), P.STORM_MANAGE, links.storm_end, storm_id=key)

    @precondition(lambda self: Storm.objects.exists())
    @rule(u=who, n=which)
    def storm_settle(self, u: int, n: int) -> None:
        key = self.row(Storm.objects.all(), n, ended_at=None)
        self.act_here("storm_settle", self.user(u), P.STORM_MANAGE, storm_calls.storm_settle, storm_id=key)

    @rule(n=which, count=st.integers(7, 9))
    def surge(self, n: int, count: int) -> None:
        """Many callers tell of one event within minutes."""
        key, user = self.incident(n), self.user(0)
        for number in range(count):
            made = self.act_here(
                "call_receive", user, P.CALL_RECEIVE, calls.call_receive, medium=CallMedium.APP,
                caller_number=f"+6281199{number:05d}",
            )  # fmt: skip
            self.act_here("call_append", user, P.INCIDENT_OPEN, incidents.call_append, incident_id=key, call_id=made.pk)

    # --- units, agencies, handovers, cards ----------------------------------------------------------------------------

    @rule(
        u=who, n=which, call_sign=st.sampled_from([*UNITS, *UNITS, "TUA-01", "tak-ada"]),
        why=st.sampled_from([None, None, *OverrideReason]),
    )  # fmt: skip
    def unit_send(self, u: int, n: int, call_sign: str, why: OverrideReason | None) -> None:
        self.act_here(
            "unit_send", self.user(u), P.UNIT_ASSIGN, units.unit_send, incident_id=self.incident(n),
            call_sign=call_sign, override=Override(why, "sudah di dekat sana") if why else None,
        )  # fmt: skip

    @precondition(lambda self: Assignment.objects.exists())
    @rule(u=who, n=which, far=st.integers(0, 9), reason=st.sampled_from(["", "ban kempis"]))
    def assignment_report(self, u: int, n: int, far: int, reason: str) -> None:
        key = self.row(Assignment.objects.all(), n, ended_at=None)
        present = Assignment.objects.filter(pk=key).values_list("state", flat=True).first()
        likely = sorted(ASSIGNMENT_EDGES[present]) if present else []
        choices = likely if likely and far < 8 else AssignmentState.values
        self.act_here(
            "assignment_report", self.user(u), P.UNIT_ASSIGN, units.assignment_report, assignment_id=key,
            state=AssignmentState(choices[(n + far) % len(choices)]), reason=reason,
        )  # fmt: skip

    @precondition(lambda self: Assignment.objects.exists())
    @rule(u=who, n=which, m=which, reason=st.sampled_from(["lebih gawat", "lebih gawat", " "]))
    def unit_divert(self, u: int, n: int, m: int, reason: str) -> None:
        key = self.row(Assignment.objects.all(), n, ended_at=None)
        self.act_here(
            "unit_divert", self.user(u), P.UNIT_ASSIGN, units.unit_divert, assignment_id=key,
            incident_id=self.incident(m), reason=reason,
        )  # fmt: skip

    @rule(
        u=who, call_sign=st.sampled_from([*UNITS, "TUA-01"]), status=st.sampled_from(UnitStatus),
        reason=st.sampled_from(["", "mogok"]), by=st.sampled_from(["desk", "crew"]),
    )  # fmt: skip
    def unit_status(self, u: int, call_sign: str, status: UnitStatus, reason: str, by: str) -> None:
        words: dict[str, Any] = {"status": status, "reason": reason}
        if by == "desk":
            self.act_here(
                "unit_status", self.user(u), P.UNIT_ASSIGN, unit_reports.unit_status, call_sign=call_sign, **words
            )
        else:
            self.act_here("own_status", self.crew(u), P.UNIT_REPORT, unit_reports.own_status, **words)

    @rule(u=who, far=st.integers(0, 9), reason=st.sampled_from(["", "ban kempis"]))
    def own_step(self, u: int, far: int, reason: str) -> None:
        crew = self.crew(u)
        present = Assignment.objects.filter(unit__account=crew, ended_at=None).values_list("state", flat=True).first()
        likely = sorted(ASSIGNMENT_EDGES[present]) if present else []
        choices = likely if likely and far < 8 else AssignmentState.values
        state = AssignmentState(choices[far % len(choices)])
        self.act_here("own_step", crew, P.UNIT_REPORT, unit_reports.own_step, state=state, reason=reason)

    @rule(u=who, call_sign=st.sampled_from([*UNITS, "tak-ada"]), by=st.sampled_from(["desk", "crew"]))
    def emergency(self, u: int, call_sign: str, by: str) -> None:
        if by == "desk":
            self.act_here(
                "unit_emergency", self.user(u), P.UNIT_ASSIGN, unit_reports.unit_emergency, call_sign=call_sign
            )
        else:
            self.act_here("own_emergency", self.crew(u), P.UNIT_REPORT, unit_reports.own_emergency)

    @precondition(lambda self: UnitAlarm.objects.exists())
    @rule(u=who, n=which, is_end=st.booleans())
    def unit_alarm(self, u: int, n: int, is_end: bool) -> None:
        if is_end:
            key = self.row(UnitAlarm.objects.all(), n, kind="emergency", ended_at=None, acknowledged_at__isnull=False)
            self.act_here(
                "emergency_end", self.user(u), P.UNIT_ASSIGN, unit_reports.emergency_end, alarm_id=key, reason="aman"
            )
        else:
            key = self.row(UnitAlarm.objects.all(), n, acknowledged_at=None, ended_at=None)
            self.act_here(
                "alarm_acknowledge", self.user(u), P.UNIT_ASSIGN, unit_reports.alarm_acknowledge, alarm_id=key
            )

    @rule(u=who, n=which, agency=st.sampled_from(AGENCIES), role=st.sampled_from(PartRole))
    def agency_share(self, u: int, n: int, agency: str, role: PartRole) -> None:
        self.act_here(
            "agency_share", self.user(u), P.INCIDENT_EDIT, agencies.agency_share, incident_id=self.incident(n),
            agency=agency, role=role,
        )  # fmt: skip

    @precondition(lambda self: AgencyPart.objects.exists())
    @rule(
        u=who,
        n=which,
        answer=st.sampled_from(["accept", "reject", "forward", "done", "note"]),
        agency=st.sampled_from(AGENCIES),
    )
    def agency_answer(self, u: int, n: int, answer: str, agency: str) -> None:
        user = self.officer(u)
        # Who works for the centre may answer for any agency; a note is an agency's own.
        needs = None if user.may(P.INCIDENT_EDIT) and answer != "note" else P.AGENCY_WORK
        rows = AgencyPart.objects.filter(agency=user.agency) if user.agency and n % 5 else AgencyPart.objects.all()
        arguments = {
            "reject": {"reason": "bukan wilayah" if n % 4 else ""},
            "forward": {"to": agency, "reason": "milik mereka"},
            "done": {"disposition": DISPOSITIONS[n % 2]},
            "note": {"text": "tiba"},
        }.get(answer, {})
        key = self.row(rows, n, state__in=["notified", "accepted"])
        action = getattr(agencies, f"agency_{answer}")
        self.act(f"agency_{answer}", user, needs, action, part_id=key, **arguments)

    @rule(u=who, other=who, n=which, answer=st.sampled_from(["offer", "accept", "decline"]))
    def handover(self, u: int, other: int, n: int, answer: str) -> None:
        if answer == "offer":
            self.act_here(
                "handover_offer",
                self.user(u),
                P.INCIDENT_EDIT,
                follow.handover_offer,
                to_user=self.user(other),
                note="",
            )
            return
        key = self.row(Handover.objects.all(), n, state="offered")
        asked = Handover.objects.filter(pk=key).select_related("to_user").first()
        user = asked.to_user if asked and n % 4 else self.user(u)
        action = getattr(follow, f"handover_{answer}")
        self.act_here(f"handover_{answer}", user, P.INCIDENT_EDIT, action, handover_id=key)

    @rule(u=who, n=which, position=st.integers(0, 2), key=st.sampled_from(["", "1", "2", "y", "t"]))
    def protocol(self, u: int, n: int, position: int, key: str) -> None:
        run = self.row(ProtocolRun.objects.all(), n)
        if run == MISSING or n % 3 == 0:
            self.act_here(
                "protocol_start", self.user(u), P.CALL_RECEIVE, protocols.protocol_start, code="panggilan-sunyi",
                call_id=self.call(n, *TALKING), incident_id=None,
            )  # fmt: skip
        else:
            self.act_here(
                "protocol_answer", self.user(u), P.CALL_RECEIVE, protocols.protocol_answer, run_id=run,
                position=position, key=key,
            )  # fmt: skip

    # --- the clock ----------------------------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from([0.5, 6, 11, 40, 100, 400, 1300, 4000, 90_000]))
    def time_goes(self, seconds: float) -> None:
        self.stage.clock.go(seconds=seconds)

    @rule(beat=st.sampled_from(["offers", "queue", "callbacks", "escalations", "storms", "away", "units"]))
    def beat(self, beat: str) -> None:
        run = {
            "offers": lambda: calls_offer(realm=self.realm),
            "queue": lambda: int(queue_watch(realm=self.realm) is not None),
            "callbacks": callbacks_arrange,
            "escalations": overdue_escalate,
            "storms": storms_end,
            "away": presences_away,
            "units": units_watch,
        }[beat]
        self.stage.beat(beat, run)
        if beat in {"callbacks", "escalations", "storms", "away", "units"}:
            assert self.stage.beat(beat, run) == 0, f"{beat} did the same thing twice"

    @invariant()
    def everything_holds(self) -> None:
        self.stage.check()


def test_no_order_of_acts_breaks_the_house(record_property: Callable[[str, object], None]) -> None:
    seed = int(os.environ.get("SIAGA_MACHINE_SEED", random.SystemRandom().randrange(2**32)))
    record_property("seed", seed)
    # Shrinking takes minutes: what failed is printed whole, and made small where somebody asks for it.
    phases = set(Phase) if "SIAGA_MACHINE_SHRINK" in os.environ else {Phase.generate}
    told = settings(
        max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, database=None, print_blob=True, phases=phases,
        suppress_health_check=list(HealthCheck), report_multiple_bugs=False,
    )  # fmt: skip
    with note_of(f"SIAGA_MACHINE_SEED={seed}"):
        run_state_machine_as_test(hypothesis_seed(seed)(House), settings=told)  # type: ignore[no-untyped-call]
    record_property("done", dict(REACHED))
    record_property("refused", dict(REFUSED))
    assert sum(REACHED.values()) > EXAMPLES * STEPS / 10, REACHED  # a machine that is refused everything proves nothing


@contextmanager
def note_of(text: str) -> Iterator[None]:
    """Add a line to whatever fails inside."""
    try:
        yield
    except BaseException as error:
        error.add_note(text)
        raise
