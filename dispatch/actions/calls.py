"""What operators do with calls: each action checks the right, writes in one transaction, audits, tells last."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.access import Permission, require
from accounts.models import User
from accounts.services.audit import Actor
from common import clock
from common.doorbell import ring
from dispatch.actions.base import record
from dispatch.choices import CallbackOutcome, CallClass, CallMedium, CallState, LocationSource, PresenceState
from dispatch.models import Call, LocationLink, NumberReputation, Presence
from dispatch.publish import tell_call, tell_desk, tell_presence, tell_storm
from dispatch.services import calls as write
from dispatch.services.callbacks import callback_record
from dispatch.services.locations import Fix, link_find, link_make, link_use, location_add
from dispatch.services.offers import desk_leave
from dispatch.services.presences import presence_set
from dispatch.services.reputation import mark_review
from dispatch.services.storms import storm_join
from dispatch.tasks import calls_offer
from realtime.models import Realm


def call_receive(
    *,
    user: User,
    source: str,
    realm: Realm,
    medium: CallMedium,
    caller_number: str | None,
    language: str = "id",
    skill: str = "",
) -> Call:
    """A citizen calls: the call is in the queue, and is offered to a desk."""
    require(user, Permission.CALL_RECEIVE)
    with transaction.atomic():
        actor = Actor(user, source)
        call = write.call_record(
            realm=realm, medium=medium, caller_number=caller_number, at=clock.now(), actor=actor, language=language,
            skill=skill,
        )  # fmt: skip
        record(actor, "call_received", call, realm)
        tell_call(call)
        ring(calls_offer, realm.pk)
    return call


def call_answer(*, user: User, source: str, realm: Realm, call_id: uuid.UUID) -> Call:
    """The user takes a waiting call, or has a caller of the callback list on the line: that attempt has succeeded."""
    require(user, Permission.CALL_RECEIVE)
    with transaction.atomic():
        actor = Actor(user, source)
        call = write.call_locked(realm=realm, call_id=call_id)
        at = clock.now()
        if call.state == CallState.CALLBACK_DUE:
            callback_record(call=call, outcome=CallbackOutcome.REACHED, note="", actor=actor, at=at)
        else:
            write.call_claim(call=call, user=user, actor=actor, at=at)
        left = desk_leave(user=user, actor=actor, at=at)
        record(actor, "call_answered", call, realm)
        tell_call(call)
        for other in left:
            tell_call(other)
        if left:
            ring(calls_offer, realm.pk)
    return call


def call_hold(*, user: User, source: str, realm: Realm, call_id: uuid.UUID) -> Call:
    """The caller waits on the line."""
    return _step(user, source, realm, call_id, "call_held", write.call_hold)


def call_resume(*, user: User, source: str, realm: Realm, call_id: uuid.UUID) -> Call:
    """Back to the caller."""
    return _step(user, source, realm, call_id, "call_resumed", write.call_resume)


def call_end(*, user: User, source: str, realm: Realm, call_id: uuid.UUID) -> Call:
    """The conversation is over."""
    return _step(user, source, realm, call_id, "call_ended", write.call_end)


def call_drop(*, user: User, source: str, realm: Realm, call_id: uuid.UUID) -> Call:
    """The line broke."""
    return _step(user, source, realm, call_id, "call_dropped", write.call_drop)


def call_wrap_up(*, user: User, source: str, realm: Realm, call_id: uuid.UUID) -> Call:
    """The rest is written down."""
    return _step(user, source, realm, call_id, "call_wrap_up", write.call_wrap_up)


def call_silent(*, user: User, source: str, realm: Realm, call_id: uuid.UUID) -> Call:
    """Nobody speaks."""

    def silent(*, call: Call, actor: Actor, at: datetime) -> Call:
        return write.call_silent(call=call, at=at)

    return _step(user, source, realm, call_id, "call_silent", silent)


def call_close(
    *, user: User, source: str, realm: Realm, call_id: uuid.UUID, call_class: CallClass, note: str = ""
) -> Call:
    """Close it with its class; from a running conversation too, so that a prank is one key."""

    def close(*, call: Call, actor: Actor, at: datetime) -> Call:
        return write.call_close(call=call, call_class=call_class, actor=actor, at=at, note=note)

    return _step(user, source, realm, call_id, "call_closed", close, {"class": call_class})


def callback_try(
    *, user: User, source: str, realm: Realm, call_id: uuid.UUID, outcome: CallbackOutcome, note: str = ""
) -> Call:
    """Write down one attempt to call back."""

    def attempt(*, call: Call, actor: Actor, at: datetime) -> Call:
        callback_record(call=call, outcome=outcome, note=note, actor=actor, at=at)
        return call

    return _step(user, source, realm, call_id, "callback_tried", attempt, {"outcome": outcome})


def call_locate(*, user: User, source: str, realm: Realm, call_id: uuid.UUID, fix: Fix) -> Call:
    """The caller told where they are."""

    def locate(*, call: Call, actor: Actor, at: datetime) -> Call:
        location_add(call=call, fix=fix, source=LocationSource.TOLD, at=at)
        return call

    return _step(user, source, realm, call_id, "call_located", locate)


def location_link_make(*, user: User, source: str, realm: Realm, call_id: uuid.UUID) -> tuple[LocationLink, str]:
    """A link that asks the caller's phone where it is; its token is shown this once."""
    require(user, Permission.CALL_RECEIVE)
    with transaction.atomic():
        call = write.call_locked(realm=realm, call_id=call_id)
        link, token = link_make(call=call, user=user, at=clock.now())
        record(Actor(user, source), "location_link_made", call, realm)
    return link, token


