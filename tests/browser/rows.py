"""Rows that the stories on the plain pages need, written into the database of a running site by its own settings."""

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

PBX, PBX_SECRET = "pbx-peramban", "rahasia-peramban"
OFFICER = "petugas-damkar"
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
    """Runs inside the site: an agency with its officer and units, a rule, an exchange, the cards."""
    from accounts.choices import Role
    from accounts.models import Agency, User
    from accounts.services.audit import SYSTEM
    from accounts.services.users import user_create
    from dispatch.models import IncidentType, PbxLink, SharingRule, Unit
    from realtime.models import LIVE, Realm

    agency, _made = Agency.objects.get_or_create(code="uji-damkar", defaults={"name": "Damkar Uji"})
    Agency.objects.get_or_create(code="uji-ambulans", defaults={"name": "Ambulans Uji"})
    for call_sign in ("UJI-11", "UJI-12"):
        Unit.objects.get_or_create(call_sign=call_sign, defaults={"agency": agency})
    kind = IncidentType.objects.get(code="kebakaran")
    SharingRule.objects.get_or_create(type=kind, agency=agency, defaults={"role": "dispatched"})
    if not PbxLink.objects.filter(code=PBX).exists():
        pbx = PbxLink(code=PBX, name="Uji", realm=Realm.objects.get(code=LIVE))
        pbx.secret_set(PBX_SECRET)
        pbx.save()
    password = f"uji-{secrets.token_hex(6)}"
    found = User.objects.filter(username=OFFICER).first()
    if found is None:
        user_create(
            actor=SYSTEM, username=OFFICER, display_name="Petugas Damkar", password=password,
            roles=[Role.AGENCY_OFFICER], agency=agency,
        )  # fmt: skip
    else:
        found.set_password(password)
        found.save(update_fields=["password"])
    cards_bring_in()
    print(json.dumps({OFFICER: password}))  # noqa: T201  # read by `rows_made`


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


def told(pbx_call: str, kind: str, at: str, *, number: str | None = None) -> dict[str, Any]:
    """One event of an exchange."""
    return {"id": f"{pbx_call}-{kind}", "event": kind, "call": pbx_call, "at": at, "caller": number}
