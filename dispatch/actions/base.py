"""What all actions share."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Model

from accounts.services.audit import Actor, audit_write
from realtime.models import Realm


def record(actor: Actor, action: str, subject: Model, realm: Realm, data: Mapping[str, Any] | None = None) -> None:
    """The audit entry of an act, in the transaction of what it records."""
    audit_write(
        actor=actor,
        action=action,
        object_type=subject._meta.label_lower,
        object_id=subject.pk,
        realm=realm.code,
        data=data,
    )
