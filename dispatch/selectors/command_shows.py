"""What the commands show that change nothing: rows as a screen can draw them, as far as is allowed."""

from typing import Any

from django.db.models import Q

from accounts.models import User
from accounts.permissions import Permission
from cameras.models import Camera
from cameras.selectors import cameras_near
from common.errors import ValidationError, gettext_noop
from dispatch.models import Assignment, Incident, Unit, UnitStatusChange
from dispatch.selectors.commands import incident_label
from dispatch.selectors.state import INCIDENTS
from realtime.models import Realm
from recognition.choices import MatchState
from recognition.models import CandidateMatch

ROWS_MAX = 20
CAMERAS_SHOWN = 4
HISTORY_MAX = 30
OPEN_MATCHES = (MatchState.PROPOSED, MatchState.SECOND_REVIEW)


def incident_part(incident: Incident) -> dict[str, Any]:
    """What names an incident."""
    return {
        "id": str(incident.pk), "number": incident.number, "lat": incident.lat, "lon": incident.lon,
        "label": incident_label(incident),
    }  # fmt: skip


def cameras_of(incident: Incident, count: int) -> list[dict[str, Any]]:
    """The nearest cameras; raises ValidationError `no_position`."""
    if incident.lat is None or incident.lon is None:
        raise ValidationError("no_position", gettext_noop("Set the incident's position on the map first."))
    near = sorted(cameras_near(lat=incident.lat, lon=incident.lon), key=lambda item: item.distance_m)
    return [camera_part(item.camera) | {"distance_m": round(item.distance_m)} for item in near[:count]]


def camera_part(camera: Camera) -> dict[str, Any]:
    """What a map needs of a camera; its address stays with the administrator."""
    return {
        "code": camera.code, "name": camera.name, "lat": camera.lat, "lon": camera.lon,
        "heading_deg": camera.heading_deg, "state": camera.state,
    }  # fmt: skip


def matches_waiting(incident: Incident) -> int:
    """How many candidates wait for a judgement."""
    return CandidateMatch.objects.filter(incident_id=incident.pk, state__in=OPEN_MATCHES).count()


def found_by(*, realm: Realm, user: User, words: str) -> dict[str, list[dict[str, Any]]]:
    """Incidents, units and cameras that the words stand in; each only for who may see it."""
    found: dict[str, list[dict[str, Any]]] = {}
    if user.may(Permission.INCIDENT_VIEW):
        rows = INCIDENTS.filter(_incidents_with(words), realm=realm).order_by("-opened_at")[:ROWS_MAX]
        found["incidents"] = [incident_part(row) | {"state": row.state} for row in rows]
    if user.may(Permission.UNIT_VIEW):
        units = Unit.objects.filter(realm=realm, is_active=True).filter(_named(words, "call_sign"))
        found["units"] = [
            {"call_sign": unit.call_sign, "name": unit.name, "status": unit.status}
            for unit in units.order_by("call_sign")[:ROWS_MAX]
        ]
    if user.may(Permission.CAMERA_VIEW):
        cameras = Camera.objects.filter(_named(words, "code")).order_by("code")[:ROWS_MAX]
        found["cameras"] = [camera_part(camera) for camera in cameras]
    return found


def unit_history(unit: Unit, user: User) -> dict[str, Any]:
    """How a unit stood and what it was on, the latest first; incidents only for who may see them."""
    changes = UnitStatusChange.objects.filter(unit=unit).select_related("actor").order_by("-occurred_at", "-id")
    work = _work(unit) if user.may(Permission.INCIDENT_VIEW) else []
    return {
        "unit": {"call_sign": unit.call_sign, "name": unit.name, "status": unit.status},
        "statuses": [
            {
                "old": row.old, "new": row.new, "at": row.occurred_at.isoformat(),
                "by": str(row.actor) if row.actor else None, "reason": row.reason,
            }
            for row in changes[:HISTORY_MAX]
        ],
        "assignments": work,
    }  # fmt: skip


def _work(unit: Unit) -> list[dict[str, Any]]:
    rows = Assignment.objects.filter(unit=unit).select_related("incident__type").order_by("-made_at")[:HISTORY_MAX]
    return [
        {
            "incident": incident_part(row.incident), "state": row.state, "made_at": row.made_at.isoformat(),
            "ended_at": row.ended_at.isoformat() if row.ended_at else None,
        }
        for row in rows
    ]  # fmt: skip


def _incidents_with(words: str) -> Q:
    told = Q(place_text__icontains=words) | Q(summary__icontains=words) | Q(caller_number__contains=words)
    number = words.removeprefix("#")
    return told | Q(number=int(number)) if number.isascii() and number.isdecimal() and len(number) < 12 else told


def _named(words: str, code: str) -> Q:
    return Q(**{f"{code}__icontains": words}) | Q(name__icontains=words)
