"""Units, types and run cards in the admin: what consoles are told, what is refused, what is never written over."""

from typing import Any

import pytest

from accounts.choices import Role
from accounts.models import AuditEntry
from dispatch import models
from dispatch.actions.unit_reports import unit_crew, unit_status
from dispatch.choices import UnitStatus
from realtime.models import Event
from tests import factories
from tests.dispatch.admin.rows import signed_in, world

pytestmark = pytest.mark.django_db


def unit_fields(unit: models.Unit, **changes: Any) -> dict[str, Any]:
    return {"agency": unit.agency_id, "name": unit.name, "is_active": "on", **changes}


def card_fields(*lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    rows = {f"lines-{number}-{name}": value for number, line in enumerate(lines) for name, value in line.items()}
    return {
        "type": factories.incident_type().pk, "priority": "P1", "alarm_level": 1, "valid_from": "2026-02-01",
        "is_active": "on", "lines-TOTAL_FORMS": len(lines), "lines-INITIAL_FORMS": 0, **rows, **changes,
    }  # fmt: skip


def test_a_changed_unit_is_told_to_consoles_and_keeps_what_its_crew_says() -> None:
    factories.live_realm()
    unit = factories.unit("DK-1")
    factories.capability("air")
    client = signed_in(Role.SUPERVISOR)
    by: dict[str, Any] = {
        "user": factories.user(Role.DISPATCHER),
        "source": "test",
        "realm": unit.realm,
        "call_sign": "DK-1",
    }
    unit_status(**by, status=UnitStatus.RS, reason="dijaga")
    unit_crew(**by, crew_count=4)
    values = unit_fields(unit, name="Pancar", capabilities=["air"], status="OD", crew_count=9)
    assert client.post(f"/admin/dispatch/unit/{unit.pk}/change/", values).status_code == 302
    unit.refresh_from_db()
    assert (unit.name, unit.capabilities) == ("Pancar", ["air"])
    assert (unit.status, unit.status_reason, unit.crew_count) == ("RS", "dijaga", 4)
    told = Event.objects.filter(kind="unit.changed").order_by("pk").last()
    assert told is not None
    assert (told.payload["call_sign"], told.payload["name"], told.payload["status"]) == ("DK-1", "Pancar", "RS")
    assert AuditEntry.objects.get(action="unit_changed").data == {"fields": ["capabilities", "name"]}


def test_a_call_sign_is_given_once_in_capitals() -> None:
    factories.live_realm()
    unit = factories.unit("DK-1")
    client = signed_in(Role.SUPERVISOR)
    values = unit_fields(unit, call_sign="dk-1")
    assert "There is a unit with this call sign." in client.post("/admin/dispatch/unit/add/", values).content.decode()
    assert client.post("/admin/dispatch/unit/add/", values | {"call_sign": "dk-2"}).status_code == 302
    assert sorted(models.Unit.objects.values_list("call_sign", flat=True)) == ["DK-1", "DK-2"]


def test_a_unit_on_an_incident_is_not_put_aside() -> None:
    world()
    unit = models.Unit.objects.get(status="DP")
    values = unit_fields(unit)
    del values["is_active"]
    before = Event.objects.count()
    answer = signed_in(Role.SUPERVISOR).post(f"/admin/dispatch/unit/{unit.pk}/change/", values)
    assert "This unit is on an incident; end its work there first." in answer.content.decode()
    unit.refresh_from_db()
    assert unit.is_active
    assert Event.objects.count() == before


def test_only_accounts_of_crews_are_offered_for_a_unit() -> None:
    factories.live_realm()
    crew, clerk = factories.user(Role.UNIT), factories.user(Role.DISPATCHER)
    page = signed_in(Role.SUPERVISOR).get("/admin/dispatch/unit/add/").content.decode()
    page = page.partition('name="account"')[2].partition("</select>")[0]
    assert f'<option value="{crew.pk}">' in page
    assert f'<option value="{clerk.pk}">' not in page


def test_a_run_card_is_kept_with_its_lines_and_changed_lines_are_recorded() -> None:
    factories.live_realm()
    kind, able = factories.unit_type("pompa"), factories.capability("tangga")
    client = signed_in(Role.SUPERVISOR)
    lines = [{"unit_type": kind.pk, "count": 2, "order": 1}, {"capability": able.pk, "count": 1, "order": 2}]
    answer = client.post("/admin/dispatch/runcard/add/", card_fields(*lines))
    assert answer.status_code == 302, answer.context["errors"]
    card = models.RunCard.objects.get()
    assert [(line.count, line.unit_type_id, line.capability_id) for line in card.lines.all()] == [
        (2, kind.pk, None), (1, None, able.pk),
    ]  # fmt: skip
    first = card.lines.first()
    changed = card_fields(lines[0] | {"id": first.pk if first else "", "count": 3})
    changed |= {"lines-INITIAL_FORMS": 1, "lines-0-card": card.pk}
    assert client.post(f"/admin/dispatch/runcard/{card.pk}/change/", changed).status_code == 302
    assert [line.count for line in card.lines.all()] == [3, 1]
    assert AuditEntry.objects.get(action="runcard_lines_changed").data == {"lines": 2}


@pytest.mark.parametrize(
    ("line", "changes", "told"),
    [
        ({"count": 2, "order": 1}, {}, "Choose a unit type or a capability, not both."),
        ({"unit_type": "type", "capability": "able", "count": 1, "order": 1}, {}, "not both"),
        ({"unit_type": "type", "count": 21, "order": 1}, {}, "From 1 to 20."),
        ({"unit_type": "type", "count": 1, "order": 1}, {"alarm_level": 6}, "From 1 to 5."),
        ({"unit_type": "type", "count": 1, "order": 1}, {"valid_until": "2026-01-01"}, "A card ends after it begins."),
    ],
)
def test_a_run_card_that_cannot_hold_is_refused_in_words(
    line: dict[str, Any], changes: dict[str, Any], told: str
) -> None:
    factories.live_realm()
    keys = {"type": factories.unit_type("pompa").pk, "able": factories.capability("tangga").pk}
    values = card_fields({name: keys.get(str(value), value) for name, value in line.items()}, **changes)
    answer = signed_in(Role.SUPERVISOR).post("/admin/dispatch/runcard/add/", values)
    assert told in answer.content.decode()
    assert not models.RunCard.objects.exists()


def test_a_type_that_would_never_arrive_is_refused() -> None:
    factories.live_realm()
    values = {
        "code": "uji", "name_id": "Uji", "name_en": "Test", "speed_kmh": 28, "rush_speed_kmh": 0,
        "night_speed_kmh": 40, "turnout_s": 90, "order": 5, "is_active": "on",
    }  # fmt: skip
    answer = signed_in(Role.SUPERVISOR).post("/admin/dispatch/unittype/add/", values)
    assert "A speed is at least 1 km/h." in answer.content.decode()
    assert not models.UnitType.objects.filter(code="uji").exists()
