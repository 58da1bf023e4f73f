"""Who can take over."""

from accounts.models import User
from accounts.permissions import Permission, roles_with


def colleagues(user: User) -> list[User]:
    """Everybody else who may work on incidents."""
    roles = list(roles_with(Permission.INCIDENT_EDIT))
    rows = User.objects.filter(is_active=True, role_grants__role__in=roles).exclude(pk=user.pk)
    return list(rows.distinct().order_by("display_name", "username"))
