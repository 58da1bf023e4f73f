"""Positions that phones send by text (AML): for the call of their number, before it or during it."""

from datetime import datetime, timedelta

from django.db import connection

from common import clock
from common.locking import locked
from dispatch.choices import CallState, LocationSource
from dispatch.models import AmlMessage, Call, PbxLink
from dispatch.rules.aml import AmlFix
from dispatch.services.locations import Fix, location_add
from realtime.models import Realm

# A text may overtake the exchange's own news of the call, and phones send another one while the call goes on. What
# counts is when the text came: phones' clocks are not ours.
BEFORE = timedelta(minutes=5)
DURING = timedelta(minutes=60)
KEPT = timedelta(minutes=30)


def aml_keep(*, pbx: PbxLink, number: str, fix: AmlFix, at: datetime) -> tuple[AmlMessage, bool]:
    """Keep a message for the call that it belongs to; False where it was kept already."""
    _number_lock(pbx.realm, number)
    return AmlMessage.objects.get_or_create(
        pbx=pbx, realm=pbx.realm, caller_number=number, lat=fix.lat, lon=fix.lon, radius_m=fix.radius_m,
        measured_at=fix.measured_at, defaults={"received_at": at},
    )  # fmt: skip


def aml_call(*, message: AmlMessage, related: tuple[str, ...]) -> Call | None:
    """The newest open call of the message's number, locked; None while there is none."""
    came_at = message.received_at
    rows = Call.objects.filter(
        realm=message.realm, caller_number=message.caller_number,
        arrived_at__gte=came_at - DURING, arrived_at__lte=came_at + BEFORE,
    )  # fmt: skip
    return locked(rows.exclude(state=CallState.CLOSED).order_by("-arrived_at", "-pk"), *related)


def aml_attach(*, call: Call, at: datetime) -> int:
    """Give a call the positions that its number sent before it was heard of; returns how many."""
    if call.caller_number is None:
        return 0
    _number_lock(call.realm, call.caller_number)
    rows = AmlMessage.objects.filter(
        realm=call.realm, caller_number=call.caller_number,
        received_at__gte=call.arrived_at - BEFORE, received_at__lte=call.arrived_at + DURING,
    )  # fmt: skip
    messages = list(rows.order_by("id"))
    for message in messages:
        aml_place(call=call, message=message, at=at)
    return len(messages)


def aml_place(*, call: Call, message: AmlMessage, at: datetime) -> bool:
    """Put a message's position on a locked call; False where the call has it already."""
    fix = Fix(message.lat, message.lon, message.radius_m, message.measured_at)
    return location_add(call=call, fix=fix, source=LocationSource.AML, at=at).received_at == at


def aml_forget() -> int:
    """Delete what was kept for a call that has its position, or that never came; returns how many. By the clock."""
    return AmlMessage.objects.filter(received_at__lt=clock.now() - KEPT).delete()[0]


def _number_lock(realm: Realm, number: str) -> None:
    # Until the transaction ends: a message and a call of one number that come at once must see each other.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"aml {realm.pk} {number}"])
