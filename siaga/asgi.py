"""The one entry of the embedded default: pages and API by WSGI in a few threads, sockets by Channels.

Django under ASGI makes a thread and a database connection for each request; a fixed set of threads that keep theirs
takes in more than twice as many calls (docs/adr/0012). Behind a proxy both can be processes of their own (deploy/).
"""

import os
from typing import Any
from urllib.parse import quote

from a2wsgi import WSGIMiddleware
from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "siaga.settings")
django_application: Any = get_wsgi_application()

from django.conf import settings  # noqa: E402  # the apps must be loaded first

from siaga.routing import websocket_urlpatterns  # noqa: E402

pages: Any = WSGIMiddleware(django_application, workers=settings.WEB_THREADS)


async def http(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Hand a request to a thread; WSGI knows queries in ASCII only, and not everybody encodes theirs."""
    query = quote(scope["query_string"], safe="!#$%&'()*+,/:;=?@[]~").encode()
    await pages({**scope, "query_string": query}, receive, send)


application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
    }
)
