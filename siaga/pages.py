"""Pages that belong to no app."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.models import User
from accounts.permissions import Permission
from dispatch.views.base import CONSOLE_NEEDS


def home(request: HttpRequest) -> HttpResponse:
    """Where a person stands after signing in: at the console or their agency's page, where their roles have one."""
    user = cast("User", request.user)
    has_console = all(user.may(permission) for permission in CONSOLE_NEEDS)
    works_for_agency = user.may(Permission.AGENCY_WORK) and user.agency is not None
    if "profile" not in request.GET and (has_console or works_for_agency):
        return redirect("dispatch:console" if has_console else "dispatch:agency-incidents")
    context = {
        "has_console": has_console,
        "works_for_agency": works_for_agency,
        "has_api": user.may(Permission.API_DOCUMENT_VIEW),
        "pages": {
            "calls": user.may(Permission.CALL_VIEW),
            "incidents": user.may(Permission.INCIDENT_VIEW),
            "undone": user.may(Permission.REPORT_VIEW),
        },
    }
    return render(request, "siaga/home.html", context)


def api_document(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document, readable; its scripts and styles are our own origin's."""
    return render(request, "siaga/api_document.html")
