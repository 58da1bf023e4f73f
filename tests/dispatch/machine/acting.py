"""One act of the machine: what it must have done, or must not."""

import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.permissions import Permission
from common.errors import AccessDeniedError, SiagaError
from tests.dispatch.machine.house import Clock, House, house_build
from tests.dispatch.machine.invariants import WORK_TABLES, digest, violations
from tests.dispatch.machine.reducer import ConsoleStore

MISSING = uuid.UUID("00000000-0000-7000-8000-000000000000")
# Whatever is refused is refused by one of these words; anything else is a fault.
REFUSALS = {
    "access_denied", "agencies_at_work", "alarm_ended", "alarm_open", "alarm_taken", "answer_order", "call_elsewhere",
    "call_taken", "caller_not_told", "class_needs_incident", "desk_decides", "divert_itself", "diverted_whereto",
    "due_invalid", "forward_itself", "handover_answered", "handover_open", "handover_to_itself", "incident_closed",
    "link_circular", "link_exists", "link_expired", "link_stays", "merge_itself", "no_position", "not_found",
    "not_merged", "nothing_to_hand_over", "part_exists", "person_empty", "precondition_failed", "reason_missing",
    "round_running", "state_conflict", "state_derived", "storm_running", "unit_in_distress", "unit_on_assignment",
    "unit_taken", "unit_unavailable", "unit_without_work", "units_at_work", "unknown_agency", "unknown_answer",
    "unknown_caller", "unknown_disposition", "unknown_status", "unknown_unit",
}  # fmt: skip


class Stage:
    """The house, consoles that watch it, and a count of what was done."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.house: House = house_build()
        names = ("supervisor", "taker", "officer", "other_officer")
        self.consoles = [ConsoleStore(self.house.users[name], self.house.realm) for name in names]
        self.done: Counter[str] = Counter()
        self.refused: Counter[tuple[str, str]] = Counter()
        self._rows, self._is_checked = digest(), False

    def act(self, name: str, user: User, needs: Permission | None, do: Callable[[], Any]) -> Any:
        """An act of a person: it is done, written down and told; or it is refused, and nothing has changed."""
        user = User.objects.get(pk=user.pk)
        may = needs is None or user.may(needs)
        try:
            with transaction.atomic():
                result = do()
        except SiagaError as error:
            self._refused(name, error, may=may)
            return None
        assert may, f"{name} was done without the right to do it"
        self._done(name)
        self.done[name] += 1
        return result

    def beat(self, name: str, run: Callable[[], int]) -> int:
        """A round of the clock."""
        with transaction.atomic():
            count = run()
        self._done(name)
        self.done[name] += bool(count)
        return count

    def check(self) -> None:
        """All that must hold now; what was not touched since the last time needs no second look."""
        if self._is_checked:
            return
        self._is_checked = True
        wrong = violations(self.clock.at)
        assert not wrong, wrong
        for console in self.consoles:
            console.follow()
            stale = console.differences()
            assert not stale, (str(console.user), stale)

    def _refused(self, name: str, error: SiagaError, *, may: bool) -> None:
        assert error.code in REFUSALS, error
        assert str(error)  # its sentence can be filled
        assert may or isinstance(error, AccessDeniedError), f"{name}: refused for another reason than the right"
        changed = _differing(self._rows, digest())
        assert not changed, f"{name} was refused ({error.code}), but changed {changed}"
        self.refused[name, error.code] += 1

    def _done(self, name: str) -> None:
        before, self._rows = self._rows, digest()
        changed = _differing(before, self._rows)
        self._is_checked = self._is_checked and not changed
        if changed & set(WORK_TABLES):
            assert "accounts_auditentry" in changed, f"{name} changed {changed}, but is not in the audit record"


def _differing(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name in before if before[name] != after[name]}
