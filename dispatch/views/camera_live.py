"""Cameras for those who look after them."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from cameras.services.live import camera_check
from common import clock
from common.errors import ConflictError
from dispatch.services.watching import camera_by_code
from dispatch.views.base import live, needs, show


@needs(Permission.CAMERA_MAINTAIN)
def camera_live(request: HttpRequest, code: str) -> HttpResponse:
    """A camera live, for a written reason; nothing is asked of the camera before there is one."""
    realm, camera = live(), camera_by_code(code)
    if camera is None:
        raise Http404
    refusal = ""
    try:
        camera_check(camera, at=clock.now())
    except ConflictError as error:
        refusal = _(error.safe_message)
    facts = {"camera": camera, "refusal": refusal, "minutes": settings.LIVE_MINUTES}
    return show(request, "work/camera/live.html", facts, realm=realm)
