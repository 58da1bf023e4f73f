import pytest

from accounts.choices import Role
from accounts.permissions import ROLE_PERMISSIONS, Permission, admin_permissions_of, permissions_of, roles_with
from tests import factories


def test_every_role_stands_in_the_table_and_no_role_allows_nothing() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role)
    assert permissions_of(frozenset()) == frozenset()


def test_the_auditor_reads_and_cannot_operate() -> None:
    allowed = permissions_of(frozenset({Role.AUDITOR}))
    operating = {
        Permission.CALL_RECEIVE, Permission.INCIDENT_OPEN, Permission.INCIDENT_EDIT, Permission.MATCH_REVIEW,
        Permission.WATCHLIST_MANAGE, Permission.WATCHLIST_APPROVE, Permission.CAMERA_PULL,
    }  # fmt: skip
    assert not allowed & operating
    rights = {right.split(".")[1].split("_")[0] for right in admin_permissions_of(frozenset({Role.AUDITOR}))}
    assert rights == {"view"}


def test_only_watchlist_officers_enter_people_into_the_watchlist() -> None:
    assert set(roles_with(Permission.WATCHLIST_MANAGE)) == {Role.WATCHLIST_OFFICER}


@pytest.mark.django_db
def test_a_disabled_user_may_nothing() -> None:
    user = factories.user(*Role, is_active=False)
    assert not any(user.may(permission) for permission in Permission)
    assert not user.is_staff
    assert not user.has_perm("accounts.view_user")


@pytest.mark.django_db
def test_roles_add_up() -> None:
    user = factories.user(Role.CALL_TAKER, Role.CAMERA_ADMINISTRATOR)
    assert user.may(Permission.CALL_RECEIVE)
    assert user.has_perm("cameras.change_camera")
    assert not user.has_perm("cameras.delete_camera")
    assert not user.may(Permission.AUDIT_VIEW)
