"""The columns of the registry: how each is written as text and read from it. One table for import, export and audit.

Values are plain: references are the codes that people write (agency, agreement, place), groups and tags are lists.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cameras.choices import CameraKind, CameraMount, CameraState
from cameras.models import Camera
from cameras.rules.shapes import masks_read, presets_read
from common.errors import ValidationError, gettext_noop
from common.tables import moment_write, number_write, text_guard, text_unguard

Read = Callable[[str], Any]
SEPARATOR = "|"
TRUE, FALSE = {"true", "1", "yes", "y", "ya", "benar"}, {"false", "0", "no", "n", "tidak", "salah"}
TAG_LENGTH, NAME_LENGTH, NOTES_LENGTH = 30, 80, 5000
NUMBER_LENGTH = 30


@dataclass(frozen=True, slots=True)
class Column:
    """`default` is what a new camera gets from an empty cell; a camera that is there keeps its value then.

    Without a default an empty cell empties the field, unless `is_required`. Of what `is_secret` no value is ever told.
    """

    name: str
    read: Read
    write: Callable[[Any], str]
    is_required: bool = False
    default: Any = None
    is_secret: bool = False

    @property
    def keeps_when_empty(self) -> bool:
        """Whether an empty cell leaves a camera as it is."""
        return self.is_secret or self.default is not None


def _wrong(code: str, message: str, **data: Any) -> ValidationError:
    return ValidationError(code, message, data)


def _text(limit: int) -> Read:
    def read(cell: str) -> str:
        text = text_unguard(cell).strip()
        if len(text) > limit:
            raise _wrong("too_long", gettext_noop("Longer than %(limit)d characters."), limit=limit)
        if "\0" in text:
            raise _wrong("not_text", gettext_noop("This is not readable text."))
        return text

    return read


def _number(low: float, high: float) -> Read:
    def read(cell: str) -> float | None:
        text = cell.strip()
        if not text:
            return None
        if "," in text:
            raise _wrong("decimal_comma", gettext_noop("Write decimals with a point, as -6.2099."))
        try:
            value = float(text) if len(text) <= NUMBER_LENGTH and "_" not in text else math.nan
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise _wrong("not_a_number", gettext_noop("This is not a number."))
        if not low <= value <= high:
            raise _wrong(
                "out_of_range", gettext_noop("The number must be from %(low)g to %(high)g."), low=low, high=high
            )
        return value

    return read


def _flag(cell: str) -> bool | None:
    text = cell.strip().lower()
    if not text:
        return None
    if text not in TRUE | FALSE:
        raise _wrong("not_a_flag", gettext_noop("Write true or false."))
    return text in TRUE


def _choice(values: list[str]) -> Read:
    def read(cell: str) -> str | None:
        text = cell.strip().lower()
        if text and text not in values:
            raise _wrong("unknown_choice", gettext_noop("One of: %(choices)s."), choices=", ".join(values))
        return text or None

    return read


def _list(limit: int) -> Read:
    read_one = _text(limit)

    def read(cell: str) -> list[str]:
        parts = [read_one(part) for part in text_unguard(cell).split(SEPARATOR)]
        return sorted({part for part in parts if part})

    return read


def _json(read_value: Callable[[Any], Any]) -> Read:
    def read(cell: str) -> Any:
        text = cell.strip()
        if not text:
            return []
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise _wrong("not_json", gettext_noop("This is not JSON.")) from error
        return read_value(value)

    return read


def _moment(cell: str) -> datetime | None:
    text = cell.strip()
    if not text:
        return None
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        value = None
    if value is None or value.tzinfo is None:
        raise _wrong("not_a_moment", gettext_noop("Write a moment with its offset, as 2026-01-31T17:00:00+07:00."))
    return value


def _fingerprint(cell: str) -> str:
    text = cell.replace(":", "").replace(" ", "").strip().lower()
    if text and (len(text) != 64 or set(text) - set("0123456789abcdef")):
        raise _wrong("not_a_fingerprint", gettext_noop("A SHA-256 fingerprint has 64 hexadecimal digits."))
    return text


def _plain(value: Any) -> str:
    return text_guard(str(value or ""))


def _list_write(value: list[str]) -> str:
    return text_guard(SEPARATOR.join(value))


def _flag_write(value: bool) -> str:
    return "true" if value else "false"


def _json_write(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if value else ""


def _secret(_value: Any) -> str:
    return ""


def _texts(name: str, limit: int, **options: Any) -> Column:
    return Column(name, _text(limit), _plain, **options)


def _numbers(name: str, low: float, high: float, **options: Any) -> Column:
    return Column(name, _number(low, high), number_write, **options)


ADDRESSES = ("url", "stream_url", "sub_stream_url", "onvif_url")
COLUMNS: tuple[Column, ...] = (
    _texts("code", 30, is_required=True),
    _texts("name", 120, is_required=True),
    _texts("owner", 20, is_required=True),
    _texts("owner_contact", 120),
    _texts("agreement", 60),
    Column("groups", _list(NAME_LENGTH), _list_write),
    _texts("village", 30),
    Column("tags", _list(TAG_LENGTH), _list_write),
    _texts("make", 60),
    _texts("model", 60),
    Column("kind", _choice(CameraKind.values), _plain, is_required=True),
    _texts("url", 500, is_required=True),
    _texts("stream_url", 500),
    _texts("sub_stream_url", 500),
    _texts("onvif_url", 500),
    _texts("credential_user", 80, is_secret=True),
    Column("password", str, _secret, is_secret=True),
    Column("tls_sha256", _fingerprint, _plain),
    Column("state", _choice(CameraState.values), _plain, default=CameraState.ACTIVE.value),
    Column("maintenance_until", _moment, moment_write),
    Column("mount", _choice(CameraMount.values), _plain, default=CameraMount.FIXED.value),
    Column("ptz_presets", _json(presets_read), _json_write),
    _numbers("lat", -90, 90, is_required=True),
    _numbers("lon", -180, 180, is_required=True),
    _numbers("accuracy_m", 0, 100_000),
    _numbers("height_m", -100, 1_000),
    _numbers("heading_deg", 0, 360),
    _numbers("hfov_deg", 1, 360),
    _numbers("tilt_deg", -90, 90),
    _numbers("range_m", 1, 100_000, default=60.0),
    Column("privacy_masks", _json(masks_read), _json_write),
    Column("face_matching_allowed", _flag, _flag_write, default=False),
    Column("is_sensitive_site", _flag, _flag_write, default=False),
    _texts("notes", NOTES_LENGTH),
)
BY_NAME: Mapping[str, Column] = {column.name: column for column in COLUMNS}
EXPORTED = tuple(column for column in COLUMNS if not column.is_secret)
# Compared with what is stored; the password is not, since it can only be written.
COMPARED = tuple(column for column in COLUMNS if column.name != "password")
# Who may see where cameras are need not know how they are reached.
REFERENCES = {"owner", "agreement", "village", "groups", "tags"}
SHARED = tuple(column for column in EXPORTED if column.name not in {*ADDRESSES, "tls_sha256", "owner_contact", "notes"})


def values_of(camera: Camera) -> dict[str, Any]:
    """The registry entry as plain values; read `owner`, `agreement`, `village` and `groups` along with the camera."""
    values = {column.name: getattr(camera, column.name) for column in COMPARED if column.name not in REFERENCES}
    values = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    return values | {
        "owner": camera.owner.code,
        "agreement": camera.agreement.number if camera.agreement else "",
        "village": camera.village.code if camera.village else "",
        "groups": sorted(group.name for group in camera.groups.all()) if camera.pk else [],
        "tags": sorted(camera.tags),
    }


def new_values() -> dict[str, Any]:
    """What a camera has before anything is said of it."""
    empty: dict[str, Any] = {
        column.name: column.default if column.default is not None else column.read("") for column in COMPARED
    }
    return empty
