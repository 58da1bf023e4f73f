"""Views that work in a realm; and the stream by polling, for clients without a socket and as the last resort."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import GuardedAPIView
from accounts.permissions import Permission
from accounts.services.audit import audit_write
from common.answers import AnswerBody
from common.errors import ValidationError, gettext_noop
from common.serializers import StrictSerializer
from realtime.models import LIVE, Realm
from realtime.selectors import events_for, realm_get


class LiveAPIView(GuardedAPIView):
    """Works in the live realm."""

    @property
    def realm(self) -> Realm:
        """The realm, if the user may be in it."""
        return realm_get(code=LIVE, user=self.user)

    def taken(self, serializer_class: type[StrictSerializer], **options: Any) -> dict[str, Any]:
        """The checked body."""
        serializer = serializer_class(data=self.request.data, **options)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def seen(
        self, action: str, object_type: str, object_id: object, purpose: str, data: Mapping[str, Any] | None = None
    ) -> None:
        """Write down who looks at what, and what for, before anything of it leaves."""
        with transaction.atomic():
            audit_write(
                actor=self.actor,
                action=action,
                object_type=object_type,
                object_id=object_id,
                realm=self.realm.code,
                purpose=purpose,
                data=data,
            )


class EventMessage(AnswerBody):
    """An event as docs/events.md tells; `payload` is the whole entity."""

    type: str
    sequence: int
    kind: str
    entity_id: str
    payload: dict[str, Any]
    occurred_at: str


class EventsAnswer(AnswerBody):
    """Events up to the number that was reached, and the newest number of all."""

    sequence: int
    head: int
    events: list[EventMessage]


class EventListView(GuardedAPIView):
    """Events of a realm after a number."""

    required_permissions = {"GET": Permission.STREAM_READ}

    @extend_schema(parameters=[OpenApiParameter("after", int)], responses={200: EventsAnswer})
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
