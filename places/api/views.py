"""Places over HTTP."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import GuardedAPIView
from accounts.permissions import Permission
from common.errors import ValidationError, gettext_noop
from places.api.answers import PlaceLabelsAnswer, PlacesAnswer
from places.models import Place
from places.selectors import PlaceFound, labels, place_search

QUERY_LENGTH_MAX = 200
LIMIT_MAX = 20


class PlaceSearchView(GuardedAPIView):
    """Finding a place by what the caller says."""

    required_permissions = {"GET": Permission.PLACE_VIEW}

    @extend_schema(
        responses={200: PlacesAnswer},
        parameters=[OpenApiParameter("q", str, required=True), OpenApiParameter("limit", int)],
    )
    def get(self, request: Request) -> Response:
        """The best fits, best first; an empty list when the place is not known."""
        text = request.query_params.get("q", "").strip()
        if not text or len(text) > QUERY_LENGTH_MAX:
            raise ValidationError(
                "query_length",
                gettext_noop("Write between 1 and %(limit)d characters of the place."),
                {"limit": QUERY_LENGTH_MAX, "fields": {"q": [text[:20]]}},
            )
        found = place_search(text, limit=_limit(request.query_params.get("limit", "8")))
        return Response({"places": [_found_present(item) for item in found]})


class PlaceLabelView(GuardedAPIView):
    """What the map writes on its ground."""

    required_permissions = {"GET": Permission.PLACE_VIEW}

    @extend_schema(responses={200: PlaceLabelsAnswer})
    def get(self, request: Request) -> Response:
        """Cities, kecamatan, landmarks, and the kelurahan with a point of their own."""
        return Response(
            {"places": [_place_present(place) for place in labels()]}, headers={"Cache-Control": "private, max-age=600"}
        )


def _place_present(place: Place) -> dict[str, Any]:
    return {"code": place.code, "name": place.name, "kind": place.kind, "lat": place.lat, "lon": place.lon}


def _found_present(found: PlaceFound) -> dict[str, Any]:
    return _place_present(found.place) | {
        "parent": found.parent_text,
        "accuracy_m": found.place.accuracy_m,
        "score": found.score,
    }


def _limit(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text[:4]) <= LIMIT_MAX:
        raise ValidationError(
            "limit_range", gettext_noop("The limit is a number from 1 to %(limit)d."),
            {"limit": LIMIT_MAX, "fields": {"limit": [text[:10]]}},
        )  # fmt: skip
    return int(text)
