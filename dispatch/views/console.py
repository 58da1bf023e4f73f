"""The call-taker's console: one page; everything on it comes by API and stream."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import ensure_csrf_cookie

from accounts.models import Agency
from accounts.permissions import Permission
from common import clock
from dispatch.choices import (
    AssignmentState,
    CallbackOutcome,
    CallClass,
    CallState,
    EscalationLevel,
    IncidentState,
    LinkKind,
    NextStep,
    PartState,
    PersonRole,
    PresenceState,
    Priority,
    TimelineKind,
)
from dispatch.presenters.incidents import incident_type_present
from dispatch.selectors.flood_banner import SILENT_NAMED_MAX
from dispatch.selectors.names import language_read
from dispatch.selectors.protocols import cards_read
from dispatch.selectors.state import incident_types
from dispatch.views.base import CONSOLE_NEEDS, user_of
from realtime.models import LIVE
from recognition.choices import ReviewReason

LISTS = {
    "assignment": AssignmentState,
    "call": CallState,
    "callback": CallbackOutcome,
    "class": CallClass,
    "incident": IncidentState,
    "level": EscalationLevel,
    "link": LinkKind,
    "part": PartState,
    "person": PersonRole,
    "presence": PresenceState,
    "step": NextStep,
    "timeline": TimelineKind,
}


@ensure_csrf_cookie
def console(request: HttpRequest) -> HttpResponse:
    """The page, with what it needs to start: who works here, what they may do, and the words for all codes."""
    user = user_of(request)
    if not all(user.may(permission) for permission in CONSOLE_NEEDS):
        raise PermissionDenied
    name = f"name_{language_read()}"
    types = [incident_type_present(kind) for kind in incident_types()]
    config = {
        "realm": LIVE,
        "user": str(user),
        "user_id": str(user.pk),
        "permissions": sorted(permission for permission in Permission if user.may(permission)),
        "types": [{**kind, "name": kind[name]} for kind in types],
        "labels": _labels(name),
        "now": clock.now().isoformat(),
        "silent_named_max": SILENT_NAMED_MAX,
    }
    context = {
        "config": config,
        "types": config["types"],
        "priorities": Priority.choices,
        "classes": CallClass.choices,
        "reasons": ReviewReason.choices,
    }
    return render(request, "dispatch/console.html", context)


def _labels(name: str) -> dict[str, dict[str, Any]]:
    found = {code: {str(value): str(label) for value, label in words.choices if value} for code, words in LISTS.items()}
    return found | {
        "agency": dict(Agency.objects.values_list("code", "name")),
        "card": {card["code"]: card[name] for card in cards_read()},
    }
