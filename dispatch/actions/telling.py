"""Collects what an action has to tell, writes the story's lines, and tells all of it last, each thing once."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import Q

from accounts.services.audit import Actor
from dispatch.choices import TimelineKind
from dispatch.models import (
    AgencyPart,
    Assignment,
    Call,
    CameraWatch,
    Handover,
    Incident,
    IncidentLink,
    Storm,
    Unit,
    UnitAlarm,
)
from dispatch.publish import (
    tell_assignment,
    tell_call,
    tell_handover,
    tell_incident,
    tell_incident_camera,
    tell_line,
    tell_link,
    tell_match,
    tell_part,
    tell_storm,
    tell_unit,
    tell_unit_alarm,
    tell_watch,
)
from dispatch.services.timeline import entry_add
from realtime.models import Realm
from recognition.models import CandidateMatch


class Telling:
    """One action's telling. Lines are written at once; events only by `tell`, after the audit entry."""

    def __init__(self, realm: Realm, actor: Actor, at: datetime) -> None:
        self._realm, self._actor, self._at = realm, actor, at
        self._waiting: dict[object, Callable[[], None]] = {}

    def line(
        self, incident: Incident, kind: TimelineKind, data: Mapping[str, Any], *, text: str = "", turn: int = 0
    ) -> None:
        """Add a line to an incident's story; `turn` keeps lines in order that are written at one moment."""
        at = self._at + timedelta(microseconds=turn)
        entry = entry_add(incident=incident, kind=kind, actor=self._actor, at=at, text=text, data=data)
        self._waiting["line", entry.pk] = lambda: tell_line(self._realm, entry)

    def call(self, call: Call) -> None:
        """A call changed."""
        self._waiting["call", call.pk] = lambda: tell_call(call)

    def incident(self, incident: Incident) -> None:
        """An incident changed."""
        self._waiting["incident", incident.pk] = lambda: tell_incident(incident)

    def part(self, part: AgencyPart) -> None:
        """An agency's part changed."""
        self._waiting["part", part.pk] = lambda: tell_part(part)

    def assignment(self, row: Assignment) -> None:
        """A unit got further; how it stands follows from that."""
        self._waiting["assignment", row.pk] = lambda: tell_assignment(row)
        self.unit(row.unit)

    def unit(self, unit: Unit) -> None:
        """A unit stands otherwise, or is another."""
        self._waiting["unit", unit.pk] = lambda: tell_unit(unit)

    def unit_alarm(self, alarm: UnitAlarm) -> None:
        """An alarm of a unit was raised, looked at, or is over."""
        self._waiting["unit_alarm", alarm.pk] = lambda: tell_unit_alarm(alarm)

    def link(self, link: IncidentLink) -> None:
        """Two incidents belong together, or no longer."""
        self._waiting["link", link.pk] = lambda: tell_link(link)

    def storm(self, storm: Storm) -> None:
        """Storm mode went on or off."""
        self._waiting["storm", storm.pk] = lambda: tell_storm(storm)

    def handover(self, handover: Handover) -> None:
        """A handover was offered or answered."""
        self._waiting["handover", handover.pk] = lambda: tell_handover(handover)

    def whole(self, incident: Incident) -> None:
        """All that belongs to an incident: it is open again, and consoles had put it away."""
        for part in incident.parts.select_related("agency", "forwarded_to", "disposition", "incident__realm"):
            self.part(part)
        for row in incident.assignments.select_related("unit__agency", "made_by", "realm"):
            self.assignment(row)
        links = IncidentLink.objects.select_related("child", "parent", "realm").filter(ended_at=None)
        for link in links.filter(Q(child=incident) | Q(parent=incident)):
            self.link(link)
        for camera in incident.cameras.select_related("camera", "snapshot", "realm"):
            self._waiting["camera", camera.pk] = partial(tell_incident_camera, camera)
        for watch in CameraWatch.objects.select_related("realm", "incident__type").filter(pk=incident.pk):
            self._waiting["watch", watch.pk] = partial(tell_watch, watch)
        found = CandidateMatch.objects.filter(incident_id=incident.pk)
        for match in found.select_related("snapshot", "camera", "entry", "realm").prefetch_related("reviews__reviewer"):
            self._waiting["match", match.pk] = partial(tell_match, match)

    def tell(self) -> None:
        """Publish everything; nothing may be written after it."""
        for tell in self._waiting.values():
            tell()
