"""The demo's units: each is of a type, at a post, crewed; together they can answer a fire beside their posts."""

import pytest
from django.core.management import call_command

from accounts.choices import Role
from accounts.models import Agency
from dispatch.actions.incidents import incident_open
from dispatch.models import RunCard, Station, Unit
from dispatch.selectors.recommendation import recommendation_read
from dispatch.services.incidents import IncidentDraft
from siaga.demo.units import ACCOUNTS, STATIONS, UNITS, units_seed
from tests import factories

pytestmark = pytest.mark.django_db


def test_they_are_made_once_and_answer_a_fire() -> None:
    call_command("places_import", verbosity=0)
    call_command("city_seed", verbosity=0)
    agencies = {agency.code: agency for agency in Agency.objects.all()}
    users = {name: factories.user(Role.UNIT) for name in ACCOUNTS}
    units_seed(agencies, users)
    Unit.objects.filter(call_sign="DK-101").update(crew_count=2)
    units_seed(agencies, users)
    assert (Unit.objects.count(), Station.objects.count()) == (len(UNITS), len(STATIONS))
    assert RunCard.objects.exists()
    assert Unit.objects.get(call_sign="DK-101").crew_count == 2
    assert not Unit.objects.filter(type=None).exists()
    assert not Unit.objects.filter(station__district=None).exists()
    assert not Unit.objects.filter(crew_count=0).exists()
    assert {unit.call_sign for unit in Unit.objects.exclude(account=None)} == set(ACCOUNTS.values())
    desk = factories.user(Role.DISPATCHER)
    draft = IncidentDraft(type_code="kebakaran", lat=-6.2105, lon=106.85)
    made = incident_open(user=desk, source="test", realm=factories.live_realm(), draft=draft)
    found = recommendation_read(
        realm=made.realm, incident_id=made.pk, alarm_level=1, at=made.opened_at
    ).recommendation  # fmt: skip
    assert found.shortfalls == ()
    assert found.proposed[0].candidate.able.call_sign == "DK-101"
