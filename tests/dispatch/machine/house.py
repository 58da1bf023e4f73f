"""A small city for the tests of the state machines: types, agencies with rules, people, units, a clock."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from accounts.choices import Role
from accounts.models import Agency, User
from dispatch.choices import PartRole, ProtocolState
from dispatch.models import (
    FollowRule,
    IncidentType,
    PbxLink,
    Presence,
    ProtocolCard,
    ProtocolVersion,
    SharingAgreement,
    SharingRule,
    Unit,
)
from realtime.models import Realm
from tests import factories

START = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
CARD = Path(__file__).resolve().parents[3] / "data" / "protocols" / "panggilan-sunyi.yaml"
NUMBERS = ("+628110000001", "+628110000002", "+628110000003", None)
TYPES = ("kebakaran", "medis", "orang-hilang")
AGENCIES = ("gulkarmat", "pk3d", "polda", "dishub", "bubar")
UNITS = {"PUMP-01": "mobil-pompa", "AMB-01": "ambulans", "AMB-02": "ambulans"}
CREWS = {"PUMP-01": "crew", "AMB-01": "other_crew"}
DISPOSITIONS = ("tertangani", "batal")


class Clock:
    """Time that a test says; it never stands still between two looks."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self) -> datetime:
        """The time told, a microsecond later each time."""
        self.at += timedelta(microseconds=1)
        return self.at

    def go(self, **delta: float) -> None:
        """Let time pass."""
        self.at += timedelta(**delta)


@dataclass(slots=True)
class House:
    """Who and what there is."""

    realm: Realm
    pbx: PbxLink
    users: dict[str, User] = field(default_factory=dict)

    @property
    def operators(self) -> list[User]:
        """Those who may do nearly everything."""
        return [self.users[name] for name in ("taker", "dispatcher", "supervisor", "head")]

    @property
    def officers(self) -> list[User]:
        """Those who answer for an agency."""
        return [self.users[name] for name in ("officer", "other_officer")]

    @property
    def crews(self) -> list[User]:
        """Those who are a unit's account."""
        return [self.users[name] for name in CREWS.values()]

    @property
    def everybody(self) -> list[User]:
        """Operators, officers, and those who may do little or nothing."""
        return list(self.users.values())


def house_build() -> House:
    """Rows in the database."""
    for code in TYPES:
        factories.incident_type(code)
    for code in DISPOSITIONS:
        factories.disposition(code)
    agencies = {code: factories.agency(code) for code in AGENCIES}
    Agency.objects.filter(code="bubar").update(is_active=False)
    _rules(agencies)
    for call_sign, kind in UNITS.items():
        owner = agencies["gulkarmat" if call_sign.startswith("PUMP") else "pk3d"]
        factories.unit(call_sign, owner, type=factories.unit_type(kind), crew_count=4)
    factories.run_card("kebakaran", ("mobil-pompa", 1))
    factories.run_card("medis", ("ambulans", 1))
    Unit.objects.get_or_create(call_sign="TUA-01", defaults={"agency": agencies["pk3d"], "is_active": False})
    card = ProtocolCard.objects.get_or_create(
        code="panggilan-sunyi", defaults={"name_id": "Sunyi", "name_en": "Silent"}
    )
    ProtocolVersion.objects.get_or_create(
        card=card[0],
        number=1,
        defaults={
            "source": CARD.read_text(),
            "state": ProtocolState.PUBLISHED,
            "made_at": START,
            "published_at": START,
        },
    )
    house = House(factories.live_realm(), factories.pbx())
    house.users = {
        "taker": factories.user(Role.CALL_TAKER),
        "dispatcher": factories.user(Role.DISPATCHER),
        "supervisor": factories.user(Role.SUPERVISOR),
        "head": factories.user(Role.HEAD),
        "officer": factories.user(Role.AGENCY_OFFICER, agency=agencies["gulkarmat"]),
        "other_officer": factories.user(Role.AGENCY_OFFICER, agency=agencies["polda"]),
        "officer_of_none": factories.user(Role.AGENCY_OFFICER),
        "auditor": factories.user(Role.AUDITOR),
        "trainer": factories.user(Role.TRAINER),
        "gone": factories.user(Role.DISPATCHER, is_active=False),
        "crew": factories.user(Role.UNIT),
        "other_crew": factories.user(Role.UNIT),
    }
    for call_sign, name in CREWS.items():
        Unit.objects.filter(call_sign=call_sign).update(account=house.users[name])
    Presence.objects.create(user=house.users["taker"], extension="101", languages=["id", "en"], skills=["medis"])
    return house


def _rules(agencies: dict[str, Agency]) -> None:
    SharingRule.objects.all().delete()
    SharingAgreement.objects.all().delete()
    FollowRule.objects.all().delete()
    kinds = {kind.code: kind for kind in IncidentType.objects.filter(code__in=TYPES)}
    for kind, agency, role, up_to in (
        ("kebakaran", "gulkarmat", PartRole.DISPATCHED, "P5"),
        ("kebakaran", "pk3d", PartRole.ASSISTING, "P2"),
        ("kebakaran", "bubar", PartRole.ASSISTING, "P5"),
        ("medis", "pk3d", PartRole.DISPATCHED, "P5"),
        ("medis", "polda", PartRole.DISPATCHED, "P1"),
    ):
        SharingRule.objects.create(type=kinds[kind], agency=agencies[agency], role=role, up_to_priority=up_to)
    for agency, partner, until in (
        ("gulkarmat", "polda", date(2027, 1, 1)),
        ("polda", "dishub", date(2027, 1, 1)),
        ("pk3d", "dishub", date(2026, 1, 31)),
    ):
        SharingAgreement.objects.create(
            agency=agencies[agency], with_agency=agencies[partner], document="uji", valid_from=date(2026, 1, 1),
            valid_until=until,
        )  # fmt: skip
    for state, step, due_s in (
        ("pending", "dispatch", 120),
        ("assigned", "await_acknowledgement", 60),
        ("enroute", "await_arrival", 900),
        ("on_scene", "situation_report", 1200),
        ("all_clear", "close", 1800),
    ):
        FollowRule.objects.create(state=state, next_step=step, due_s=due_s)
    FollowRule.objects.create(
        state="pending", priority="P1", next_step="dispatch", due_s=60, supervisor_after_s=30, head_after_s=120
    )
