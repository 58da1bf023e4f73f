"""What a driver is asked for, and what it gives."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime

from common import clock
from common.errors import TerminalError, gettext_noop
from common.images import header_read

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class CameraSource:
    """One camera's address with its credential; `repr` shows neither user nor password."""

    kind: str
    url: str
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    tls_sha256: str = ""


@dataclass(frozen=True, slots=True)
class GrabLimits:
    """How long and how much at most."""

    connect_timeout_s: float = 2.0
    read_timeout_s: float = 2.5
    total_timeout_s: float = 5.0
    max_bytes: int = 8 * MEBIBYTE
    redirects_max: int = 2
    picture_age_max_s: float = 300.0


@dataclass(frozen=True, slots=True)
class Grab:
    """One picture: the bytes as the camera gave them, and when. Times are ours, in UTC."""

    data: bytes
    content_type: str
    width: int
    height: int
    sha256: str
    requested_at: datetime
    first_byte_at: datetime
    received_at: datetime
    is_original: bool = True


class CameraFault(TerminalError):
    """No picture, and why. `is_down` tells a camera that is away from one that refuses or sends rubbish."""

    MESSAGES = {
        "auth": gettext_noop("The camera refuses the user name or password."),
        "onvif_not_soap": gettext_noop("What answers at this address is no ONVIF service."),
        "onvif_fault": gettext_noop("The device refuses this ONVIF request; its service may be missing."),
        "onvif_no_snapshot": gettext_noop("The device names no address for still pictures."),
        "timeout": gettext_noop("The camera did not answer in time."),
        "unreachable": gettext_noop("The camera cannot be reached."),
        "address_refused": gettext_noop("This address is not in the networks and ports allowed for cameras."),
        "redirect_refused": gettext_noop("The camera sends on to another address."),
        "http_status": gettext_noop("The camera answers with an error."),
        "stream_broken": gettext_noop("The camera's stream breaks off."),
        "codec_unsupported": gettext_noop("The camera's stream is not H.264, so that browsers cannot show it."),
        "live_away": gettext_noop("The live view does not answer on this machine; try again in a moment."),
        "viewer_too_slow": gettext_noop("The connection to this screen is too slow for video."),
        "mask_broken": gettext_noop("A privacy mask of this camera cannot be drawn, so nothing of it is shown."),
        "tls": gettext_noop("The camera's certificate is not the expected one."),
        "kind_unknown": gettext_noop("There is no way to take pictures from this kind of camera."),
        "playlist_broken": gettext_noop("The camera's playlist cannot be read."),
        "folder_missing": gettext_noop("The camera's folder does not exist or may not be read."),
        "folder_empty": gettext_noop("There is no picture in the camera's folder."),
        "folder_full": gettext_noop("There are too many files in the camera's folder."),
        "picture_unreadable": gettext_noop("The newest picture in the camera's folder cannot be read."),
        "picture_stale": gettext_noop("The newest picture in the camera's folder is too old."),
    }
    RETRY_HELPS = frozenset(
        {
            "unreachable",
            "stream_broken",
            "picture_empty",
            "picture_truncated",
            "picture_not_a_picture",
            "playlist_broken",
        }
    )

    def __init__(self, code: str, *, status: int | None = None, message: str | None = None) -> None:
        text = message or self.MESSAGES.get(code) or gettext_noop("The camera gives no usable picture.")
        super().__init__(code, text, {"status": status} if status else {})

    @property
    def retry_helps(self) -> bool:
        """Whether one more try at once may succeed; never after a refusal, since cameras lock accounts."""
        return self.code in self.RETRY_HELPS or self.data.get("status", 0) >= 500

    @property
    def is_down(self) -> bool:
        """Whether the camera itself seems away."""
        return self.code in {
            "timeout",
            "unreachable",
            "stream_broken",
            "folder_missing",
            "folder_empty",
            "picture_stale",
        }


def grab_make(data: bytes, *, requested_at: datetime, first_byte_at: datetime, received_at: datetime) -> Grab:
    """Check the header and describe the picture; raises common.images.PictureRefused."""
    header = header_read(data)
    return Grab(
        data=data,
        content_type=header.content_type,
        width=header.width,
        height=header.height,
        sha256=hashlib.sha256(data).hexdigest(),
        requested_at=requested_at,
        first_byte_at=first_byte_at,
        received_at=received_at,
    )


def grab_made_here(data: bytes, *, requested_at: datetime, first_byte_at: datetime) -> Grab:
    """As `grab_make`, for a still that was made here out of video; its bytes are ours and not the camera's."""
    made = grab_make(data, requested_at=requested_at, first_byte_at=first_byte_at, received_at=clock.now())
    return replace(made, is_original=False)
