"""Making users."""

from collections.abc import Collection

from django.db import transaction

from accounts.choices import Role
from accounts.models import Agency, RoleGrant, User
from accounts.services.audit import Actor, audit_write


def user_create(
    *,
    actor: Actor,
    username: str,
    display_name: str,
    password: str,
    roles: Collection[Role],
    agency: Agency | None = None,
) -> User:
    """A user with roles, and the audit entry of it, in one transaction."""
    with transaction.atomic():
        user = User(username=username, display_name=display_name, agency=agency)
        user.set_password(password)
        user.full_clean()
        user.save()
        RoleGrant.objects.bulk_create([RoleGrant(user=user, role=role, granted_by=actor.user) for role in roles])
        audit_write(
            actor=actor, action="user_created", object_type="accounts.user", object_id=user.pk,
            data={"roles": sorted(roles)},
        )  # fmt: skip
    return user
