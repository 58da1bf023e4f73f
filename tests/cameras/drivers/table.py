"""The table "input -> behaviour": every row against every driver, or the reason why it does not fit.

`test_contract.py` runs it, and fails for a driver of the table in `cameras.drivers.grab` that a row says nothing about.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

KINDS = ("http_jpeg", "mjpeg", "hls", "rtsp", "folder")
PICTURE = "picture"
NO_HTTP = "RTSP has no bodies or content types; what follows PLAY is video (rows corrupt, close and no key frame)"
NO_SERVER = "a folder has nobody who answers, asks for a password or sends on"
NO_STREAM = "not a stream"
NO_FILE = "a file is there or not; a folder that hangs is asked in tests/cameras/drivers/test_folder.py"


@dataclass(frozen=True)
class Row:
    """One input: what each driver gives for it (a picture or the code of a fault), or why it does not fit.

    `tries` is how often the camera is asked; drivers that are not named there are only asked as often as they like.
    """

    name: str
    fault: str
    gives: Mapping[str, str | tuple[str, ...]]
    unfit: Mapping[str, str] = field(default_factory=dict)
    tries: Mapping[str, int] = field(default_factory=dict)
    flag: str = ""


def every(code: str | tuple[str, ...], *kinds: str) -> dict[str, str | tuple[str, ...]]:
    return dict.fromkeys(kinds or KINDS, code)


WEB = ("http_jpeg", "mjpeg", "hls")
SERVED = (*WEB, "rtsp")


def _times(count: int, *kinds: str) -> dict[str, int]:
    return dict.fromkeys(kinds or SERVED, count)


def _only(*kinds: str, why: str) -> dict[str, str]:
    return {kind: why for kind in KINDS if kind not in kinds}


ROWS = [
    Row("good", "", every(PICTURE), tries=_times(1)),
    Row("picture as octet-stream", "octets", every(PICTURE, *WEB), {"rtsp": NO_HTTP, "folder": "files have no type"}),
    Row("stream without lengths", "unmeasured", every(PICTURE, "mjpeg"), _only("mjpeg", why=NO_STREAM)),
    Row("stream without bounds", "unbounded", every(PICTURE, "mjpeg"), _only("mjpeg", why=NO_STREAM)),
    Row("password refused", "refused", every("auth", *SERVED), {"folder": NO_SERVER}, _times(1, *WEB)),
    Row("forbidden", "forbidden", every("auth", *SERVED), {"folder": NO_SERVER}, _times(1)),
    Row(
        "HTML page", "page",
        {"http_jpeg": "picture_not_a_picture", "mjpeg": "stream_broken", "hls": "playlist_broken",
         "folder": "picture_not_a_picture"},
        {"rtsp": NO_HTTP}, _times(2, *WEB),
    ),
    Row(
        "empty", "empty",
        {"http_jpeg": "picture_empty", "mjpeg": "stream_broken", "hls": "picture_empty", "folder": "picture_empty"},
        {"rtsp": NO_HTTP}, _times(2, *WEB),
    ),
    Row(
        "not a picture, corrupt", "garbage",
        {"http_jpeg": "picture_not_a_picture", "mjpeg": "timeout", "hls": "picture_not_a_picture",
         "rtsp": ("stream_broken", "timeout"), "folder": "picture_not_a_picture"},
        tries=_times(2, "http_jpeg", "hls"),
    ),
    Row(
        "truncated", "truncated",
        {"http_jpeg": "picture_truncated", "mjpeg": "stream_broken", "hls": ("stream_broken", PICTURE),
         "rtsp": ("stream_broken", PICTURE), "folder": "picture_truncated"},
        tries=_times(2, "http_jpeg", "mjpeg"),
    ),
    Row(
        "body shorter than its length", "short",
        {"http_jpeg": "stream_broken", "mjpeg": ("picture_truncated", "stream_broken"), "hls": "stream_broken"},
        {"rtsp": NO_HTTP, "folder": "files have no length but their own"}, _times(2, *WEB),
    ),
    Row(
        "closes at once, or in the middle of a frame", "close",
        every("stream_broken", *SERVED), {"folder": NO_SERVER}, _times(2),
    ),
    Row("404, folder that is not there", "missing", every("http_status", *SERVED) | {"folder": "folder_missing"},
        tries=_times(1)),
    Row("503", "error", every("http_status", *SERVED), {"folder": NO_SERVER}, _times(2)),
    Row("503 once", "flaky", every(PICTURE, *WEB), {"rtsp": "the row 503 shows its one more try", "folder": NO_SERVER},
        _times(2, *WEB)),
    Row("slow loris, drip", "slow", every("timeout", *SERVED), {"folder": NO_FILE}, _times(1)),
    Row("silent at connect", "hang", every("timeout", *SERVED), {"folder": NO_FILE}, _times(1)),
    Row("silent at DESCRIBE", "hang_describe", every("timeout", "rtsp"), _only("rtsp", why="a step of RTSP alone")),
    Row("silent at PLAY", "hang_play", every("timeout", "rtsp"), _only("rtsp", why="a step of RTSP alone")),
    Row("no key frame", "no_key_frame", every("timeout", "rtsp"),
        _only("rtsp", why="stills have none; a piece of HLS begins with one, else it is the row truncated")),
    Row("endless", "endless", every("picture_too_large", *WEB, "folder"),
        {"rtsp": "every stream is; the first key frame ends it"}, _times(1, *WEB)),
    Row(
        "gzip bomb", "gzip",
        {"http_jpeg": "picture_not_a_picture", "mjpeg": "stream_broken", "hls": "picture_not_a_picture",
         "folder": "picture_not_a_picture"},
        {"rtsp": NO_HTTP},
    ),
    Row("20000 x 20000, video of more than 25 Mpx", "huge", every("picture_too_many_pixels"), tries=_times(1)),
    Row("redirect at home", "moved", every(PICTURE, *WEB),
        {"rtsp": "libav follows them anywhere, so none is followed", "folder": NO_SERVER}, _times(2, "http_jpeg")),
    Row("redirect for ever", "circle", every("redirect_refused", *WEB),
        {"rtsp": "the first one ends it: row redirect elsewhere", "folder": NO_SERVER}, _times(3, *WEB)),
    Row("redirect elsewhere", "elsewhere", every("redirect_refused", *SERVED), {"folder": NO_SERVER}, _times(1)),
    Row("playlist of another host", "variant_elsewhere", every("redirect_refused", "hls"),
        _only("hls", why="playlists are of HLS alone")),
    *[
        Row(f"playlist: {fault}", fault, every(code, "hls"), _only("hls", why="playlists are of HLS alone"))
        for fault, code in dict[str, str | tuple[str, ...]]({
            "variant_file": "redirect_refused", "nested": "playlist_broken", "piece_elsewhere": "redirect_refused",
            "piece_file": "redirect_refused", "piece_concat": "redirect_refused",
            "piece_same_scheme": "redirect_refused", "key_elsewhere": "redirect_refused",
            "key_data": "redirect_refused", "key_sample": "playlist_broken", "map_elsewhere": "redirect_refused",
            "list_endless": "picture_too_large", "list_empty": "playlist_broken", "list_binary": "playlist_broken",
            "list_long": ("picture_too_large", "playlist_broken"), "sealed": PICTURE,
        }).items()
    ],
    *[
        Row(f"{fault} picture", fault, every(PICTURE), flag=flag)
        for fault, flag in {
            "black": "dark", "white": "overexposed", "flat": "flat", "blurred": "blurred", "covered": "covered",
            "night": "",
        }.items()
    ],
    Row("same picture again", "frozen", every(PICTURE)),
]  # fmt: skip

# Rows of the table that are no answer of one camera, and where they are shown.
ELSEWHERE = {
    "wrong password: one try, no retry": "test_contract.py::test_a_wrong_password_is_tried_once",
    "basic and digest": "test_contract.py::test_basic_and_digest_open_every_driver_that_asks",
    "self-signed TLS, pin": "test_contract.py::test_self_signed_is_refused_and_its_pin_opens",
    "loopback, odd spellings, other ports, rebinding": "test_guard.py",
    "dead camera": "test_contract.py::test_nobody_listens",
    "one recorder with 32 channels, limits": "test_puller.py",
    "frozen, turned, breaker, auth hold-off": "the patrol's: they need what was seen before",
}
# Drivers whose rows are other drivers' rows.
AS_ANOTHER = {"onvif": "its picture is pulled by http_grab, its SOAP is asked in the driver's own tests"}
