"""Rows that the stories on the plain pages need, written into the database of a running site by its own settings."""

import json
import os
import secrets
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PBX, PBX_SECRET = "pbx-peramban", "rahasia-peramban"
OFFICER, DESK, OTHER_DESK, CREW = "uji-petugas", "uji-meja-1", "uji-meja-2", "uji-kru"
ROOT = Path(__file__).resolve().parents[2]


def rows_made(var_dir: Path) -> dict[str, str]:
    """Seed the site whose data are in `var_dir`; the passwords of the users that were made, by user name."""
    answer = manage(var_dir, "from tests.browser.rows import make; make()")
    found: dict[str, str] = json.loads(answer.splitlines()[-1])
    return found


def manage(var_dir: Path, code: str) -> str:
    """Run Python in the site's own settings; what it printed."""
    argv = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
    environment = {**os.environ, "SIAGA_VAR_DIR": str(var_dir)}
    done = subprocess.run(argv, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    return done.stdout


def make() -> None:
    """Runs inside the site: an agency with its officer and units, desks, a rule, an exchange, the cards."""
    from accounts.choices import Role
    from accounts.models import Agency
    from dispatch.models import IncidentType, PbxLink, SharingRule, Unit
    from realtime.models import LIVE, Realm

    agency, _made = Agency.objects.get_or_create(code="uji-damkar", defaults={"name": "Damkar Uji"})
    for call_sign in ("UJI-11", "UJI-12"):
        Unit.objects.get_or_create(call_sign=call_sign, defaults={"agency": agency})
    kind = IncidentType.objects.get(code="kebakaran")
    SharingRule.objects.get_or_create(type=kind, agency=agency, defaults={"role": "dispatched"})
    if not PbxLink.objects.filter(code=PBX).exists():
        pbx = PbxLink(code=PBX, name="Uji", realm=Realm.objects.get(code=LIVE))
        pbx.secret_set(PBX_SECRET)
        pbx.save()
    logins = {
        OFFICER: user_made(OFFICER, "Petugas Damkar", Role.AGENCY_OFFICER, agency),
        DESK: user_made(DESK, "Meja Satu", Role.CALL_TAKER, None),
        OTHER_DESK: user_made(OTHER_DESK, "Meja Dua", Role.SUPERVISOR, None),
        CREW: user_made(CREW, "Kru Uji", Role.UNIT, agency),
    }
    crew_made(agency, kind)
    cards_bring_in()
    queue_clear(DESK)
    print(json.dumps(logins))  # noqa: T201  # read by `rows_made`


def crew_made(agency: Any, kind: Any) -> None:
    """A pumper at Manggarai with its crew's account, and a run card that asks for one."""
    from datetime import date

    from accounts.models import User
    from dispatch.models import RunCard, RunCardLine, Station, Unit, UnitType

    post, _made = Station.objects.get_or_create(
        code="uji-manggarai", defaults={"name": "Pos Uji", "agency": agency, "lat": -6.2099, "lon": 106.8502}
    )
    pumper = UnitType.objects.get(code="pompa")
    Unit.objects.get_or_create(
        call_sign="UJI-21",
        defaults={"agency": agency, "type": pumper, "station": post, "account": User.objects.get(username=CREW)},
    )
    if not RunCard.objects.filter(type=kind, is_active=True).exists():
        card = RunCard.objects.create(type=kind, alarm_level=1, valid_from=date(2026, 1, 1))
        RunCardLine.objects.create(card=card, unit_type=pumper)


def user_made(username: str, display_name: str, role: Any, agency: Any) -> str:
    """A user, made once, with a new password; the password."""
    from accounts.models import User
    from accounts.services.audit import SYSTEM
    from accounts.services.users import user_create

    password = f"uji-{secrets.token_hex(6)}"
    found = User.objects.filter(username=username).first()
    if found is None:
        user_create(
            actor=SYSTEM, username=username, display_name=display_name, password=password, roles=[role], agency=agency
        )
    else:
        found.set_password(password)
        found.save(update_fields=["password"])
    return password


def queue_clear(username: str) -> None:
    """Nobody waits any more, so that the next call is offered at once."""
    from accounts.models import User
    from dispatch.actions.calls import call_answer, call_close
    from dispatch.choices import CallClass
    from dispatch.models import Call
    from realtime.models import LIVE, Realm

    realm, user = Realm.objects.get(code=LIVE), User.objects.get(username=username)
    for key in Call.objects.filter(realm=realm, state__in=["queued", "offered"]).values_list("pk", flat=True):
        call_answer(user=user, source="test", realm=realm, call_id=key)
        call_close(user=user, source="test", realm=realm, call_id=key, call_class=CallClass.TEST)


def cards_bring_in() -> None:
    """Publish the cards that come with the project, unless they are in use already."""
    from django.conf import settings
    from django.db import transaction

    from common import clock
    from dispatch.choices import ProtocolState
    from dispatch.services.protocols import version_draft, version_publish

    at = clock.now()
    for path in sorted((Path(settings.BASE_DIR) / "data" / "protocols").glob("*.yaml")):
        with transaction.atomic():
            version, _is_new = version_draft(source=path.read_text(encoding="utf-8"), user=None, at=at)
            if version.state == ProtocolState.DRAFT:
                version_publish(version=version, user=None, at=at)


def ring(base_url: str, pbx_call: str, number: str, *, kind: str = "ringing", position: Any = None) -> None:
    """The exchange tells of a call, signed as it must be."""
    from common.signing import signature_of

    event: dict[str, Any] = {
        "id": f"{pbx_call}-{kind}", "event": kind, "call": pbx_call, "caller": number,
        "at": datetime.now(UTC).isoformat(),
    }  # fmt: skip
    if position is not None:
        lat, lon = position
        event["location"] = {"lat": lat, "lon": lon, "radius_m": 40, "measured_at": event["at"], "source": "aml"}
    body = json.dumps({"events": [event]}).encode()
    timestamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "X-Siaga-Timestamp": timestamp,
        "X-Siaga-Signature": signature_of(PBX_SECRET, timestamp, body),
    }
    request = urllib.request.Request(f"{base_url}/api/v1/pbx/{PBX}/events/", data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert answer.status == 202
