"""ONVIF: what a device says of itself, and its still picture.

The clock is asked first, without a password: a camera whose clock is wrong would refuse every digest that is made by
ours. Every address that it names is taken to the host that was asked, and goes through the guard.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlsplit
from xml.etree import ElementTree as Tree
from xml.sax.saxutils import escape

import aiohttp

from cameras.drivers import onvif_soap as soap
from cameras.drivers.guard import AddressRefused, Guard
from cameras.drivers.http import http_grab
from cameras.drivers.types import CameraFault, CameraSource, Grab, GrabLimits
from common import clock
from common.safe_xml import BYTES_MAX

SERVICE_PATH = "/onvif/device_service"
SNAPSHOT_ADDRESSES_MAX = 20_000
SNAPSHOT_ADDRESS_AGE_S = 600.0
PROFILES_TRIED = 2
CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class ProfileFound:
    """A profile with its addresses; `is_mended` says that the device named another host."""

    profile: soap.Profile
    snapshot_url: str = ""
    stream_url: str = ""
    is_mended: bool = False
    is_refused: bool = False


@dataclass(frozen=True, slots=True)
class DeviceFound:
    """What a device says of itself. `clock_skew_s` is positive when its clock is ahead of ours."""

    url: str
    make: str
    model: str
    firmware: str
    serial: str
    clock_skew_s: float | None
    profiles: tuple[ProfileFound, ...]


def service_url(address: str) -> str:
    """The address of the device's service, from an IP address, a name with or without port, or the whole of it."""
    text = address.strip()
    if "://" not in text:
        text = f"http://{text}"
    parts = urlsplit(text)
    return text if parts.path.strip("/") else f"{parts.scheme}://{parts.netloc}{SERVICE_PATH}"


async def onvif_grab(source: CameraSource, *, guard: Guard, limits: GrabLimits) -> Grab:
    """One still of the largest profile; raises CameraFault. Everything together takes at most `total_timeout_s`."""
    guard.url_check(source.kind, source.url)
    try:
        async with asyncio.timeout(limits.total_timeout_s):
            known = _ADDRESSES.get(source)
            if known:
                try:
                    return await _still(source, known, guard, limits)
                except CameraFault as fault:
                    if fault.code == "auth" or fault.is_down:
                        raise
                    _ADDRESSES.forget(source)  # the device may have moved it: ask once more
            async with _device(source, guard, limits) as device:
                found, is_lasting = await device.snapshot_address()
            if is_lasting:
                _ADDRESSES.keep(source, found)
            return await _still(source, found, guard, limits)
    except TimeoutError as error:
        raise CameraFault("timeout") from error


async def onvif_probe(source: CameraSource, *, guard: Guard, limits: GrabLimits) -> DeviceFound:
    """Everything that a device says of itself; raises CameraFault."""
    source = replace(source, kind="onvif")
    guard.url_check(source.kind, source.url)
    try:
        async with asyncio.timeout(limits.total_timeout_s), _device(source, guard, limits) as device:
            return await device.described()
    except TimeoutError as error:
        raise CameraFault("timeout") from error


async def _still(source: CameraSource, url: str, guard: Guard, limits: GrabLimits) -> Grab:
    return await http_grab(replace(source, kind="http_jpeg", url=url), guard=guard, limits=limits)


