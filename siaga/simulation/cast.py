"""Who and what a simulation needs in the database: bot users, agencies, units, sharing rules, cards, an exchange.

All names say that they are simulated. Running it again adds what is missing and keeps the passwords.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

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
    """Everything that bots must know; kept as a file for runs over HTTP."""

    pbx_code: str
    pbx_secret: str = field(repr=False)
    operators: Sequence[Login] = ()
    dispatchers: Sequence[Login] = ()
    supervisors: Sequence[Login] = ()
    head: Sequence[Login] = ()
    agencies: Sequence[Login] = ()
    units: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def as_json(self) -> str:
        """For the file."""
        return json.dumps(asdict(self), indent=1)

    @classmethod
    def from_json(cls, text: str) -> "Cast":
        """Raises ValueError or KeyError with what is wrong."""
        content: dict[str, Any] = json.loads(text)
        groups = ("operators", "dispatchers", "supervisors", "head", "agencies")
        people = {name: [Login(**item) for item in content[name]] for name in groups}
        return cls(content["pbx_code"], content["pbx_secret"], units=content["units"], **people)


def cast_path() -> Path:
    """Where the cast of this site is kept, with its passwords (mode 0600)."""
    return Path(settings.VAR_DIR) / "secrets" / "simulation.json"


def cast_make(*, operators: int, kept: Cast | None = None) -> Cast:
    """Write the rows in one transaction; `kept` is the cast of an earlier run, whose passwords stay."""
    known = {login.username: login.password for login in _everyone(kept)} if kept else {}
    with transaction.atomic():
        agencies = {code: Agency.objects.get_or_create(code=code, defaults={"name": name})[0]
                    for code, name in AGENCIES.items()}  # fmt: skip
        _rules(agencies)
        _cards()
        centre = agencies[CENTRE]
        return Cast(
            pbx_code=PBX_CODE,
            pbx_secret=_exchange(kept.pbx_secret if kept else ""),
            operators=[_user(known, Role.CALL_TAKER, n, centre, str(7000 + n)) for n in range(1, operators + 1)],
            dispatchers=[_user(known, Role.DISPATCHER, n, centre) for n in range(1, 7)],
            supervisors=[_user(known, Role.SUPERVISOR, n, centre) for n in range(1, 4)],
            head=[_user(known, Role.HEAD, 1, centre)],
            agencies=[_user(known, Role.AGENCY_OFFICER, n, agencies[code]) for n, code in enumerate(AGENCIES, start=1)],
            units=_units(agencies),
        )


def cast_keep(cast: Cast) -> Path:
    """Write the file; returns where."""
    path = cast_path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(cast.as_json(), encoding="utf-8")
    return path


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


def _everyone(cast: Cast) -> list[Login]:
    return [*cast.operators, *cast.dispatchers, *cast.supervisors, *cast.head, *cast.agencies]


def _user(known: Mapping[str, str], role: Role, number: int, agency: Agency, extension: str = "") -> Login:
    username = f"sim-{role.value.replace('_', '-')}-{number:02d}"
    label = f"Simulasi {role.value.replace('_', ' ')} {number:02d}"
    password = known.get(username) or secrets.token_urlsafe(16)
    user = User.objects.filter(username=username).first()
    if user is None:
        user = user_create(
            actor=SYSTEM, username=username, display_name=label, password=password, roles=[role], agency=agency
        )
    elif username not in known:
        user.set_password(password)
        user.save(update_fields=["password"])
    if extension:
        Presence.objects.get_or_create(user=user, defaults={"languages": ["id", "en"], "extension": extension})
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


def _exchange(secret: str) -> str:
    """The exchange's secret: the one of an earlier run, or a new one."""
    link, is_new = PbxLink.objects.get_or_create(
        code=PBX_CODE, defaults={"name": "Simulasi", "realm": Realm.objects.get(code=LIVE)}
    )
    if is_new or not secret:
        secret = secrets.token_urlsafe(24)
        link.secret_set(secret)
        link.save()
    return secret
