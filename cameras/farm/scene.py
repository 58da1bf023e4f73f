"""Street scenes as a camera on a pole sees them: drawn, with real faces at the size they have there."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from cameras.farm.config import FaceSpec, SceneSpec

WIDTH, HEIGHT = 1920, 1080
HORIZON = 430
Image = NDArray[np.uint8]
PICTURES = Path(__file__).resolve().parent.parent.parent / "data" / "pictures"
# Portraits with the box of their face, in their own pixels: [x, y, width, height].
PORTRAITS: dict[str, tuple[str, tuple[int, int, int, int]]] = {
    "subject-a-1": ("subject-a-1.jpg", (154, 72, 175, 242)),
    "subject-a-2": ("subject-a-2.jpg", (121, 96, 261, 377)),
    "subject-a-3": ("subject-a-3.jpg", (156, 154, 167, 230)),
    "subject-b-1": ("subject-b-1.jpg", (153, 110, 174, 253)),
    "subject-c": ("", (178, 63, 90, 114)),
}
NOISE_SIGMA = 3.0


def scene_make(spec: SceneSpec) -> Image:
    """A BGR picture, 1080 x 1920 x 3."""
    random = np.random.default_rng(spec.seed)
    picture = _street(random)
    for _ in range(int(random.integers(3, 7))):
        x, feet = int(random.integers(100, WIDTH - 100)), int(random.integers(560, 760))
        _figure(picture, random, x, feet - (feet - HORIZON) // 2, max(10, (feet - HORIZON) // 9), has_head=True)
    for face in sorted(spec.faces, key=lambda one: one.width):
        _figure(picture, random, face.x, face.y, face.width, has_head=False)
        _face_paste(picture, face)
    return _sensor(picture, random)


def clock_stamp(picture: Image, text: str) -> Image:
    """A copy with the line that cameras write into their pictures."""
    stamped = picture.copy()
    cv2.rectangle(stamped, (24, HEIGHT - 70), (24 + 19 * len(text), HEIGHT - 24), (20, 20, 20), -1)
    cv2.putText(stamped, text, (34, HEIGHT - 36), cv2.FONT_HERSHEY_SIMPLEX, 0.95, (235, 235, 235), 2, cv2.LINE_AA)
    return stamped


def jpeg_of(picture: Image, quality: int = 82) -> bytes:
    """As a camera would send it."""
    done, encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError("the picture could not be encoded")
    return encoded.tobytes()


def _street(random: np.random.Generator) -> Image:
    rows = np.linspace(0, 1, HEIGHT, dtype=np.float32)[:, None, None]
    sky = np.array([210, 196, 180], np.float32) * (1 - 0.25 * rows)
    picture: Image = np.broadcast_to(sky, (HEIGHT, WIDTH, 3)).astype(np.uint8).copy()
    left = 0
    while left < WIDTH:
        width, height = int(random.integers(120, 330)), int(random.integers(140, 390))
        _building(picture, random, left, width, height)
        left += width
    ground = np.linspace(96, 128, HEIGHT - HORIZON)[:, None, None] * np.array([1.0, 0.99, 0.97])
    picture[HORIZON:] = np.broadcast_to(ground, (HEIGHT - HORIZON, WIDTH, 3)).astype(np.uint8)
    vanishing = int(random.integers(700, 1200))
    road = np.array(
        [[vanishing - 60, HORIZON], [vanishing + 60, HORIZON], [WIDTH - 150, HEIGHT], [150, HEIGHT]], np.int32
    )
    cv2.fillPoly(picture, [road], (88, 86, 84))
    for step in range(8):
        near, far = HORIZON + (step + 0.5) ** 2 * 11, HORIZON + step**2 * 11
        cv2.line(picture, (vanishing, int(far)), (vanishing, int(near)), (200, 205, 205), 2 + step * 2)
    for edge in (0, 1):
        foot = 60 if edge == 0 else WIDTH - 60
        cv2.line(picture, (foot, HEIGHT), (foot, 120), (70, 72, 74), 22)
    return picture


def _building(picture: Image, random: np.random.Generator, left: int, width: int, height: int) -> None:
    tone = random.integers(95, 190)
    colour = [int(v) for v in np.clip(tone + random.integers(-18, 18, 3), 0, 255)]
    top = HORIZON - height
    cv2.rectangle(picture, (left, top), (left + width, HORIZON), colour, -1)
    for y in range(top + 18, HORIZON - 20, 34):
        for x in range(left + 14, left + width - 22, 32):
            shade = int(random.integers(50, 120))
            cv2.rectangle(picture, (x, y), (x + 16, y + 20), (shade + 12, shade + 6, shade), -1)


def _figure(picture: Image, random: np.random.Generator, x: int, y: int, face_px: int, *, has_head: bool) -> None:
    """A clothed body hanging under a head whose face is `face_px` wide and has its middle at (x, y)."""
    cloth = [int(v) for v in random.integers(40, 190, 3)]
    trousers = [int(v) for v in random.integers(30, 90, 3)]
    shoulder, neck = int(face_px * 1.55), y + int(face_px * 0.85)
    hip, feet = neck + int(face_px * 3.3), neck + int(face_px * 6.6)
    for leg in (-1, 1):
        start, end = (x + leg * face_px // 2, hip - 4), (x + leg * int(face_px * 0.6), feet)
        cv2.line(picture, start, end, trousers, max(3, int(face_px * 0.75)), cv2.LINE_AA)
    right = [[face_px // 2, neck - face_px // 6], [shoulder, neck + face_px // 2], [face_px, hip]]
    body = [[x + dx, y] for dx, y in right] + [[x - dx, y] for dx, y in reversed(right)]
    cv2.fillPoly(picture, [np.array(body, np.int32)], cloth, cv2.LINE_AA)
    for arm in (-1, 1):
        start, end = (x + arm * shoulder, neck + face_px // 2), (x + arm * int(shoulder * 1.1), hip)
        cv2.line(picture, start, end, [int(v * 0.85) for v in cloth], max(2, int(face_px * 0.5)), cv2.LINE_AA)
    if has_head:  # seen from behind: hair, no face
        cv2.ellipse(picture, (x, y), (face_px * 5 // 8, face_px * 7 // 8), 0, 0, 360, (32, 30, 30), -1, cv2.LINE_AA)


def _face_paste(picture: Image, face: FaceSpec) -> None:
    head, mask = _head(face.portrait)
    scale = face.width / PORTRAITS[face.portrait][1][2]
    size = (max(8, round(head.shape[1] * scale)), max(8, round(head.shape[0] * scale)))
    small = cv2.resize(head, size, interpolation=cv2.INTER_AREA)
    alpha = cv2.resize(mask, size, interpolation=cv2.INTER_AREA)
    turn = cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), face.tilt_deg, 1.0)
    small = cv2.warpAffine(small, turn, size, borderMode=cv2.BORDER_REPLICATE)
    alpha = cv2.warpAffine(alpha, turn, size)
    small = cv2.GaussianBlur(small, (0, 0), face.blur).astype(np.float32) * face.gain
    left, top = face.x - size[0] // 2, face.y - size[1] // 2
    x0, y0, x1, y1 = max(0, left), max(0, top), min(WIDTH, left + size[0]), min(HEIGHT, top + size[1])
    if x0 >= x1 or y0 >= y1:
        return
    inside = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
    weight = alpha[inside][..., None]
    under = picture[y0:y1, x0:x1].astype(np.float32)
    picture[y0:y1, x0:x1] = np.clip(under * (1 - weight) + small[inside] * weight, 0, 255).astype(np.uint8)


@cache
def _head(portrait: str) -> tuple[Image, NDArray[np.float32]]:
    """The head out of a portrait with a soft oval around it; the face's middle is the crop's middle."""
    file, (x, y, width, height) = PORTRAITS[portrait]
    source = cv2.imread(str(PICTURES / file)) if file else cv2.imread(str(_astronaut()))
    if source is None:
        raise FileNotFoundError(file or "astronaut.png")
    half_width, half_height = int(width * 0.95), int(height * 0.95)
    padded = cv2.copyMakeBorder(source, half_height, half_height, half_width, half_width, cv2.BORDER_REPLICATE)
    middle_x, middle_y = x + width // 2 + half_width, y + height // 2 + half_height
    crop = padded[middle_y - half_height : middle_y + half_height, middle_x - half_width : middle_x + half_width]
    mask = np.zeros(crop.shape[:2], np.float32)
    oval = (int(half_width * 0.78), int(half_height * 0.84))
    cv2.ellipse(mask, (half_width, half_height), oval, 0, 0, 360, 1.0, -1)
    return crop.astype(np.uint8), cv2.GaussianBlur(mask, (0, 0), width * 0.06).astype(np.float32)


def _astronaut() -> Path:
    found = find_spec("skimage")
    if found is None or found.origin is None:
        raise FileNotFoundError("scikit-image is not installed")
    return Path(found.origin).parent / "data" / "astronaut.png"


def _sensor(picture: Image, random: np.random.Generator) -> Image:
    """What lens and sensor make of it: a little blur, noise, darker corners."""
    soft = cv2.GaussianBlur(picture, (0, 0), 0.6).astype(np.float32)
    noise = random.standard_normal((HEIGHT // 2, WIDTH // 2, 3), np.float32) * NOISE_SIGMA
    y, x = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j].astype(np.float32)
    corners = 1 - 0.16 * (x * x + y * y)
    noisy = (soft + np.repeat(np.repeat(noise, 2, 0), 2, 1)) * corners[..., None]
    clipped: Image = np.clip(noisy, 0, 255).astype(np.uint8)
    return clipped
