"""Pages that say what went wrong and what to do."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def _page(request: HttpRequest, status: int, code: str, title: str, advice: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse({"error": {"code": code, "message": title, "data": {}, "retry": False}}, status=status)
    return render(request, "siaga/error.html", {"status": status, "title": title, "advice": advice}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return _page(
        request, 400, "bad_request", _("This request cannot be read."), _("Go back, reload the page and try again.")
    )


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    advice = _("If your work needs this page, ask your supervisor to change your role.")
    return _page(request, 403, "access_denied", _("Your role does not allow this."), advice)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    advice = _("Check the address, or go back to the console.")
    return _page(request, 404, "not_found", _("This was not found, or you have no access to it."), advice)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; touches neither database nor session."""
    advice = _("Nothing that was confirmed is lost. Try again; if it stays, tell the technical staff.")
    return _page(request, 500, "server_error", _("Something went wrong on our side."), advice)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form without a valid token, mostly after a long break."""
    advice = _("Reload the page and send it again.")
    return _page(request, 403, "csrf_failed", _("This form is no longer valid."), advice)
