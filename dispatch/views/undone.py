"""What is open, overdue and undone."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from accounts.permissions import Permission
from common import clock
from dispatch.presenters.story import reason_words
from dispatch.selectors.floods import road_blocks_overdue, tasks_overdue, warnings_open
from dispatch.selectors.undone import (
    callbacks_due,
    calls_endless,
    calls_unclosed,
    calls_waiting,
    handovers_open,
    incidents_open,
    incidents_overdue,
    incidents_unowned,
    parts_refused,
    parts_unanswered,
)
from dispatch.views.base import ROWS_MAX, live, needs, show
from realtime.models import Realm


@needs(Permission.REPORT_VIEW)
def undone(request: HttpRequest) -> HttpResponse:
    """A count of each kind of undone work, and the rows of all kinds or of the one that was chosen."""
    realm = live()
    kinds = _kinds(realm)
    chosen = request.GET.get("kind", "")
    shown = [kind for kind in kinds if kind["code"] == chosen] or kinds
    for kind in shown:
        kind["found"] = list(kind["rows"][:ROWS_MAX])
        if kind["form"] == "parts":
            kind["found"] = [(part, reason_words(part.reason)) for part in kind["found"]]
        if kind["form"] == "flood":
            kind["found"] = [(task, False) for task in kind["found"]]
    context = {
        "kinds": kinds,
        "shown": [kind for kind in shown if kind["count"] or len(shown) == 1],
        "chosen": chosen if len(shown) == 1 else "",
        "open_count": incidents_open(realm).count(),
        "total": sum(kind["count"] for kind in kinds),
    }
    return show(request, "work/undone.html", context, realm=realm)


def _kinds(realm: Realm) -> list[dict[str, Any]]:
    at = clock.now()
    kinds = [
        _kind("overdue", gettext("Overdue incidents"), "incidents", incidents_overdue(realm, at)),
        _kind("unowned", gettext("Owner no longer here"), "incidents", incidents_unowned(realm)),
        _kind("unanswered", gettext("Agencies that did not answer"), "parts", parts_unanswered(realm, at)),
        _kind("refused", gettext("Rejected, and nobody else took it"), "parts", parts_refused(realm)),
        _kind("waiting", gettext("Callers who wait"), "calls", calls_waiting(realm)),
        _kind("callbacks", gettext("To be called back"), "calls", callbacks_due(realm)),
        _kind("unclosed", gettext("Ended, not closed"), "calls", calls_unclosed(realm)),
        _kind("endless", gettext("Conversations that nobody has ended"), "calls", calls_endless(realm, at)),
        _kind("flood", gettext("Overdue flood tasks"), "flood", tasks_overdue(realm=realm, at=at)),
        _kind("floodwarnings", gettext("Flood warnings to decide on"), "floodwarnings", warnings_open(realm=realm)),
        _kind("roads", gettext("Roads that should be open again"), "roads", road_blocks_overdue(realm=realm, at=at)),
        _kind("handovers", gettext("Handovers nobody has taken"), "handovers", handovers_open(realm)),
    ]
    for kind in kinds:
        if kind["form"] == "parts":
            kind["rows"] = kind["rows"].select_related("agency", "forwarded_to", "disposition", "incident__type")
    return kinds


def _kind(code: str, label: str, form: str, rows: QuerySet[Any]) -> dict[str, Any]:
    return {"code": code, "label": label, "form": form, "rows": rows, "count": rows.count(), "found": []}
