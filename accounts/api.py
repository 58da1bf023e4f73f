"""The base of every API view: deny by default, and unsafe requests answered once."""

import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ClassVar, cast

from django.core.serializers.json import DjangoJSONEncoder
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.guard import RolePermission
from accounts.models import User
from accounts.permissions import Permission
from accounts.services.audit import Actor
from accounts.services.idempotency import KEY_LENGTH_MAX, Answer, answer_once, fingerprint_of

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key", {"type": "string", "minLength": 1, "maxLength": KEY_LENGTH_MAX}, OpenApiParameter.HEADER,
    required=True, description="a new one for each act; the same one again gets the first answer again",
)  # fmt: skip
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


class GuardedAPIView(APIView):
    """Every view of ours: `required_permissions` maps each method to what it needs."""

    required_permissions: ClassVar[Mapping[str, Permission]] = {}
    permission_classes = [RolePermission]

    @property
    def user(self) -> User:
        """The signed-in user (the permission has seen to that)."""
        return cast("User", self.request.user)

    @property
    def actor(self) -> Actor:
        """The user as the audit record names them."""
        return Actor(self.user, "api")


Handler = Callable[..., Response]


def idempotent(handler: Handler) -> Handler:
    """Answer a repeated unsafe request (same user, `Idempotency-Key`, path and body) with the first answer."""

    @wraps(handler)
    def answered_once(view: GuardedAPIView, request: Request, *args: Any, **kwargs: Any) -> Response:
        body = _body_of(request)

        def run() -> Answer:
            response = handler(view, request, *args, **kwargs)
            return Answer(response.status_code, json.loads(json.dumps(response.data, cls=DjangoJSONEncoder)))

        answer = answer_once(
            user=view.user,
            key=request.headers.get("Idempotency-Key", ""),
            fingerprint=fingerprint_of(request.method or "", request.path, body),
            run=run,
        )
        headers = {"Idempotent-Replayed": "true"} if answer.is_replayed else {}
        return Response(answer.data, status=answer.status, headers=headers)

    answered_once.is_idempotent = True  # type: ignore[attr-defined]  # read by the walker over all endpoints
    return answered_once


def repeatable(handler: Handler) -> Handler:
    """For the few unsafe requests whose repetition changes nothing by itself: no key is asked for, and none kept.

    Only for what comes so often that a row for each would cost more than the work, as positions do.
    """
    handler.is_idempotent = True  # type: ignore[attr-defined]  # read by the walker over all endpoints
    return handler


def _body_of(request: Request) -> bytes:
    # The parsed body, since the raw one can be read only once; files count by name, size and content.
    parts = [json.dumps(request.data, sort_keys=True, default=str).encode()]
    for name, upload in sorted(request.FILES.items()):
        parts += [name.encode(), upload.read()]
        upload.seek(0)
    return b"\n".join(parts)
