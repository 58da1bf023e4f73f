"""Pages that belong to no app."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.models import User
from accounts.permissions import Permission
from dispatch.views.base import CONSOLE_NEEDS


def home(request: HttpRequest) -> HttpResponse:
    """Where a person stands after signing in: at the console, their agency's or their unit's page."""
    user = cast("User", request.user)
    has_console = all(user.may(permission) for permission in CONSOLE_NEEDS)
    works_for_agency = user.may(Permission.AGENCY_WORK) and user.agency is not None
    is_crew = user.may(Permission.UNIT_REPORT)
    pages = [
        ("dispatch:console", has_console),
        ("dispatch:agency-incidents", works_for_agency),
        ("dispatch:own-unit", is_crew),
    ]
    if "profile" not in request.GET and (page := next((name for name, is_theirs in pages if is_theirs), "")):
        return redirect(page)
    context = {
        "has_console": has_console,
        "works_for_agency": works_for_agency,
        "has_api": user.may(Permission.API_DOCUMENT_VIEW),
        "pages": {
            "calls": user.may(Permission.CALL_VIEW),
            "incidents": user.may(Permission.INCIDENT_VIEW),
            "undone": user.may(Permission.REPORT_VIEW),
            "units": user.may(Permission.UNIT_VIEW),
            "own_unit": is_crew,
        },
    }
    return render(request, "siaga/home.html", context)


def api_document(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document, readable; its scripts and styles are our own origin's."""
    return render(request, "siaga/api_document.html")
