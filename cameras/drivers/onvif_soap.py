"""The words of ONVIF: questions as SOAP with a digest of the password, and what is read out of the answers.

Cameras take liberties with prefixes, versions of SOAP and order, so elements are found by their local names.
"""

import base64
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import SplitResult, urlsplit, urlunsplit
from xml.etree import ElementTree as Tree
from xml.sax.saxutils import escape

from cameras.drivers.types import CameraFault
from common.safe_xml import XmlRefused, xml_read

DEVICE = "http://www.onvif.org/ver10/device/wsdl"
MEDIA = "http://www.onvif.org/ver10/media/wsdl"
MEDIA2 = "http://www.onvif.org/ver20/media/wsdl"
SCHEMA = "http://www.onvif.org/ver10/schema"
PROFILES_MAX = 64
TEXT_MAX = 200
_WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss"
_DIGEST = f"{_WSS}-username-token-profile-1.0#PasswordDigest"
_BASE64 = f"{_WSS}-soap-message-security-1.0#Base64Binary"
_DENIED = ("NotAuthorized", "FailedAuthentication", "FailedCheck", "InvalidSecurity")
_DEFAULT_PORTS = {"http": 80, "https": 443, "rtsp": 554, "rtsps": 322}


class OnvifFault(CameraFault):
    """The device answers, but says no; `reason` is its own word for it."""

    def __init__(self, reason: str) -> None:
        super().__init__("onvif_fault")
        self.reason = reason[:TEXT_MAX]


@dataclass(frozen=True, slots=True)
class Profile:
    """One of a device's pictures; sizes and codec as it says, None or empty where it says nothing."""

    token: str
    name: str
    width: int | None = None
    height: int | None = None
    codec: str = ""

    @property
    def pixels(self) -> int:
        """For the order: the largest picture first."""
        return (self.width or 0) * (self.height or 0)


