"""Records and rules in the admin: who sees them, what stands on a page, and that a page's queries do not grow."""

import re
from collections.abc import Callable, Collection
from itertools import pairwise

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.permissions import ADMIN_PERMISSIONS
from dispatch import models
from dispatch.admin.base import ROWS_MAX
from dispatch.admin.incidents import IncidentAdmin
from tests import factories
from tests.dispatch.admin.rows import belongings, queries, signed_in, world

pytestmark = pytest.mark.django_db
LISTED = sorted(str(model._meta.model_name) for model in admin.site._registry if model._meta.app_label == "dispatch")
RULES = {
    "incidenttype", "disposition", "followrule", "sharingrule", "sharingagreement", "unit", "unittype", "capability",
    "station", "runcard", "presence", "protocolcard", "protocolversion", "gauge", "gaugereach", "floodtaskplan",
    "scorecard", "scorecardversion", "target",
}  # fmt: skip
RECORDS = {
    "call", "calloffer", "incident", "incidentcamera", "timelineentry", "agencypart", "assignment", "escalation",
    "handover", "numberreputation", "pbxevent", "queuealarm", "storm", "protocolrun", "unitalarm", "unitstatuschange",
    "unitposition", "alert", "broadcast", "gaugereading", "gaugelevelchange", "floodepisode", "floodtask",
    "floodwarning", "roadblock", "qualitydraw",
}  # fmt: skip
EXCHANGES = {"pbxlink", "webhooksubscription", "outboxdelivery", "eidodocument"} & set(LISTED)


def test_every_rule_and_record_has_a_page() -> None:
    assert set(LISTED) == RULES | RECORDS | EXCHANGES


@pytest.mark.parametrize("role", list(Role))
def test_a_list_opens_for_exactly_the_roles_of_the_table(role: Role) -> None:
    client = signed_in(role)
    allowed = ADMIN_PERMISSIONS.get(role, frozenset())
    for name in LISTED:
        status = client.get(f"/admin/dispatch/{name}/").status_code
        may = f"dispatch.view_{name}" in allowed
        assert (status == 200) is may, (role, name, status)


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.HEAD, Role.AUDITOR])
def test_a_record_is_never_written_by_hand(role: Role) -> None:
    world()
    client = signed_in(role)
    for name in sorted(RECORDS):
        assert client.get(f"/admin/dispatch/{name}/add/").status_code == 403
        rows = apps.get_model("dispatch", name).objects
        row = rows.first()
        if row is not None:
            before = rows.filter(pk=row.pk).values().get()
            for act in ("change", "delete"):
                assert client.post(f"/admin/dispatch/{name}/{row.pk}/{act}/", {"post": "yes"}).status_code == 403
            assert rows.filter(pk=row.pk).values().get() == before


