"""Storm mode: it starts by itself when many calls tell of one event, and by hand."""

from datetime import datetime, timedelta

from django.db.models import Q

from accounts.models import User
from common.errors import ConflictError, ValidationError, gettext_noop
from common.geo import bounding_box, distance_m
from dispatch.choices import CallState
from dispatch.models import Call, Incident, Storm
from dispatch.services.follow import open_require
from dispatch.services.storm_calls import GONE

CALLS_TO_START = 8
WINDOW = timedelta(minutes=5)
RADIUS_M = 750.0
QUIET_FOR = timedelta(minutes=20)
GONE_MAX = 200


def storm_detect(*, incident: Incident, at: datetime) -> Storm | None:
    """Start storm mode around a locked incident if so many calls told of it lately; the new storm, or None."""
    if incident.lat is None or incident.lon is None or not incident.is_open:
        return None
    since = at - WINDOW
    count = Call.objects.filter(incident=incident, arrived_at__gte=since).count()
    if count < CALLS_TO_START:
        near = _near(incident.lat, incident.lon, RADIUS_M) & Q(
            realm=incident.realm, arrived_at__gte=since, incident=None
        )
        count += Call.objects.filter(near).exclude(state=CallState.CLOSED).count()
    if count < CALLS_TO_START or Storm.objects.filter(incident=incident, ended_at=None).exists():
        return None
    return storm_start(incident=incident, user=None, radius_m=RADIUS_M, at=at)


def storm_start(*, incident: Incident, user: User | None, radius_m: float, at: datetime) -> Storm:
    """Group the calls around a locked incident. Raises ConflictError `storm_running`, ValidationError `no_position`."""
    open_require(incident)
    if incident.lat is None or incident.lon is None:
        raise ValidationError("no_position", gettext_noop("Set the incident's position on the map first."))
    if Storm.objects.filter(incident=incident, ended_at=None).exists():
        raise ConflictError("storm_running", gettext_noop("Storm mode is on for this incident already."))
    return Storm.objects.create(
        realm=incident.realm, incident=incident, lat=incident.lat, lon=incident.lon, radius_m=radius_m,
        started_by=user, started_at=at,
    )  # fmt: skip


def storm_calls_take(*, storm: Storm) -> list[Call]:
    """Group the calls from within the area that wait, or whose callers left lately and that belong to no incident.

    Returns those that were not grouped yet. Of those who left the newest GONE_MAX: each is an event under the lock of
    the stream, and whoever is not grouped is called back as always.
    """
    near = _near(storm.lat, storm.lon, storm.radius_m) & Q(realm=storm.realm)
    is_free = Q(storm=None) | Q(storm__ended_at__isnull=False)
    waiting = Q(state__in=[CallState.QUEUED, CallState.OFFERED])
    lately = Call.objects.filter(
        near & is_free, state__in=GONE, incident=None, arrived_at__gte=storm.started_at - WINDOW
    )
    gone = list(lately.order_by("-arrived_at").values_list("pk", flat=True)[:GONE_MAX])
    left = Q(pk__in=gone, state__in=GONE, incident=None)
    rows = Call.objects.select_for_update(of=("self",), no_key=True, skip_locked=True).select_related(
        "realm", "answered_by", "offered_to", "storm"
    )
    taken = [call for call in rows.filter(near & is_free & (waiting | left)).order_by("pk") if _is_within(call, storm)]
    for call in taken:
        call.storm = storm
        call.save(update_fields=["storm"])
    return taken


def storm_join(*, call: Call) -> Storm | None:
    """Group a call that is not over with the storm it comes from; that storm, if it was not in one before.

    `call` must be locked.
    """
    is_free = call.storm is None or call.storm.ended_at is not None
    storm = storm_of(call) if is_free and call.state != CallState.CLOSED else None
    if storm is not None:
        call.storm = storm
        call.save(update_fields=["storm"])
    return storm


def storm_follow(*, child: Incident, into: Incident, at: datetime, user: User | None) -> list[Storm]:
    """What was around a merged incident is around what it was merged into; returns storms that changed.

    Both incidents must be locked. Where both have one, that of `child` ends.
    """
    running = list(Storm.objects.select_for_update(no_key=True).filter(incident=child, ended_at=None))
    has_own = Storm.objects.filter(incident=into, ended_at=None).exists()
    for storm in running:
        if has_own:
            storm_end(storm=storm, user=user, at=at)
        else:
            storm.incident = into
            storm.save(update_fields=["incident"])
    return running


def storm_of(call: Call) -> Storm | None:
    """The running storm that a call's position lies in; a big radius of the position does not count as near."""
    if call.lat is None or call.lon is None:
        return None
    storms = Storm.objects.select_related("incident", "realm").filter(realm=call.realm, ended_at=None)
    within = [storm for storm in storms if _is_within(call, storm)]
    return min(within, key=lambda storm: storm.started_at, default=None)


def storm_end(*, storm: Storm, user: User | None, at: datetime) -> Storm:
    """Calls from there are ordinary again. `storm` must be locked."""
    storm.ended_by, storm.ended_at = user, at
    storm.save(update_fields=["ended_by", "ended_at"])
    return storm


def storms_over(*, at: datetime) -> list[Storm]:
    """Running storms whose incident is closed, or from which nobody has called for a while."""
    running = Storm.objects.select_related("incident", "realm").filter(ended_at=None)
    return [storm for storm in running if _is_over(storm, at)]


def _is_over(storm: Storm, at: datetime) -> bool:
    if not storm.incident.is_open:
        return True
    since = at - QUIET_FOR
    lately = Call.objects.filter(Q(storm=storm) | Q(incident=storm.incident), arrived_at__gte=since)
    return storm.started_at < since and not lately.exists()


def _is_within(call: Call, storm: Storm) -> bool:
    if call.lat is None or call.lon is None or (call.radius_m or 0.0) > storm.radius_m * 2:
        return False
    return distance_m(call.lat, call.lon, storm.lat, storm.lon) <= storm.radius_m


def _near(lat: float, lon: float, radius_m: float) -> Q:
    box = bounding_box(lat, lon, radius_m)
    return Q(lat__range=(box.south, box.north), lon__range=(box.west, box.east))
