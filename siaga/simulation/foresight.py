"""What can be told beforehand of the jobs of the schedule: which tables each reads, and when it has something to do.

None: never, as long as nobody writes to those tables. A job that is not here runs at every beat.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Min, Q

from cameras.choices import CameraState
from cameras.models import (
    Camera,
    CameraFaultCase,
    CameraHealth,
    CameraHour,
    EvidenceHead,
    EvidenceSeal,
    LiveViewing,
    Snapshot,
)
from cameras.services.history import PICTURES_KEPT
from dispatch.choices import FINISHED_CAMERA_STATES, CallState, PresenceState
from dispatch.choices.alerts import AlertState
from dispatch.models import (
    Alert,
    Assignment,
    Call,
    CameraWatch,
    FloodEpisode,
    Gauge,
    Incident,
    IncidentCamera,
    Presence,
    QueueAlarm,
    Storm,
    UnitAlarm,
    WebhookSubscription,
)
from dispatch.models.incidents import IS_OPEN
from dispatch.rules.positions import STALE
from dispatch.selectors.due import calls_due, incidents_due, parts_due
from dispatch.services.callbacks import SETTLE
from dispatch.services.follow import rules_read
from dispatch.services.offers import SEEN_WITHIN
from dispatch.services.unit_watch import alarms_over, positions_awaited, units_home
from recognition.choices import OPEN_MATCH_STATES, EntryState
from recognition.models import CandidateMatch, WatchlistEntry

Quiet = Callable[[datetime], datetime | None]
MICROSECOND = timedelta(microseconds=1)


def _offers(at: datetime) -> datetime | None:
    # While a call waits or the alarm is on, each beat counts. Otherwise only a desk that falls silent does; one that
    # signs in meanwhile cannot do so before SEEN_WITHIN from now, so presences need not be watched.
    waiting = Call.objects.filter(state__in=[CallState.QUEUED, CallState.OFFERED])
    if waiting.exists() or QueueAlarm.objects.filter(ended_at=None).exists():
        return at
    seen_at = Presence.objects.exclude(state=PresenceState.AWAY).aggregate(at=Min("seen_at"))["at"]
    return min(seen_at or at, at) + SEEN_WITHIN + MICROSECOND


def _callbacks(at: datetime) -> datetime | None:
    left = Call.objects.filter(state__in=[CallState.ABANDONED, CallState.DROPPED])
    ended_at: datetime | None = left.aggregate(at=Min("ended_at"))["at"]
    return ended_at + SETTLE if ended_at else None


def _overdue(_at: datetime) -> datetime | None:
    due = [*incidents_due(rules_read()), *calls_due(), *parts_due()]
    return min((item.next_at for item in due), default=None)


def _storms(at: datetime) -> datetime | None:
    return at if Storm.objects.filter(ended_at=None).exists() else None


def _response(at: datetime) -> datetime | None:
    wanted = Q(rounds_wanted__gt=F("rounds_assigned"), lat__isnull=False)
    rows = IncidentCamera.objects.exclude(state__in=FINISHED_CAMERA_STATES)
    return at if Incident.objects.filter(IS_OPEN & wanted).exists() or rows.exists() else None


def _matches(at: datetime) -> datetime | None:
    return at if CandidateMatch.objects.filter(state__in=OPEN_MATCH_STATES).exists() else None


def _entries(at: datetime) -> datetime | None:
    return at if WatchlistEntry.objects.filter(state=EntryState.ACTIVE).exists() else None


def _units(at: datetime) -> datetime | None:
    if alarms_over() or units_home(at):
        return at
    alarms = UnitAlarm.objects.filter(ended_at=None, acknowledged_at=None).aggregate(at=Min("escalate_at"))["at"]
    steps = Assignment.objects.filter(is_overdue=False, ended_at=None).aggregate(at=Min("due_at"))["at"]
    heard_at = positions_awaited().aggregate(at=Min("unit__position__measured_at"))["at"]
    lost = heard_at and heard_at + STALE + MICROSECOND
    return min((moment for moment in (alarms, steps, lost) if moment is not None), default=None)


def _floods(at: datetime) -> datetime | None:
    return at if Gauge.objects.exists() or FloodEpisode.objects.filter(ended_at=None).exists() else None


def _watches(_at: datetime) -> datetime | None:
    due_at: datetime | None = CameraWatch.objects.aggregate(at=Min("due_at"))["at"]
    return due_at


def _patrol(at: datetime) -> datetime | None:
    if Camera.objects.filter(state=CameraState.ACTIVE, health__isnull=True).exists():
        return at
    due_at: datetime | None = CameraHealth.objects.aggregate(at=Min("due_at"))["at"]
    return due_at


def _viewings(at: datetime) -> datetime | None:
    return at if LiveViewing.objects.filter(closed_at=None).exists() else None


def _camera_history(_at: datetime) -> datetime | None:
    hour: datetime | None = CameraHour.objects.aggregate(at=Min("hour"))["at"]
    over = CameraFaultCase.objects.exclude(last_good_path="").aggregate(at=Min("ended_at"))["at"]
    due = [
        hour and hour + timedelta(days=settings.CAMERA_HOURS_DAYS) + MICROSECOND,
        over and over + PICTURES_KEPT + MICROSECOND,
    ]
    return min((moment for moment in due if moment), default=None)


def _alerts(_at: datetime) -> datetime | None:
    ends_at: datetime | None = Alert.objects.filter(state=AlertState.ACTIVE).aggregate(at=Min("expires_at"))["at"]
    return ends_at


def _webhooks(at: datetime) -> datetime | None:
    return at if WebhookSubscription.objects.exists() else None


def _pictures(at: datetime) -> datetime | None:
    return at if Snapshot.objects.filter(deleted_at=None).exists() else None


def _seal(at: datetime) -> datetime | None:
    head = EvidenceHead.objects.filter(pk=1).first()
    return at if head and head.sequence and not EvidenceSeal.objects.filter(pk=head.sequence).exists() else None


_CALLS = frozenset({"dispatch_call"})
_INCIDENTS = frozenset({"dispatch_incident"})
QUIET: dict[str, tuple[frozenset[str], Quiet]] = {
    "dispatch.tasks.calls_offer_all": (_CALLS | {"dispatch_calloffer", "dispatch_queuealarm"}, _offers),
    "dispatch.tasks.callbacks_arrange": (_CALLS, _callbacks),
    "dispatch.tasks.overdue_escalate": (
        _CALLS | _INCIDENTS | {"dispatch_agencypart", "dispatch_followrule"}, _overdue,
    ),
    "dispatch.tasks.storms_end": (frozenset({"dispatch_storm"}), _storms),
    "dispatch.tasks.units_watch": (
        frozenset({"dispatch_unitalarm", "dispatch_assignment", "dispatch_unitposition", "dispatch_unit"}), _units,
    ),
    "dispatch.tasks.floods_watch": (frozenset({"dispatch_gauge", "dispatch_floodepisode"}), _floods),
    "dispatch.tasks.alerts_expire": (frozenset({"dispatch_alert"}), _alerts),
    "dispatch.tasks.webhooks_ring": (frozenset({"dispatch_webhooksubscription"}), _webhooks),
    "dispatch.tasks.response_resume": (_INCIDENTS | {"dispatch_incidentcamera"}, _response),
    "dispatch.tasks.camera_watches_ask": (frozenset({"dispatch_camerawatch"}), _watches),
    "dispatch.tasks.pictures_forget": (frozenset({"cameras_snapshot"}), _pictures),
    "cameras.tasks.evidence_seal": (frozenset({"cameras_evidencehead"}), _seal),
    "cameras.tasks.orphans_forget": (frozenset({"cameras_snapshot"}), _pictures),
    "dispatch.tasks.matches_expire": (frozenset({"recognition_candidatematch"}), _matches),
    "cameras.tasks.cameras_patrol": (frozenset({"cameras_camera", "cameras_camerahealth"}), _patrol),
    "cameras.tasks.live_viewings_end": (frozenset({"cameras_liveviewing"}), _viewings),
    "cameras.tasks.camera_history_forget": (
        frozenset({"cameras_camerahour", "cameras_camerafaultcase"}), _camera_history,
    ),
    "recognition.tasks.entries_expire": (frozenset({"recognition_watchlistentry"}), _entries),
}  # fmt: skip
