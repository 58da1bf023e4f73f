"""Who can take over, and who takes what nobody brought."""

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.choices import Role
from accounts.models import User
from accounts.permissions import Permission, roles_with
from dispatch.choices import PresenceState
from dispatch.models import Incident
from dispatch.models.incidents import IS_OPEN


def colleagues(user: User) -> list[User]:
    """Everybody else who may work on incidents."""
    roles = list(roles_with(Permission.INCIDENT_EDIT))
    rows = User.objects.filter(is_active=True, role_grants__role__in=roles).exclude(pk=user.pk)
    return list(rows.distinct().order_by("display_name", "username"))


def responsible_now() -> User | None:
    """Who sees to what comes in by itself: the one at a desk who owns least, else a head or supervisor."""
    working = User.objects.filter(is_active=True, is_machine=False)
    open_ones = Incident.objects.filter(IS_OPEN, owner=OuterRef("pk")).order_by().values("owner")
    owned = Coalesce(Subquery(open_ones.annotate(count=Count("pk")).values("count")), 0)
    roles = list(roles_with(Permission.INCIDENT_EDIT))
    present = working.filter(role_grants__role__in=roles, presence__isnull=False)
    at_desk = present.exclude(presence__state=PresenceState.AWAY).annotate(owned=owned).order_by("owned", "pk")
    above = working.filter(role_grants__role__in=[Role.SUPERVISOR, Role.HEAD]).order_by("pk")
    return at_desk.first() or above.first()
