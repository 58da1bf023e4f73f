"""Rules are kept in the admin: changes stand in the record, and what the database would refuse is said in words."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.apps import apps

from accounts.choices import Role
from accounts.models import AuditEntry
from accounts.services.audit import audit_faults
from common import clock
from dispatch import models
from realtime.models import Event
from tests import factories
from tests.dispatch.admin.rows import card, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _chain(db: None) -> Iterator[None]:
    factories.live_realm()
    yield
    assert list(audit_faults()) == []


def follow_fields(**changes: Any) -> dict[str, Any]:
    return {
        "state": "pending", "type": factories.incident_type().pk, "priority": "P1", "next_step": "dispatch",
        "due_s": 45, "supervisor_after_s": 30, "head_after_s": 120, "is_active": "on", **changes,
    }  # fmt: skip


def test_every_rule_that_is_made_or_changed_has_its_entry() -> None:
    kind, agency, other = factories.incident_type(), factories.agency("a1"), factories.agency("a2")
    operator = factories.user(Role.CALL_TAKER)
    forms: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "disposition": (
            {"code": "uji", "name_id": "Uji", "name_en": "Test", "order": 5, "is_active": "on"}, {"name_en": "Trial"},
        ),
        "followrule": (follow_fields(), {"due_s": 50}),
        "sharingrule": (
            {"type": kind.pk, "agency": agency.pk, "role": "assisting", "up_to_priority": "P2", "answer_timeout_s": 60,
             "is_active": "on"},
            {"answer_timeout_s": 90},
        ),
        "sharingagreement": (
            {"agency": agency.pk, "with_agency": other.pk, "document": "PKS 1", "valid_from": "2026-01-01",
             "valid_until": "2026-12-31"},
            {"document": "PKS 2"},
        ),
        "unit": ({"call_sign": "DK-9", "agency": agency.pk, "name": "Pancar", "is_active": "on"}, {"name": "Tangga"}),
        "capability": ({"code": "uji", "name_id": "Uji", "name_en": "Test", "order": 5}, {"name_en": "Trial"}),
        "station": (
            {"code": "pos-9", "name": "Pos 9", "agency": agency.pk, "lat": "-6.2", "lon": "106.8", "is_active": "on"},
            {"name": "Pos Sembilan"},
        ),
        "unittype": (
            {"code": "uji", "name_id": "Uji", "name_en": "Test", "speed_kmh": 28, "rush_speed_kmh": 18,
             "night_speed_kmh": 40, "turnout_s": 90, "order": 5, "is_active": "on"},
            {"turnout_s": 60},
        ),
        "presence": (
            {"user": operator.pk, "extension": "201", "languages": "id,jv", "skills": "anak"}, {"languages": "id"},
        ),
    }  # fmt: skip
    client = signed_in(Role.SUPERVISOR)
    for name, (values, change) in forms.items():
        answer = client.post(f"/admin/dispatch/{name}/add/", values)
        assert answer.status_code == 302, (name, answer.context and answer.context["errors"])
        row = apps.get_model("dispatch", name).objects.order_by("pk").last()
        created = AuditEntry.objects.get(action=f"{name}_created")
        assert created.object_id == str(row.pk)
        assert set(created.data["fields"]) <= set(values)
        assert client.post(f"/admin/dispatch/{name}/{row.pk}/change/", values | change).status_code == 302
        assert AuditEntry.objects.get(action=f"{name}_changed").data == {"fields": list(change)}
        assert client.post(f"/admin/dispatch/{name}/{row.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_card_is_put_aside_here_and_named_in_its_text() -> None:
    row = card()
    values = {"is_active": "", "name_id": "Lain", "code": "lain"} | {
        "versions-TOTAL_FORMS": "0", "versions-INITIAL_FORMS": "0",
    }  # fmt: skip
    assert signed_in(Role.SUPERVISOR).post(f"/admin/dispatch/protocolcard/{row.pk}/change/", values).status_code == 302
    row.refresh_from_db()
    assert (row.is_active, row.code, row.name_id) == (False, "uji", "Uji")
    assert AuditEntry.objects.get(action="protocolcard_changed").data == {"fields": ["is_active"]}


def test_codes_that_others_know_stay_once_given() -> None:
    unit, ending = factories.unit("DK-1"), factories.disposition("uji")
    client = signed_in(Role.SUPERVISOR)
    client.post(
        f"/admin/dispatch/unit/{unit.pk}/change/",
        {"call_sign": "X", "agency": unit.agency_id, "name": "baru", "is_active": "on"},
    )
    values = {"code": "x", "name_id": "Baru", "name_en": "New", "order": 1}
    client.post(f"/admin/dispatch/disposition/{ending.pk}/change/", values)
    unit.refresh_from_db()
    ending.refresh_from_db()
    assert (unit.call_sign, unit.name) == ("DK-1", "baru")
    assert (ending.code, ending.name_en) == ("uji", "New")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"due_s": 0}, "A step needs some time"),
        ({"supervisor_after_s": 200}, "told after the supervisor"),
        ({"state": "closed"}, "Select a valid choice"),
        ({"state": "merged"}, "Select a valid choice"),
    ],
)
def test_a_follow_rule_that_cannot_hold_is_refused_in_words(changes: dict[str, Any], told: str) -> None:
    before = models.FollowRule.objects.count()
    answer = signed_in(Role.SUPERVISOR).post("/admin/dispatch/followrule/add/", follow_fields(**changes))
    assert told in answer.content.decode()
    assert models.FollowRule.objects.count() == before
    assert not AuditEntry.objects.filter(action="followrule_created").exists()


def test_two_follow_rules_for_the_same_are_refused_in_words() -> None:
    client = signed_in(Role.SUPERVISOR)
    assert client.post("/admin/dispatch/followrule/add/", follow_fields(type="", priority="P3")).status_code == 302
    assert client.post("/admin/dispatch/followrule/add/", follow_fields(type="", priority="P3")).status_code == 200
    assert models.FollowRule.objects.filter(state="pending", type=None, priority="P3").count() == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"with_agency": "same"}, "between two agencies"),
        ({"valid_until": "2025-12-31"}, "ends after it begins"),
    ],
)
def test_an_agreement_that_cannot_hold_is_refused_in_words(changes: dict[str, Any], told: str) -> None:
    agency, other = factories.agency("a1"), factories.agency("a2")
    values = {
        "agency": agency.pk, "with_agency": other.pk, "document": "PKS", "valid_from": "2026-01-01",
        "valid_until": "2026-12-31", **changes,
    }  # fmt: skip
    if values["with_agency"] == "same":
        values["with_agency"] = agency.pk
    answer = signed_in(Role.SUPERVISOR).post("/admin/dispatch/sharingagreement/add/", values)
    assert told in answer.content.decode()
    assert not models.SharingAgreement.objects.exists()


def test_agreements_are_found_by_their_term() -> None:
    agency, other, today = factories.agency("a1"), factories.agency("a2"), clock.now().date()
    years = {"ended": today.year - 2, "holds": today.year, "later": today.year + 2}
    rows = {
        term: models.SharingAgreement.objects.create(
            agency=agency, with_agency=other, document=term, valid_from=date(year, 1, 1), valid_until=date(year, 12, 31)
        )
        for term, year in years.items()
    }
    client = signed_in(Role.SUPERVISOR)
    for term, row in rows.items():
        found = client.get("/admin/dispatch/sharingagreement/", {"term": term}).context["cl"].result_list
        assert [item.pk for item in found] == [row.pk]


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("extension", "20 1", "digits and letters"),
        ("languages", "indo", "two or three letters"),
        ("skills", "dua kata", "one word"),
    ],
)
def test_what_no_exchange_could_send_is_refused(field: str, value: str, told: str) -> None:
    operator = factories.user(Role.CALL_TAKER)
    values = {"user": operator.pk, "extension": "201", "languages": "id", "skills": "anak", field: value}
    answer = signed_in(Role.SUPERVISOR).post("/admin/dispatch/presence/add/", values)
    assert told in answer.content.decode()
    assert not models.Presence.objects.exists()


def test_two_operators_cannot_have_one_extension() -> None:
    models.Presence.objects.create(user=factories.user(Role.CALL_TAKER), extension="201")
    values = {"user": factories.user(Role.CALL_TAKER).pk, "extension": "201", "languages": "id", "skills": ""}
    answer = signed_in(Role.SUPERVISOR).post("/admin/dispatch/presence/add/", values)
    assert answer.status_code == 200
    assert models.Presence.objects.count() == 1


def test_what_an_operator_can_take_is_changed_while_they_are_ready_and_consoles_are_told() -> None:
    operator, at = factories.user(Role.CALL_TAKER), clock.now()
    models.Presence.objects.create(user=operator, state="ready", idle_since=at, seen_at=at, languages=["id"])
    before = Event.objects.count()
    values = {"extension": "", "languages": "id,en", "skills": "anak", "state": "away", "idle_since_0": "2020-01-01"}
    answer = signed_in(Role.SUPERVISOR).post(f"/admin/dispatch/presence/{operator.pk}/change/", values)
    assert answer.status_code == 302
    presence = models.Presence.objects.get()
    assert (presence.state, presence.idle_since, presence.extension) == ("ready", at, None)
    assert (presence.languages, presence.skills) == (["id", "en"], ["anak"])
    assert list(Event.objects.order_by("pk").values_list("kind", flat=True))[before:] == ["presence.changed"]
