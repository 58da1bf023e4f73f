"""Incident types are kept in the admin, with the switch in the audit record; records are only read."""

import pytest
from django.test import Client

from accounts.choices import Role
from accounts.models import AuditEntry
from accounts.services.audit import audit_faults
from dispatch.models import IncidentType
from tests import factories

pytestmark = pytest.mark.django_db


def signed_in(role: Role) -> Client:
    client = Client()
    client.force_login(factories.user(role))
    return client


def test_the_switch_of_a_type_is_written_down_with_its_position() -> None:
    kind = IncidentType.objects.create(code="uji", name_id="Uji", name_en="Test", default_priority="P3")
    values = {
        "code": "uji", "name_id": "Uji", "name_en": "Test", "apco_code": "", "default_priority": "P3", "order": "1",
        "is_active": "on", "face_matching_allowed": "on",
        "sharing_rules-TOTAL_FORMS": "0", "sharing_rules-INITIAL_FORMS": "0",
        "follow_rules-TOTAL_FORMS": "0", "follow_rules-INITIAL_FORMS": "0",
    }  # fmt: skip
    answer = signed_in(Role.SUPERVISOR).post(f"/admin/dispatch/incidenttype/{kind.pk}/change/", values)
    assert answer.status_code == 302
    entry = AuditEntry.objects.get(action="face_matching_switched")
    assert (entry.object_id, entry.data) == (str(kind.pk), {"allowed": True})
    assert list(audit_faults()) == []


@pytest.mark.parametrize("model", ["call", "incident", "incidentcamera"])
@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.AUDITOR])
def test_records_are_only_read(model: str, role: Role) -> None:
    client = signed_in(role)
    assert client.get(f"/admin/dispatch/{model}/").status_code == 200
    assert client.get(f"/admin/dispatch/{model}/add/").status_code == 403


def test_a_role_that_is_granted_or_taken_is_written_down() -> None:
    user = factories.user(Role.CALL_TAKER)
    grant = user.role_grants.get()
    values = {
        "username": user.username, "display_name": "Nama", "language": "id", "agency": "", "desk": "",
        "new_password": "", "is_active": "on", "role_grants-TOTAL_FORMS": "2", "role_grants-INITIAL_FORMS": "1",
        "role_grants-0-id": str(grant.pk), "role_grants-0-user": str(user.pk), "role_grants-0-role": "call_taker",
        "role_grants-0-DELETE": "on", "role_grants-1-user": str(user.pk), "role_grants-1-role": "dispatcher",
    }  # fmt: skip
    answer = signed_in(Role.ADMINISTRATOR).post(f"/admin/accounts/user/{user.pk}/change/", values)
    assert answer.status_code == 302, answer.content.decode()
    entry = AuditEntry.objects.get(action="user_roles_changed")
    assert entry.data == {"granted": ["dispatcher"], "withdrawn": ["call_taker"]}
    assert [grant.role for grant in user.role_grants.all()] == ["dispatcher"]
