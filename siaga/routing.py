"""The sockets."""

from django.urls import path

from realtime.consumers import StreamConsumer

websocket_urlpatterns = [path("ws/stream/<slug:realm_code>/", StreamConsumer.as_asgi())]
