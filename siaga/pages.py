"""Pages that belong to no app."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def home(request: HttpRequest) -> HttpResponse:
    """Where a person stands after signing in."""
    return render(request, "siaga/home.html")


def api_document(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document, readable; its scripts and styles are our own origin's."""
    return render(request, "siaga/api_document.html")
