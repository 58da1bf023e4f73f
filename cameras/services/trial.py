"""Trying a camera's connections for the person who looks after it; no picture of it is kept."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from cameras.drivers.diagnose import Diagnosis, Outcome, Step, diagnose
from cameras.drivers.onvif import DeviceFound, onvif_probe, service_url
from cameras.drivers.types import CameraFault, CameraSource, Grab, GrabLimits
from cameras.models import Camera
from cameras.rules.still import still_facts
from cameras.services.capture import camera_guard, camera_source, pictures_pull
from cameras.services.looks import fault_seen, picture_seen
from cameras.services.shown import picture_flaw
from common.images import PictureRefused

DEADLINE_S = 6.0
PROBE_DEADLINE_S = 12.0
PROBES_AT_ONCE = 8
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Trial:
    """One of a camera's addresses, and what came of it."""

    field: str
    url: str
    diagnosis: Diagnosis


def camera_try(camera: Camera) -> Grab | CameraFault:
    """One picture, or why there is none. Remembers the outcome at the camera, but stores no picture."""
    ((_, outcome),) = pictures_pull({"trial": camera_source(camera)}, deadline_s=DEADLINE_S)
    return _remember(camera, outcome) or outcome


def camera_diagnose(camera: Camera) -> list[Trial]:
    """Every address of the camera, one after another: it may allow no more than one connection at a time."""
    source = camera_source(camera)
    targets = [
        ("url", source, False),
        ("stream_url", replace(source, kind="rtsp", url=camera.stream_url), False),
        ("sub_stream_url", replace(source, kind="rtsp", url=camera.sub_stream_url), False),
        ("onvif_url", replace(source, kind="onvif", url=camera.onvif_url), True),
    ]
    asked = [target for target in targets if target[1].url]
    guard, limits = camera_guard(), GrabLimits(total_timeout_s=DEADLINE_S)

    async def all_of() -> list[Diagnosis]:
        found: list[Diagnosis] = []
        for _, one, asks_device in asked:
            if any(before.fault is not None and before.fault.code == "auth" for before in found):
                break  # a refused password is not tried at the next address: cameras lock accounts
            found.append(await diagnose(one, guard=guard, limits=limits, asks_device=asks_device))
        return found

    results = asyncio_run(all_of)
    _remember(camera, results[0].grab or results[0].fault)
    if asked[-1][2] and len(results) == len(asked) and (device := results[-1].device):
        Camera.objects.filter(pk=camera.pk).update(clock_skew_s=device.clock_skew_s)
    return [Trial(name, one.url, _looked_at(result)) for (name, one, _), result in zip(asked, results, strict=False)]


def devices_probe(
    addresses: list[str], *, username: str, password: str, tls_sha256: str = ""
) -> list[tuple[str, DeviceFound | CameraFault]]:
    """What the ONVIF devices at these addresses say of themselves; nothing is kept."""
    guard, limits = camera_guard(), GrabLimits(total_timeout_s=PROBE_DEADLINE_S)
    slots = asyncio.Semaphore(PROBES_AT_ONCE)

    async def one(address: str) -> tuple[str, DeviceFound | CameraFault]:
        source = CameraSource("onvif", service_url(address), username, password, tls_sha256)
        async with slots:
            try:
                return address, await onvif_probe(source, guard=guard, limits=limits)
            except CameraFault as fault:
                return address, fault

    async def all_of() -> list[tuple[str, DeviceFound | CameraFault]]:
        return list(await asyncio.gather(*(one(address) for address in addresses)))

    return asyncio_run(all_of)


def asyncio_run(make: Callable[[], Awaitable[_Result]]) -> _Result:
    """Run it in a loop of its own, in a thread of its own: the caller may stand in a loop already."""
    results: list[_Result] = []
    faults: list[BaseException] = []

    async def run() -> _Result:
        return await make()

    def work() -> None:
        try:
            results.append(asyncio.run(run()))
        except BaseException as error:  # noqa: BLE001  # handed on to the caller below
            faults.append(error)

    thread = threading.Thread(target=work, name="camera-trial", daemon=True)
    thread.start()
    thread.join()
    if faults:
        raise faults[0]
    return results[0]


def _looked_at(diagnosis: Diagnosis) -> Diagnosis:
    """With a warning where the picture shows nothing."""
    flaw = picture_flaw(diagnosis.grab.data) if diagnosis.grab else ""
    if not flaw:
        return diagnosis
    steps = tuple(
        replace(result, outcome=Outcome.WARNED, code=f"flaw_{flaw}") if result.step == Step.USABLE else result
        for result in diagnosis.steps
    )
    return replace(diagnosis, steps=steps)


def _remember(camera: Camera, outcome: Grab | CameraFault | None) -> Grab | CameraFault | None:
    """Write down what came of it, as the patrol does; what cannot be decoded is a fault like any other."""
    if isinstance(outcome, Grab):
        try:
            picture_seen(camera=camera, grab=outcome, facts=still_facts(outcome.data))
        except PictureRefused as refused:
            outcome = CameraFault(refused.code, message=refused.safe_message % refused.data)
    if isinstance(outcome, CameraFault):
        fault_seen(camera=camera, fault=outcome)
    return outcome
