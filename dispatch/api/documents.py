"""Documents that are not JSON: taken as bytes, given as bytes."""

from collections.abc import Mapping
from typing import IO, Any

from django.http import HttpResponse
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer

from realtime.api import LiveAPIView
from realtime.models import LIVE, Realm

CAP_TYPE = "application/cap+xml"


class ExchangeAPIView(LiveAPIView):
    """Exchange with other systems, which is about the real world only: the permission alone opens it, so that a
    program's token needs no right to read the whole stream."""

    @property
    def realm(self) -> Realm:
        """The live realm."""
        return Realm.objects.get(code=LIVE)


class CapParser(BaseParser):
    """The body as it came, within the limit for bodies."""

    media_type = CAP_TYPE

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Bytes; what they mean is read by the action."""
        return (parser_context or {})["request"].body


class XmlParser(CapParser):
    """The same under its general name."""

    media_type = "application/xml"


class TextXmlParser(CapParser):
    """The same under its old name."""

    media_type = "text/xml"


class DocumentRenderer(BaseRenderer):
    """Lets a client ask for a document by its type; only errors pass through here, as JSON."""

    media_type = CAP_TYPE
    format = "cap"

    def render(self, data: object, *_args: object, **_kwargs: object) -> bytes:
        """The document itself is answered past the framework."""
        return JSONRenderer().render(data)


class XmlRenderer(DocumentRenderer):
    """The same under its general name."""

    media_type = "application/xml"
    format = "xml"


class AtomRenderer(DocumentRenderer):
    """A feed."""

    media_type = "application/atom+xml"
    format = "atom"


CAP_PARSERS = [CapParser, XmlParser, TextXmlParser]
CAP_RENDERERS = [JSONRenderer, DocumentRenderer, XmlRenderer]
FEED_RENDERERS = [JSONRenderer, AtomRenderer, XmlRenderer]


def document_response(text: str | bytes, content_type: str) -> HttpResponse:
    """A document for this client alone; it names its encoding itself."""
    headers = {"Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(text, content_type=content_type, headers=headers)
