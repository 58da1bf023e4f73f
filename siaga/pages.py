"""Pages that belong to no app."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.models import User
from accounts.permissions import Permission
from dispatch.views.base import CONSOLE_NEEDS


def home(request: HttpRequest) -> HttpResponse:
    """Where a person stands after signing in: at the console, unless their roles have none."""
    user = cast("User", request.user)
    has_console = all(user.may(permission) for permission in CONSOLE_NEEDS)
    if has_console and "profile" not in request.GET:
        return redirect("dispatch:console")
    has_api = user.may(Permission.API_DOCUMENT_VIEW)
    return render(request, "siaga/home.html", {"has_console": has_console, "has_api": has_api})


def api_document(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document, readable; its scripts and styles are our own origin's."""
    return render(request, "siaga/api_document.html")
