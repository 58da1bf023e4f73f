"""What a driver is asked for, and what it gives."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

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
        "timeout": gettext_noop("The camera did not answer in time."),
        "unreachable": gettext_noop("The camera cannot be reached."),
        "address_refused": gettext_noop("This address is not in the networks and ports allowed for cameras."),
        "redirect_refused": gettext_noop("The camera sends on to another address."),
        "http_status": gettext_noop("The camera answers with an error."),
        "stream_broken": gettext_noop("The camera's stream breaks off."),
        "tls": gettext_noop("The camera's certificate is not the expected one."),
    }
    RETRY_HELPS = frozenset(
        {"unreachable", "stream_broken", "picture_empty", "picture_truncated", "picture_not_a_picture"}
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
        return self.code in {"timeout", "unreachable", "stream_broken"}


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
