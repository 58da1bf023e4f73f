"""When a step of a unit's work is late, and what that is called."""

from dataclasses import dataclass

ACKNOWLEDGE_S = 60
TURNOUT_S = 120  # for a unit without a type
ARRIVAL_FACTOR = 1.5
ARRIVAL_LEAST_S = 300
ARRIVAL_UNKNOWN_S = 900
REPORT_S = {"P1": 900, "P2": 1200}
REPORT_OTHER_S = 1800
TRANSPORT_S = 3600
HOSPITAL_S = 2400


@dataclass(frozen=True, slots=True)
class Stage:
    """What is waited for, and for how long."""

    kind: str
    within_s: int


def stage_of(state: str, *, priority: str, turnout_s: int | None, eta_s: int | None) -> Stage | None:
    """What a unit in this state of its work has to do next; None once it has ended.

    `eta_s` is the travel time that was expected when it was sent, without the time to leave.
    """
    report_s = REPORT_S.get(priority, REPORT_OTHER_S)
    stages = {
        "dispatched": Stage("not_acknowledged", ACKNOWLEDGE_S),
        "acknowledged": Stage("not_en_route", turnout_s or TURNOUT_S),
        "enroute": Stage("not_arrived", arrival_s(eta_s)),
        "staged": Stage("no_report", report_s),
        "on_scene": Stage("no_report", report_s),
        "transporting": Stage("no_report", TRANSPORT_S),
        "at_destination": Stage("no_report", HOSPITAL_S),
    }
    return stages.get(state)


def arrival_s(eta_s: int | None) -> int:
    """How long a way may take before somebody asks."""
    return ARRIVAL_UNKNOWN_S if eta_s is None else max(ARRIVAL_LEAST_S, round(eta_s * ARRIVAL_FACTOR))


# Seconds after which the supervisor is told that the desk did not look, and then the head of operations.
ESCALATE_AFTER_S: dict[str, tuple[int, int]] = {"emergency": (10, 20)}
ESCALATE_OTHERS_AFTER_S = (120, 480)
LEVELS = ("desk", "supervisor", "head")


def escalate_after_s(kind: str, level: str) -> int | None:
    """How long after `level` was told an alarm goes to the level above; None from the last on."""
    number = LEVELS.index(level)
    after_s = ESCALATE_AFTER_S.get(kind, ESCALATE_OTHERS_AFTER_S)
    return after_s[number] if number < len(after_s) else None
