"""An ONVIF device to try things on: well behaved, or with one of the faults of real ones."""

import asyncio
import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self
from xml.etree import ElementTree as Tree

from aiohttp import web

from cameras.drivers import onvif_soap as soap
from common import clock
from common.safe_xml import XmlRefused, xml_read

ONVIF_FAULTS = {
    "", "clock", "no_media", "foreign", "page", "huge", "bomb", "hang", "no_snapshot", "moved", "broken",
}  # fmt: skip
CREATED_TOLERANCE = timedelta(minutes=5)
REALM = "siaga-farm"
BOMB = b'<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;&x;&x;">]><a>&y;</a>'


@dataclass(frozen=True, slots=True)
class Picture:
    """A profile of the device."""

    token: str
    width: int
    height: int
    codec: str = "H264"


PICTURES = (Picture("kecil", 640, 360), Picture("utama", 1920, 1080))


class OnvifDevice:
    """Use as `async with`; listens on `host` at a free port, serves stills at `/still/TOKEN`.

    `auth` is `wsse` or `digest` (RFC 7616 over HTTP); `media` is 1 or 2, the version of its media service.
    """

    def __init__(
        self, frame_of: Callable[[], bytes], *, username: str = "", password: str = "", fault: str = "",
        auth: str = "wsse", media: int = 1, host: str = "127.0.0.1", port: int = 0,
    ) -> None:  # fmt: skip
        if fault not in ONVIF_FAULTS:
            raise ValueError(f"unknown fault {fault!r}")
        self._frame_of, self._fault, self._auth, self._media = frame_of, fault, auth, media
        self._username, self._password = username, password
        self._host, self.port = host, port
        self.asked: list[str] = []
        self.clear_passwords = 0

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/onvif/device_service", self._device)
        app.router.add_post("/onvif/media_service", self._media_service)
        app.router.add_get("/still/{token}", self._still)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        """Of its service."""
        return f"http://{self._host}:{self.port}/onvif/device_service"

    def _now(self) -> datetime:
        return clock.now() + (timedelta(hours=1) if self._fault == "clock" else timedelta())

    def _place(self) -> str:
        return "192.0.2.9" if self._fault == "foreign" else f"{self._host}:{self.port}"

    async def _device(self, request: web.Request) -> web.StreamResponse:
        odd = await self._odd()
        if odd is not None:
            return odd
        name, question = await self._question(request)
        if name == "GetSystemDateAndTime":
            return _answer(_clock(self._now()))
        denied = self._denied(request, question)
        if denied is not None:
            return denied
        if name == "GetDeviceInformation":
            inner = "".join(
                f"<tds:{key}>{value}</tds:{key}>"
                for key, value in (("Manufacturer", "Siaga"), ("Model", "Ladang & Co".replace("&", "&amp;")),
                                   ("FirmwareVersion", "1.0"), ("SerialNumber", "0001"))
            )  # fmt: skip
            return _answer(f"<tds:{name}Response>{inner}</tds:{name}Response>")
        if name == "GetServices":
            return self._services()
        return _soap_fault("ter:ActionNotSupported")

    def _services(self) -> web.Response:
        if self._fault == "no_media":
            return _answer("<tds:GetServicesResponse/>")
        namespace = soap.MEDIA2 if self._media == 2 else soap.MEDIA
        place = f"http://{self._place()}/onvif/media_service"
        inner = f"<tds:Service><tds:Namespace>{namespace}</tds:Namespace><tds:XAddr>{place}</tds:XAddr></tds:Service>"
        return _answer(f"<tds:GetServicesResponse>{inner}</tds:GetServicesResponse>")

    async def _media_service(self, request: web.Request) -> web.StreamResponse:
        name, question = await self._question(request)
        denied = self._denied(request, question)
        if denied is not None:
            return denied
        if name == "GetProfiles":
            return _answer(f"<trt:R>{''.join(self._profile(picture) for picture in PICTURES)}</trt:R>")
        token = soap.text_of(question, "ProfileToken")
        if name == "GetSnapshotUri" and self._fault != "no_snapshot":
            return self._uri(f"http://{self._place()}/still/{token}")
        if name == "GetStreamUri":
            return self._uri(f"rtsp://{self._place().partition(':')[0]}:8554/{token}")
        return _soap_fault("ter:ActionNotSupported")

    def _profile(self, picture: Picture) -> str:
        size = (
            f"<tt:Encoding>{picture.codec}</tt:Encoding><tt:Resolution><tt:Width>{picture.width}</tt:Width>"
            f"<tt:Height>{picture.height}</tt:Height></tt:Resolution>"
        )
        if self._media == 2:
            inner = f"<tr2:Configurations><tr2:VideoEncoder>{size}</tr2:VideoEncoder></tr2:Configurations>"
            return f'<tr2:Profiles token="{picture.token}"><tr2:Name>{picture.token}</tr2:Name>{inner}</tr2:Profiles>'
        inner = f"<tt:VideoEncoderConfiguration>{size}</tt:VideoEncoderConfiguration>"
        return f'<trt:Profiles token="{picture.token}"><tt:Name>{picture.token}</tt:Name>{inner}</trt:Profiles>'

    def _uri(self, url: str) -> web.Response:
        if self._media == 2:
            return _answer(f"<tr2:R><tr2:Uri>{url}</tr2:Uri></tr2:R>")
        return _answer(f"<trt:R><trt:MediaUri><tt:Uri>{url}</tt:Uri></trt:MediaUri></trt:R>")

    async def _still(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(f"still/{request.match_info['token']}")
        if self._fault == "moved":
            return web.Response(status=404)
        if self._username and not request.headers.get("Authorization", "").startswith("Digest"):
            return _challenge()
        if self._username and not self._digest_fits(request):
            return _challenge()
        return web.Response(body=self._frame_of(), content_type="image/jpeg")

    async def _odd(self) -> web.Response | None:
        if self._fault == "hang":
            await asyncio.sleep(3600)
        if self._fault == "broken":
            return web.Response(status=503)
        if self._fault == "page":
            return web.Response(text="<html><body>login</body></html>", content_type="text/html")
        if self._fault == "huge":
            return web.Response(body=b"<a>" + b"<b/>" * 2_000_000, content_type="application/soap+xml")
        return web.Response(body=BOMB, content_type="application/soap+xml") if self._fault == "bomb" else None

    async def _question(self, request: web.Request) -> tuple[str, Tree.Element]:
        data = await request.read()
        if self._password and self._password.encode() in data:
            self.clear_passwords += 1
        try:
            root = xml_read(data)
        except XmlRefused as error:
            raise web.HTTPBadRequest from error
        body = next(soap.nodes(root, "Body"))
        name = body[0].tag.rpartition("}")[2]
        self.asked.append(name)
        return name, root

    def _denied(self, request: web.Request, question: Tree.Element) -> web.Response | None:
        if not self._username:
            return None
        if self._auth == "digest":
            return None if self._digest_fits(request) else _challenge()
        return None if self._token_fits(question) else _soap_fault("ter:NotAuthorized")

    def _token_fits(self, question: Tree.Element) -> bool:
        created = soap.text_of(question, "UsernameToken", "Created")
        try:
            nonce = base64.b64decode(soap.text_of(question, "UsernameToken", "Nonce"))
            moment = datetime.fromisoformat(created)
        except ValueError:
            return False
        right = base64.b64encode(soap.password_digest(nonce, created, self._password)).decode()
        return (
            soap.text_of(question, "UsernameToken", "Username") == self._username
            and soap.text_of(question, "UsernameToken", "Password") == right
            and abs(self._now() - moment) < CREATED_TOLERANCE
        )

    def _digest_fits(self, request: web.Request) -> bool:
        given = request.headers.get("Authorization", "")
        if not given.startswith("Digest "):
            return False
        parts = {
            key.strip(): value.strip('"') for key, _, value in (part.partition("=") for part in given[7:].split(","))
        }
        first = _md5(f"{self._username}:{REALM}:{self._password}")
        second = _md5(f"{request.method}:{parts.get('uri', '')}")
        middle = ":".join(parts.get(name, "") for name in ("nonce", "nc", "cnonce", "qop"))
        return parts.get("response") == _md5(f"{first}:{middle}:{second}")


def _clock(now: datetime) -> str:
    return (
        "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:UTCDateTime>"
        f"<tt:Time><tt:Hour>{now.hour}</tt:Hour><tt:Minute>{now.minute}</tt:Minute><tt:Second>{now.second}</tt:Second></tt:Time>"
        f"<tt:Date><tt:Year>{now.year}</tt:Year><tt:Month>{now.month}</tt:Month><tt:Day>{now.day}</tt:Day></tt:Date>"
        "</tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"
    )


def _answer(body: str, status: int = 200) -> web.Response:
    text = (
        '<?xml version="1.0"?><e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" '
        f'xmlns:tds="{soap.DEVICE}" xmlns:trt="{soap.MEDIA}" xmlns:tr2="{soap.MEDIA2}" xmlns:tt="{soap.SCHEMA}" '
        f'xmlns:ter="http://www.onvif.org/ver10/error"><e:Body>{body}</e:Body></e:Envelope>'
    )
    return web.Response(text=text, status=status, content_type="application/soap+xml")


def _soap_fault(subcode: str) -> web.Response:
    code = f"<e:Code><e:Value>e:Sender</e:Value><e:Subcode><e:Value>{subcode}</e:Value></e:Subcode></e:Code>"
    return _answer(f"<e:Fault>{code}<e:Reason><e:Text>no</e:Text></e:Reason></e:Fault>", status=400)


def _challenge() -> web.Response:
    wanted = f'Digest realm="{REALM}", nonce="{_md5(REALM)}", qop="auth", algorithm=MD5'
    return web.Response(status=401, headers={"WWW-Authenticate": wanted})


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
