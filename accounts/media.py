"""Pictures that only those see who may; never served as files."""

from django.http import HttpResponse
from rest_framework.renderers import BaseRenderer, JSONRenderer

PRIVATE_S = 300


class PictureRenderer(BaseRenderer):
    """Lets a browser ask for pictures; the bytes themselves pass untouched."""

    media_type = "image/*"
    format = "picture"

    def render(self, data: object, *_args: object, **_kwargs: object) -> bytes:
        """Only errors come here; an `<img>` cannot show them anyhow."""
        return JSONRenderer().render(data)


PICTURE_RENDERERS = [JSONRenderer, PictureRenderer]


def picture_response(data: bytes, content_type: str, sha256: str) -> HttpResponse:
    """The bytes as they are, for this one browser and a short time."""
    headers = {
        "Cache-Control": f"private, max-age={PRIVATE_S}",
        "ETag": f'"{sha256}"',
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": "inline",
    }
    return HttpResponse(data, content_type=content_type, headers=headers)
