"""Rows of floods and of quality in every state they can have, each brought there by the acts that lead to it."""

import uuid
from datetime import timedelta
from typing import Any

from django.db import transaction

from accounts.choices import Role
from accounts.services.audit import SYSTEM
from common import clock
from dispatch.choices.floods import FloodTaskState, FloodWarningState
from dispatch.choices.supervision import SampleState
from dispatch.models import Call, FloodTask, FloodTaskPlan, FloodWarning, QualityDraw, QualitySample, ScorecardVersion
from dispatch.services.moves import sample_begin
from tests import factories
from tests.dispatch.console import Console
from tests.dispatch.machine.states import Made, Scenes
from tests.dispatch.quality import GOOD, scorecard

HIGH_CM = 160.0


def rise(scenes: Scenes, code: str, height_cm: float = HIGH_CM, minutes_ago: int = 5) -> None:
    """A gauge showed this height."""
    moment = clock.now() - timedelta(minutes=minutes_ago)
    body = {"height_cm": height_cm, "measured_at": moment.isoformat()}
    scenes.centre.post(f"gauges/{code}/readings/", body, expect=201)


def gauges(scenes: Scenes) -> Made:
    """Without a reading, and high; the key is the code."""
    for code in ("sepi", "tinggi"):
        factories.gauge(code)
    rise(scenes, "tinggi")
    return {"empty": "sepi", "high": "tinggi"}


def gauge_levels(scenes: Scenes) -> Made:
    """New to whoever looks, and taken note of."""
    made = {}
    for state in ("new", "seen"):
        factories.gauge(state)
        rise(scenes, state)
        rows = scenes.centre.get("gauges/")["levels"]
        made[state] = next(row["id"] for row in rows if row["code"] == state)
    scenes.centre.post(f"gauge-levels/{made['seen']}/acknowledge/")
    return made


def flood_tasks(scenes: Scenes) -> Made:
    """By state."""
    plans = ("open", "done", "not_possible")
    for order, name in enumerate(plans):
        FloodTaskPlan.objects.create(level=3, order=order, text_id=name, text_en=name)
    factories.gauge()
    rise(scenes, "hulu")
    made = {row.text_id: str(row.pk) for row in FloodTask.objects.filter(text_id__in=plans)}
    scenes.centre.post(f"flood-tasks/{made['done']}/done/", {"note": "ya"})
    scenes.centre.post(f"flood-tasks/{made['not_possible']}/not-possible/", {"reason": "pompa rusak"})
    made["overtaken"] = str(FloodTask.objects.get(warning_id=uuid.UUID(flood_warnings(scenes)["replaced"])).pk)
    assert set(made) == set(FloodTaskState.values)
    return made


def flood_warnings(scenes: Scenes) -> Made:
    """By state."""
    made = {}
    for state, act, body in (
        ("proposed", "", {}), ("confirmed", "confirm", {}), ("declined", "decline", {"reason": "salah baca"}),
        ("replaced", "", {}),
    ):  # fmt: skip
        factories.gauge(f"w-{state}")
        rise(scenes, f"w-{state}")
        made[state] = str(FloodWarning.objects.get(change__gauge__code=f"w-{state}").pk)
        if act:
            scenes.centre.post(f"flood-warnings/{made[state]}/{act}/", body)
    rise(scenes, "w-replaced", 210.0, 0)
    assert set(made) == set(FloodWarningState.values)
    assert dict(FloodWarning.objects.filter(pk__in=made.values()).values_list("state", "state")).keys() == made.keys()
    return made


def road_blocks(scenes: Scenes) -> Made:
    """In the way, and open again."""
    made = {}
    body = {"name": "Jl. Uji", "points": "-6.19,106.82 -6.21,106.82", "reason": "flood", "depth_cm": 50}
    for state in ("blocked", "open"):
        made[state] = scenes.centre.post("road-blocks/", body, expect=201)["id"]
    scenes.centre.post(f"road-blocks/{made['open']}/open/", {"reason": "surut"})
    return made


def filled(answers: dict[str, int | None] = GOOD) -> dict[str, Any]:
    """A scorecard as it is sent."""
    version = ScorecardVersion.objects.filter(card__code="uji", state="published").first() or scorecard()
    return {"version": str(version.pk), "answers": answers, "comment": "rapi"}


def samples(scenes: Scenes) -> Made:
    """By state: calls of the operator, reviewed by others than the supervisor, who could be the second reviewer."""
    reviewer, made = Console(factories.user(Role.SUPERVISOR)), {}
    for state, acts in (
        ("waiting", []), ("reviewed", ["reviews"]), ("acknowledged", ["reviews", "acknowledge"]),
        ("objected", ["reviews", "objection"]), ("settled", ["reviews", "objection", "reviews"]),
    ):  # fmt: skip
        made[state] = drawn(scenes)
        by = [reviewer, scenes.operator, Console(factories.user(Role.HEAD))]
        for act, console in zip(acts, by, strict=False):
            body = {"reviews": filled(), "acknowledge": {}, "objection": {"reason": "Sudah saya tanyakan."}}[act]
            console.post(f"quality/samples/{made[state]}/{act}/", body, expect=201 if act == "reviews" else 200)
    assert set(made) == set(SampleState.values)
    assert dict(QualitySample.objects.values_list("state", "state")).keys() == made.keys()
    return made


def calibrations(scenes: Scenes) -> Made:
    """Running, and closed."""
    made = {}
    for state in ("open", "closed"):
        body = {"version": filled()["version"]}
        made[state] = scenes.centre.post(f"quality/samples/{drawn(scenes)}/calibrations/", body, expect=201)["id"]
    scenes.centre.post(f"quality/calibrations/{made['closed']}/close/")
    return made


@transaction.atomic
def drawn(scenes: Scenes) -> str:
    """A call of the operator, drawn a day later."""
    call = scenes.operator.post("calls/", {"caller_number": "+628110000009"}, expect=201)["id"]
    scenes.operator.post(f"calls/{call}/answer/")
    scenes.operator.post(f"calls/{call}/close/", {"call_class": "information"})
    at, realm = clock.now(), scenes.house.realm
    draw = QualityDraw.objects.get_or_create(
        realm=realm, day=at.date(), stratum="daily",
        defaults={
            "seed": "a", "share_percent": 2, "population": 1, "population_print": "0", "drawn": 1,
            "drawn_at": at + timedelta(microseconds=1),
        },
    )[0]  # fmt: skip
    row = QualitySample(
        realm=realm, draw=draw, call=Call.objects.get(pk=call), operator=scenes.operator.user, drawn_at=at
    )
    return str(sample_begin(sample=row, actor=SYSTEM, at=at).pk)


MORE_KINDS = {
    "gauges": gauges,
    "gauge-levels": gauge_levels,
    "flood-tasks": flood_tasks,
    "flood-warnings": flood_warnings,
    "road-blocks": road_blocks,
    "samples": samples,
    "calibrations": calibrations,
}
