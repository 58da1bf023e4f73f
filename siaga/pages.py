"""Pages that belong to no app."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.models import User
from accounts.permissions import Permission


def home(request: HttpRequest) -> HttpResponse:
    """Send each person to the page of their work."""
    user = request.user
    if isinstance(user, User) and not user.may(Permission.INCIDENT_VIEW) and user.may(Permission.ADMIN_USE):
        return redirect("admin:index")
    return redirect("dispatch:console")


def api_document(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document, readable; its scripts and styles are our own origin's."""
    return render(request, "siaga/api_document.html")
