"""The call-taker's console: one page; everything on it comes by API and stream."""

from typing import cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.csrf import ensure_csrf_cookie

from accounts.models import User
from accounts.permissions import Permission
from common import clock
from dispatch.choices import Priority
from dispatch.presenters.incidents import incident_type_present
from dispatch.selectors.state import incident_types
from dispatch.views.base import CONSOLE_NEEDS
from realtime.models import LIVE
from recognition.choices import ReviewReason



@ensure_csrf_cookie
def console(request: HttpRequest) -> HttpResponse:
    """The page, with what it needs to start: who works here, what they may do, and the words of the forms."""
    user = cast("User", request.user)
    if not all(user.may(permission) for permission in CONSOLE_NEEDS):
        raise PermissionDenied
    types = [incident_type_present(kind) for kind in incident_types()]
    name = "name_en" if get_language() == "en" else "name_id"
    config = {
        "realm": LIVE,
        "user": str(user),
        "permissions": sorted(permission for permission in Permission if user.may(permission)),
        "types": [{**kind, "name": kind[name]} for kind in types],
        "now": clock.now().isoformat(),
    }
    context = {
        "config": config,
        "types": config["types"],
        "priorities": Priority.choices,
        "reasons": ReviewReason.choices,
    }
    return render(request, "dispatch/console.html", context)
