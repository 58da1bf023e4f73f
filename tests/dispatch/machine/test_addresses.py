"""Every address that changes something, for every row in every state: done by a legal edge, or refused, unchanged."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.urls import URLPattern

from common import clock
from dispatch.api.urls import urlpatterns
from dispatch.choices import AssignmentState, CallbackOutcome, CallClass, IncidentState, UnitStatus
from dispatch.models import Incident
from dispatch.rules.transitions import INCIDENT_EDGES
from tests.dispatch.console import Console, exchange_send
from tests.dispatch.machine.acting import MISSING
from tests.dispatch.machine.camera_states import CAMERA_KINDS, NUMBERED
from tests.dispatch.machine.house import house_build
from tests.dispatch.machine.invariants import digest, rows_written, violations
from tests.dispatch.machine.more_states import MORE_KINDS, filled
from tests.dispatch.machine.states import KINDS, Scenes
from tests.dispatch.quality import GOOD

pytestmark = pytest.mark.django_db
WHY = {"reason": "uji"}
CLOSING = {"disposition": "tertangani", "not_informed_reason": "unsafe"}
WARNING = {
    "category": "Met", "urgency": "Expected", "severity": "Moderate", "certainty": "Likely", "event": "Hujan",
    "headline": "Hujan lebat", "area": "Jakarta", "expires_at": "{soon}", "lat": -6.2, "lon": 106.8, "radius_m": 900,
}  # fmt: skip
ROAD = {"name": "Jl. Uji", "points": "-6.19,106.82 -6.21,106.82", "reason": "flood", "depth_cm": 50}
CARD = {"version": "{version}", "answers": GOOD, "comment": ""}
# Address -> the kind of row in it and bodies that make sense. {other}, {call} and {soon} are filled in.
ADDRESSES: dict[str, tuple[str, list[Any]]] = {
    "POST calls/": ("", [{}, {"caller_number": "0811 000 1112"}]),
    "POST commands/": ("", [{"text": text} for text in ("?", "zzz", "D AMB-01 9999", 'N medis "uji"', "BC /uji")]),
    "POST presence/": ("", [{"state": state} for state in ("ready", "paused", "away")]),
    "POST incidents/": ("", [{"type": "medis"}, {"type": "kebakaran", "call": "{call}"}]),
    "POST handovers/": ("", [{"username": "{colleague}"}, {"username": "{self}"}]),
    "POST protocol-runs/": ("", [{"card": name, "call": "{call}"} for name in ("panggilan-sunyi", "tidak-ada")]),
    **{f"POST calls/<>/{step}/": ("calls", [{}]) for step in (
        "answer", "hold", "resume", "end", "drop", "wrap-up", "silent", "location-link",
    )},
    "POST calls/<>/close/": ("calls", [{"call_class": name, "note": "n"} for name in CallClass.values]),
    "POST calls/<>/position/": ("calls", [{"lat": -6.2, "lon": 106.8, "radius_m": 20}]),
    "POST calls/<>/callback/": ("calls", [{"outcome": name} for name in CallbackOutcome.values]),
    "PATCH incidents/<>/": ("incidents", [{"priority": "P1"}, {"type": "kebakaran"}, {"lat": -6.3, "lon": 106.9}]),
    "POST incidents/<>/rounds/": ("incidents", [{}]),
    "DELETE incidents/<>/watch/": ("incidents", [{}]),
    "POST incidents/<>/watch/cameras/": (
        "incidents", [{"code": "UJI-1", "is_wanted": wanted} for wanted in (True, False)],
    ),
    "PUT incidents/<>/watch/area/": (
        "incidents", [{"area": []}, {"area": [[-6.2, 106.8], [-6.21, 106.8], [-6.2, 106.81]]}],
    ),
    "POST incidents/<>/watch/extension/": ("incidents", [WHY | {"minutes": 30}]),
    "POST incidents/<>/evidence/locks/": ("incidents", [{"reason": "diminta penyidik", "expires_at": "{soon}"}]),
    "POST evidence-locks/<>/extend/": ("evidence-locks", [{"expires_at": "{later}"}, {"expires_at": "{now}"}]),
    "POST evidence-locks/<>/end/": ("evidence-locks", [{"reason": "sudah selesai"}]),
    "POST snapshots/<>/mark/": ("", [WHY | {"incident": "{other}"}]),
    "POST snapshots/<>/unmark/": ("", [WHY | {"incident": "{other}"}]),
    "POST live/": ("", [{"camera": "UJI-1", "incident": "{other}"}, {"camera": "UJI-1", "incident": "{closed}"}]),
    "DELETE live/<>/": ("", [{}]),
    "PATCH camera-faults/<>/": ("camera-faults", [{"taken": True}, {"taken": False}, {"note": "dicek"}]),
    "POST camera-faults/bulk/": ("", [{"act": "take", "whole_list": True}, {"act": "take", "cases": [1]}]),
    "POST cameras/<>/trial/": ("cameras", [{}]),
    "POST cameras/<>/view/": ("cameras", [{}]),
    "POST cameras/<>/maintenance/": ("cameras", [WHY | {"ends_at": "{soon}"}, WHY | {"ends_at": "{now}"}]),
    "DELETE maintenance-windows/<>/": ("maintenance-windows", [{}]),
    "POST camera-alarms/seen/": ("", [{"until": "{now}"}]),
    "POST incidents/<>/notes/": ("incidents", [{"text": "catatan"}]),
    "POST incidents/<>/state/": ("incidents", [{"state": name} for name in ("under_control", "all_clear", "on_scene")]),
    "POST incidents/<>/close/": ("incidents", [CLOSING, CLOSING | {"ends_parts": True}, {"disposition": "tertangani"}]),
    "POST incidents/<>/cancel/": ("incidents", [{"disposition": "batal"}]),
    "POST incidents/<>/reopen/": ("incidents", [WHY]),
    "POST incidents/<>/next-step/": ("incidents", [{"step": "call_back", "due_at": "{soon}"}]),
    "POST incidents/<>/owner/": ("incidents", [{}, {"username": "{colleague}"}, {"username": "{stranger}"}]),
    "POST incidents/<>/persons/": ("incidents", [{"role": "victim", "name": "Budi"}]),
    "POST incidents/<>/contacts/": (
        "incidents", [{"outcome": "reached"}, {"outcome": "busy", "number": "0811 000 0007"}],
    ),
    "POST incidents/<>/calls/": ("incidents", [{"call": "{call}"}]),
    "POST incidents/<>/links/": ("incidents", [
        {"other": "{other}", "kind": "parent"}, {"other": "{other}", "kind": "related"},
        {"other": "{other}", "kind": "merged"}, {"other": "{same}", "kind": "related"},
        {"other": "{same}", "kind": "merged"}, {"other": "{closed}", "kind": "merged"},
    ]),
    "POST incidents/<>/merge-undo/": ("incidents", [WHY]),
    "POST incidents/<>/split/": ("incidents", [{"type": "medis", "calls": []}, {"type": "medis", "calls": ["{call}"]}]),
    "POST incidents/<>/storms/": ("incidents", [{}]),
    "POST incidents/<>/assignments/": ("incidents", [{"unit": "PUMP-01"}, {"unit": "TUA-01"}, {"unit": "UJI-1"}]),
    "POST incidents/<>/parts/": ("incidents", [{"agency": "gulkarmat"}, {"agency": "pk3d"}, {"agency": "bubar"}]),
    "DELETE <persons>/": ("persons", [{}]),
    "DELETE links/<>/": ("links", [{}]),
    "DELETE storms/<>/": ("storms", [{}]),
    "POST storms/<>/settle/": ("storms", [{}]),
    "POST assignments/<>/": ("assignments", [{"state": state, "reason": "uji"} for state in AssignmentState.values]),
    "POST parts/<>/accept/": ("parts", [{}]),
    "POST parts/<>/reject/": ("parts", [WHY]),
    "POST parts/<>/forward/": ("parts", [WHY | {"agency": agency} for agency in ("polda", "gulkarmat", "bubar")]),
    "POST parts/<>/done/": ("parts", [{"disposition": "tertangani"}]),
    "POST parts/<>/notes/": ("parts", [{"text": "tiba"}]),
    "POST handovers/<>/accept/": ("handovers", [{}]),
    "POST handovers/<>/decline/": ("handovers", [{}]),
    "POST numbers/<>/review/": ("numbers", [{"is_kept": True, "note": "n"}, {"is_kept": False, "note": "n"}]),
    "POST protocol-runs/<>/": ("protocol-runs", [{"position": 0, "key": key} for key in ("", "1", "2", "9")]),
    "POST assignments/<>/divert/": ("assignments", [WHY | {"incident": "{other}"}, WHY | {"incident": "{closed}"}]),
    "POST units/<>/status/": ("units", [{"status": status, "reason": "uji"} for status in UnitStatus.values]),
    "POST units/<>/crew/": ("units", [{"crew_count": 3}]),
    "POST units/<>/emergency/": ("units", [{}, WHY]),
    "POST unit-alarms/<>/acknowledge/": ("unit-alarms", [{}]),
    "POST unit-alarms/<>/end/": ("unit-alarms", [WHY]),
    "POST unit/status/": ("", [{"status": status, "reason": "uji"} for status in UnitStatus.values]),
    "POST unit/step/": ("", [{"state": state, "reason": "uji"} for state in AssignmentState.values]),
    "POST unit/emergency/": ("", [{}, WHY]),
    "POST unit/position/": ("", [{"lat": -6.2, "lon": 106.8, "measured_at": "{now}"}, {"lat": -6.2, "lon": 106.8}]),
    "POST unit-positions/": (
        "", [{"positions": [{"unit": "PUMP-01", "lat": -6.2, "lon": 106.8, "measured_at": "{now}"}]}],
    ),
    "POST alerts/": ("", [WARNING, WARNING | {"expires_at": "{now}"}]),
    "POST alerts/<>/update/": ("", [WARNING]),
    "POST alerts/<>/cancel/": ("", [WHY]),
    "POST alerts/cap/": ("", [{}]),
    "POST eido/": ("", [{}]),
    "POST gauges/<>/readings/": (
        "gauges", [{"height_cm": height, "measured_at": moment} for height, moment in ((60, "{now}"), (170, "{soon}"))],
    ),
    "POST gauge-readings/": ("", [{"readings": [{"gauge": "sepi", "measured_at": "{now}", "height_cm": 60}]}]),
    "POST gauge-readings/csv/": ("", [{"csv": "gauge,measured_at,height_cm\nsepi,{now},60\n"}]),
    "POST gauge-levels/<>/acknowledge/": ("gauge-levels", [{}]),
    "POST flood-tasks/<>/done/": ("flood-tasks", [{"note": "n"}]),
    "POST flood-tasks/<>/not-possible/": ("flood-tasks", [WHY]),
    "POST flood-warnings/<>/confirm/": ("flood-warnings", [{}]),
    "POST flood-warnings/<>/decline/": ("flood-warnings", [WHY]),
    "POST road-blocks/": ("", [ROAD, ROAD | {"reason": "tree", "depth_cm": None}, ROAD | {"is_area": True}]),
    "POST road-blocks/<>/open/": ("road-blocks", [WHY]),
    "POST quality/samples/<>/reviews/": ("samples", [CARD]),
    "POST quality/samples/<>/acknowledge/": ("samples", [{}]),
    "POST quality/samples/<>/objection/": ("samples", [{"reason": "ditanyakan"}]),
    "POST quality/samples/<>/calibrations/": ("samples", [{"version": "{version}"}]),
    "POST quality/calibrations/<>/reviews/": ("calibrations", [CARD]),
    "POST quality/calibrations/<>/close/": ("calibrations", [{}]),
    "POST matches/<>/reviews/": ("", [{"decision": "reject", "reason": "quality", "viewed_ms": 5}]),
}  # fmt: skip
# Reached by a signature and not by a session; see the last test.
BY_SIGNATURE = {"POST pbx/<>/events/", "POST pbx/<>/aml/"}
# They answer row by row: what is nonsense is refused inside an answer that was given.
ROW_BY_ROW = {"POST unit/position/", "POST gauge-readings/csv/"}
EVERY = KINDS | MORE_KINDS | CAMERA_KINDS
# Of an operator's own calls; a supervisor has none.
BY_OPERATORS = ("/acknowledge/", "/objection/")
NONSENSE: list[Any] = [
    [1], "{", {"tidak_dikenal": 1}, None, '{"text": "\\u0000", "reason": "\\u0000", "state": "\\u0000"}',
    f'{{"lat": {"9" * 400}, "lon": 1, "radius_m": 1, "position": {"9" * 40}}}',
    {name: {"a": [1]} for name in ("text", "reason", "state", "call", "other", "username", "type", "note", "outcome")},
]  # fmt: skip


@pytest.fixture
def scenes(db: None) -> Iterator[Scenes]:
    scenes = Scenes(house_build())
    yield scenes
    assert violations(clock.now()) == []


def route_of(pattern: URLPattern) -> str:
    """An address with its places empty, as the table has it."""
    text = str(pattern.pattern)
    text = text.replace("incidents/<uuid:incident_id>/persons/<uuid:person_id>", "<persons>")
    while "<" in text.replace("<>", "").replace("<persons>", ""):
        start = text.index("<", text.rindex("<>") + 2 if "<>" in text else 0)
        text = text[:start] + "<>" + text[text.index(">", start) + 1 :]
    return text


def test_every_address_that_changes_something_is_in_the_table() -> None:
    found = {
        f"{method} {route_of(pattern)}"
        for pattern in urlpatterns
        for method in getattr(pattern.callback.view_class, "required_permissions", {"POST": None})  # type: ignore[attr-defined]
        if method != "GET"
    }
    assert found == set(ADDRESSES) | BY_SIGNATURE


@pytest.mark.parametrize("kind", ["", *EVERY])
def test_whatever_is_asked_of_a_row_in_any_state(scenes: Scenes, kind: str) -> None:
    made = EVERY[kind](scenes) if kind else {"": str(MISSING)}
    words = {
        "{call}": scenes.call("answer"), "{other}": scenes.incident(), "{closed}": scenes.closed_incident(),
        "{colleague}": scenes.house.users["taker"].username, "{stranger}": scenes.house.users["auditor"].username,
        "{self}": scenes.centre.user.username, "{soon}": (clock.now() + timedelta(minutes=5)).isoformat(),
        "{later}": (clock.now() + timedelta(days=2)).isoformat(), "{now}": clock.now().isoformat(),
        "{version}": filled()["version"],
    }  # fmt: skip
    asking = Asking(scenes)
    asked = done = 0
    for address, (of_kind, bodies) in ADDRESSES.items():
        for state, key in made.items() if of_kind == kind else ():
            for body in bodies:
                text = json.dumps(body)
                for word, value in (words | {"{same}": key}).items():
                    text = text.replace(word, value)
                asked += 1
                done += asking.is_done(address, key, text, f"{address} {state} {body}")
    assert asked >= len(made)
    assert done > 0, "nothing was possible at all, so nothing was tested"


class Asking:
    """Asks, and takes back whatever was done: what the tables were like at first, they are like before each request."""

    def __init__(self, scenes: Scenes) -> None:
        self.scenes = scenes
        # Also asks the deferred constraints, so that later only those of a request are left to be asked.
        assert violations(clock.now()) == []
        self._before, self._written = digest(), rows_written()

    def is_done(self, address: str, key: str, text: str, what: str) -> bool:
        """Whether one request was done, and then broke no rule; else nothing is changed, and it is told why."""
        method, path = address.split(" ", 1)
        path = path.replace("<persons>", key).replace("<>", key)
        with transaction.atomic():
            answer = console_for(self.scenes, path).send(method, path, text, **if_match(method, key))
            assert answer.status_code < 500, (what, answer.content)
            is_done = bool(answer.status_code < 300)
            touched = self._touched()
            if is_done:
                assert violations(clock.now(), touched) == [], what
            else:
                changed = {name for name, rows in digest(touched).items() if rows != self._before[name]}
                assert changed == set(), what
            transaction.set_rollback(True)
        assert is_done or answer.json()["error"]["code"], what
        return is_done

    def _touched(self) -> set[str]:
        """The tables written since this was last asked, be it that all was taken back."""
        before, self._written = self._written, rows_written()
        return {name for name, count in self._written.items() if count != before[name]}


def console_for(scenes: Scenes, path: str) -> Console:
    if path.startswith("quality/samples/") and path.endswith(BY_OPERATORS):
        return scenes.operator
    by = {"parts": scenes.officer, "unit": scenes.crew}
    return by.get(path.split("/", 1)[0], scenes.centre)


def if_match(method: str, key: str) -> dict[str, str]:
    is_incident = method == "PATCH" and not key.isdecimal()
    revision = Incident.objects.filter(pk=key).values_list("revision", flat=True).first() if is_incident else None
    return {"If-Match": f'"{revision}"'} if revision else {}


@pytest.mark.parametrize("kind", ["", *EVERY])
def test_nonsense_is_refused_with_a_word_and_changes_nothing(scenes: Scenes, kind: str) -> None:
    key = next(iter(EVERY[kind](scenes).values())) if kind else str(MISSING)
    missing = "0" if kind in {"numbers", *NUMBERED} else str(MISSING)
    missing = f"incidents/{MISSING}/persons/{MISSING}" if kind == "persons" else missing
    asking = Asking(scenes)
    for address, (of_kind, bodies) in ADDRESSES.items():
        if of_kind != kind or address in ROW_BY_ROW:
            continue
        for body in NONSENSE if any(bodies) else ():  # who needs no body reads none
            text = body if isinstance(body, str) else json.dumps(body)
            assert not asking.is_done(address, key, text, f"{address} {text[:60]}"), (address, text[:60])
        if kind:
            assert not asking.is_done(address, missing, json.dumps(bodies[0]), f"{address} of nothing"), address


def test_nothing_leads_into_intake_any_more() -> None:
    assert IncidentState.INTAKE not in {new for news in INCIDENT_EDGES.values() for new in news}


@pytest.mark.parametrize("told", ["ringing", "answered", "held", "transferred", "ended", "abandoned"])
@pytest.mark.parametrize("cause", ["", "dropped"])
def test_whatever_an_exchange_tells_of_a_call_in_any_state(scenes: Scenes, told: str, cause: str) -> None:
    by_line = scenes.house.pbx
    for number, (state, steps) in enumerate(
        {
            "queued": [], "answered": ["answer"], "held": ["answer", "hold"], "ended": ["answer", "end"],
            "wrap_up": ["answer", "end", "wrap-up"], "callback_due": ["answer", "drop"],
        }.items()
    ):  # fmt: skip
        call = scenes.line(("ringing", ""))
        for step in steps:
            scenes.centre.post(f"calls/{call}/{step}/")
        newest = by_line.events.order_by("-id").first()
        assert newest is not None
        name = newest.pbx_call
        event = {"id": f"x{number}", "event": told, "call": name, "at": clock.now().isoformat(), "cause": cause}
        answer = exchange_send([event])
        assert (answer.status_code, answer.json()) == (202, {"accepted": 1, "repeated": 0}), state
        assert violations(clock.now()) == [], state
