"""What a camera's tries say of it: up or down, and what is wrong with its pictures. Pure; debounced, so that one lost
packet is no alarm and one good picture no all-clear.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from cameras.rules.still import THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH

Floats = NDArray[np.float64]
DOWN_AFTER = 3
UP_AFTER = 2
FLAGGED_AFTER = 3
FROZEN_AFTER = 3
# After a failure it is tried again soon, so that a dead camera is known within two minutes and a lost packet forgotten.
RECHECK = timedelta(seconds=30)
BREAKER_FIRST, BREAKER_LAST = timedelta(seconds=30), timedelta(minutes=10)
AUTH_HOLD = timedelta(minutes=30)  # cameras lock accounts after a few wrong passwords
SLOW_MS = 3_000
SKEW_S = 5.0
# Baselines follow the seasons and a cleaned dome, not one foggy morning.
BASELINE_SHARE = 0.05
BLURRED_SHARE = 0.6
TURNED_BELOW = 0.4  # the same street by day and at dusk: 0.93; another street under the same horizon: 0.22 to 0.28
# Two pictures of the same thumbnail: the noise of a sensor alone moves it less than this, passers-by and light more.
SAME_GREY = 0.6

AUTH, SKEW, SLOW, FROZEN, BLURRED, TURNED = "auth", "clock_skew", "slow", "frozen", "blurred", "turned"


@dataclass(frozen=True, slots=True)
class Look:
    """One try. A fault code, or what the picture is worth; `is_same` says that nothing moved since the last one."""

    at: datetime
    fault_code: str = ""
    duration_ms: int = 0
    flags: tuple[str, ...] = ()
    sharpness: float | None = None
    brightness: float | None = None
    thumbnail: bytes = b""
    is_same: bool = False
    clock_skew_s: float | None = None

    @property
    def is_picture(self) -> bool:
        """Whether there is one."""
        return not self.fault_code


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of a camera; the fields of cameras.models.CameraHealth."""

    condition: str = "unknown"
    flags: tuple[str, ...] = ()
    since: datetime | None = None
    failures_in_row: int = 0
    successes_in_row: int = 0
    flagged_in_row: int = 0
    same_in_row: int = 0
    fault_code: str = ""
    breaker_step: int = 0
    breaker_open_until: datetime | None = None
    auth_hold_until: datetime | None = None
    sharpness_baseline: float | None = None
    brightness_baseline: float | None = None
    baseline_thumbnail: bytes = b""


def looked(health: Health, look: Look) -> Health:
    """What is known after one more try."""
    after = _picture(health, look) if look.is_picture else _fault(health, look)
    return after if after.condition == health.condition else replace(after, since=look.at)


def due_after(health: Health, *, at: datetime, period: timedelta) -> datetime:
    """When it is to be looked at again: soon while it is in doubt, and not while it is left alone."""
    if health.auth_hold_until is not None and health.auth_hold_until > at:
        return health.auth_hold_until
    if health.breaker_open_until is not None and health.breaker_open_until > at:
        return health.breaker_open_until
    is_in_doubt = 0 < health.failures_in_row < DOWN_AFTER or (
        health.condition == "down" and 0 < health.successes_in_row < UP_AFTER
    )
    return at + (min(RECHECK, period) if is_in_doubt else period)


def is_left_alone(health: Health, *, at: datetime) -> bool:
    """Whether breaker or hold-off say not to ask now. Somebody's incident may overrule the breaker, never the hold."""
    return any(until is not None and until > at for until in (health.breaker_open_until, health.auth_hold_until))


def breaker_pause(step: int) -> timedelta:
    """How long a dead camera is left alone after its `step`-th failure past the limit."""
    doublings = max(0, min(step, 10) - 1)
    return min(BREAKER_LAST, BREAKER_FIRST * int(2**doublings))


def _fault(health: Health, look: Look) -> Health:
    if look.fault_code == AUTH:
        return replace(
            health, condition="degraded", fault_code=AUTH, flags=(), successes_in_row=0,
            auth_hold_until=look.at + AUTH_HOLD,
        )  # fmt: skip
    failures = health.failures_in_row + 1
    is_down = failures >= DOWN_AFTER
    step = health.breaker_step + 1 if is_down else health.breaker_step
    return replace(
        health,
        condition="down" if is_down else health.condition,
        fault_code=look.fault_code,
        flags=() if is_down else health.flags,
        failures_in_row=failures,
        successes_in_row=0,
        flagged_in_row=0 if is_down else health.flagged_in_row,
        same_in_row=0 if is_down else health.same_in_row,
        breaker_step=step,
        breaker_open_until=look.at + breaker_pause(step) if is_down else None,
    )