def location_link_use(*, token: str, fix: Fix) -> Call:
    """A caller's browser says where it is. The token is the right to do so."""
    with transaction.atomic():
        at = clock.now()
        link = link_find(token=token, at=at)
        call = link_use(link=link, fix=fix, at=at)
        storm = storm_join(call=call)
        record(Actor(None, "location_link"), "call_located", call, call.realm)
        tell_call(call)
        if storm:
            tell_storm(storm)
    return call


def presence_change(
    *,
    user: User,
    source: str,
    realm: Realm,
    state: PresenceState,
    languages: list[str] | None = None,
) -> Presence:
    """Ready, paused or away; saying "ready" again tells that the desk is still there."""
    require(user, Permission.CALL_RECEIVE)
    with transaction.atomic():
        actor = Actor(user, source)
        presence, has_changed = presence_set(user=user, state=state, languages=languages, at=clock.now())
        is_ready = state == PresenceState.READY
        left = [] if is_ready else desk_leave(user=user, actor=actor, at=clock.now())
        if has_changed or left:
            record(actor, "presence_changed", presence, realm, {"state": state})
        if has_changed:
            tell_presence(realm, presence)
        for call in left:
            tell_call(call)
        if (has_changed and is_ready) or left:
            ring(calls_offer, realm.pk)
    return presence


def number_review(
    *, user: User, source: str, realm: Realm, number_id: int, is_kept: bool, note: str
) -> NumberReputation:
    """A supervisor judges the mark of a number."""
    require(user, Permission.NUMBER_REVIEW)
    with transaction.atomic():
        found, raised = mark_review(
            realm=realm, number_id=number_id, user=user, is_kept=is_kept, note=note, at=clock.now()
        )
        record(Actor(user, source), "number_reviewed", found, realm, {"review": found.review})
        for call in raised:
            tell_call(call)
    return found


Step = Callable[..., Call]


def _step(  # noqa: PLR0917  # one row of a table of steps
    user: User, source: str, realm: Realm, call_id: uuid.UUID, action: str, step: Step,
    data: dict[str, Any] | None = None,
) -> Call:  # fmt: skip
    require(user, Permission.CALL_RECEIVE)
    with transaction.atomic():
        actor = Actor(user, source)
        call = write.call_locked(realm=realm, call_id=call_id)
        at = clock.now()
        call = step(call=call, actor=actor, at=at)
        storm = storm_join(call=call)
        record(actor, action, call, realm, data)
        tell_call(call)
        tell_desk(call, at)
        if storm:
            tell_storm(storm)
        ring(calls_offer, realm.pk)
    return call
