"""What is to be done next, until when, and who is told when it was not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LEVELS = ("desk", "supervisor", "head")
# What no report of a unit fulfils: where a person set it, it stays the next step when the state changes.
LASTING_STEPS = frozenset({"call_back", "follow_agency", "other"})


@dataclass(frozen=True, slots=True)
class Rule:
    """A next step for incidents in a state; empty `type_code` or `priority` means all."""

    state: str
    type_code: str
    priority: str
    next_step: str
    due_s: int
    supervisor_after_s: int
    head_after_s: int


# Where a deployment has deleted every rule that fits, nothing is left without a deadline all the same.
LAST_RESORT = Rule("", "", "", "other", 600, 120, 600)


def rule_for(rules: Sequence[Rule], *, state: str, type_code: str, priority: str) -> Rule:
    """The most particular rule: type and priority, then type, then priority, then the state alone."""
    fitting = [
        rule
        for rule in rules
        if rule.state == state and rule.type_code in {"", type_code} and rule.priority in {"", priority}
    ]
    return max(fitting, key=lambda rule: (bool(rule.type_code), bool(rule.priority)), default=LAST_RESORT)


def due_after_edit(rule: Rule, *, since: datetime, was_due_at: datetime, at: datetime) -> datetime:
    """The deadline once type or priority were edited, in a state that holds since `since`.

    It counts from the state, so that editing does not put it off. What would have been due by now is due after the
    rule's time from now, but not later than it was.
    """
    within = timedelta(seconds=rule.due_s)
    return since + within if since + within > at else min(was_due_at, at + within)


def levels_due(rule: Rule, *, due_at: datetime, at: datetime) -> list[str]:
    """Who has to have been told by now, lowest first; empty while nothing is overdue."""
    late = at - due_at
    after_s = (0, rule.supervisor_after_s, rule.head_after_s)
    return [level for level, seconds in zip(LEVELS, after_s, strict=True) if late >= timedelta(seconds=seconds)]


def level_next(rule: Rule, *, due_at: datetime, told: str) -> tuple[str, datetime] | None:
    """The next level that has to be told, and when; `told` is the highest told so far. None after the last."""
    reached = LEVELS.index(told) + 1 if told else 0
    if reached == len(LEVELS):
        return None
    after_s = (0, rule.supervisor_after_s, rule.head_after_s)
    return LEVELS[reached], due_at + timedelta(seconds=after_s[reached])
