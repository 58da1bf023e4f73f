"""The room as it is now: who does what since when, who waits, what is open, how units stand, what today came to."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count
from django.utils import timezone

from accounts.models import User
from dispatch.choices import CallState, PresenceState, UnitAvailability
from dispatch.choices.supervision import TargetMeasure
from dispatch.models import Call, Incident, Presence, QueueAlarm, Storm, Unit
from dispatch.models.incidents import IS_OPEN
from dispatch.rules.units import AVAILABILITY
from dispatch.selectors.due import STATE_SINCE
from dispatch.selectors.targets import Figure, day_start, figures_read
from realtime.models import Realm

# What a desk does, the most telling first; a desk that only holds an ended call still writes it up.
DOING = (CallState.ANSWERED, CallState.HELD, CallState.OFFERED, CallState.WRAP_UP, CallState.ENDED)
HEADLINES = (TargetMeasure.ANSWER, TargetMeasure.ABANDONMENT, TargetMeasure.TICKET, TargetMeasure.PROCESSING)


@dataclass(frozen=True, slots=True)
class DeskNow:
    """One operator: `doing` is a state of a call, or of readiness where there is none."""

    user: User
    doing: str
    since: datetime | None
    call: Call | None

    @property
    def is_free(self) -> bool:
        """Whether a call could ring there now."""
        return self.doing == PresenceState.READY

    @property
    def words(self) -> str:
        """What they do, in words."""
        choices = CallState if self.call else PresenceState
        return str(choices(self.doing).label)


@dataclass(frozen=True, slots=True)
class QueueNow:
    """Who waits, and for how many free desks. `since` is when the longest waiting came in."""

    waiting: int
    since: datetime | None
    free: int
    alarm: QueueAlarm | None

    @property
    def per_free_desk(self) -> float | None:
        """Callers waiting for each free desk; None while no desk is free."""
        return self.waiting / self.free if self.free else None

    @property
    def level(self) -> str:
        """`alarm` while the alarm is on, `warn` when more wait than desks are free, else nothing."""
        if self.alarm:
            return "alarm"
        return "warn" if self.waiting > self.free else ""


@dataclass(frozen=True, slots=True)
class OwnerNow:
    """What one person owns."""

    name: str
    open: int
    overdue: int


@dataclass(frozen=True, slots=True)
class AgencyUnits:
    """How the units of one agency stand: how many in each status and in each availability."""

    code: str
    name: str
    statuses: dict[str, int]
    available: int
    conditional: int
    unavailable: int

    @property
    def all(self) -> int:
        """All its active units."""
        return self.available + self.conditional + self.unavailable


@dataclass(frozen=True, slots=True)
class RoomNow:
    """Everything."""

    at: datetime
    queue: QueueNow
    desks: tuple[DeskNow, ...]
    doing: dict[str, int]
    owners: tuple[OwnerNow, ...]
    priorities: dict[str, int]
    states: dict[str, int]
    open: int
    overdue: int
    callbacks: int
    units: tuple[AgencyUnits, ...]
    storms: tuple[Storm, ...]
    figures: tuple[Figure, ...]


def room_read(*, realm: Realm, at: datetime) -> RoomNow:
    """The room, from the rows as they are now."""
    calls = list(
        Call.objects.filter(realm=realm).exclude(state=CallState.CLOSED)
        .select_related("answered_by__desk", "offered_to__desk").annotate(state_since=STATE_SINCE)
    )  # fmt: skip
    desks = _desks(calls)
    waiting = [call for call in calls if call.state in {CallState.QUEUED, CallState.OFFERED}]
    incidents = list(Incident.objects.filter(IS_OPEN, realm=realm).values_list("owner", "priority", "state", "due_at"))
    late = [owner for owner, _priority, _state, due_at in incidents if due_at is not None and due_at <= at]
    return RoomNow(
        at=at,
        queue=QueueNow(
            len(waiting), min((call.arrived_at for call in waiting), default=None),
            sum(desk.is_free for desk in desks), QueueAlarm.objects.filter(realm=realm, ended_at=None).first(),
        ),
        desks=desks,
        doing=dict(Counter(desk.doing for desk in desks)),
        owners=_owners((row[0] for row in incidents), late),
        priorities=dict(sorted(Counter(row[1] for row in incidents).items())),
        states=dict(Counter(row[2] for row in incidents)),
        open=len(incidents),
        overdue=len(late),
        callbacks=sum(call.state == CallState.CALLBACK_DUE for call in calls),
        units=_units(realm),
        storms=tuple(
            Storm.objects.select_related("incident__type").filter(realm=realm, ended_at=None)
            .annotate(call_count=Count("calls")).order_by("started_at")
        ),
        figures=figures_today(realm=realm, at=at),
    )  # fmt: skip


def figures_today(*, realm: Realm, at: datetime) -> tuple[Figure, ...]:
    """Today so far: how calls are answered and passed on."""
    start = day_start(timezone.localdate(at))
    found = figures_read(realm=realm, start=start, end=start + timedelta(days=1), at=at)
    return tuple(figure for figure in found if figure.target.measure in HEADLINES)


def _desks(calls: Iterable[Call]) -> tuple[DeskNow, ...]:
    busy: dict[int, tuple[User, Call]] = {}
    for call in sorted(calls, key=lambda row: DOING.index(row.state) if row.state in DOING else len(DOING)):
        user = call.offered_to if call.state == CallState.OFFERED else call.answered_by
        if user is not None and call.state in DOING:
            busy.setdefault(user.pk, (user, call))
    found = [DeskNow(user, call.state, getattr(call, "state_since"), call) for user, call in busy.values()]  # noqa: B009
    present = Presence.objects.select_related("user__desk").exclude(state=PresenceState.AWAY)
    found += [DeskNow(row.user, row.state, _presence_since(row), None) for row in present.exclude(user__in=list(busy))]
    return tuple(sorted(found, key=lambda desk: (desk.user.desk.code if desk.user.desk else "~", desk.user.username)))


def _presence_since(row: Presence) -> datetime | None:
    return row.idle_since if row.state == PresenceState.READY else row.state_since


def _owners(owners: Iterable[int | None], late: Iterable[int | None]) -> tuple[OwnerNow, ...]:
    counts, overdue = Counter(owners), Counter(late)
    users = User.objects.in_bulk([key for key in counts if key is not None])
    found = [OwnerNow(str(users[key]) if key in users else "–", count, overdue[key]) for key, count in counts.items()]
    return tuple(sorted(found, key=lambda owner: (-owner.overdue, -owner.open, owner.name)))


def _units(realm: Realm) -> tuple[AgencyUnits, ...]:
    rows = Unit.objects.filter(realm=realm, is_active=True).values_list("agency__code", "agency__name", "status")
    agencies: dict[tuple[str, str], Counter[str]] = {}
    for code, name, status, count in rows.annotate(count=Count("pk")).order_by("agency__code", "status"):
        agencies.setdefault((code, name), Counter())[status] += count
    return tuple(_agency(code, name, statuses) for (code, name), statuses in agencies.items())


def _agency(code: str, name: str, statuses: Counter[str]) -> AgencyUnits:
    sums: Counter[str] = Counter()
    for status, count in statuses.items():
        sums[str(AVAILABILITY[status])] += count
    return AgencyUnits(
        code, name, dict(statuses), sums[UnitAvailability.AVAILABLE], sums[UnitAvailability.CONDITIONAL],
        sums[UnitAvailability.UNAVAILABLE],
    )  # fmt: skip
