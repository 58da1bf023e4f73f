"""Warnings that hold, and what lies in their areas."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from common.errors import NotFoundError
from common.geo import BoundingBox
from dispatch.choices import CLOSED_INCIDENT_STATES
from dispatch.choices.alerts import AlertOrigin, AlertState
from dispatch.models import Alert, AlertArea, Incident
from dispatch.presenters.alerts import alert_present
from dispatch.rules.areas import Shape
from places.models import Place
from realtime.models import Realm

ALERTS = Alert.objects.select_related("realm").prefetch_related("areas")
CANCELLED_SHOWN = timedelta(days=2)
LISTED_MAX = 200
PLACES_MAX = 500


def alerts_active(*, realm: Realm) -> QuerySet[Alert]:
    """Those that hold, the latest first."""
    return ALERTS.filter(realm=realm, state=AlertState.ACTIVE).order_by("-sent_at")


def alerts_feed(*, realm: Realm, at: datetime) -> QuerySet[Alert]:
    """Ours that hold, and our messages of the last days that ended others."""
    recent = Q(message_type="Cancel", sent_at__gte=at - CANCELLED_SHOWN)
    rows = ALERTS.filter(realm=realm, origin=AlertOrigin.ISSUED)
    return rows.filter(Q(state=AlertState.ACTIVE) | recent).order_by("-sent_at", "-received_at")[:LISTED_MAX]


def alerts_read(*, realm: Realm, is_all: bool) -> list[dict[str, Any]]:
    """Those that hold; or the latest of all."""
    rows = ALERTS.filter(realm=realm).order_by("-sent_at") if is_all else alerts_active(realm=realm)
    return [alert_present(alert).model_dump() for alert in rows[:LISTED_MAX]]


def alert_get(*, realm: Realm, alert_id: uuid.UUID) -> Alert:
    """One; raises NotFoundError."""
    found = ALERTS.filter(realm=realm, pk=alert_id).first()
    if found is None:
        raise NotFoundError
    return found


def alert_incidents(alert: Alert) -> list[Incident]:
    """Open incidents in its area, by their position or by the code of their place."""
    areas = list(alert.areas.all())
    shape, in_codes = shape_of(areas), _in_codes(areas, "place__code")
    box = shape.box()
    rows = Incident.objects.select_related("type", "place").filter(realm=alert.realm)
    rows = rows.filter(in_codes | (_within(box) if box else Q(pk=None))).exclude(state__in=CLOSED_INCIDENT_STATES)
    named = set(rows.filter(in_codes).values_list("pk", flat=True))
    return [
        row
        for row in rows.order_by("-opened_at")
        if row.pk in named or (row.lat is not None and row.lon is not None and shape.contains(row.lat, row.lon))
    ]


def alert_places(alert: Alert) -> list[Place]:
    """Places in its area: those whose middle lies in it, and those that its codes name or hold."""
    areas = list(alert.areas.all())
    shape = shape_of(areas)
    box = shape.box()
    found = {place.code: place for place in Place.objects.filter(_in_codes(areas, "code"))[:PLACES_MAX]}
    if box is not None:
        near = Place.objects.filter(_within(box))
        found |= {place.code: place for place in near if shape.contains(place.lat, place.lon)}
    return [found[code] for code in sorted(found)][:PLACES_MAX]


def shape_of(areas: Iterable[AlertArea]) -> Shape:
    """The polygons and circles of all areas together."""
    rows = list(areas)
    polygons = tuple(tuple((lat, lon) for lat, lon in polygon) for area in rows for polygon in area.polygons)
    circles = tuple((lat, lon, radius_m) for area in rows for lat, lon, radius_m in area.circles)
    return Shape(polygons, circles)


def _in_codes(areas: Iterable[AlertArea], field: str) -> Q:
    """Official codes are built like 31.74.01: whoever names the district means all that begins with it."""
    found = Q(pk=None)
    for code in {code for area in areas for _list, code in area.geocodes if code}:
        found |= Q(**{field: code}) | Q(**{f"{field}__startswith": f"{code}."})
    return found


def _within(box: BoundingBox) -> Q:
    return Q(lat__range=(box.south, box.north), lon__range=(box.west, box.east))
