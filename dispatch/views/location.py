"""The page behind a link sent to a caller: it asks the phone where it is, and tells the call-taker."""

import json
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from rest_framework.exceptions import ValidationError as FieldError

from common import clock
from common.errors import NotFoundError, SiagaError
from dispatch.actions.calls import location_link_use
from dispatch.api.call_serializers import PositionSerializer
from dispatch.services.locations import Fix, link_find

BODY_MAX = 2000


@csrf_exempt  # there is no session: the token in the address is the right, and all it can do is tell a position
@login_not_required
@require_http_methods(["GET", "POST"])
def location_link(request: HttpRequest, token: str) -> HttpResponse:
    """Ask (GET), or take a position (POST, JSON with lat, lon, radius_m)."""
    if request.method == "POST":
        return _take(request, token)
    try:
        link_find(token=token, at=clock.now())
    except SiagaError as error:
        status = 404 if isinstance(error, NotFoundError) else 410
        return render(request, "work/location.html", {"problem": gettext(error.safe_message)}, status=status)
    return render(request, "work/location.html", {"problem": ""})


def _take(request: HttpRequest, token: str) -> JsonResponse:
    try:
        link_find(token=token, at=clock.now())
        serializer = PositionSerializer(data=_body(request))
        serializer.is_valid(raise_exception=True)
        location_link_use(token=token, fix=Fix(**serializer.validated_data))
    except (FieldError, ValueError):
        return JsonResponse({"message": gettext("This is not a position.")}, status=400)
    except SiagaError as error:
        status = 404 if isinstance(error, NotFoundError) else 410
        return JsonResponse({"message": gettext(error.safe_message)}, status=status)
    return JsonResponse({"message": gettext("Thank you. Stay on the line: the operator sees where you are.")})


def _body(request: HttpRequest) -> Any:
    if len(request.body) > BODY_MAX:
        raise ValueError("too long")
    return json.loads(request.body)
