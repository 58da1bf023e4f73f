"""Handing over at the end of a shift."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from accounts.permissions import Permission
from dispatch.choices import HandoverState
from dispatch.models import Handover
from dispatch.selectors.people import colleagues
from dispatch.selectors.undone import incidents_open
from dispatch.views.base import live, needs, show, user_of

PAST_MAX = 20


@needs(Permission.INCIDENT_EDIT)
def handovers(request: HttpRequest) -> HttpResponse:
    """What was offered to me, what I offered, what I own, and how it went before."""
    realm, user = live(), user_of(request)
    rows = Handover.objects.select_related("from_user", "to_user").filter(realm=realm)
    offered = rows.filter(state=HandoverState.OFFERED)
    past = rows.filter(Q(from_user=user) | Q(to_user=user)).exclude(state=HandoverState.OFFERED)
    return show(
        request,
        "work/handovers.html",
        {
            "mine": list(incidents_open(realm).filter(owner=user)),
            "to_me": list(offered.filter(to_user=user).prefetch_related("incidents__type", "incidents__owner")),
            "from_me": offered.filter(from_user=user).first(),
            "people": colleagues(user),
            "past": list(past[:PAST_MAX]),
        },
        realm=realm,
    )