def envelope(body: str, header: str = "") -> bytes:
    """A question."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">'
        f"<s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def security_header(username: str, password: str, *, created: datetime, nonce: bytes | None = None) -> str:
    """WS-Security with a digest: `created` is the time by the camera's own clock, or it will be refused."""
    nonce = nonce or os.urandom(16)
    moment = created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{created.microsecond // 1000:03d}Z"
    digest = base64.b64encode(password_digest(nonce, moment, password)).decode()
    return (
        f'<w:Security s:mustUnderstand="1" xmlns:w="{_WSS}-wssecurity-secext-1.0.xsd" '
        f'xmlns:u="{_WSS}-wssecurity-utility-1.0.xsd"><w:UsernameToken>'
        f"<w:Username>{escape(username)}</w:Username>"
        f'<w:Password Type="{_DIGEST}">{digest}</w:Password>'
        f'<w:Nonce EncodingType="{_BASE64}">{base64.b64encode(nonce).decode()}</w:Nonce>'
        f"<u:Created>{moment}</u:Created></w:UsernameToken></w:Security>"
    )


def password_digest(nonce: bytes, moment: str, password: str) -> bytes:
    """SHA-1 over nonce, time and password: weak, but the only form that the standard of cameras knows."""
    return hashlib.sha1(nonce + moment.encode() + password.encode(), usedforsecurity=False).digest()


def answer_read(data: bytes) -> Tree.Element:
    """The body of an answer; raises CameraFault `auth`, OnvifFault, or `onvif_not_soap`."""
    try:
        root = xml_read(data)
    except XmlRefused as error:
        raise CameraFault("onvif_not_soap") from error
    body = next((child for child in root if _local(child) == "Body"), None)
    if _local(root) != "Envelope" or body is None:
        raise CameraFault("onvif_not_soap")
    fault = next((child for child in body if _local(child) == "Fault"), None)
    if fault is not None:
        said = " ".join(" ".join(node.text.split()) for node in fault.iter() if node.text and node.text.strip())
        raise CameraFault("auth") if any(word in said for word in _DENIED) else OnvifFault(said)
    return body


def is_denied(data: bytes) -> bool:
    """Whether an answer says that the password is wrong, whatever its status."""
    try:
        answer_read(data)
    except CameraFault as fault:
        return fault.code == "auth"
    return False


def nodes(root: Tree.Element, *names: str) -> Iterator[Tree.Element]:
    """All elements that a path of local names leads to, the first of them at any depth."""
    found: Iterator[Tree.Element] = (node for node in root.iter() if _local(node) == names[0])
    for node in found:
        yield from _below(node, names[1:])


def text_of(root: Tree.Element, *names: str) -> str:
    """The text of the first such element; empty when there is none."""
    node = next(nodes(root, *names), None)
    return "" if node is None else (node.text or "").strip()[:2000]


def date_of(body: Tree.Element) -> datetime | None:
    """The camera's own time in UTC, or None where it tells none that can be."""
    names = [("Date", "Year"), ("Date", "Month"), ("Date", "Day"), ("Time", "Hour"), ("Time", "Minute")]
    try:
        year, month, day, hour, minute = (int(text_of(body, "UTCDateTime", *pair)) for pair in names)
        second = int(text_of(body, "UTCDateTime", "Time", "Second"))
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:
        return None


def services_of(body: Tree.Element) -> dict[str, str]:
    """Namespace of each service -> its address, as the device says."""
    return {text_of(node, "Namespace"): text_of(node, "XAddr") for node in nodes(body, "Service")}


def profiles_of(body: Tree.Element) -> list[Profile]:
    """What the device can show, the largest picture first."""
    found = []
    for node in nodes(body, "Profiles"):
        # Media 1 has the encoder inside the profile, Media 2 inside `Configurations`.
        encoder = next((child for child in node.iter() if _local(child).startswith("VideoEncoder")), None)
        found.append(
            Profile(
                token=node.get("token", "")[:TEXT_MAX],
                name=text_of(node, "Name")[:TEXT_MAX],
                width=_size(encoder, "Width"),
                height=_size(encoder, "Height"),
                codec="" if encoder is None else text_of(encoder, "Encoding")[:20].upper(),
            )
        )
    kept = [profile for profile in found if profile.token][:PROFILES_MAX]
    return sorted(kept, key=lambda profile: -profile.pixels)


def on_host(url: str, base: str) -> tuple[str, bool]:
    """`url` on the host that was asked, and whether that had to be mended; empty when it is no address.

    A camera behind a router names its inner address. Of another host only the path is taken, never the name: whoever
    answers could send the password anywhere.
    """
    try:
        parts, asked = urlsplit(url.strip()), urlsplit(base)
        named = parts.port
    except ValueError:
        return "", False
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or not asked.hostname:
        return "", False
    is_same = parts.hostname.lower() == asked.hostname.lower()
    port = named if is_same or parts.scheme.startswith("rtsp") else asked.port
    scheme = asked.scheme if not is_same and parts.scheme.startswith("http") else parts.scheme
    mended = _joined(parts, scheme, asked.hostname, port)
    return mended, not is_same


def _joined(parts: SplitResult, scheme: str, host: str, port: int | None) -> str:
    host = f"[{host}]" if ":" in host else host
    place = host if port in {None, _DEFAULT_PORTS[scheme]} else f"{host}:{port}"
    return urlunsplit((scheme, place, parts.path, parts.query, ""))


def _below(node: Tree.Element, names: tuple[str, ...]) -> Iterator[Tree.Element]:
    if not names:
        yield node
        return
    for child in node:
        if _local(child) == names[0]:
            yield from _below(child, names[1:])


def _size(encoder: Tree.Element | None, name: str) -> int | None:
    text = "" if encoder is None else text_of(encoder, "Resolution", name)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else None


def _local(node: Tree.Element) -> str:
    return node.tag.rpartition("}")[2]
