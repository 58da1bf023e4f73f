"""Cameras that died a short while ago: one line on every page of those who look after them, until they take note."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import DateTimeField, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import User
from accounts.permissions import Permission
from cameras.models import CameraAlarmSeen, CameraFaultCase
from cameras.rules.outage import Dead, Outage, outage_of
from dispatch.models import Incident, IncidentCamera
from dispatch.models.incidents import IS_OPEN
from dispatch.selectors.camera_faults import deaths_since

SHOWN_FOR = timedelta(minutes=30)
INCIDENTS_NAMED = 5
READ_MAX = 1000


@dataclass(slots=True)
class DeadCamera:
    """One that is told by itself, with the open incidents that it is watched for."""

    case: CameraFaultCase
    incidents: list[Incident] = field(default_factory=list)


@dataclass(slots=True)
class CameraAlarm:
    """Few by themselves, or many in one line; `until` is up to when taking note of it counts."""

    until: datetime
    singles: list[DeadCamera]
    outage: Outage | None
    incidents: list[Incident] = field(default_factory=list)


def camera_alarm_read(*, user: User, at: datetime) -> CameraAlarm | None:
    """What this person has not taken note of and nobody has taken up; None for who does not look after cameras."""
    if not user.may(Permission.CAMERA_MAINTAIN):
        return None
    seen = CameraAlarmSeen.objects.filter(user=user, seen_at__gt=at - SHOWN_FOR).values("seen_at")
    after = Coalesce(Subquery(seen), Value(at - SHOWN_FOR), output_field=DateTimeField())
    cases = list(deaths_since(after, at=at)[:READ_MAX])
    if not cases:
        return CameraAlarm(at, [], None)
    watched = _watched({case.camera_id for case in cases}) if user.may(Permission.INCIDENT_VIEW) else {}
    outage = outage_of([_dead(case) for case in cases])
    until = max(case.began_at for case in cases)
    if outage is None:
        return CameraAlarm(until, [DeadCamera(case, watched.get(case.camera_id, [])) for case in cases], None)
    incidents = {incident.pk: incident for found in watched.values() for incident in found}
    return CameraAlarm(until, [], outage, sorted(incidents.values(), key=lambda row: row.number))


def _dead(case: CameraFaultCase) -> Dead:
    camera = case.camera
    return Dead(camera.code, camera.village.name if camera.village else "", camera.owner.name)


def _watched(camera_ids: set[int]) -> dict[int, list[Incident]]:
    """Open incidents whose cameras these are, while they are watched."""
    rows = IncidentCamera.objects.filter(
        camera__in=camera_ids, incident__watch__ended_at=None, incident__watch__isnull=False,
        incident__in=Incident.objects.filter(IS_OPEN).values("pk"),
    )  # fmt: skip
    pairs = set(rows.values_list("camera", "incident"))
    incidents = Incident.objects.in_bulk({incident for _camera, incident in pairs})
    found: dict[int, list[Incident]] = defaultdict(list)
    for camera, incident in pairs:
        found[camera].append(incidents[incident])
    return {key: sorted(rows, key=lambda row: row.number) for key, rows in found.items()}
