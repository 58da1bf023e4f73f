"""What a benchmark found, for people and for programs."""

import json
import math
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Check:
    """One figure. Without a target it is only shown, and `ok` is true."""

    name: str
    value: float
    unit: str
    target: str = ""
    ok: bool = True


@dataclass
class Report:
    """Figures in the order in which they were found."""

    name: str
    checks: list[Check] = field(default_factory=list)

    def show(self, name: str, value: float, unit: str) -> None:
        """A figure that is to be known, without a target."""
        self.checks.append(Check(name, _rounded(value), unit))

    def hold(self, name: str, value: float, unit: str, relation: Literal["<=", ">=", "=="], target: float) -> None:
        """A figure that must be at most, at least or exactly `target`."""
        ok = {"<=": value <= target, ">=": value >= target, "==": value == target}[relation]
        self.checks.append(Check(name, _rounded(value), unit, f"{relation} {target:g}", ok))

    def take(self, other: "Report") -> None:
        """Everything that another report found."""
        self.checks += other.checks

    @property
    def is_good(self) -> bool:
        """Whether every target was met."""
        return all(check.ok for check in self.checks)

    def table(self) -> str:
        """For people."""
        widths = [max(len(row[column]) for row in self._rows()) for column in range(4)]
        lines = [
            f"{name:<{widths[0]}}  {value:>{widths[1]}} {unit:<{widths[2]}}  {target:<{widths[3]}}  {mark}".rstrip()
            for name, value, unit, target, mark in self._rows()
        ]
        return "\n".join([f"{self.name} on {machine()}", "", *lines])

    def as_json(self) -> str:
        """One line for programs."""
        content: dict[str, Any] = {
            "benchmark": self.name,
            "machine": machine(),
            "ok": self.is_good,
            "checks": [asdict(check) | {"value": _finite(check.value)} for check in self.checks],
        }
        return json.dumps(content, ensure_ascii=False)

    def _rows(self) -> list[tuple[str, str, str, str, str]]:
        return [(check.name, f"{check.value:g}", check.unit, check.target, _mark(check)) for check in self.checks]


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: a value that really occurred."""
    ordered = sorted(values)
    return ordered[max(1, math.ceil(round(len(ordered) * share, 6))) - 1]


def machine() -> str:
    """What it ran on."""
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"


def _rounded(value: float) -> float:
    return round(value, 4 if abs(value) < 1 else 1)


def _finite(value: float) -> float | None:
    # What never came has no number, and JSON knows no infinity.
    return value if math.isfinite(value) else None


def _mark(check: Check) -> str:
    return "" if not check.target else ("ok" if check.ok else "MISSED")
