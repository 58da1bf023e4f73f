"""A row of every kind in every state it can have, each brought there by the acts that lead to it."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from common import clock
from dispatch.choices import AssignmentState, CallState, UnitStatus
from dispatch.models import Assignment, Call, NumberReputation, ProtocolRun, Unit, UnitAlarm
from dispatch.rules.units import STATUS_OF_STATE
from dispatch.services.offers import calls_offer
from tests import factories
from tests.dispatch.console import Console, exchange_send
from tests.dispatch.machine.house import House

Made = dict[str, str]
# The steps of a unit that lead to a state.
WAYS = {
    "dispatched": [],
    "acknowledged": ["acknowledged"],
    "enroute": ["enroute"],
    "staged": ["enroute", "staged"],
    "on_scene": ["on_scene"],
    "transporting": ["on_scene", "transporting"],
    "at_destination": ["on_scene", "transporting", "at_destination"],
    "cleared": ["on_scene", "cleared"],
    "cancelled_enroute": ["cancelled_enroute"],
    "refused": ["refused"],
}
# What leads to a status that is none of an assignment's.
WORDS = ("AV", "AVM", "RT", "BR", "RS", "OO", "UM", "OD")


class Scenes:
    """Makes rows by the API, as one supervisor and one officer of the fire brigade."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.centre = Console(house.users["supervisor"])
        self.officer = Console(house.users["officer"])
        self.crew = Console(house.users["crew"])
        self.operator = Console(house.users["dispatcher"])
        self._count = 0

    def call(self, *steps: str, number: str | None = "+628110000009", **body: Any) -> str:
        """A call after these steps."""
        key: str = self.centre.post("calls/", {"caller_number": number} | body, expect=201)["id"]
        for step in steps:
            self.centre.post(f"calls/{key}/{step}/")
        return key

    def line(self, *events: tuple[str, str]) -> str:
        """A call of an exchange, of which these things were told."""
        name = uuid.uuid4().hex
        told = [
            {"id": f"{name}{n}", "event": kind, "call": name, "caller": "+628110000008", "cause": cause,
             "at": (clock.now() - timedelta(seconds=9 - n)).isoformat()}
            for n, (kind, cause) in enumerate(events)
        ]  # fmt: skip
        assert exchange_send(told).status_code == 202
        return str(Call.objects.get(pbx_call=name).pk)

    def incident(self, **body: Any) -> str:
        """An open incident with a caller who can be told."""
        told = {"type": "medis", "lat": -6.2, "lon": 106.8, "caller_number": "+628110000007"} | body
        return str(self.centre.post("incidents/", told, expect=201)["id"])

    def closed_incident(self) -> str:
        """One that is over."""
        key = self.incident()
        ended = {"disposition": "tertangani", "not_informed_reason": "unsafe", "ends_parts": True}
        self.centre.post(f"incidents/{key}/close/", ended)
        return key

    def unit(self) -> str:
        """The call sign of a new one."""
        self._count += 1
        return Unit.objects.create(call_sign=f"UJI-{self._count}", agency=factories.agency("pk3d")).call_sign

    def sent(self, incident: str, *steps: str) -> str:
        """A unit sent to an incident, after these steps."""
        key: str = self.centre.post(f"incidents/{incident}/assignments/", {"unit": self.unit()}, expect=201)["id"]
        for step in steps:
            self.centre.post(f"assignments/{key}/", {"state": step, "reason": "uji"})
        return key

    def part(self, *answers: tuple[str, dict[str, Any]], **body: Any) -> str:
        """The fire brigade's part in an incident, after these answers."""
        incident = self.incident(type="orang-hilang", **body)
        key: str = self.centre.post(f"incidents/{incident}/parts/", {"agency": "gulkarmat"}, expect=201)["id"]
        for answer, given in answers:
            self.officer.post(f"parts/{key}/{answer}/", given)
        return key

    # --- every state --------------------------------------------------------------------------------------------------

    def calls(self) -> Made:
        """By state."""
        desk = Console(self.house.users["taker"])
        desk.post("presence/", {"state": "ready"})
        offered = self.call()
        calls_offer(realm=self.house.realm)
        closed = self.call("answer")
        self.centre.post(f"calls/{closed}/close/", {"call_class": "information"})
        made = {
            "offered": offered,
            "queued": self.call(),
            "answered": self.call("answer"),
            "held": self.call("answer", "hold"),
            "ended": self.call("answer", "end"),
            "wrap_up": self.call("answer", "end", "wrap-up"),
            "closed": closed,
            "callback_due": self.call("answer", "drop"),
            "abandoned": self.line(("ringing", ""), ("abandoned", "")),
            "dropped": self.line(("ringing", ""), ("answered", ""), ("ended", "dropped")),
        }
        assert set(made) == set(CallState.values)
        return made

    def incidents(self) -> Made:
        """By state; nothing leads into `intake` any more."""
        made = {state: self.incident() for state in ("pending", "assigned", "enroute", "on_scene", "under_control")}
        for state, step in (("assigned", ()), ("enroute", ("enroute",)), ("on_scene", ("on_scene",))):
            self.sent(made[state], *step)
        self.sent(made["under_control"], "on_scene")
        self.centre.post(f"incidents/{made['under_control']}/state/", {"state": "under_control"})
        made |= {state: self.incident() for state in ("all_clear", "cancelled", "merged")}
        made["closed"] = self.closed_incident()
        self.centre.post(f"incidents/{made['all_clear']}/state/", {"state": "all_clear"})
        self.centre.post(f"incidents/{made['cancelled']}/cancel/", {"disposition": "batal"})
        self.centre.post(f"incidents/{made['merged']}/links/", {"other": self.incident(), "kind": "merged"}, expect=201)
        return made

    def assignments(self) -> Made:
        """By state."""
        made = {state: self.sent(self.incident(), *steps) for state, steps in WAYS.items()}
        made["diverted"] = self.sent(self.incident(), "enroute")
        body = {"incident": self.incident(), "reason": "uji"}
        self.centre.post(f"assignments/{made['diverted']}/divert/", body, expect=201)
        assert set(made) == set(AssignmentState.values)
        return made

    def units(self) -> Made:
        """By status; the key of a unit is its call sign."""
        made = {}
        for status in WORDS:
            made[status] = self.unit()
            if status != "AV":
                self.centre.post(f"units/{made[status]}/status/", {"status": status, "reason": "uji"})
        made["PN"] = self.unit()
        self.centre.post(f"units/{made['PN']}/emergency/", expect=201)
        for state, status in STATUS_OF_STATE.items():
            key = self.sent(self.incident(), *WAYS[state])
            made[status] = Assignment.objects.get(pk=key).unit.call_sign
        assert set(made) == set(UnitStatus.values)
        return made

    def alarms(self) -> Made:
        """Of an emergency: pressed, looked at, over; and of a unit that dropped out in the middle of its work."""
        made = {}
        for state in ("pressed", "looked_at", "over"):
            made[state] = self.centre.post(f"units/{self.unit()}/emergency/", expect=201)["id"]
            if state != "pressed":
                self.centre.post(f"unit-alarms/{made[state]}/acknowledge/")
            if state == "over":
                self.centre.post(f"unit-alarms/{made[state]}/end/", {"reason": "aman"})
        broken = Assignment.objects.get(pk=self.sent(self.incident(), "enroute")).unit
        self.centre.post(f"units/{broken.call_sign}/status/", {"status": "OO", "reason": "mogok"})
        made["dropped_out"] = str(UnitAlarm.objects.get(unit=broken).pk)
        return made

    def parts(self) -> Made:
        """By state."""
        why = {"reason": "bukan wilayah kami"}
        return {
            "notified": self.part(),
            "accepted": self.part(("accept", {})),
            "rejected": self.part(("reject", why)),
            "forwarded": self.part(("forward", why | {"agency": "dishub"})),
            "done": self.part(("done", {"disposition": "tertangani"})),
        }

    def links(self) -> Made:
        """By kind, and one that has ended."""
        made = {}
        for kind in ("parent", "related", "merged"):
            body = {"other": self.incident(), "kind": kind}
            made[kind] = self.centre.post(f"incidents/{self.incident()}/links/", body, expect=201)["id"]
        ended = {"other": self.incident(), "kind": "related"}
        made["ended"] = self.centre.post(f"incidents/{self.incident()}/links/", ended, expect=201)["id"]
        self.centre.send("DELETE", f"links/{made['ended']}/")
        return made

    def storms(self) -> Made:
        """Running and ended."""
        made = {
            state: self.centre.post(f"incidents/{self.incident()}/storms/", expect=201)["id"] for state in ("on", "off")
        }
        self.centre.send("DELETE", f"storms/{made['off']}/")
        return made

    def handovers(self) -> Made:
        """By state: each from somebody else to the supervisor."""
        made = {}
        for state in ("offered", "accepted", "declined", "withdrawn"):
            giver = Console(factories.user(*self.house.users["dispatcher"].roles))
            giver.post("incidents/", {"type": "medis"}, expect=201)
            made[state] = giver.post("handovers/", {"username": self.centre.user.username}, expect=201)["id"]
            by = giver if state == "withdrawn" else self.centre
            if state != "offered":
                by.post(f"handovers/{made[state]}/{'accept' if state == 'accepted' else 'decline'}/")
        return made

    def numbers(self) -> Made:
        """Marked, kept, lifted, and one that never was."""
        made = {}
        for index, state in enumerate(("marked", "kept", "lifted", "counted")):
            number = f"+62811555000{index}"
            for _ in range(1 if state == "counted" else 3):
                self.centre.post(f"calls/{self.call('answer', number=number)}/close/", {"call_class": "prank"})
            made[state] = str(NumberReputation.objects.get(number=number).pk)
            if state in {"kept", "lifted"}:
                body = {"is_kept": state == "kept", "note": "uji"}
                self.centre.post(f"numbers/{made[state]}/review/", body)
        return made

    def runs(self) -> Made:
        """A card that is being asked, and one that has come to its end."""
        made = {}
        for state in ("open", "ended"):
            body = {"card": "panggilan-sunyi", "call": self.call("answer")}
            made[state] = self.centre.post("protocol-runs/", body, expect=201)["id"]
        asked = self.centre.get(f"protocol-runs/{made['ended']}/")
        while asked["question"]:
            body = {"position": asked["position"], "key": asked["question"]["answers"][0]["key"]}
            asked = self.centre.post(f"protocol-runs/{made['ended']}/", body)
        assert ProtocolRun.objects.get(pk=made["ended"]).outcome
        return made

    def persons(self) -> Made:
        """Of one incident: there, and taken off; the key is part of an address."""
        made = {}
        for state in ("there", "removed"):
            incident = self.incident()
            body = {"role": "victim", "name": "Budi"}
            key = self.centre.post(f"incidents/{incident}/persons/", body, expect=201)["id"]
            made[state] = f"incidents/{incident}/persons/{key}"
            if state == "removed":
                self.centre.send("DELETE", f"{made[state]}/")
        return made


KINDS: dict[str, Callable[[Scenes], Made]] = {
    "calls": Scenes.calls,
    "incidents": Scenes.incidents,
    "assignments": Scenes.assignments,
    "parts": Scenes.parts,
    "links": Scenes.links,
    "storms": Scenes.storms,
    "handovers": Scenes.handovers,
    "numbers": Scenes.numbers,
    "protocol-runs": Scenes.runs,
    "persons": Scenes.persons,
    "units": Scenes.units,
    "unit-alarms": Scenes.alarms,
}
