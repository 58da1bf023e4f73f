"""The forms of answers about rivers and floods, for the API document."""

from typing import Any

from pydantic import BaseModel

from dispatch.flood_events import (
    FloodTaskPayload,
    FloodWarningPayload,
    GaugeLevelPayload,
    GaugePayload,
)


class GaugeListAnswer(BaseModel):
    """Every gauge in use, upstream first, and the level of each as it was told last."""

    gauges: list[GaugePayload]
    levels: list[GaugeLevelPayload]


class ReadingAnswer(BaseModel):
    """One reading with what is doubtful about it."""

    measured_at: str
    height_cm: float
    received_at: str
    source: str
    note: str
    mark: str
    mark_text: str


class GaugeAnswer(BaseModel):
    """A gauge with its readings of two days and its last changes of level."""

    gauge: GaugePayload
    readings: list[ReadingAnswer]
    changes: list[GaugeLevelPayload]


class RowAnswer(BaseModel):
    """What became of one row: `taken`, `repeated` or a code; `text` says it in words."""

    row: int
    gauge: str
    measured_at: str | None
    code: str
    mark: str
    text: str


class ReadingsAnswer(BaseModel):
    """What became of a batch."""

    taken: int
    repeated: int
    refused: int
    rows: list[RowAnswer]


class FloodTaskListAnswer(BaseModel):
    """Tasks."""

    tasks: list[FloodTaskPayload]


class FloodWarningListAnswer(BaseModel):
    """Proposed warnings that wait for a person."""

    warnings: list[FloodWarningPayload]


class FeatureAnswer(BaseModel):
    """One blocked road as GeoJSON."""

    type: str
    id: str
    geometry: dict[str, Any]
    properties: dict[str, Any]


class FeatureListAnswer(BaseModel):
    """Blocked roads as GeoJSON."""

    type: str
    features: list[FeatureAnswer]
