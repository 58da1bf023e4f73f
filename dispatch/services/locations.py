"""Where a caller is, from whatever source; the best known stands on the call, all of them are kept."""

import hashlib
import secrets
from dataclasses import dataclass, replace
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
        call=call, source=source, measured_at=fix.measured_at, lat=fix.lat, lon=fix.lon, radius_m=fix.radius_m,
        defaults={"received_at": at},
    )  # fmt: skip
    if is_new:
        best = _best(list(call.locations.all()))
        call.lat, call.lon, call.radius_m = best.lat, best.lon, best.radius_m
        call.location_source, call.located_at = best.source, _measured_at(best)
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
    # The page measures and sends at once: our clock says when, not the phone's, which may be wrong.
    location_add(call=call, fix=replace(fix, measured_at=at), source=LocationSource.BROWSER, at=at)
    return call


def _best(rows: list[CallLocation]) -> CallLocation:
    # Callers move: what is half a minute older than the newest no longer counts; of the rest the smallest radius.
    newest_at = max(_measured_at(row) for row in rows)
    fresh = [row for row in rows if newest_at - _measured_at(row) < FRESHER]
    return min(fresh, key=lambda row: (row.radius_m, newest_at - _measured_at(row), row.source, row.lat, row.lon))


def _measured_at(row: CallLocation) -> datetime:
    # A clock that is ahead must not outdo every position that comes after.
    return min(row.measured_at, row.received_at)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
