"""What has to hold after a run, found out from the rows and the stream alone.

Nothing here calls the services that it checks: deadlines, levels and counts are worked out again, in SQL where that is
plainer. A check looks at something, or it says so: `looked_at` 0 is a fault of its own where there must be something.
"""

from collections.abc import Collection
from datetime import datetime

from siaga.simulation.checks.accounted import calls_accounted
from siaga.simulation.checks.escalated import escalations_right, overdue_now_escalated
from siaga.simulation.checks.found import Check
from siaga.simulation.checks.machines import parts_told, transitions_legal
from siaga.simulation.checks.open_work import nothing_loose, steps_follow_rules
from siaga.simulation.checks.record import audit_whole, one_live_assignment, stream_whole
from siaga.simulation.checks.report import report_agrees

__all__ = ["Check", "checks_run", "faults_now"]


def checks_run(*, rung: Collection[str] | None, at: datetime, late_s: float, expects_all: bool = False) -> list[Check]:
    """All of them as of `at`. `rung` are the calls that the exchange let ring; `late_s` how late a beat may be.

    With `expects_all` the run was long enough for everything to occur, so a check that saw nothing has failed.
    """
    overdue_now = overdue_now_escalated(at=at, late_s=late_s)
    found = [
        *([calls_accounted(rung)] if rung is not None else []),
        nothing_loose(),
        steps_follow_rules(),
        *escalations_right(at=at, late_s=late_s),
        overdue_now,
        report_agrees(at=at),
        *transitions_legal(),
        parts_told(),
        one_live_assignment(),
        *stream_whole(),
        audit_whole(),
    ]
    if expects_all:
        for check in found:
            # That nothing is overdue at this moment is as it should be.
            if check.looked_at == 0 and check is not overdue_now:
                check.faults.append("there was nothing to look at")
    return found


def faults_now(*, at: datetime, late_s: float) -> list[str]:
    """What does not hold at a moment in the middle of a run: the checks that need the rows alone."""
    found = [nothing_loose(), overdue_now_escalated(at=at, late_s=late_s), report_agrees(at=at), one_live_assignment()]
    return [f"{check.name}: {fault}" for check in found for fault in check.faults]
