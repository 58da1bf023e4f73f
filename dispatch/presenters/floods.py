"""Rivers, flood tasks, proposed warnings, blocked roads."""

from datetime import timedelta
from typing import Any

from dispatch.flood_events import (
    FloodTaskPayload,
    FloodWarningPayload,
    GaugeLevelPayload,
    GaugePayload,
    RoadBlockPayload,
    WavePayload,
)
from dispatch.models import FloodTask, FloodWarning, Gauge, GaugeLevelChange, GaugeReading, RoadBlock
from dispatch.presenters.base import moment

SAID = (
    "event", "headline", "description", "instruction", "headline_en", "description_en", "instruction_en", "area",
    "severity", "urgency", "expires_at",
)  # fmt: skip


def gauge_present(gauge: Gauge) -> GaugePayload:
    """A gauge; reads its places."""
    stale_at = gauge.measured_at + timedelta(seconds=gauge.stale_after_s) if gauge.measured_at else None
    return GaugePayload(
        id=str(gauge.pk),
        code=gauge.code,
        name=gauge.name,
        river=gauge.river,
        order=gauge.order,
        lat=gauge.lat,
        lon=gauge.lon,
        level_3_cm=gauge.level_3_cm,
        level_2_cm=gauge.level_2_cm,
        level_1_cm=gauge.level_1_cm,
        places=place_names(gauge),
        level=gauge.level,
        level_since=moment(gauge.level_since),
        height_cm=gauge.height_cm,
        measured_at=moment(gauge.measured_at),
        trend_cm_h=gauge.trend_cm_h,
        mark=gauge.mark,
        is_stale=gauge.is_stale,
        stale_at=moment(stale_at),
        waves=[WavePayload(**wave) for wave in gauge.waves],
        is_active=gauge.is_active,
    )


def gauge_level_present(change: GaugeLevelChange) -> GaugeLevelPayload:
    """A change of level; reads its gauge with the places, and who has taken note."""
    gauge = change.gauge
    return GaugeLevelPayload(
        id=str(change.pk),
        gauge_id=str(gauge.pk),
        code=gauge.code,
        name=gauge.name,
        river=gauge.river,
        old=change.old,
        new=change.new,
        height_cm=change.height_cm,
        measured_at=change.measured_at.isoformat(),
        told_at=change.told_at.isoformat(),
        ended_at=moment(change.ended_at),
        is_sure=change.is_sure,
        downstream=[WavePayload(**wave) for wave in change.downstream],
        places=place_names(gauge),
        seen_by=[str(seen.user_id) for seen in change.seen.all()],
    )


def flood_task_present(task: FloodTask) -> FloodTaskPayload:
    """A task; reads `gauge`, `agency`, `answered_by`."""
    return FloodTaskPayload(
        id=str(task.pk),
        gauge=task.gauge.code,
        gauge_name=task.gauge.name,
        level=task.level,
        agency=task.agency.code if task.agency else None,
        agency_name=task.agency.name if task.agency else None,
        text_id=task.text_id,
        text_en=task.text_en,
        warning_id=str(task.warning_id) if task.warning_id else None,
        made_at=task.made_at.isoformat(),
        due_at=task.due_at.isoformat(),
        state=task.state,
        escalation=task.escalation,
        reason=task.reason,
        answered_at=moment(task.answered_at),
        answered_by=str(task.answered_by) if task.answered_by else None,
    )


def flood_warning_present(warning: FloodWarning) -> FloodWarningPayload:
    """A proposed warning; reads `change.gauge`, `decided_by`."""
    return FloodWarningPayload(
        id=str(warning.pk),
        change_id=str(warning.change_id),
        gauge=warning.change.gauge.code,
        gauge_name=warning.change.gauge.name,
        level=warning.change.new,
        state=warning.state,
        **{name: warning.draft[name] for name in SAID},
        proposed_at=warning.proposed_at.isoformat(),
        decided_at=moment(warning.decided_at),
        decided_by=str(warning.decided_by) if warning.decided_by else None,
        reason=warning.reason,
        alert_id=str(warning.alert_id) if warning.alert_id else None,
    )


def road_block_present(block: RoadBlock) -> RoadBlockPayload:
    """A blocked road; reads `made_by`, `ended_by`."""
    return RoadBlockPayload(
        id=str(block.pk),
        name=block.name,
        is_area=block.is_area,
        points=block.points,
        reason=block.reason,
        depth_cm=block.depth_cm,
        note=block.note,
        from_at=block.from_at.isoformat(),
        until_at=moment(block.until_at),
        source=block.source,
        made_by=str(block.made_by),
        made_at=block.made_at.isoformat(),
        ended_at=moment(block.ended_at),
        ended_by=str(block.ended_by) if block.ended_by else None,
        end_note=block.end_note,
    )


def road_block_feature(block: RoadBlock) -> dict[str, Any]:
    """A blocked road as GeoJSON, which has the longitude first."""
    line = [[lon, lat] for lat, lon in block.points]
    geometry = {"type": "Polygon", "coordinates": [line]} if block.is_area else _line(line)
    properties = road_block_present(block).model_dump(exclude={"id", "points"})
    return {"type": "Feature", "id": str(block.pk), "geometry": geometry, "properties": properties}


def reading_present(reading: GaugeReading, mark: str) -> dict[str, Any]:
    """One reading; `mark` is what its neighbours say of it, where it says nothing by itself."""
    return {
        "measured_at": reading.measured_at.isoformat(),
        "height_cm": reading.height_cm,
        "received_at": reading.received_at.isoformat(),
        "source": reading.source,
        "note": reading.note,
        "mark": reading.mark or mark,
    }


def place_names(gauge: Gauge) -> list[str]:
    """The kelurahan on the river at this gauge."""
    return sorted(place.name for place in gauge.places.all())


def _line(line: list[list[float]]) -> dict[str, Any]:
    return {"type": "Point", "coordinates": line[0]} if len(line) == 1 else {"type": "LineString", "coordinates": line}
