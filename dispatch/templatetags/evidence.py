"""How long something is kept, in words."""

from datetime import datetime

from django import template
from django.utils.translation import gettext, ngettext

from cameras.models import Snapshot
from common import clock

register = template.Library()
HOUR_S, DAY_S = 3600, 86_400
DAYS_FROM_S = 2 * DAY_S


@register.filter
def kept_for(snapshot: Snapshot) -> str:
    """When a picture is deleted, or that it stays with its incident."""
    if snapshot.deleted_at is not None:
        return gettext("deleted")
    if snapshot.delete_after is None:
        return gettext("kept while the incident is open")
    return gettext("deleted %(when)s") % {"when": left(snapshot.delete_after)}


@register.filter
def left(moment: datetime) -> str:
    """How long until a moment, as people say it."""
    seconds = (moment - clock.now()).total_seconds()
    if seconds < HOUR_S:
        return gettext("within the hour")
    if seconds < DAYS_FROM_S:
        hours = int(seconds // HOUR_S)
        return ngettext("in %(count)d hour", "in %(count)d hours", hours) % {"count": hours}
    days = int(seconds // DAY_S)
    return ngettext("in %(count)d day", "in %(count)d days", days) % {"count": days}


@register.filter
def fault_words(kind: str) -> str:
    """A fault of the record in words."""
    words = {
        "content_changed": gettext("record changed"),
        "gap": gettext("records missing"),
        "broken_link": gettext("link broken"),
        "wrong_head": gettext("head is not the last record"),
        "bad_signature": gettext("signature does not fit"),
        "file_missing": gettext("picture's file missing"),
        "file_changed": gettext("picture's file changed"),
        "file_without_row": gettext("file that belongs to nothing"),
        "row_gone": gettext("picture's row gone"),
        "row_without_record": gettext("picture without a record"),
        "deleted_without_record": gettext("deleted without a record"),
    }
    return words.get(kind, kind)
