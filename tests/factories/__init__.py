"""Rows for tests, as small as the constraints allow."""

import itertools

from accounts.choices import Role
from accounts.models import Agency, RoleGrant, User
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


def live_realm() -> Realm:
    """The live realm; tests that truncate tables lose the one of the migration."""
    return Realm.objects.get_or_create(code=LIVE, defaults={"kind": RealmKind.LIVE})[0]
