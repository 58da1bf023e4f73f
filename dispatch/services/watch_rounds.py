"""Which watches may ask now: all that are due, within what recognition can take. Run by the clock."""

import uuid

from django.conf import settings
from django.db.models import Avg

from cameras.rules.schedule import Wish, budget, share_out
from common import clock
from dispatch.choices import FINISHED_CAMERA_STATES, Priority
from dispatch.models import CameraWatch, IncidentCamera
from dispatch.services.watching import watch_tick
from recognition.models import FaceAnalysis

PERIOD_S = 2.0  # of the clock
ANALYSIS_MS = 150.0  # until there are some to measure
MEASURED = 50
BATCH = 200
UNSEARCHED = len(Priority.values)  # pictures that nobody's face is looked for in come after all that are


def watches_ask() -> list[uuid.UUID]:
    """Let those ask that are due, the urgent first; returns the incidents whose pictures are to be pulled."""
    at = clock.now()
    due = CameraWatch.objects.filter(due_at__lte=at).select_related("incident__type").order_by("due_at")[:BATCH]
    watches = {str(watch.pk): watch for watch in due}
    if not watches:
        return []
    wishes = [
        Wish(key, settings.CAMERA_COUNT_MAX, _urgency(watch), (at - watch.started_at).total_seconds())
        for key, watch in watches.items()
    ]
    given = share_out(wishes, pictures_affordable())
    asked = []
    for key, watch in watches.items():
        # Who gets nothing stays due and is served with the next beat; what ends is ended all the same.
        is_over = watch.stop_at <= at or not watch.incident.is_open
        if (given[key] or is_over) and watch_tick(incident_id=watch.incident_id, pictures_max=given[key]):
            asked.append(watch.incident_id)
    return asked


def pictures_affordable() -> int:
    """How many pictures recognition can take in the clock's period beside what waits already."""
    latest = FaceAnalysis.objects.order_by("-pk").values("pk")[:MEASURED]
    analysis_ms = FaceAnalysis.objects.filter(pk__in=latest).aggregate(mean=Avg("duration_ms"))["mean"]
    backlog = IncidentCamera.objects.exclude(state__in=FINISHED_CAMERA_STATES).count()
    return budget(
        workers=settings.INFERENCE_PROCESSES, analysis_ms=analysis_ms or ANALYSIS_MS, backlog=backlog, period_s=PERIOD_S
    )


def _urgency(watch: CameraWatch) -> int:
    kind = watch.incident.type
    is_searched = settings.FACE_MATCHING_ENABLED and kind.face_matching_allowed
    return Priority.values.index(watch.incident.priority) + (0 if is_searched else UNSEARCHED)
