"""Rows for tests, as small as the constraints allow."""

import itertools
from datetime import date, timedelta
from importlib import import_module
from typing import Any

from django.apps import apps

from accounts.choices import Role
from accounts.models import Agency, RoleGrant, User
from accounts.permissions import TOKEN_SCOPES, Permission
from accounts.services.audit import SYSTEM
from accounts.services.tokens import token_create
from common import clock
from dispatch.models import (
    Capability,
    Disposition,
    FollowRule,
    Gauge,
    GaugeReach,
    IncidentType,
    PbxLink,
    RunCard,
    RunCardLine,
    Station,
    Unit,
    UnitType,
    WebhookSubscription,
)
from places.models import Place
from realtime.models import LIVE, Realm, RealmKind

_numbers = itertools.count(1)
PASSWORD = "kata-sandi-uji-112"


def agency(code: str = "bpbd") -> Agency:
    """An agency, made once."""
    return Agency.objects.get_or_create(code=code, defaults={"name": code.upper()})[0]


def user(*roles: Role, agency: Agency | None = None, is_active: bool = True) -> User:
    """A user with roles."""
    name = f"pengguna{next(_numbers)}"
    made = User(username=name, display_name=name.title(), agency=agency, is_active=is_active)
    made.set_password(PASSWORD)
    made.save()
    RoleGrant.objects.bulk_create([RoleGrant(user=made, role=role) for role in roles])
    return made


def token(owner: User, *scopes: Permission, networks: tuple[str, ...] = ()) -> str:
    """The secret of a new token; without scopes it has all."""
    _row, secret = token_create(
        actor=SYSTEM, name="uji", owner=owner, scopes=scopes or TOKEN_SCOPES, networks=networks,
        expires_at=clock.now() + timedelta(days=1),
    )  # fmt: skip
    return secret


def live_realm() -> Realm:
    """The live realm; tests that truncate tables lose the one of the migration."""
    return Realm.objects.get_or_create(code=LIVE, defaults={"kind": RealmKind.LIVE})[0]


def incident_type(code: str = "orang-hilang", *, face_matching_allowed: bool = True) -> IncidentType:
    """A type; tests that truncate tables lose those of the migration."""
    return IncidentType.objects.get_or_create(
        code=code,
        defaults={
            "name_id": code.title(),
            "name_en": code.title(),
            "default_priority": "P2",
            "face_matching_allowed": face_matching_allowed,
        },
    )[0]


def village() -> Place:
    """A kelurahan by its official code."""
    return Place.objects.get_or_create(
        code="31.74.01.1003",
        defaults={"kind": "village", "name": "Manggarai", "lat": -6.2102, "lon": 106.8503, "accuracy_m": 700.0},
    )[0]


def disposition(code: str = "tertangani") -> Disposition:
    """A disposition; tests that truncate tables lose those of the migration."""
    return Disposition.objects.get_or_create(code=code, defaults={"name_id": code, "name_en": code})[0]


def follow_rules() -> None:
    """A rule for open incidents that wait; tests that truncate tables lose those of the migration."""
    FollowRule.objects.get_or_create(
        state="pending", type=None, priority="", defaults={"next_step": "dispatch", "due_s": 120}
    )


def supervision() -> None:
    """Targets and a scorecard; tests that truncate tables lose those of the migration."""
    import_module("dispatch.migrations.0051_supervision_rules").seed(apps, None)


def unit(call_sign: str = "AMB-01", of: Agency | None = None, **values: Any) -> Unit:
    """A unit, made once."""
    defaults = {"agency": of or agency("pk3d"), **values}
    return Unit.objects.get_or_create(realm=live_realm(), call_sign=call_sign, defaults=defaults)[0]


def capability(code: str) -> Capability:
    """A capability; tests that truncate tables lose those of the migration."""
    return Capability.objects.get_or_create(code=code, defaults={"name_id": code, "name_en": code})[0]


def unit_type(code: str = "ambulans-dasar", *capabilities: str, **values: Any) -> UnitType:
    """A type of units; tests that truncate tables lose those of the migration."""
    for name in capabilities:
        capability(name)
    defaults = {"name_id": code, "name_en": code, "capabilities": list(capabilities), **values}
    return UnitType.objects.get_or_create(code=code, defaults=defaults)[0]


def station(code: str = "pos-01", *, lat: float = -6.2, lon: float = 106.85, of: Agency | None = None) -> Station:
    """A post, made once."""
    defaults = {"name": code, "lat": lat, "lon": lon, "agency": of or agency("pk3d")}
    return Station.objects.get_or_create(code=code, defaults=defaults)[0]


def run_card(kind: str, *lines: tuple[str, int], priority: str = "", level: int = 1) -> RunCard:
    """A run card; each line is a unit type, or a capability with a + before it, and how many."""
    card = RunCard.objects.create(
        type=incident_type(kind), priority=priority, alarm_level=level, valid_from=date(2026, 1, 1)
    )
    for order, (code, count) in enumerate(lines, start=1):
        is_capability = code.startswith("+")
        RunCardLine.objects.create(
            card=card, count=count, order=order, unit_type=None if is_capability else unit_type(code),
            capability=capability(code[1:]) if is_capability else None,
        )  # fmt: skip
    return card


PBX_SECRET = "rahasia-uji"


def pbx(code: str = "pbx-uji") -> PbxLink:
    """An exchange with the secret PBX_SECRET."""
    found = PbxLink.objects.filter(code=code).first()
    if found is None:
        found = PbxLink(code=code, name=code, realm=live_realm())
        found.secret_set(PBX_SECRET)
        found.save()
    return found


HOOK_SECRET = "rahasia-langganan-uji-0123456789"


def subscription(url: str, owner: User, *kinds: str, name: str = "uji") -> WebhookSubscription:
    """A subscription that begins at the end of the stream, with the secret HOOK_SECRET."""
    realm = live_realm()
    realm.refresh_from_db()
    made = WebhookSubscription(
        realm=realm, name=name, url=url, owner=owner, kinds=list(kinds) or ["timeline.added"], cursor=realm.head
    )
    made.secret_set(HOOK_SECRET)
    made.save()
    return made


def gauge(code: str = "hulu", **values: Any) -> Gauge:
    """A gauge with Siaga III from 80, II from 150, I from 200 cm, made once."""
    defaults = {
        "name": code.title(), "river": "Kali Uji", "lat": -6.4, "lon": 106.83, "level_3_cm": 80.0, "level_2_cm": 150.0,
        "level_1_cm": 200.0, "max_cm": 500.0, **values,
    }  # fmt: skip
    return Gauge.objects.get_or_create(realm=live_realm(), code=code, defaults=defaults)[0]


def reach(upper: Gauge, lower: Gauge, *hours: float) -> GaugeReach:
    """A way of the water: hours at the earliest, usually, at the latest."""
    least, usual, most = (round(value * 3600) for value in hours)
    return GaugeReach.objects.create(upper=upper, lower=lower, travel_min_s=least, travel_s=usual, travel_max_s=most)
