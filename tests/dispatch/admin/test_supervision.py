"""Targets and scorecards in the admin: who may, what stays, what is written down."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import AuditEntry
from common import clock
from dispatch.models import Scorecard, ScorecardItem, ScorecardVersion, Target
from tests import factories
from tests.dispatch.quality import scorecard

pytestmark = pytest.mark.django_db
TARGETS = "/admin/dispatch/target/"
VERSIONS = "/admin/dispatch/scorecardversion/"


def client(role: Role) -> Client:
    factories.live_realm()
    made = Client()
    made.force_login(factories.user(role))
    return made


def tomorrow() -> date:
    return timezone.localdate(clock.now()) + timedelta(days=1)


def promise(**values: Any) -> dict[str, Any]:
    return {
        "code": "answer-10", "measure": "answer", "priority": "", "type": "", "limit_s": "10", "share_percent": "90",
        "standard": "Siaga", "valid_from": tomorrow().isoformat(), "is_active": "on",
    } | values  # fmt: skip


def test_the_head_promises_and_it_is_written_down() -> None:
    head = client(Role.HEAD)
    assert head.post(f"{TARGETS}add/", promise()).status_code == 302
    made = Target.objects.get(code="answer-10")
    assert (made.limit_s, float(made.share_percent), made.valid_from) == (10, 90.0, tomorrow())
    entry = AuditEntry.objects.get(action="target_promised")
    assert entry.data == {
        "code": "answer-10", "limit_s": 10, "share_percent": 90.0, "valid_from": tomorrow().isoformat(),
        "is_active": True,
    }  # fmt: skip
    assert head.post(f"{TARGETS}{made.pk}/change/", promise(limit_s="12")).status_code == 302
    made.refresh_from_db()
    assert made.limit_s == 12


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.AUDITOR])
def test_others_read_them_only(role: Role) -> None:
    reader = client(role)
    assert reader.get(TARGETS).status_code == 200
    assert reader.get(f"{TARGETS}add/").status_code == 403
    assert reader.post(f"{TARGETS}add/", promise()).status_code == 403
    assert not Target.objects.filter(code="answer-10").exists()
    call_taker = client(Role.CALL_TAKER)
    assert call_taker.get(TARGETS).status_code == 302


def test_what_has_begun_is_never_changed() -> None:
    head = client(Role.HEAD)
    today = tomorrow() - timedelta(days=1)
    made = Target.objects.create(
        code="answer-10", measure="answer", limit_s=10, share_percent=90, standard="Siaga", valid_from=today
    )
    assert head.post(f"{TARGETS}{made.pk}/change/", promise(limit_s="99")).status_code == 403
    assert head.post(f"{TARGETS}{made.pk}/delete/", {"post": "yes"}).status_code == 403
    made.refresh_from_db()
    assert made.limit_s == 10
    assert head.post(f"{TARGETS}add/", promise(limit_s="8")).status_code == 302
    assert Target.objects.filter(code="answer-10").count() == 2


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"valid_from": "2026-01-02"}, "valid_from"), ({"limit_s": ""}, "limit_s"),
        ({"measure": "overdue"}, "limit_s"), ({"share_percent": "101"}, "share_percent"),
        ({"standard": ""}, "standard"), ({"code": "kept"}, "code"),
    ],
)  # fmt: skip
def test_a_promise_that_means_nothing_is_refused_in_words(values: dict[str, Any], field: str) -> None:
    head = client(Role.HEAD)
    Target.objects.create(
        code="kept", measure="response", limit_s=900, share_percent=90, standard="Siaga", valid_from=date(2026, 1, 1)
    )
    before = Target.objects.count()
    answer = head.post(f"{TARGETS}add/", promise(**values))
    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == [field]
    assert Target.objects.count() == before


def draft_form(card: Scorecard, *items: dict[str, Any]) -> dict[str, Any]:
    form: dict[str, Any] = {
        "card": card.pk, "pass_percent": "75", "items-TOTAL_FORMS": len(items), "items-INITIAL_FORMS": 0,
        "items-MIN_NUM_FORMS": 0, "items-MAX_NUM_FORMS": 1000,
    }  # fmt: skip
    for number, item in enumerate(items):
        form |= {f"items-{number}-{name}": value for name, value in item.items()}
    return form


ITEM = {
    "position": "1", "code": "lokasi", "kind": "yes_no", "text_id": "Lokasi?", "text_en": "Place?", "weight": "3",
    "is_critical": "on",
}  # fmt: skip


def test_a_supervisor_writes_a_scorecard_and_takes_it_into_use() -> None:
    boss = client(Role.SUPERVISOR)
    old = scorecard()
    assert boss.post(f"{VERSIONS}add/", draft_form(old.card, ITEM)).status_code == 302
    made = ScorecardVersion.objects.get(state="draft")
    assert (made.number, made.pass_percent, made.made_by_id) == (2, 75, int(boss.session["_auth_user_id"]))
    assert [(item.code, item.weight, item.is_critical) for item in made.items.all()] == [("lokasi", 3, True)]
    boss.post(VERSIONS, {"action": "publish", "_selected_action": [str(made.pk)]})
    states = dict(ScorecardVersion.objects.filter(card=old.card).values_list("number", "state"))
    assert states == {1: "retired", 2: "published"}
    written = AuditEntry.objects.filter(action__startswith="scorecard").order_by("sequence")
    assert [row.action for row in written] == ["scorecardversion_created", "scorecard_published"]


def test_both_languages_are_needed() -> None:
    boss = client(Role.SUPERVISOR)
    card = scorecard().card
    answer = boss.post(f"{VERSIONS}add/", draft_form(card, ITEM | {"text_en": ""}))
    assert answer.status_code == 200
    assert ScorecardVersion.objects.filter(state="draft").count() == 0


def test_what_is_in_use_is_changed_by_a_new_draft_alone() -> None:
    boss = client(Role.SUPERVISOR)
    used = scorecard()
    address = reverse("admin:dispatch_scorecardversion_change", args=[used.pk])
    assert boss.post(address, draft_form(used.card, ITEM)).status_code == 403
    with pytest.raises(IntegrityError, match="in drafts only"), transaction.atomic():
        ScorecardItem.objects.filter(version=used).update(weight=9)
    with pytest.raises(IntegrityError, match="in drafts only"), transaction.atomic():
        ScorecardItem.objects.filter(version=used).delete()
    boss.post(VERSIONS, {"action": "copy", "_selected_action": [str(used.pk)]})
    made = ScorecardVersion.objects.get(state="draft")
    assert list(made.items.values_list("code", "weight")) == list(used.items.values_list("code", "weight"))
    boss.post(VERSIONS, {"action": "publish", "_selected_action": [str(used.pk)]})  # it is no draft
    assert ScorecardVersion.objects.get(card=used.card, state="published") == used


def test_an_empty_scorecard_is_not_taken_into_use() -> None:
    boss = client(Role.SUPERVISOR)
    used = scorecard()
    empty = ScorecardVersion.objects.create(card=used.card, number=2, made_at=clock.now())
    boss.post(VERSIONS, {"action": "publish", "_selected_action": [str(empty.pk)]})
    empty.refresh_from_db()
    assert empty.state == "draft"


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.CALL_TAKER])
def test_nobody_else_writes_or_publishes(role: Role) -> None:
    other = client(role)
    draft = scorecard(state="draft")
    assert other.post(f"{VERSIONS}add/", draft_form(draft.card, ITEM)).status_code in {302, 403}
    other.post(VERSIONS, {"action": "publish", "_selected_action": [str(draft.pk)]})
    assert list(ScorecardVersion.objects.filter(card=draft.card).values_list("state", flat=True)) == ["draft"]


def test_reviews_are_not_read_in_the_admin() -> None:
    boss = client(Role.SUPERVISOR)
    for model in ("qualitysample", "qualityreview", "calibration"):
        assert boss.get(f"/admin/dispatch/{model}/").status_code == 404
    assert boss.get("/admin/dispatch/qualitydraw/").status_code == 403  # its seed would tell of own calls
    for role in (Role.HEAD, Role.AUDITOR):
        assert client(role).get("/admin/dispatch/qualitydraw/").status_code == 200
