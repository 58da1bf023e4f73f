"""The first step of an incident's response: which cameras are asked."""

import uuid
from datetime import datetime

from django.db import transaction

from accounts.services.audit import SYSTEM, audit_write
from cameras.selectors import CameraNear
from common import clock
from common.errors import NotFoundError
from dispatch.choices import CLOSED_INCIDENT_STATES, TimelineKind
from dispatch.models import Incident, IncidentCamera
from dispatch.publish import tell_incident, tell_incident_camera, tell_line, tell_watch
from dispatch.services.incidents import incident_locked
from dispatch.services.timeline import entry_add
from dispatch.services.watching import cameras_of, watch_begin, watch_first
from realtime.models import Realm


def round_assign(*, incident_id: uuid.UUID) -> int:
    """Write the rows of the newest wanted round; returns how many cameras are asked.

    Harmless when repeated: the round is taken under the incident's lock. Rounds that were wanted meanwhile are one,
    since only the newest scene matters.
    """
    with transaction.atomic():
        incident = _wanting(incident_id)
        if incident is None or incident.lat is None or incident.lon is None:
            return 0
        at = clock.now()
        watch = watch_begin(incident, at=at)
        near = cameras_of(watch, at=at)
        incident.rounds_assigned = incident.rounds_wanted
        incident.save(update_fields=["rounds_assigned"])
        rows = IncidentCamera.objects.bulk_create(
            _row(incident, item, rank=rank, at=at) for rank, item in enumerate(near, start=1)
        )
        data = {"round": incident.rounds_assigned, "cameras": len(rows)}
        line = entry_add(incident=incident, kind=TimelineKind.CAMERAS_ASKED, actor=SYSTEM, at=at, data=data)
        audit_write(
            actor=SYSTEM, action="cameras_asked", object_type="dispatch.incident", object_id=incident.pk,
            realm=incident.realm.code, data=data,
        )  # fmt: skip
        watch_first(watch, cameras=len(rows), at=at)
        tell_incident(incident)
        tell_watch(watch)
        tell_line(incident.realm, line)
        for row in rows:
            tell_incident_camera(row)
    return len(rows)


def _wanting(incident_id: uuid.UUID) -> Incident | None:
    """The incident, locked, if a round of it waits."""
    realm = Realm.objects.filter(pk__in=Incident.objects.filter(pk=incident_id).values("realm_id")).first()
    if realm is None:
        return None
    try:
        incident = incident_locked(realm=realm, incident_id=incident_id)
    except NotFoundError:
        return None
    waits = incident.rounds_wanted > incident.rounds_assigned and incident.state not in CLOSED_INCIDENT_STATES
    return incident if waits else None


def _row(incident: Incident, item: CameraNear, *, rank: int, at: datetime) -> IncidentCamera:
    return IncidentCamera(
        realm=incident.realm,
        incident=incident,
        camera=item.camera,
        round=incident.rounds_assigned,
        rank=rank,
        distance_m=round(item.distance_m, 1),
        reasons=list(item.reasons),
        preset=item.preset,
        wanted_at=at,
    )
