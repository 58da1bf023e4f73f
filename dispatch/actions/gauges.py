"""Readings of gauges: what a program or a person sends, and what follows from it, in one transaction."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from accounts.access import Permission, require
from accounts.models import User
from accounts.services.audit import SYSTEM, Actor, audit_write
from common import clock
from common.errors import ValidationError, gettext_noop
from dispatch.actions.base import record
from dispatch.choices.floods import ReadingSource
from dispatch.flood_publish import tell_gauge_level
from dispatch.models import Gauge, GaugeLevelChange, GaugeLevelSeen
from dispatch.rules.gauge_rows import ROWS_MAX, RowFault, RowsRead, csv_read, rows_read
from dispatch.selectors.floods import change_get
from dispatch.services.flood_telling import settled_tell
from dispatch.services.floods import Followed, floods_follow
from dispatch.services.gauge_readings import ReadingsTaken, RowResult, readings_take
from dispatch.services.gauge_state import River, gauge_settle, river_read
from realtime.models import Realm

FILE_FAULTS = {
    "offset_invalid": gettext_noop("The offset from UTC is written as +07:00."),
    "file_unreadable": gettext_noop("This is no CSV file with a heading."),
    "columns_missing": gettext_noop("The heading names gauge, measured_at and height_cm."),
    "file_too_long": gettext_noop("At most %(limit)d rows go into one file."),
}


def readings_send(*, user: User, source: str, realm: Realm, items: Sequence[Any]) -> ReadingsTaken:
    """A batch from a program, or one reading by a person; each stands for itself."""
    require(user, Permission.GAUGE_WRITE)
    kind = ReadingSource.API if user.token is not None else ReadingSource.PERSON
    return _take(Actor(user, source), user, realm, rows_read(items), kind)


def readings_import(*, user: User | None, source: str, realm: Realm, text: str, offset: str = "") -> ReadingsTaken:
    """A CSV file; raises ValidationError for one that cannot be read at all. No user: the command line."""
    if user is not None:
        require(user, Permission.GAUGE_WRITE)
    read = csv_read(text, offset=offset)
    if read.file_code:
        raise ValidationError(
            read.file_code, FILE_FAULTS[read.file_code], {"limit": ROWS_MAX, "fields": {"file": [read.file_code]}}
        )
    return _take(Actor(user, source) if user else SYSTEM, user, realm, read, ReadingSource.CSV)


def level_acknowledge(*, user: User, source: str, realm: Realm, change_id: uuid.UUID) -> GaugeLevelChange:
    """A person has taken note of a level; again changes nothing."""
    require(user, Permission.GAUGE_VIEW)
    with transaction.atomic():
        change = change_get(realm=realm, change_id=change_id)
        _seen, is_new = GaugeLevelSeen.objects.get_or_create(
            change=change, user=user, defaults={"seen_at": clock.now()}
        )
        if is_new:
            record(Actor(user, source), "gauge_level_acknowledged", change, realm, {"level": change.new})
            change = change_get(realm=realm, change_id=change_id)
            tell_gauge_level(change)
    return change


def gauge_changed(gauge: Gauge) -> None:
    """A gauge was made or changed by hand: its table may say another level of the same readings. In a transaction."""
    at = clock.now()
    locked = Gauge.objects.select_for_update(no_key=True).get(pk=gauge.pk)
    river = river_read(realm=gauge.realm)
    settled = [gauge_settle(gauge=locked, river=river, at=at)]
    followed = floods_follow(realm=gauge.realm, settled=settled, river=river, at=at)
    settled[0].is_changed = True  # what it is called or where it stands may be new
    settled_tell(settled, followed)


def _take(actor: Actor, user: User | None, realm: Realm, read: RowsRead, kind: ReadingSource) -> ReadingsTaken:
    with transaction.atomic():
        at = clock.now()
        taken = readings_take(realm=realm, rows=read.rows, source=kind, user=user, at=at)
        taken.results = sorted([*taken.results, *map(_fault, read.faults)], key=lambda result: result.index)
        new = sum(1 for result in taken.results if result.code == "taken")
        river = taken.river or River({}, {})
        followed = floods_follow(realm=realm, settled=taken.settled, river=river, at=at) if new else Followed()
        if new:
            refused = sum(1 for result in taken.results if result.is_refused)
            audit_write(
                actor=actor, action="gauge_readings_taken", object_type="dispatch.gaugereading", object_id="",
                realm=realm.code,
                data={"taken": new, "refused": refused, "gauges": [one.gauge.code for one in taken.settled]},
            )  # fmt: skip
        for one in taken.settled:
            for change in one.changes:
                if change.ended_at is None:
                    record(actor, "gauge_level_changed", change, realm, {"gauge": one.gauge.code, "level": change.new})
        settled_tell(taken.settled, followed)
    return taken


def _fault(fault: RowFault) -> RowResult:
    return RowResult(fault.index, fault.gauge, None, fault.code, fault.field)