class _Addresses:
    """Where devices keep their stills: asking anew for each picture would cost five requests instead of one."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[str, float]] = {}

    def get(self, source: CameraSource) -> str:
        """The address, or nothing."""
        url, until_s = self._known.get((source.url, source.username), ("", 0.0))
        return url if clock.monotonic_s() < until_s else ""

    def keep(self, source: CameraSource, url: str) -> None:
        """For a while."""
        if len(self._known) >= SNAPSHOT_ADDRESSES_MAX:
            self._known.clear()
        self._known[(source.url, source.username)] = (url, clock.monotonic_s() + SNAPSHOT_ADDRESS_AGE_S)

    def forget(self, source: CameraSource) -> None:
        """It leads nowhere."""
        self._known.pop((source.url, source.username), None)


_ADDRESSES = _Addresses()


@asynccontextmanager
async def _device(source: CameraSource, guard: Guard, limits: GrabLimits) -> AsyncIterator["_Device"]:
    connector = aiohttp.TCPConnector(socket_factory=guard.socket_make, use_dns_cache=False, limit=2)
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=limits.connect_timeout_s, sock_read=limits.read_timeout_s)
    async with aiohttp.ClientSession(
        connector=connector, timeout=timeout, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar(),
        headers={"Accept-Encoding": "identity", "User-Agent": "Siaga"}, trust_env=False,
    ) as session:  # fmt: skip
        yield _Device(session, source, guard)


class _Device:
    """A conversation with one device."""

    def __init__(self, session: aiohttp.ClientSession, source: CameraSource, guard: Guard) -> None:
        self._session, self._source, self._guard = session, source, guard
        self._skew = timedelta()
        self._digest: aiohttp.DigestAuthMiddleware | None = None
        self.clock_skew_s: float | None = None

    async def described(self) -> DeviceFound:
        """Clock, make, profiles and their addresses."""
        await self._clock_ask()
        about = await self._ask(self._source.url, f'<GetDeviceInformation xmlns="{soap.DEVICE}"/>')
        namespace, media_url = await self._media()
        profiles = await self._profiles(namespace, media_url)
        found = [await self._profile_found(namespace, media_url, profile) for profile in profiles]
        make, model, firmware, serial = (
            soap.text_of(about, name)[: soap.TEXT_MAX]
            for name in ("Manufacturer", "Model", "FirmwareVersion", "SerialNumber")
        )
        return DeviceFound(self._source.url, make, model, firmware, serial, self.clock_skew_s, tuple(found))

    async def snapshot_address(self) -> tuple[str, bool]:
        """Where the still of the largest profile is, and whether that may be kept; raises CameraFault."""
        await self._clock_ask()
        namespace, media_url = await self._media()
        for profile in (await self._profiles(namespace, media_url))[:PROFILES_TRIED]:
            try:
                body = await self._uri(namespace, media_url, "GetSnapshotUri", profile.token)
            except soap.OnvifFault:
                continue
            url, _is_mended = soap.on_host(soap.text_of(body, "Uri"), self._source.url)
            if url:
                self._guard.url_check("http_jpeg", url)
                return url, soap.text_of(body, "InvalidAfterConnect") != "true"
        raise CameraFault("onvif_no_snapshot")

    async def _profile_found(self, namespace: str, media_url: str, profile: soap.Profile) -> ProfileFound:
        urls, is_mended, is_refused = [], False, False
        for name, kind in (("GetSnapshotUri", "http_jpeg"), ("GetStreamUri", "rtsp")):
            try:
                body = await self._uri(namespace, media_url, name, profile.token)
            except soap.OnvifFault:
                urls.append("")
                continue
            url, was_mended = soap.on_host(soap.text_of(body, "Uri"), self._source.url)
            try:
                if url:
                    self._guard.url_check(kind, url)
            except CameraFault:
                url, is_refused = "", True
            urls.append(url)
            is_mended = is_mended or was_mended
        return ProfileFound(profile, urls[0], urls[1], is_mended, is_refused)

    async def _clock_ask(self) -> None:
        asked_at = clock.now()
        body = await self._ask(self._source.url, f'<GetSystemDateAndTime xmlns="{soap.DEVICE}"/>', is_open=True)
        told = soap.date_of(body)
        if told is not None:
            # It tells whole seconds: half of one is the best guess, and half of the way there and back.
            middle = asked_at + (clock.now() - asked_at) / 2
            self._skew = told + timedelta(seconds=0.5) - middle
            self.clock_skew_s = round(self._skew.total_seconds(), 1)

    async def _media(self) -> tuple[str, str]:
        """Namespace and address of the media service; Media 2 first, which alone knows H.265."""
        question = f'<GetServices xmlns="{soap.DEVICE}"><IncludeCapability>false</IncludeCapability></GetServices>'
        try:
            services = soap.services_of(await self._ask(self._source.url, question))
        except soap.OnvifFault:
            services = {}
        for namespace in (soap.MEDIA2, soap.MEDIA):
            url = self._own(services.get(namespace, ""))
            if url:
                return namespace, url
        question = f'<GetCapabilities xmlns="{soap.DEVICE}"><Category>Media</Category></GetCapabilities>'
        body = await self._ask(self._source.url, question)
        url = self._own(soap.text_of(body, "Media", "XAddr"))
        if not url:
            raise soap.OnvifFault("no media service")
        return soap.MEDIA, url

    def _own(self, url: str) -> str:
        mended, _is_mended = soap.on_host(url, self._source.url)
        if mended:
            self._guard.url_check("onvif", mended)
        return mended

    async def _profiles(self, namespace: str, media_url: str) -> list[soap.Profile]:
        inner = "<Type>All</Type>" if namespace == soap.MEDIA2 else ""
        return soap.profiles_of(await self._ask(media_url, f'<GetProfiles xmlns="{namespace}">{inner}</GetProfiles>'))

    async def _uri(self, namespace: str, media_url: str, name: str, token: str) -> Tree.Element:
        profile = f"<ProfileToken>{escape(token)}</ProfileToken>"
        setup = ""
        if name == "GetStreamUri":
            transport = (
                f'<StreamSetup><Stream xmlns="{soap.SCHEMA}">RTP-Unicast</Stream>'
                f'<Transport xmlns="{soap.SCHEMA}"><Protocol>RTSP</Protocol></Transport></StreamSetup>'
            )
            setup = "<Protocol>RTSP</Protocol>" if namespace == soap.MEDIA2 else transport
        return await self._ask(media_url, f'<{name} xmlns="{namespace}">{setup}{profile}</{name}>')

    async def _ask(self, url: str, body: str, *, is_open: bool = False) -> Tree.Element:
        """One question; `is_open` for those that need no password."""
        source = self._source
        header = ""
        if source.username and not is_open and self._digest is None:
            moment = clock.now() + self._skew
            header = soap.security_header(source.username, source.password, created=moment)
        status, challenge, data = await self._post(url, soap.envelope(body, header))
        if status == 401 and challenge.startswith("digest") and source.username and self._digest is None:
            self._digest = aiohttp.DigestAuthMiddleware(source.username, source.password)
            status, _challenge, data = await self._post(url, soap.envelope(body))
        return _checked(status, data)

    async def _post(self, url: str, data: bytes) -> tuple[int, str, bytes]:
        source = self._source
        pin = aiohttp.Fingerprint(bytes.fromhex(source.tls_sha256)) if source.tls_sha256 else True
        middlewares = (self._digest,) if self._digest else ()
        headers = {"Content-Type": "application/soap+xml; charset=utf-8"}
        try:
            async with self._session.post(
                url, data=data, headers=headers, allow_redirects=False, ssl=pin, middlewares=middlewares
            ) as response:
                challenge = response.headers.get("WWW-Authenticate", "").lower()
                return response.status, challenge, await _bounded(response)
        except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientConnectorSSLError) as error:
            raise CameraFault("tls") from error
        except aiohttp.ClientConnectorError as error:
            is_refused = isinstance(error.os_error, AddressRefused)
            raise CameraFault("address_refused" if is_refused else "unreachable") from error
        except aiohttp.ServerFingerprintMismatch as error:
            raise CameraFault("tls") from error
        except TimeoutError as error:
            raise CameraFault("timeout") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise CameraFault("stream_broken") from error


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    buffer = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK_BYTES):
        buffer += chunk
        if len(buffer) > BYTES_MAX:
            raise CameraFault("onvif_not_soap")
    return bytes(buffer)


def _checked(status: int, data: bytes) -> Tree.Element:
    if 300 <= status < 400:
        raise CameraFault("redirect_refused")
    if status in {401, 403} or (status >= 400 and soap.is_denied(data)):
        raise CameraFault("auth", status=status)
    try:
        return soap.answer_read(data)
    except CameraFault as fault:
        if status >= 400 and not isinstance(fault, soap.OnvifFault):
            raise CameraFault("http_status", status=status) from fault
        raise
