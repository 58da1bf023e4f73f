"""What a city begins with: its agencies, and who is told of what. Read from YAML, with the place of every fault."""

from dataclasses import dataclass, replace
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic import ValidationError as PydanticError

from dispatch.rules.protocol_text import Fault, Path, text_read

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,19}$")]
TypeCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,29}$")]
LEADING = ("dispatched", "dispatching")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AgencySeed(_Part):
    """An agency."""

    code: Code
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class RuleSeed(_Part):
    """An agency that is told of a type, from P1 down to `up_to`; `why` is for whoever edits the rule."""

    agency: Code
    role: Literal["call_receiving", "dispatching", "dispatched", "assisting", "informational", "transferred_to"]
    up_to: Literal["P1", "P2", "P3", "P4", "P5"]
    answer_s: int = Field(ge=1, le=86_400)
    why: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


class City(_Part):
    """A whole file; `sharing` goes by incident type."""

    agencies: tuple[AgencySeed, ...] = Field(min_length=1)
    sharing: dict[TypeCode, tuple[RuleSeed, ...]]


@dataclass(frozen=True, slots=True)
class CityRead:
    """A file as far as it could be read; without faults `city` is there."""

    city: City | None
    faults: tuple[Fault, ...]


def city_read(text: str, known_types: set[str]) -> CityRead:
    """Read a file; never raises."""
    read = text_read(text)
    if read.faults:
        return CityRead(None, read.faults)
    try:
        city = City.model_validate(read.content)
    except PydanticError as error:
        found = [Fault(tuple(part for part in item["loc"] if part != "[key]"), item["msg"]) for item in error.errors()]
    else:
        found = _check(city, known_types)
        if not found:
            return CityRead(city, ())
    return CityRead(None, tuple(replace(fault, line=read.line_of(fault.path)) for fault in found))


def _check(city: City, known_types: set[str]) -> list[Fault]:
    codes = [agency.code for agency in city.agencies]
    faults = [
        Fault(("agencies", number), f"the agency {code} stands twice")
        for number, code in enumerate(codes)
        if code in codes[:number]
    ]
    for kind, rules in city.sharing.items():
        if kind not in known_types:
            faults.append(Fault(("sharing", kind), f"there is no incident type {kind}"))
        told = [rule.agency for rule in rules]
        for number, agency in enumerate(told):
            path: Path = ("sharing", kind, number, "agency")
            if agency not in codes:
                faults.append(Fault(path, f"there is no agency {agency}"))
            if agency in told[:number]:
                faults.append(Fault(path, f"{agency} is told twice of {kind}"))
        if rules and not any(rule.role in LEADING for rule in rules):
            faults.append(Fault(("sharing", kind), f"nobody leads in {kind}: one is dispatched or dispatching"))
    return faults
