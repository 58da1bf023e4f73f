"""What weather, dirt and people make of a scene: night, a closed lens, a cloth, a hand, glare, a lost focus."""

from collections.abc import Callable

import cv2
import numpy as np

from cameras.farm.scene import HEIGHT, HORIZON, WIDTH, Image

Shade = np.ndarray[tuple[int, ...], np.dtype[np.float32]]
NIGHT_GAIN = 0.16


def plain(level: int, *, seed: int = 0, noise_sigma: float = 2.0) -> Image:
    """One grey all over, with the noise that every sensor has: 0 is a dead sensor, 255 full glare."""
    random = np.random.default_rng(seed)
    noise = random.standard_normal((HEIGHT, WIDTH, 1), np.float32) * noise_sigma
    return _as_picture(np.broadcast_to(level + noise, (HEIGHT, WIDTH, 3)))


def blurred(picture: Image, sigma_px: float) -> Image:
    """Out of focus, or a lens with grease or rain on it; the sensor's noise comes after the lens and stays."""
    random = np.random.default_rng(1)
    soft = cv2.GaussianBlur(picture, (0, 0), sigma_px).astype(np.float32)
    return _as_picture(soft + random.standard_normal((HEIGHT, WIDTH, 1), np.float32) * 2)


def glared(picture: Image, gain: float = 3.2) -> Image:
    """Far too much light: the sun, a lamp in the lens, an exposure that got stuck."""
    return _as_picture(picture.astype(np.float32) * gain)


def night(picture: Image, *, seed: int, lamps: int = 5, sky: int = 6) -> Image:
    """The same street at night: a black sky, lamps with their light on the ground, lit windows, more noise."""
    random = np.random.default_rng(seed)
    light = np.full((HEIGHT, WIDTH), NIGHT_GAIN, np.float32)
    for lamp in range(lamps):
        x = int((lamp + 0.5 + random.uniform(-0.3, 0.3)) * WIDTH / lamps)
        light += _pool(x, int(random.integers(HORIZON + 80, HEIGHT - 120)), float(random.uniform(180, 320)))
    dark = picture.astype(np.float32) * np.minimum(light, 1.0)[..., None]
    top = np.linspace(1, 0, HORIZON, dtype=np.float32)[:, None, None]
    is_sky = picture[:HORIZON].min(axis=2, keepdims=True) > 150
    dark[:HORIZON] = np.where(is_sky, sky * (0.5 + 0.5 * top), dark[:HORIZON])
    for lamp in range(lamps):
        x = int((lamp + 0.5) * WIDTH / lamps)
        cv2.circle(dark, (x, int(random.integers(90, 260))), 9, (215, 240, 250), -1, cv2.LINE_AA)
    for _ in range(40):
        x, y = int(random.integers(0, WIDTH - 16)), int(random.integers(160, HORIZON - 20))
        cv2.rectangle(dark, (x, y), (x + 12, y + 16), (120, 190, 220), -1)
    return _as_picture(dark + random.standard_normal((HEIGHT, WIDTH, 1), np.float32) * 5)


def covered(picture: Image, *, share: float, level: int = 28, seed: int = 0, side: str = "left") -> Image:
    """A cloth or a hand before the lens: a dark patch without detail, soft at its edge since it is too near."""
    random = np.random.default_rng(seed)
    mask = np.zeros((HEIGHT, WIDTH), np.float32)
    wide, high = int(WIDTH * share), int(HEIGHT * share)
    parts = {
        "left": np.s_[:, :wide], "right": np.s_[:, WIDTH - wide :],
        "top": np.s_[:high, :], "bottom": np.s_[HEIGHT - high :, :],
    }  # fmt: skip
    mask[parts[side]] = 1.0
    soft = cv2.GaussianBlur(mask, (0, 0), 28)[..., None]
    fold = np.linspace(-4, 4, HEIGHT, dtype=np.float32)[:, None, None]
    patch = level + fold + random.standard_normal((HEIGHT, WIDTH, 1), np.float32) * 2
    return _as_picture(picture.astype(np.float32) * (1 - soft) + patch * soft)


def hand_covered(picture: Image, *, fingers: int = 4, level: int = 34) -> Image:
    """A hand over the lens: fingers from one side with slits of daylight between them."""
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.rectangle(mask, (0, 0), (WIDTH // 2, HEIGHT), 255, -1)
    thick = HEIGHT // fingers - 40
    for finger in range(fingers):
        y = int((finger + 0.5) * HEIGHT / fingers)
        cv2.line(mask, (WIDTH // 2, y), (WIDTH * 5 // 6, y + 30), 255, thick, cv2.LINE_AA)
    soft = cv2.GaussianBlur(mask.astype(np.float32) / 255, (0, 0), 18)[..., None]
    skin = np.array([level - 14, level - 8, level + 10], np.float32)
    return _as_picture(picture.astype(np.float32) * (1 - soft) + skin * soft)


def shown(picture: Image, fault: str, seed: int) -> Image:
    """The scene as a camera with this fault shows it."""
    ways: dict[str, Callable[[], Image]] = {
        "black": lambda: plain(4),
        "white": lambda: glared(picture),
        "flat": lambda: plain(120),
        "blurred": lambda: blurred(picture, 22),
        "covered": lambda: covered(picture, share=0.7, seed=seed),
        "night": lambda: night(picture, seed=seed),
    }
    return ways[fault]() if fault in ways else picture


def _pool(x: int, y: int, radius_px: float) -> Shade:
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    far = ((columns - x) / radius_px) ** 2 + ((rows - y) / (radius_px * 0.6)) ** 2
    light: Shade = np.exp(-far).astype(np.float32) * np.float32(0.75)
    return light


def _as_picture(values: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> Image:
    picture: Image = np.clip(values, 0, 255).astype(np.uint8)
    return picture
