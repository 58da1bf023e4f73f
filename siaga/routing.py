"""The sockets."""

from django.urls import path

import dispatch.glances  # noqa: F401  # declares what sockets show: a socket may come before the first page
from dispatch.consumers import LiveConsumer
from realtime.consumers import StreamConsumer

websocket_urlpatterns = [
    path("ws/stream/<slug:realm_code>/", StreamConsumer.as_asgi()),
    path("ws/live/<uuid:viewing_id>/", LiveConsumer.as_asgi()),
]
