"""Pages that belong to no app."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.models import User
from dispatch.views import CONSOLE_NEEDS


def home(request: HttpRequest) -> HttpResponse:
    """Where a person stands after signing in: at the console, unless their roles have none."""
    user = cast("User", request.user)
    if "profile" not in request.GET and all(user.may(permission) for permission in CONSOLE_NEEDS):
        return redirect("dispatch:console")
    return render(request, "siaga/home.html")


def api_document(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document, readable; its scripts and styles are our own origin's."""
    return render(request, "siaga/api_document.html")
