"""Where a caller is, from whatever source; the best known stands on the call, all of them are kept."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from accounts.models import User
from common.errors import NotFoundError, TerminalError, gettext_noop
from common.locking import locked
from dispatch.choices import CallState, LocationSource
from dispatch.models import Call, CallLocation, LocationLink

FRESHER = timedelta(seconds=30)
LINK_VALID = timedelta(minutes=30)
LINK_USES_MAX = 30
TOKEN_BYTES = 16


@dataclass(frozen=True, slots=True)
class Fix:
    """A position with its radius (m)."""

    lat: float
    lon: float
    radius_m: float
    measured_at: datetime
    source: str = ""


def location_add(*, call: Call, fix: Fix, source: LocationSource, at: datetime) -> CallLocation:
    """Keep a position, and put the best known on the call. `call` must be locked.

    The best is a function of all that are kept, so the order in which they came does not matter.
    """
    row, is_new = CallLocation.objects.get_or_create(
        call=call, source=source, measured_at=fix.measured_at, lat=fix.lat, lon=fix.lon,
        defaults={"radius_m": fix.radius_m, "received_at": at},
    )  # fmt: skip
    if is_new:
        best = _best(list(call.locations.all()))
        call.lat, call.lon, call.radius_m = best.lat, best.lon, best.radius_m
        call.location_source, call.located_at = best.source, best.measured_at
        call.save(update_fields=["lat", "lon", "radius_m", "location_source", "located_at"])
    return row


def link_make(*, call: Call, user: User, at: datetime) -> tuple[LocationLink, str]:
    """A link for the caller's phone and its token, which is shown once and kept only as a hash."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = LocationLink.objects.create(
        call=call, token_hash=_hash(token), made_by=user, made_at=at, expires_at=at + LINK_VALID
    )
    return link, token


def link_find(*, token: str, at: datetime) -> LocationLink:
    """The link of a token; NotFoundError when there is none, TerminalError `link_expired` when its time is over."""
    link = LocationLink.objects.select_related("call__realm").filter(token_hash=_hash(token)).first()
    if link is None:
        raise NotFoundError
    if at >= link.expires_at or link.uses >= LINK_USES_MAX or link.call.state == CallState.CLOSED:
        raise TerminalError("link_expired", gettext_noop("This link is no longer valid. Call 112 if you need help."))
    return link


def link_use(*, link: LocationLink, fix: Fix, at: datetime) -> Call:
    """Take one position that came by a link."""
    call = locked(Call.objects.filter(pk=link.call_id), "realm", "answered_by", "offered_to", "storm")
    if call is None:
        raise NotFoundError
    LocationLink.objects.filter(pk=link.pk).update(uses=F("uses") + 1)
    location_add(call=call, fix=fix, source=LocationSource.BROWSER, at=at)
    return call


def _best(rows: list[CallLocation]) -> CallLocation:
    # Callers move: what is half a minute older than the newest no longer counts; of the rest the smallest radius.
    newest_at = max(row.measured_at for row in rows)
    fresh = [row for row in rows if newest_at - row.measured_at < FRESHER]
    return min(fresh, key=lambda row: (row.radius_m, newest_at - row.measured_at, row.source, row.lat, row.lon))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