def _picture(health: Health, look: Look) -> Health:
    same = health.same_in_row + 1 if look.is_same else 0
    flags = _flags(health, look, same)
    successes = health.successes_in_row + 1
    flagged = health.flagged_in_row + 1 if flags else 0
    if FROZEN in flags:  # that took several looks already
        flagged = max(flagged, FLAGGED_AFTER)
    return replace(
        health,
        condition=_condition(health, successes, flagged),
        flags=flags if flagged >= FLAGGED_AFTER else (health.flags if flags else ()),
        failures_in_row=0,
        successes_in_row=successes,
        flagged_in_row=flagged,
        same_in_row=same,
        fault_code="",
        breaker_step=0,
        breaker_open_until=None,
        auth_hold_until=None,
        sharpness_baseline=_followed(health.sharpness_baseline, look.sharpness, keeps=bool(flags)),
        brightness_baseline=_followed(health.brightness_baseline, look.brightness, keeps=bool(flags)),
        baseline_thumbnail=health.baseline_thumbnail or (look.thumbnail if not flags else b""),
    )


def _condition(health: Health, successes: int, flagged: int) -> str:
    if flagged >= FLAGGED_AFTER:
        return "degraded"
    if health.condition == "down" and successes < UP_AFTER:
        return "down"
    return "degraded" if flagged and health.condition == "degraded" else "up"


def _flags(health: Health, look: Look, same: int) -> tuple[str, ...]:
    found = list(look.flags)
    if same >= FROZEN_AFTER and not found:  # in the dark, or under a cloth, nothing could move
        found.append(FROZEN)
    if not found and _is_blurred(health, look):
        found.append(BLURRED)
    if not found and _is_turned(health, look):
        found.append(TURNED)
    if look.clock_skew_s is not None and abs(look.clock_skew_s) > SKEW_S:
        found.append(SKEW)
    if look.duration_ms > SLOW_MS:
        found.append(SLOW)
    return tuple(found)


def _is_blurred(health: Health, look: Look) -> bool:
    usual = health.sharpness_baseline
    return usual is not None and look.sharpness is not None and look.sharpness < usual * BLURRED_SHARE


def _is_turned(health: Health, look: Look) -> bool:
    """Whether the picture has lost the camera's usual shape: night and rain keep it, another wall does not."""
    if not health.baseline_thumbnail or not look.thumbnail:
        return False
    return likeness(health.baseline_thumbnail, look.thumbnail) < TURNED_BELOW


def likeness(first: bytes, second: bytes) -> float:
    """How alike the edges of two thumbnails lie, -1 to 1: light falls differently by the hour, edges stay."""
    one, other = (_edges(data) for data in (first, second))
    norm = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float((one * other).sum() / norm) if norm > 0 else 1.0


def same_grey(first: bytes, second: bytes) -> bool:
    """Whether two thumbnails show the same moment, whatever a clock in the first or last rows does."""
    if len(first) != len(second) or not first:
        return False
    rows = slice(THUMBNAIL_HEIGHT // 8, -THUMBNAIL_HEIGHT // 8)
    one, other = (_thumbnail(data)[rows] for data in (first, second))
    return float(np.abs(one - other).mean()) < SAME_GREY


def _edges(data: bytes) -> Floats:
    picture = _thumbnail(data)
    across, down = np.abs(np.diff(picture, axis=1))[1:, :], np.abs(np.diff(picture, axis=0))[:, 1:]
    strength = np.sqrt(across + down)  # the root, so that one headlight does not outweigh a street
    even: Floats = strength - strength.mean()
    return even


def _thumbnail(data: bytes) -> Floats:
    return np.frombuffer(data, np.uint8).reshape(THUMBNAIL_HEIGHT, THUMBNAIL_WIDTH).astype(np.float64)


def _followed(usual: float | None, now: float | None, *, keeps: bool) -> float | None:
    if now is None or keeps:
        return usual
    return now if usual is None else usual + BASELINE_SHARE * (now - usual)
