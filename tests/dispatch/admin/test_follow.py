"""The table of follow-up rules tells for every state, type and priority the rule that incidents go by."""

import pytest
from django.utils import translation

from accounts.choices import Role
from dispatch.admin.follow import duration_text
from dispatch.choices import CLOSED_INCIDENT_STATES, IncidentState, Priority
from dispatch.models import FollowRule, IncidentType
from dispatch.rules.follow import Rule, rule_for
from dispatch.selectors.follow import rule_rows
from tests import factories
from tests.dispatch.admin.rows import queries, signed_in

pytestmark = pytest.mark.django_db
ADDRESS = "/admin/dispatch/followrule/table/"
OPEN = [state for state in IncidentState if state not in CLOSED_INCIDENT_STATES]


def rule(state: str, kind: IncidentType | None, priority: str, due_s: int) -> FollowRule:
    return FollowRule.objects.create(
        state=state, type=kind, priority=priority, next_step="dispatch", due_s=due_s, supervisor_after_s=60,
        head_after_s=600,
    )  # fmt: skip


@pytest.fixture
def few() -> tuple[IncidentType, IncidentType]:
    FollowRule.objects.all().delete()
    IncidentType.objects.update(is_active=False)
    return factories.incident_type("uji-a"), factories.incident_type("uji-b")


def test_it_holds_every_state_type_and_priority_once_and_tells_the_rule_that_incidents_go_by() -> None:
    kinds = list(IncidentType.objects.filter(is_active=True))
    assert len(kinds) >= 20
    rules = [
        Rule(row.state, row.type.code if row.type else "", row.priority, row.next_step, row.due_s,
             row.supervisor_after_s, row.head_after_s)
        for row in FollowRule.objects.filter(is_active=True).select_related("type")
    ]  # fmt: skip
    told = {
        (row.state, kind.code, cell.priority): cell.rule
        for row in rule_rows()
        for kind in row.types
        for cell in row.cells
    }
    assert sum(len(row.types) * len(row.cells) for row in rule_rows()) == len(told)
    assert told == {
        (state, kind.code, priority): rule_for(rules, state=state, type_code=kind.code, priority=priority)
        for state in OPEN
        for kind in kinds
        for priority in Priority
    }


def test_the_most_particular_rule_stands_in_its_cell(few: tuple[IncidentType, IncidentType]) -> None:
    kind, other = few
    everywhere = rule("pending", None, "", 600)
    urgent = rule("pending", None, "P1", 60)
    of_kind = rule("pending", kind, "", 120)
    both = rule("pending", kind, "P1", 30)
    unused = rule("pending", kind, "P2", 5)
    FollowRule.objects.filter(pk=unused.pk).update(is_active=False)
    page = signed_in(Role.SUPERVISOR).get(ADDRESS)
    rows = {tuple(row["names"]): row for row in page.context["rows"] if row["state"] == "pending"}
    assert [cell["rule_id"] for cell in rows[(kind.name_en,)]["cells"]] == [both.pk, *[of_kind.pk] * 4]
    assert [cell["due"] for cell in rows[(kind.name_en,)]["cells"]] == ["30 s", *["2 min"] * 4]
    assert [cell["rule_id"] for cell in rows[(other.name_en,)]["cells"]] == [urgent.pk, *[everywhere.pk] * 4]
    assert [row["is_rest"] for row in rows.values()] == [False, True]
    body = page.content.decode()
    assert f'href="/admin/dispatch/followrule/{both.pk}/change/"' in body
    assert body.count('class="particular"') == 5


def test_where_no_rule_is_left_the_table_says_so(few: tuple[IncidentType, IncidentType]) -> None:
    page = signed_in(Role.SUPERVISOR).get(ADDRESS).content.decode()
    assert "There is no active rule." in page
    assert page.count("no rule") == len(OPEN) * len(Priority)
    assert page.count("<strong>10 min</strong>") == len(OPEN) * len(Priority)


def test_one_type_is_looked_at_alone() -> None:
    kind = IncidentType.objects.get(code="kebakaran")
    page = signed_in(Role.AUDITOR).get(ADDRESS, {"type": "kebakaran"})
    assert {tuple(row["names"]) for row in page.context["rows"]} == {(kind.name_en,)}
    assert [row["state"] for row in page.context["rows"]] == [str(state) for state in OPEN]


def test_its_queries_do_not_grow_with_rules_and_types(few: tuple[IncidentType, IncidentType]) -> None:
    client = signed_in(Role.AUDITOR)
    queries(client, ADDRESS)
    before = queries(client, ADDRESS)
    for number in range(10):
        rule("pending", factories.incident_type(f"uji-{number}"), "", 60)
    assert queries(client, ADDRESS) == before


@pytest.mark.parametrize("role", list(Role))
def test_it_opens_for_those_who_see_rules(role: Role) -> None:
    allowed = {Role.SUPERVISOR, Role.HEAD, Role.AUDITOR}
    assert (signed_in(role).get(ADDRESS).status_code == 200) is (role in allowed)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (45, "45 s"), (60, "1 min"), (90, "1 min 30 s"), (3600, "1 h"), (5400, "1 h 30 min")],
)
def test_seconds_are_told_as_people_say_them(seconds: int, text: str) -> None:
    with translation.override("en"):
        assert duration_text(seconds) == text
