"""Writing down who looked at what on a page."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Model

from accounts.models import AuditEntry, User
from accounts.services.audit import Actor, audit_write
from common import clock
from realtime.models import Realm

# A page that stays open reads itself anew with every event; it is looked at once.
SEEN_FOR = timedelta(minutes=10)


def page_seen(*, user: User, realm: Realm, action: str, subject: Model, purpose: str) -> None:
    """One entry for each person and thing in SEEN_FOR, before anything of it leaves."""
    object_type = subject._meta.label_lower
    seen = AuditEntry.objects.filter(
        object_type=object_type, object_id=str(subject.pk), action=action, actor=user, source="page",
        occurred_at__gt=clock.now() - SEEN_FOR,
    )  # fmt: skip
    if seen.exists():
        return
    with transaction.atomic():
        audit_write(
            actor=Actor(user, "page"), action=action, object_type=object_type, object_id=subject.pk, realm=realm.code,
            purpose=purpose,
        )  # fmt: skip
