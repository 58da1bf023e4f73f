"""The neutral events of a call, as Siaga's webhook takes them, and their signature. Pure: no clock, no network."""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, cast, get_args

EventKind = Literal["ringing", "answered", "held", "ended", "abandoned", "transferred"]
Cause = Literal["", "normal", "dropped", "failed"]
Language = Literal["", "id", "en"]
LocationSource = Literal["aml", "cell", "pbx"]

BATCH_MAX = 100
TEXT_MAX = 80
CALLER_MAX = 64
AGENT_MAX = 20
RADIUS_MAX_M = 1_000_000
SKEW_MAX_S = 300
PRINTABLE = re.compile(r"[!-~]+")
ANONYMOUS = {"", "anonymous", "unknown", "<unknown>", "unavailable", "restricted", "private", "withheld"}


class SignatureInvalid(ValueError):
    """A request is not signed with this secret, or its time is too far from ours."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where the exchange says the caller is: WGS 84 degrees, and metres of uncertainty."""

    lat: float
    lon: float
    radius_m: float
    source: LocationSource
    measured_at: datetime

    def __post_init__(self) -> None:
        inside = abs(self.lat) <= 90 and abs(self.lon) <= 180 and 0 <= self.radius_m <= RADIUS_MAX_M
        if not inside or self.source not in get_args(LocationSource) or self.measured_at.tzinfo is None:
            raise ValueError("not a location")


@dataclass(frozen=True, slots=True)
class NeutralEvent:
    """One thing that happened to a call. `at` is aware; `id` is the same whenever the same thing is told again."""

    id: str
    event: EventKind
    call: str
    at: datetime
    caller: str | None = None
    agent: str | None = None
    cause: Cause = ""
    language: Language = ""
    skill: str = ""
    location: Location | None = None

    def __post_init__(self) -> None:
        if self.event not in get_args(EventKind) or self.cause not in get_args(Cause):
            raise ValueError(f"no such event or cause: {self.event}, {self.cause}")
        if not (0 < len(self.id) <= TEXT_MAX and 0 < len(self.call) <= TEXT_MAX):
            raise ValueError(f"ids have 1 to {TEXT_MAX} characters")
        if len(self.caller or "") > CALLER_MAX or len(self.agent or "") > AGENT_MAX:
            raise ValueError("a caller or an agent longer than the webhook takes")
        if self.at.tzinfo is None:
            raise ValueError("a time without a zone")

    def to_json(self) -> str:
        """The event as the webhook takes it: one JSON object."""
        where = self.location
        return json.dumps(
            {
                "id": self.id,
                "event": self.event,
                "call": self.call,
                "at": self.at.isoformat(),
                "caller": self.caller,
                "agent": self.agent,
                "cause": self.cause,
                "language": self.language,
                "skill": self.skill,
                "location": None if where is None else location_dict(where),
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )


def location_dict(where: Location) -> dict[str, float | str]:
    """A location as JSON takes it."""
    return {
        "lat": where.lat,
        "lon": where.lon,
        "radius_m": where.radius_m,
        "source": where.source,
        "measured_at": where.measured_at.isoformat(),
    }


def location_parse(text: str, *, measured_at: datetime) -> Location | None:
    """`lat,lon,radius_m[,source[,measured_at]]` as a dialplan sets it; None for anything else.

    `measured_at` holds where the text gives no time of its own; a source that is not told is the exchange (`pbx`).
    """
    parts = [part.strip() for part in text.split(",")]
    if not 3 <= len(parts) <= 5:
        return None
    try:
        lat, lon, radius_m = (float(part) for part in parts[:3])
        source = cast("LocationSource", parts[3] if len(parts) > 3 else "pbx")
        moment = datetime.fromisoformat(parts[4]) if len(parts) > 4 else measured_at
        return Location(lat, lon, radius_m, source, moment)
    except ValueError:
        return None


def language_parse(text: str) -> Language:
    """`id` or `en` of `id_ID`, `EN-us` and the like; empty for any other."""
    head = re.split(r"[-_]", text.strip().lower(), maxsplit=1)[0]
    return cast("Language", head) if head in get_args(Language) else ""


def number_clean(text: str) -> str | None:
    """A caller's number as the exchange writes it, in plain characters without blanks; None where it is withheld."""
    number = re.sub(r"[^!-~]+", "", text)
    return None if number.lower() in ANONYMOUS else number[:CALLER_MAX]


def agent_clean(text: str | None) -> str | None:
    """An extension; None for what cannot be one, as the name of a trunk."""
    return text if text and len(text) <= AGENT_MAX and PRINTABLE.fullmatch(text) else None


def skill_clean(text: str) -> str:
    """A skill's code (letters, digits, `-`, `_`; at most 20); empty for anything else."""
    skill = text.strip()
    return skill if re.fullmatch(r"[A-Za-z0-9_-]{1,20}", skill) else ""


def call_fit(raw: str) -> str:
    """The exchange's id of a call, or a digest of it where the webhook would not take it; empty for an empty one."""
    if not raw or (len(raw) <= TEXT_MAX and PRINTABLE.fullmatch(raw)):
        return raw
    return f"sha256-{hashlib.sha256(raw.encode(errors='surrogatepass')).hexdigest()}"


def event_id(call: str, event: EventKind, mark: str = "") -> str:
    """The id of an event: the same for the same call, event and `mark` (the exchange's own time, or a count)."""
    digest = hashlib.sha256("\n".join((call, event, mark)).encode()).hexdigest()
    return f"{event}-{digest[:40]}"


def epoch_time(seconds: float) -> datetime:
    """Seconds since 1970 as an aware time in UTC; raises ValueError where there is no such time."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError("no such time") from error


def body_make(events: Iterable[str]) -> bytes:
    """The body of a request, from events as JSON."""
    return f'{{"events":[{",".join(events)}]}}'.encode()


def sign(secret: str, timestamp_s: int, body: bytes) -> str:
    """The value of `X-Siaga-Signature` for a body sent at that Unix time."""
    digest = hmac.new(secret.encode(), f"{timestamp_s}.".encode() + body, hashlib.sha256).hexdigest()
    return f"v1={digest}"


def verify(
    secret: str, *, timestamp: str, signature: str, body: bytes, now_s: float, skew_max_s: float = SKEW_MAX_S
) -> None:
    """Check both headers of a request, as the receiver must; raises SignatureInvalid."""
    if not re.fullmatch(r"\d{1,12}", timestamp, re.ASCII) or abs(now_s - int(timestamp)) > skew_max_s:
        raise SignatureInvalid("the time of the request is missing or too far from ours")
    if not hmac.compare_digest(sign(secret, int(timestamp), body).encode(), signature.encode()):
        raise SignatureInvalid("the signature does not fit")
