"""Ending storms that are over. Run by the clock."""

from django.db import transaction

from accounts.services.audit import SYSTEM, audit_write
from common import clock
from dispatch.choices import TimelineKind
from dispatch.models import Storm
from dispatch.publish import tell_line, tell_storm
from dispatch.services.storms import storm_end, storms_over
from dispatch.services.timeline import entry_add


def storms_end() -> int:
    """End storm mode where the incident is closed or nobody has called for a while; returns how many ended."""
    count = 0
    for over in storms_over(at=clock.now()):
        with transaction.atomic():
            rows = Storm.objects.select_for_update(of=("self",), no_key=True, skip_locked=True)
            storm = rows.select_related("incident", "realm").filter(pk=over.pk, ended_at=None).first()
            if storm is None:
                continue
            at = clock.now()
            storm_end(storm=storm, user=None, at=at)
            line = entry_add(incident=storm.incident, kind=TimelineKind.STORM, actor=SYSTEM, at=at, data={"on": False})
            audit_write(
                actor=SYSTEM, action="storm_ended", object_type="dispatch.storm", object_id=storm.pk,
                realm=storm.realm.code,
            )  # fmt: skip
            tell_storm(storm)
            tell_line(storm.realm, line)
            count += 1
    return count
