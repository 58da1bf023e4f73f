"""The gauges a city begins with, read from YAML with the place of every fault."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic import ValidationError as PydanticError

from dispatch.rules.protocol_text import Fault, Path, text_read

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,29}$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
LEVELS = {"I": 1, "II": 2, "III": 3}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LevelsSeed(_Part):
    """The heights (cm) from which levels hold; in the words of the field."""

    III: float
    II: float
    I: float  # noqa: E741

    @model_validator(mode="after")
    def rising(self) -> "LevelsSeed":
        """Siaga I is the highest."""
        if not self.III < self.II < self.I:
            raise ValueError("the levels rise from III to I")
        return self


class GaugeSeed(_Part):
    """A gauge."""

    code: Code
    name: Line
    river: Line
    order: int = Field(ge=0, le=10_000)
    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    levels: LevelsSeed
    min_cm: float = 0.0
    max_cm: float
    hysteresis_cm: float = Field(default=5.0, ge=0)
    change_max_cm_h: float = Field(default=600.0, gt=0)
    stale_after_s: int = Field(default=3600, gt=0)
    stuck_after_s: int = Field(default=86_400, ge=0)
    warn_from: Literal["I", "II", "III"] | None = "II"
    agency: Code | None = None
    kelurahan: tuple[str, ...] = ()
    source: Text

    @model_validator(mode="after")
    def inside(self) -> "GaugeSeed":
        """The gauge can show its own levels."""
        if not self.min_cm < self.levels.III or not self.max_cm > self.levels.I:
            raise ValueError("min_cm lies below Siaga III and max_cm above Siaga I")
        return self


class ReachSeed(_Part):
    """A stretch of river; `hours` at the earliest, usually, at the latest."""

    upper: Code = Field(alias="from")
    lower: Code = Field(alias="to")
    hours: tuple[float, float, float]
    source: Text

    @model_validator(mode="after")
    def ordered(self) -> "ReachSeed":
        """A range has an order."""
        least, usual, most = self.hours
        if not 0 <= least <= usual <= most or most <= 0:
            raise ValueError("hours are: at the earliest, usually, at the latest")
        return self


class TaskSeed(_Part):
    """A planned task."""

    level: Literal["I", "II", "III"]
    gauge: Code | None = None
    agency: Code | None = None
    minutes: int = Field(ge=1, le=10_080)
    id: Text
    en: Text


class Rivers(_Part):
    """A whole file."""

    gauges: tuple[GaugeSeed, ...] = Field(min_length=1)
    reaches: tuple[ReachSeed, ...] = ()
    tasks: tuple[TaskSeed, ...] = ()


@dataclass(frozen=True, slots=True)
class RiversRead:
    """A file as far as it could be read; without faults `rivers` is there."""

    rivers: Rivers | None
    faults: tuple[Fault, ...]


def rivers_read(text: str, *, agencies: set[str], places: set[str]) -> RiversRead:
    """Read a file; never raises."""
    read = text_read(text)
    if read.faults:
        return RiversRead(None, read.faults)
    try:
        rivers = Rivers.model_validate(read.content)
    except PydanticError as error:
        found = [Fault(tuple(part for part in item["loc"] if part != "[key]"), item["msg"]) for item in error.errors()]
    else:
        found = list(_check(rivers, agencies, places))
        if not found:
            return RiversRead(rivers, ())
    return RiversRead(None, tuple(replace(fault, line=read.line_of(fault.path)) for fault in found))


def _check(rivers: Rivers, agencies: set[str], places: set[str]) -> Iterator[Fault]:
    codes = [gauge.code for gauge in rivers.gauges]
    for number, gauge in enumerate(rivers.gauges):
        if gauge.code in codes[:number]:
            yield Fault(("gauges", number), f"the gauge {gauge.code} stands twice")
        for code in gauge.kelurahan:
            if code not in places:
                yield Fault(("gauges", number, "kelurahan"), f"there is no place {code}")
    ways = [(reach.upper, reach.lower) for reach in rivers.reaches]
    for number, (upper, lower) in enumerate(ways):
        if upper == lower or (upper, lower) in ways[:number]:
            yield Fault(("reaches", number), f"{upper} to {lower} stands twice or leads nowhere")
    yield from _names(rivers, set(codes), agencies)


def _names(rivers: Rivers, gauges: set[str], agencies: set[str]) -> Iterator[Fault]:
    named: list[tuple[Path, str | None, set[str], str]] = []
    for number, gauge in enumerate(rivers.gauges):
        named.append((("gauges", number, "agency"), gauge.agency, agencies, "agency"))
    for number, reach in enumerate(rivers.reaches):
        named.append((("reaches", number, "from"), reach.upper, gauges, "gauge"))
        named.append((("reaches", number, "to"), reach.lower, gauges, "gauge"))
    for number, task in enumerate(rivers.tasks):
        named.append((("tasks", number, "gauge"), task.gauge, gauges, "gauge"))
        named.append((("tasks", number, "agency"), task.agency, agencies, "agency"))
    for path, code, known, what in named:
        if code is not None and code not in known:
            yield Fault(path, f"there is no {what} {code}")
