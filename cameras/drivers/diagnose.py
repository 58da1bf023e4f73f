"""Why a camera gives no picture: the way to it, one step after another, until one fails."""

import asyncio
import hashlib
import socket
import ssl
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from cameras.drivers.grab import grab
from cameras.drivers.guard import DEFAULT_PORTS, AddressRefused, Guard
from cameras.drivers.onvif import DeviceFound, onvif_probe
from cameras.drivers.types import CameraFault, CameraSource, Grab, GrabLimits
from common.addresses import address_of

TLS_SCHEMES = {"https", "rtsps"}


class Step(StrEnum):
    """What is tried, in this order."""

    ADDRESS = "address"
    NAME = "name"
    NETWORK = "network"
    CONNECTION = "connection"
    TLS = "tls"
    SIGN_IN = "sign_in"
    PICTURE = "picture"
    USABLE = "usable"


class Outcome(StrEnum):
    """What came of a step."""

    OK = "ok"
    FAILED = "failed"
    WARNED = "warned"
    NOT_NEEDED = "not_needed"
    NOT_REACHED = "not_reached"


@dataclass(frozen=True, slots=True)
class StepResult:
    """One step; `detail` is a fact to show (an address, a fingerprint), `code` the fault."""

    step: Step
    outcome: Outcome
    detail: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All steps, and the picture or what the device said, if it came so far."""

    steps: tuple[StepResult, ...]
    grab: Grab | None = None
    device: DeviceFound | None = None
    fault: CameraFault | None = None

    @property
    def is_good(self) -> bool:
        """Whether nothing failed."""
        return self.fault is None


class _Failed(Exception):
    def __init__(self, fault: CameraFault) -> None:
        super().__init__(fault.code)
        self.fault = fault


class _Way:
    """Collects the steps."""

    def __init__(self) -> None:
        self.steps: list[StepResult] = []

    def passed(self, step: Step, detail: str = "") -> None:
        self.steps.append(StepResult(step, Outcome.OK, detail))

    def skipped(self, step: Step) -> None:
        self.steps.append(StepResult(step, Outcome.NOT_NEEDED))

    def failed(self, step: Step, fault: CameraFault, detail: str = "") -> _Failed:
        self.steps.append(StepResult(step, Outcome.FAILED, detail, fault.code))
        return _Failed(fault)

    def all_of(self) -> tuple[StepResult, ...]:
        """With those that were not reached."""
        done = {result.step for result in self.steps}
        return (*self.steps, *(StepResult(step, Outcome.NOT_REACHED) for step in Step if step not in done))


async def diagnose(source: CameraSource, *, guard: Guard, limits: GrabLimits, asks_device: bool = False) -> Diagnosis:
    """Go the way to a picture; with `asks_device` only to what an ONVIF device says of itself. Never raises."""
    way = _Way()
    try:
        await _reached(way, source, guard, limits)
        if asks_device:
            device = await onvif_probe(source, guard=guard, limits=limits)
            way.passed(Step.SIGN_IN)
            for step in (Step.PICTURE, Step.USABLE):
                way.skipped(step)
            return Diagnosis(way.all_of(), device=device)
        picture = await grab(source, guard=guard, limits=limits)
    except _Failed as failed:
        return Diagnosis(way.all_of(), fault=failed.fault)
    except CameraFault as fault:
        return Diagnosis(_after(way, fault, source, asks_device=asks_device), fault=fault)
    way.passed(Step.SIGN_IN) if source.username else way.skipped(Step.SIGN_IN)
    way.passed(Step.PICTURE)
    way.passed(Step.USABLE, f"{picture.width} × {picture.height} px")
    return Diagnosis(way.all_of(), grab=picture)


async def _reached(way: _Way, source: CameraSource, guard: Guard, limits: GrabLimits) -> None:
    """To an open connection, which is closed again."""
    parts = urlsplit(source.url)
    try:
        guard.url_check(source.kind, source.url)
    except CameraFault as fault:
        raise way.failed(Step.ADDRESS, fault, source.url) from fault
    way.passed(Step.ADDRESS)
    if not parts.hostname:  # a folder: there is no network between
        for step in (Step.NAME, Step.NETWORK, Step.CONNECTION, Step.TLS):
            way.skipped(step)
        return
    port = parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
    infos = await _resolved(way, parts.hostname, port, limits)
    connection = await _connected(way, infos, guard, limits)
    try:
        if parts.scheme in TLS_SCHEMES:
            await _tls(way, connection, parts.hostname, source, limits)
        else:
            way.skipped(Step.TLS)
    finally:
        connection.close()


async def _resolved(way: _Way, host: str, port: int, limits: GrabLimits) -> list[tuple[Any, ...]]:
    try:
        async with asyncio.timeout(limits.connect_timeout_s):
            infos = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError, UnicodeError) as error:
        raise way.failed(Step.NAME, CameraFault("unreachable"), host) from error
    found = str(address_of(infos[0])[0])
    way.passed(Step.NAME, "" if found == host else f"{host} = {found}")
    return list(infos)


async def _connected(way: _Way, infos: list[tuple[Any, ...]], guard: Guard, limits: GrabLimits) -> socket.socket:
    address, port = address_of(infos[0])
    try:
        made = guard.socket_make(infos[0])
    except AddressRefused as error:
        raise way.failed(Step.NETWORK, CameraFault("address_refused"), f"{address}:{port}") from error
    way.passed(Step.NETWORK, str(address))
    try:
        async with asyncio.timeout(limits.connect_timeout_s):
            await asyncio.get_running_loop().sock_connect(made, infos[0][4])
    except (OSError, TimeoutError) as error:
        made.close()
        code = "timeout" if isinstance(error, TimeoutError) else "unreachable"
        raise way.failed(Step.CONNECTION, CameraFault(code), f"{address}:{port}") from error
    way.passed(Step.CONNECTION, f"{address}:{port}")
    return made


async def _tls(way: _Way, connection: socket.socket, host: str, source: CameraSource, limits: GrabLimits) -> None:
    """Look at the certificate without trusting it; its fingerprint is what would be pinned."""
    context = ssl.create_default_context()
    if source.tls_sha256:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        certificate = await _handshake(connection, host, context, limits)
    except (ssl.SSLError, OSError, TimeoutError, ValueError) as error:
        reason = getattr(error, "verify_message", "") or getattr(error, "reason", "") or ""
        raise way.failed(Step.TLS, CameraFault("tls"), str(reason)) from error
    fingerprint = hashlib.sha256(certificate).hexdigest()
    if source.tls_sha256 and fingerprint != source.tls_sha256:
        raise way.failed(Step.TLS, CameraFault("tls"), f"SHA-256 {fingerprint}")
    way.passed(Step.TLS, f"SHA-256 {fingerprint}")


async def _handshake(connection: socket.socket, host: str, context: ssl.SSLContext, limits: GrabLimits) -> bytes:
    async with asyncio.timeout(limits.connect_timeout_s):
        _reader, writer = await asyncio.open_connection(sock=connection.dup(), ssl=context, server_hostname=host)
    secured = writer.get_extra_info("ssl_object")
    writer.transport.abort()
    return secured.getpeercert(binary_form=True) or b""


def _after(way: _Way, fault: CameraFault, source: CameraSource, *, asks_device: bool) -> tuple[StepResult, ...]:
    """Where a fault belongs that came once the connection stood."""
    if fault.code == "tls":
        way.steps = [result for result in way.steps if result.step != Step.TLS]
        way.failed(Step.TLS, fault)
    elif fault.code == "auth":
        way.failed(Step.SIGN_IN, fault)
    elif asks_device:
        way.failed(Step.SIGN_IN if source.username else Step.PICTURE, fault)
    else:
        # A camera that sends something has let us in.
        is_content = fault.code.startswith("picture_")
        is_known = is_content or "status" in fault.data
        if is_known and source.username:
            way.passed(Step.SIGN_IN)
        elif not source.username:
            way.skipped(Step.SIGN_IN)
        if is_content:
            way.passed(Step.PICTURE)
        way.failed(Step.USABLE if is_content else Step.PICTURE, fault)
    return tuple(sorted(way.all_of(), key=lambda result: list(Step).index(result.step)))
