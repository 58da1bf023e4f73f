"""The stream by polling, for clients without a socket and as the console's last resort."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import GuardedAPIView
from accounts.permissions import Permission
from common.errors import ValidationError, gettext_noop
from realtime.selectors import events_for, realm_get


class EventListView(GuardedAPIView):
    """Events of a realm after a number."""

    required_permissions = {"GET": Permission.STREAM_READ}

    @extend_schema(parameters=[OpenApiParameter("after", int)], responses={200: dict})
    def get(self, request: Request, realm_code: str) -> Response:
        """`{"sequence": reached, "head": head, "events": [...]}`; call again from `sequence` until it is `head`."""
        realm = realm_get(code=realm_code, user=self.user)
        after = request.query_params.get("after", "0")
        if not after.isdecimal() or len(after) > 18:
            raise ValidationError(
                "invalid_query", gettext_noop("Some fields need correction."), {"fields": {"after": ["0, 1, 2, …"]}}
            )
        events, reached = events_for(user=self.user, realm=realm, sequence=int(after))
        return Response({"sequence": reached, "head": realm.head, "events": [event.message() for event in events]})
