"""What a simulation needs in its scratch database: bot users, agencies, units, sharing rules, cards, an exchange.

All names say that they are simulated.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import transaction

from accounts.choices import Role
from accounts.models import Agency, User
from accounts.services.audit import SYSTEM, audit_write
from accounts.services.users import user_create
from common import clock
from dispatch.choices import PartRole
from dispatch.models import IncidentType, PbxLink, Presence, SharingRule, Unit
from dispatch.services.protocols import version_draft, version_publish
from realtime.models import LIVE, Realm
from siaga.simulation.desk import Login

PBX_CODE = "simulasi"
AGENCIES = {
    "bpbd": "BPBD DKI Jakarta", "gulkarmat": "Gulkarmat", "pk3d": "PK3D Dinas Kesehatan", "polda": "Polda Metro Jaya",
    "satpol-pp": "Satpol PP", "dishub": "Dinas Perhubungan", "dinsos": "Dinas Sosial", "sda": "Dinas Sumber Daya Air",
    "bina-marga": "Dinas Bina Marga", "pertamanan": "Dinas Pertamanan", "pln": "PLN",
}  # fmt: skip
CENTRE = "bpbd"
# Call signs of simulated units: agency, prefix, how many.
UNITS = (
    ("pk3d", "SIM-AMB", 24), ("gulkarmat", "SIM-DMK", 30), ("polda", "SIM-POL", 20), ("bpbd", "SIM-TRC", 10),
    ("satpol-pp", "SIM-SPP", 8), ("dinsos", "SIM-SOS", 6), ("pertamanan", "SIM-PTM", 6), ("pln", "SIM-PLN", 6),
)  # fmt: skip
# Whom to tell of what: the first is sent, the others assist. Units come from the first that has any.
SHARES: Mapping[str, Sequence[str]] = {
    "medis": ("pk3d",), "kecelakaan": ("pk3d", "polda"), "kebakaran": ("gulkarmat", "pk3d", "pln"),
    "kebakaran-kendaraan": ("gulkarmat", "polda"), "penyelamatan": ("gulkarmat", "pk3d"),
    "hewan-liar": ("gulkarmat",), "tawuran": ("polda", "satpol-pp"), "kriminal": ("polda",), "kdrt": ("polda",),
    "orang-hilang": ("polda",), "bunuh-diri": ("gulkarmat", "polda"), "ancaman-bom": ("polda",),
    "banjir": ("bpbd", "sda"), "gempa": ("bpbd", "pk3d"), "bangunan-roboh": ("gulkarmat", "pk3d"),
    "bocor-gas": ("gulkarmat", "pln"), "kabel-putus": ("pln", "gulkarmat"), "pohon-tumbang": ("pertamanan",),
    "penemuan-mayat": ("polda",), "orang-terlantar": ("dinsos",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cast:
    """Everything that bots must know."""

    pbx_code: str
    pbx_secret: str = field(repr=False)
    operators: Sequence[Login] = ()
    dispatchers: Sequence[Login] = ()
    supervisors: Sequence[Login] = ()
    head: Sequence[Login] = ()
    agencies: Sequence[Login] = ()
    units: Mapping[str, Sequence[str]] = field(default_factory=dict)


def cast_make(*, operators: int) -> Cast:
    """Write the rows in one transaction."""
    with transaction.atomic():
        agencies = {code: Agency.objects.get_or_create(code=code, defaults={"name": name})[0]
                    for code, name in AGENCIES.items()}  # fmt: skip
        _rules(agencies)
        _cards()
        centre = agencies[CENTRE]
        return Cast(
            pbx_code=PBX_CODE,
            pbx_secret=exchange_make(PBX_CODE),
            operators=[_user(Role.CALL_TAKER, n, centre, str(7000 + n)) for n in range(1, operators + 1)],
            dispatchers=[_user(Role.DISPATCHER, n, centre) for n in range(1, 7)],
            supervisors=[_user(Role.SUPERVISOR, n, centre) for n in range(1, 4)],
            head=[_user(Role.HEAD, 1, centre)],
            agencies=[_user(Role.AGENCY_OFFICER, n, agencies[code]) for n, code in enumerate(AGENCIES, start=1)],
            units=_units(agencies),
        )


def user_switch(username: str, *, is_active: bool) -> None:
    """Switch an account off or on, as an administrator does."""
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(username=username)
        user.is_active = is_active
        user.save(update_fields=["is_active"])
        audit_write(
            actor=SYSTEM, action="user_switched", object_type="accounts.user", object_id=user.pk,
            data={"is_active": is_active},
        )  # fmt: skip


def exchange_make(code: str) -> str:
    """A simulated exchange; returns its new secret."""
    with transaction.atomic():
        link = PbxLink(code=code, name="Simulasi", realm=Realm.objects.get(code=LIVE))
        secret = secrets.token_urlsafe(24)
        link.secret_set(secret)
        link.save()
        audit_write(
            actor=SYSTEM, action="exchange_made", object_type="dispatch.pbxlink", object_id=link.pk, data={"code": code}
        )
    return secret


def _user(role: Role, number: int, agency: Agency, extension: str = "") -> Login:
    username = f"sim-{role.value.replace('_', '-')}-{number:02d}"
    label = f"Simulasi {role.value.replace('_', ' ')} {number:02d}"
    password = secrets.token_urlsafe(16)
    user = user_create(
        actor=SYSTEM, username=username, display_name=label, password=password, roles=[role], agency=agency
    )
    if extension:
        Presence.objects.create(user=user, languages=["id", "en"], extension=extension)
    return Login(username, password, user.display_name, agency.code, extension)


def _rules(agencies: Mapping[str, Agency]) -> None:
    types = {kind.code: kind for kind in IncidentType.objects.all()}
    for code, names in SHARES.items():
        for place, name in enumerate(names):
            role = PartRole.DISPATCHED if place == 0 else PartRole.ASSISTING
            SharingRule.objects.get_or_create(type=types[code], agency=agencies[name], defaults={"role": role})


def _cards() -> None:
    for path in sorted((Path(settings.BASE_DIR) / "data" / "protocols").glob("*.yaml")):
        version, is_new = version_draft(source=path.read_text(encoding="utf-8"), user=None, at=clock.now())
        if is_new and version.number == 1:
            version_publish(version=version, user=None, at=clock.now())


def _units(agencies: Mapping[str, Agency]) -> dict[str, list[str]]:
    made: dict[str, list[str]] = {}
    for code, prefix, count in UNITS:
        signs = [f"{prefix}-{number:02d}" for number in range(1, count + 1)]
        for sign in signs:
            Unit.objects.get_or_create(call_sign=sign, defaults={"agency": agencies[code], "name": "Simulasi"})
        made[code] = signs
    return made
