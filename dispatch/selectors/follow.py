"""Which follow-up rule holds where: the table for those who write the rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dispatch.choices import CLOSED_INCIDENT_STATES, IncidentState, NextStep, Priority
from dispatch.models import FollowRule, IncidentType
from dispatch.rules.follow import LAST_RESORT, Rule, rule_for

OPEN_STATES = [state for state in IncidentState if state not in CLOSED_INCIDENT_STATES]


@dataclass(frozen=True, slots=True)
class Cell:
    """The rule that holds for one priority; `rule_id` is None where only the last resort is left."""

    priority: str
    rule: Rule
    rule_id: int | None

    @property
    def step(self) -> str:
        """The next step in words."""
        return str(NextStep(self.rule.next_step).label)

    @property
    def is_particular(self) -> bool:
        """Whether the rule was written for this type."""
        return bool(self.rule.type_code)


@dataclass(frozen=True, slots=True)
class Row:
    """What holds for `types` in one state, by priority; several types where none has a rule of its own."""

    state: IncidentState
    types: tuple[IncidentType, ...]
    cells: tuple[Cell, ...]
    is_rest: bool = False


def rule_rows(*, only: IncidentType | None = None) -> list[Row]:
    """For every open state, active type and priority the rule that holds, by the function that incidents go by.

    Types without a rule of their own in a state share one row. `only`: this type alone.
    """
    ids, rules = _rules_read()
    kinds = [only] if only else list(IncidentType.objects.filter(is_active=True))
    rows = []
    for state in OPEN_STATES:
        found = [Row(state, (kind,), _cells(state, kind.code, rules, ids)) for kind in kinds]
        rest = [row for row in found if not only and not any(cell.is_particular for cell in row.cells)]
        rest_types = tuple(row.types[0] for row in rest)
        rows += [row for row in found if row.types[0] not in rest_types]
        if rest:
            rows.append(Row(state, rest_types, rest[0].cells, is_rest=True))
    return rows


def _rules_read() -> tuple[Mapping[Rule, int], Sequence[Rule]]:
    ids = {
        Rule(
            row.state, row.type.code if row.type else "", row.priority, row.next_step, row.due_s,
            row.supervisor_after_s, row.head_after_s,
        ): row.pk
        for row in FollowRule.objects.filter(is_active=True).select_related("type")
    }  # fmt: skip
    return ids, list(ids)


def _cells(state: str, type_code: str, rules: Sequence[Rule], ids: Mapping[Rule, int]) -> tuple[Cell, ...]:
    found = [(priority, rule_for(rules, state=state, type_code=type_code, priority=priority)) for priority in Priority]
    return tuple(Cell(priority, rule, None if rule is LAST_RESORT else ids[rule]) for priority, rule in found)
