"""GStreamer's RTSP server, run by the system's Python: `gst_server.py PEM`. Not ours: a check of what we believe.

Prints three ports (open, with a user, with a user over TLS) and which mounts this system can make; ends with its
standard input.
"""

import sys
import threading
from typing import Any

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gio, GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402  # the versions come first

SOURCE = "videotestsrc is-live=true pattern=smpte ! video/x-raw,width=640,height=360,framerate=10/1"
FAST = "tune=zerolatency speed-preset=ultrafast"
H264 = f"x264enc {FAST} threads=1"  # one slice a frame: this payloader puts parameter sets before every slice
SOUND = "audiotestsrc is-live=true ! alawenc ! rtppcmapay name=pay1"
MOUNTS = {
    "h264": (("x264enc",), f"{SOURCE} ! {H264} key-int-max=10 ! rtph264pay name=pay0 pt=96"),
    "long": (("x264enc",), f"{SOURCE} ! {H264} key-int-max=15 ! rtph264pay name=pay0 pt=96 config-interval=-1"),
    "h265": (("x265enc",), f"{SOURCE} ! x265enc {FAST} key-int-max=10 ! rtph265pay name=pay0"),
    "mjpeg": (("jpegenc", "rtpjpegpay"), f"{SOURCE},format=I420 ! jpegenc ! rtpjpegpay name=pay0 pt=26"),
    "sound": (
        ("x264enc", "alawenc"),
        f"{SOUND} {SOURCE} ! {H264} key-int-max=10 ! rtph264pay name=pay0",
    ),
}  # fmt: skip
USER, PASSWORD = "kam", "raha:sia@"


def main(pem: str) -> None:
    """Serve until standard input closes."""
    Gst.init(None)
    usable = {
        name: line for name, (elements, line) in MOUNTS.items() if all(Gst.ElementFactory.find(one) for one in elements)
    }
    ports = []
    for has_user, certificate in ((False, ""), (True, ""), (True, pem)):
        server = GstRtspServer.RTSPServer()
        server.set_address("127.0.0.1")
        server.set_service("0")
        if has_user:
            server.set_auth(auth_make(certificate))
        for name, line in usable.items():
            server.get_mount_points().add_factory(f"/{name}", factory_make(line))
        server.attach(None)
        ports.append(str(server.get_bound_port()))
    sys.stdout.write(f"{' '.join(ports)} {','.join(usable)}\n")
    sys.stdout.flush()
    loop = GLib.MainLoop()
    threading.Thread(target=lambda: (sys.stdin.read(), loop.quit()), daemon=True).start()
    loop.run()


def factory_make(line: str) -> Any:
    """All viewers see the same stream, so the second comes in its middle, as with a real camera."""
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(f"( {line} )")
    factory.set_shared(True)
    permissions = GstRtspServer.RTSPPermissions()
    for what in ("access", "construct"):
        permissions.add_permission_for_role("user", f"media.factory.{what}", True)
    factory.set_permissions(permissions)
    return factory


def auth_make(pem: str) -> Any:
    """Digest with one user; nobody else may enter."""
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "user")
    auth.add_digest(USER, PASSWORD, token)
    if pem:
        auth.set_tls_certificate(Gio.TlsCertificate.new_from_file(pem))
    return auth


if __name__ == "__main__":
    main(sys.argv[1])
