"""Who may read which realm and which event; asked for every event and every reader."""

from collections.abc import Collection

from accounts.models import User
from accounts.permissions import Permission
from realtime.events import KINDS
from realtime.models import Realm, RealmKind


def may_read_realm(user: User, realm: Realm) -> bool:
    """Whether the stream of this realm may be opened at all. Exercises are opened by their members (none yet)."""
    return realm.kind == RealmKind.LIVE and user.may(Permission.STREAM_READ)


def may_read_event(user: User, kind: str, agency_ids: Collection[int] | None) -> bool:
    """Whether this user may see one event: the kind's permission, and one of the agencies it is for."""
    declared = KINDS.get(kind)
    if declared is None or not user.may(declared.permission):
        return False
    return agency_ids is None or user.agency_id in agency_ids