@pytest.fixture
def _bare_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the list of all models beside each page, which asks nothing and takes most of the time."""
    monkeypatch.setattr(admin.site, "get_app_list", lambda *_request, **_label: [])


def queries_of(client: Client, addresses: dict[str, str], more: Callable[[], None]) -> dict[str, int]:
    """How many queries each page takes, which must be as many for few rows as when there are `more`."""

    def counted_with_more(names: Collection[str]) -> dict[str, int]:
        mark = transaction.savepoint()
        for _more in range(3):
            more()
        found = {name: queries(client, addresses[name]) for name in names}
        transaction.savepoint_rollback(mark)
        return found

    many = counted_with_more(addresses)
    few = {name: queries(client, address) for name, address in addresses.items()}
    # The first time also asks for what Django keeps in memory then; so these are asked a second time.
    many |= counted_with_more([name for name in addresses if many[name] != few[name]])
    assert many == few
    return few


@pytest.mark.usefixtures("_bare_pages")
def test_lists_take_the_same_queries_for_one_row_and_for_many() -> None:
    client = signed_in(Role.AUDITOR)
    world()

    def more() -> None:
        world()

    few = queries_of(client, {name: f"/admin/dispatch/{name}/" for name in LISTED}, more)
    assert max(few.values()) <= 14


@pytest.mark.usefixtures("_bare_pages")
def test_the_page_of_one_row_takes_the_same_queries_for_few_and_for_many_rows_that_belong_to_it() -> None:
    client = signed_in(Role.AUDITOR)
    factories.disposition()
    incident, call = world()
    keys = {name: apps.get_model("dispatch", name).objects.order_by("pk").first() for name in LISTED}
    keys |= {"incident": incident, "call": call}
    addresses = {
        name: reverse(f"admin:dispatch_{name}_change", args=[row.pk]) for name, row in keys.items() if row is not None
    }
    assert set(LISTED) - set(addresses) == {"incidentcamera"} | EXCHANGES - {"pbxlink"}

    def more() -> None:
        belongings(incident, call, incident.opened_by)
        world()

    few = queries_of(client, addresses, more)
    assert max(few.values()) <= 20


def test_search_finds_what_people_would_type() -> None:
    incident, call = world()
    found = {
        "call": (str(call.number), call.pbx_call),
        "incident": (str(incident.number), "Stasiun"),
        "unit": (models.Unit.objects.first(), models.Unit.objects.first()),
        "timelineentry": ("catatan", str(incident.number)),
        "presence": (incident.opened_by.username, call.answered_by.username if call.answered_by else ""),
    }
    client = signed_in(Role.AUDITOR)
    for name, words in found.items():
        for word in {*words}:
            page = client.get(f"/admin/dispatch/{name}/", {"q": str(word)})
            assert page.context["cl"].result_count >= 1, (name, word)
        assert client.get(f"/admin/dispatch/{name}/", {"q": "zzzz"}).context["cl"].result_count == 0


def test_an_incident_tells_everything_that_belongs_to_it() -> None:
    incident, call = world()
    page = signed_in(Role.SUPERVISOR).get(f"/admin/dispatch/incident/{incident.pk}/change/").content.decode()
    for text in (str(call.number), "catatan", "penuh", "U-", "peron", "sudah", "Agencies in incidents", "v1"):
        assert text in page, text
    groups = re.findall(r'inline-group" id="(\w+)-group"', page)
    assert len(groups) == len(IncidentAdmin.inlines) == 14
    writable = re.findall(r'<(?:input(?! type="hidden")|select|textarea)[^>]*name="(\w+)-\d', page)
    assert writable == []


def test_a_call_tells_its_steps_offers_and_attempts() -> None:
    _incident, call = world()
    page = signed_in(Role.SUPERVISOR).get(f"/admin/dispatch/call/{call.pk}/change/").content.decode()
    places = [page.index(f'id="{group}-group"') for group in ("transitions", "offers", "attempts", "locations")]
    assert all(first < second for first, second in pairwise(places))
    assert "no answer" in page


def test_a_page_with_thousands_of_calls_still_opens_and_says_that_it_is_cut() -> None:
    incident, call = world()
    models.TimelineEntry.objects.bulk_create(
        models.TimelineEntry(incident=incident, kind="note", text=f"baris {number}", occurred_at=call.arrived_at)
        for number in range(ROWS_MAX + 5)
    )
    page = signed_in(Role.SUPERVISOR).get(f"/admin/dispatch/incident/{incident.pk}/change/").content.decode()
    assert page.count("baris ") <= 2 * ROWS_MAX
    assert page.count(f"Only the first {ROWS_MAX} rows are shown.") == 1


def test_what_happened_in_an_exercise_is_not_among_the_records() -> None:
    incident, call = world()
    realm = type(incident.realm).objects.create(code="LATIHAN-1", kind="exercise")
    models.Incident.objects.filter(pk=incident.pk).update(realm=realm)
    models.Call.objects.filter(pk=call.pk).update(realm=realm)
    client = signed_in(Role.AUDITOR)
    assert client.get(f"/admin/dispatch/incident/{incident.pk}/change/").status_code == 302
    for name in ("call", "calloffer", "timelineentry", "agencypart"):
        assert client.get(f"/admin/dispatch/{name}/").context["cl"].result_count == 0, name


@pytest.mark.parametrize("language", ["id", "en"])
def test_pages_open_in_both_languages(language: str) -> None:
    world()
    factories.disposition()
    client = signed_in(Role.AUDITOR, language=language)
    for name in LISTED:
        assert client.get(f"/admin/dispatch/{name}/").status_code == 200
