"""What the farm serves, read from JSON; unknown or missing fields raise TypeError at once."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cameras.farm.playlists import FAULTS as PLAYLIST_FAULTS

# What can be wrong with a camera, by where it shows. docs/cameras.md says what the drivers make of each.
REFUSES = {"refused", "forbidden", "missing", "error", "flaky", "moved", "circle", "elsewhere"}
SENDS_BADLY = {"hang", "close", "slow", "endless", "short", "truncated"}
SENDS_OTHER = {"octets", "page", "empty", "garbage", "gzip", "huge", "unmeasured", "unbounded"}
STREAMS_BADLY = {"hang_describe", "hang_play", "no_key_frame"}
SHOWS_BADLY = {"black", "white", "flat", "blurred", "covered", "night", "frozen"}
FAULTS = {""} | REFUSES | SENDS_BADLY | SENDS_OTHER | STREAMS_BADLY | SHOWS_BADLY | PLAYLIST_FAULTS


@dataclass(frozen=True, slots=True)
class FaceSpec:
    """A face in a scene: whose (a key of `scene.PORTRAITS`), where its middle is, and how wide its box, in pixels."""

    portrait: str
    x: int
    y: int
    width: int
    tilt_deg: float = 0.0
    blur: float = 0.7
    gain: float = 1.0


@dataclass(frozen=True, slots=True)
class SceneSpec:
    """A 1080p street scene; the same seed gives the same scene."""

    seed: int
    faces: tuple[FaceSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class FarmCamera:
    """One camera; `fault` is one of FAULTS, `host` a loopback address of its own, as a real camera has."""

    code: str
    name: str
    kind: str
    host: str
    lat: float
    lon: float
    scene: SceneSpec
    heading_deg: float | None = None
    hfov_deg: float | None = None
    range_m: float = 60.0
    height_m: float | None = None
    username: str = ""
    password: str = ""
    auth: str = "basic"
    fault: str = ""


@dataclass(frozen=True, slots=True)
class FarmConfig:
    """All cameras of the farm."""

    cameras: tuple[FarmCamera, ...]

    def by_code(self, code: str) -> FarmCamera:
        """One camera; raises KeyError."""
        for camera in self.cameras:
            if camera.code == code:
                return camera
        raise KeyError(code)


def farm_read(path: Path) -> FarmConfig:
    """The farm of a file; raises ValueError for an unknown fault or a doubled code."""
    content = json.loads(path.read_text(encoding="utf-8"))
    cameras = tuple(_camera(item) for item in content["cameras"])
    if len({camera.code for camera in cameras}) != len(cameras):
        raise ValueError(f"{path.name}: a camera code stands twice")
    return FarmConfig(cameras)


def camera_url(camera: FarmCamera, http_port: int, rtsp_port: int) -> str:
    """Where the farm serves this camera."""
    if camera.kind == "rtsp":
        return f"rtsp://{camera.host}:{rtsp_port}/{camera.code}"
    way = {"mjpeg": "stream", "hls": "live.m3u8"}.get(camera.kind, "still")
    return f"http://{camera.host}:{http_port}/{camera.code}/{way}"


def _camera(item: dict[str, Any]) -> FarmCamera:
    scene = dict(item.pop("scene"))
    faces = tuple(FaceSpec(**face) for face in scene.pop("faces", ()))
    camera = FarmCamera(**item, scene=SceneSpec(**scene, faces=faces))
    if camera.fault not in FAULTS:
        raise ValueError(f"{camera.code}: unknown fault {camera.fault!r}")
    return camera
