"""Storm mode over HTTP: what is left of it."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import IDEMPOTENCY_KEY as KEY
from accounts.api import idempotent
from accounts.permissions import Permission
from dispatch.actions.storm_calls import storm_settle
from dispatch.api.call_answers import SettledAnswer
from realtime.api import LiveAPIView

SOURCE = "api"


class StormSettleView(LiveAPIView):
    """Callers of a storm who hung up."""

    required_permissions = {"POST": Permission.STORM_MANAGE}

    @extend_schema(request=None, responses={200: SettledAnswer}, parameters=[KEY])
    @idempotent
    def post(self, request: Request, storm_id: uuid.UUID) -> Response:
        """Join up to a hundred of them to the incident and close them; `left` says how many are still there."""
        closed, left = storm_settle(user=self.user, source=SOURCE, realm=self.realm, storm_id=storm_id)
        return Response({"closed": closed, "left": left})
