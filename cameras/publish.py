"""Telling the consoles of cameras. Call these last in a transaction: the stream's counter is locked from then on."""

from collections.abc import Sequence

from django.db.models import Count

from cameras.choices import CameraState, Condition
from cameras.events import CAMERA_SUMMARY_CHANGED, CameraSummaryPayload
from cameras.models import Camera, CameraFaultCase
from realtime.models import LIVE, Realm
from realtime.publish import publish


def summary(*, began: Sequence[str] = (), ended: Sequence[str] = ()) -> CameraSummaryPayload:
    """The figures of this moment."""
    rows = Camera.objects.filter(state=CameraState.ACTIVE).values_list("health__condition").annotate(Count("pk"))
    counts = {condition or Condition.UNKNOWN: count for condition, count in rows.order_by()}
    unknown = sum(count for condition, count in counts.items() if condition == Condition.UNKNOWN)
    return CameraSummaryPayload(
        id="cameras",
        up=counts.get(Condition.UP, 0),
        degraded=counts.get(Condition.DEGRADED, 0),
        down=counts.get(Condition.DOWN, 0),
        unknown=unknown,
        faults_open=CameraFaultCase.objects.filter(ended_at__isnull=True).count(),
        began=list(began),
        ended=list(ended),
    )


def tell_summary(*, began: Sequence[str], ended: Sequence[str]) -> None:
    """Faults began or ended; cameras belong to the live service alone."""
    payload = summary(began=began, ended=ended)
    publish(realm=Realm.objects.get(code=LIVE), kind=CAMERA_SUMMARY_CHANGED, entity_id="cameras", payload=payload)
