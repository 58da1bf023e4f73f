"""What the consoles and agencies are told of rivers, flood tasks, proposed warnings and blocked roads."""

from accounts.permissions import Permission
from realtime.events import EventPayload, event_kind


class WavePayload(EventPayload):
    """Water of a level on its way: where it is expected between when and when, and which kelurahan lie there."""

    to: str
    to_name: str
    level: int
    left_at: str
    expected_from: str
    expected_at: str
    expected_until: str
    places: list[str]


class GaugePayload(EventPayload):
    """A gauge and how it stands. `level` is 4 (Siaga IV, normal) to 1; empty without a reading. Stale is not calm."""

    id: str
    code: str
    name: str
    river: str
    order: int
    lat: float
    lon: float
    level_3_cm: float
    level_2_cm: float
    level_1_cm: float
    places: list[str]
    level: int | None
    level_since: str | None
    height_cm: float | None
    measured_at: str | None
    trend_cm_h: float | None
    mark: str
    is_stale: bool
    stale_at: str | None
    waves: list[WavePayload]
    is_active: bool


class GaugeLevelPayload(EventPayload):
    """A level that was reached, with when the water is expected downstream; holds while `ended_at` is empty.

    It is told again when it ends and when a person takes note of it.
    """

    id: str
    gauge_id: str
    code: str
    name: str
    river: str
    old: int | None
    new: int
    height_cm: float
    measured_at: str
    told_at: str
    ended_at: str | None
    is_sure: bool
    downstream: list[WavePayload]
    places: list[str]
    seen_by: list[str]


class FloodTaskPayload(EventPayload):
    """A task of a flood. Without an agency it is the centre's."""

    id: str
    gauge: str
    gauge_name: str
    level: int
    agency: str | None
    agency_name: str | None
    text_id: str
    text_en: str
    warning_id: str | None
    made_at: str
    due_at: str
    state: str
    escalation: str
    reason: str
    answered_at: str | None
    answered_by: str | None


class FloodWarningPayload(EventPayload):
    """A public warning that a rule proposes; `alert_id` is there once a person has issued it."""

    id: str
    change_id: str
    gauge: str
    gauge_name: str
    level: int
    state: str
    event: str
    headline: str
    description: str
    instruction: str
    headline_en: str
    description_en: str
    instruction_en: str
    area: str
    severity: str
    urgency: str
    expires_at: str
    proposed_at: str
    decided_at: str | None
    decided_by: str | None
    reason: str
    alert_id: str | None


class RoadBlockPayload(EventPayload):
    """A blocked road or area; `points` are [latitude, longitude]. Open again once `ended_at` is set."""

    id: str
    name: str
    is_area: bool
    points: list[list[float]]
    reason: str
    depth_cm: int | None
    note: str
    from_at: str
    until_at: str | None
    source: str
    made_by: str
    made_at: str
    ended_at: str | None
    ended_by: str | None
    end_note: str


GAUGE_CHANGED = event_kind("gauge.changed", GaugePayload, Permission.GAUGE_VIEW)
GAUGE_LEVEL_CHANGED = event_kind("gauge.level_changed", GaugeLevelPayload, Permission.GAUGE_VIEW)
FLOOD_TASK_CHANGED = event_kind("flood_task.changed", FloodTaskPayload, Permission.GAUGE_VIEW)
FLOOD_WARNING_CHANGED = event_kind("flood_warning.changed", FloodWarningPayload, Permission.ALERT_VIEW)
ROAD_BLOCK_CHANGED = event_kind("road_block.changed", RoadBlockPayload, Permission.GAUGE_VIEW)
