"""What the demo needs in the database; running it again changes nothing but addresses and what has run out."""

import json
import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from accounts.choices import Role
from accounts.models import Agency, Desk, User
from accounts.services.audit import SYSTEM, audit_write
from accounts.services.users import user_create
from cameras.farm.config import FarmConfig
from cameras.models import Camera, CameraHealth
from common import clock
from dispatch.actions import calls as actions
from dispatch.choices import CallMedium, CallState
from dispatch.models import Call, IncidentType, PbxLink
from dispatch.services.presences import presence_equip
from realtime.models import LIVE, Realm
from recognition import actions as recognition_actions
from recognition.choices import EntryKind, EntryState
from recognition.models import WatchlistEntry
from recognition.services.watchlist import EntryDraft
from siaga.demo.units import units_seed

SOUGHT, DECOY = "Subject A", "Subject B"
PHOTOS = {SOUGHT: "subject-a-1.jpg", DECOY: "subject-b-1.jpg"}
# User name: display name, role, agency.
LOGINS = {
    "agen": ("Agen 1", Role.CALL_TAKER, "bpbd"),
    "agen2": ("Agen 2", Role.CALL_TAKER, "bpbd"),
    "dispatcher": ("Dispatcher 1", Role.DISPATCHER, "bpbd"),
    "supervisor": ("Supervisor 1", Role.SUPERVISOR, "bpbd"),
    "gulkarmat": ("Piket Gulkarmat 1", Role.AGENCY_OFFICER, "gulkarmat"),
    "petugas": ("Petugas daftar 1", Role.WATCHLIST_OFFICER, "bpbd"),
    "kamera": ("Admin kamera 1", Role.CAMERA_ADMINISTRATOR, "bpbd"),
    "auditor": ("Auditor 1", Role.AUDITOR, "bpbd"),
    "admin": ("Admin 1", Role.ADMINISTRATOR, "bpbd"),
    "amb01": ("Kru AMB-01", Role.UNIT, "pk3d"),
}
# User name: extension at the exchange, languages, skills.
DESKS = {
    "agen": ("201", ["id", "en"], []),
    "agen2": ("202", ["id", "jv"], ["anak"]),
    "dispatcher": ("203", ["id"], []),
}
PBX_CODE = "demo"
INCIDENT_TYPE = "orang-hilang"
SOURCE = "demo"


def demo_seed(farm: FarmConfig, camera_url: Callable[[str], str]) -> dict[str, str]:
    """Everything that a demo begins with, down to one waiting call; returns the passwords by user name."""
    call_command("places_import", verbosity=0)
    call_command("city_seed", verbosity=0)
    call_command("protocols_import", publish=True, verbosity=0)
    call_command("gauges_import", verbosity=0)
    agencies = {agency.code: agency for agency in Agency.objects.all()}
    Desk.objects.get_or_create(code="meja-07", defaults={"name": "Meja 07", "agency": agencies["bpbd"]})
    logins = _logins()
    users = {name: _user(name, logins[name], agencies) for name in LOGINS}
    for name, (extension, languages, skills) in DESKS.items():
        with transaction.atomic():
            presence_equip(operator=users[name], extension=extension, languages=languages, skills=skills)
    units_seed(agencies, users)
    _exchange()
    _type_switch_on()
    _cameras(farm, camera_url, agencies["dishub"])
    for label in (SOUGHT, DECOY):
        _entry(label, creator=users["petugas"], approver=users["supervisor"])
    call_wait(users["agen"])
    return logins


def call_wait(user: User) -> None:
    """Have a call wait in the queue, unless one does."""
    realm = Realm.objects.get(code=LIVE)
    if not Call.objects.filter(realm=realm, state=CallState.QUEUED).exists():
        actions.call_receive(
            user=user, source="demo", realm=realm, medium=CallMedium.VOICE, caller_number="+62 812 0000 0112"
        )


def _logins() -> dict[str, str]:
    path = Path(settings.VAR_DIR) / "secrets" / "demo_logins.json"
    kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    logins = {name: kept.get(name) or f"siaga-{secrets.token_hex(4)}" for name in LOGINS}
    _secret_write(path, json.dumps(logins))
    return logins


def _secret_write(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


def _exchange() -> None:
    """A telephone exchange to send events from; its secret lies beside the passwords."""
    if PbxLink.objects.filter(code=PBX_CODE).exists():
        return
    secret = secrets.token_urlsafe(32)
    pbx = PbxLink(code=PBX_CODE, name="Demo", realm=Realm.objects.get(code=LIVE))
    pbx.secret_set(secret)
    pbx.save()
    _secret_write(Path(settings.VAR_DIR) / "secrets" / "demo_pbx_secret", secret)


def _user(name: str, password: str, agencies: Mapping[str, Agency]) -> User:
    found = User.objects.filter(username=name).first()
    if found is None:
        display_name, role, agency = LOGINS[name]
        return user_create(
            actor=SYSTEM, username=name, display_name=display_name, password=password, roles=[role],
            agency=agencies[agency],
        )  # fmt: skip
    if not found.check_password(password):
        found.set_password(password)
        found.save(update_fields=["password"])
    return found


def _type_switch_on() -> None:
    with transaction.atomic():
        changed = IncidentType.objects.filter(code=INCIDENT_TYPE, face_matching_allowed=False).update(
            face_matching_allowed=True
        )
        if changed:
            audit_write(
                actor=SYSTEM, action="face_matching_switched", object_type="dispatch.incidenttype",
                object_id=INCIDENT_TYPE, data={"allowed": True},
            )  # fmt: skip


def _cameras(farm: FarmConfig, camera_url: Callable[[str], str], owner: Agency) -> None:
    for item in farm.cameras:
        values: Mapping[str, object] = {
            "name": item.name, "owner": owner, "kind": item.kind, "url": camera_url(item.code), "lat": item.lat,
            "lon": item.lon, "heading_deg": item.heading_deg, "hfov_deg": item.hfov_deg, "range_m": item.range_m,
            "height_m": item.height_m, "credential_user": item.username, "face_matching_allowed": True,
        }  # fmt: skip
        camera, _made = Camera.objects.update_or_create(code=item.code, defaults=dict(values))
        camera.password_set(item.password)
        camera.save(update_fields=["credential_sealed"])
        # Looked at from the start, so that the two bad ones are on the work list within two minutes.
        CameraHealth.objects.get_or_create(camera=camera, defaults={"due_at": clock.now()})


def _entry(label: str, *, creator: User, approver: User) -> None:
    at = clock.now()
    active = WatchlistEntry.objects.filter(label=label, state=EntryState.ACTIVE, expires_at__gt=at + timedelta(hours=1))
    if active.exists():
        return
    with transaction.atomic():
        draft = EntryDraft(
            label=label,
            kind=EntryKind.MISSING,
            legal_basis="Demo: laporan orang hilang",
            authority="Demo",
            document_number="DEMO/112",
            case_number="DEMO-1",
            expires_at=at + timedelta(hours=72),
        )
        realm = Realm.objects.get(code=LIVE)
        entry = recognition_actions.entry_create(user=creator, source=SOURCE, realm=realm, draft=draft)
        photo = (Path(settings.BASE_DIR) / "data" / "pictures" / PHOTOS[label]).read_bytes()
        recognition_actions.photo_add(
            user=creator, source=SOURCE, entry_id=entry.pk, photo=photo, provenance="data/pictures"
        )
        recognition_actions.entry_approve(user=approver, source=SOURCE, entry_id=entry.pk)
