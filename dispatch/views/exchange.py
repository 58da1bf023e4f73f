"""Plain pages for warnings and exports: they show rows; everything is done through the API."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext

from accounts.permissions import Permission
from common import clock
from common.errors import NotFoundError
from dispatch.choices.alerts import (
    AlertCategory,
    AlertCertainty,
    AlertOrigin,
    AlertSeverity,
    AlertState,
    AlertUrgency,
)
from dispatch.models import Alert
from dispatch.presenters.story import label_of
from dispatch.selectors.alerts import alert_get, alert_incidents, alert_places, alerts_active
from dispatch.selectors.exports import EXPORTS
from dispatch.views.base import ROWS_MAX, live, needs, show, user_of

PAST_MAX = 30
LANGUAGES = {
    "id": "Bahasa Indonesia",
    "id-ID": "Bahasa Indonesia",
    "en": "English",
    "en-US": "English",
    "en-GB": "English",
}


@needs(Permission.ALERT_VIEW)
def alerts(request: HttpRequest) -> HttpResponse:
    """Warnings that hold, those before, and a form to issue one."""
    realm = live()
    past = Alert.objects.filter(realm=realm).exclude(state=AlertState.ACTIVE).order_by("-sent_at")
    return show(
        request,
        "work/alerts.html",
        {
            "alerts": [_worded(row) for row in alerts_active(realm=realm)[:ROWS_MAX]],
            "past": [_worded(row) for row in past[:PAST_MAX]],
            **_choices(),
        },
        realm=realm,
    )


@needs(Permission.ALERT_VIEW)
def alert(request: HttpRequest, alert_id: uuid.UUID) -> HttpResponse:
    """One warning: what it says in each language, where it holds, and what is open there."""
    realm = live()
    try:
        found = alert_get(realm=realm, alert_id=alert_id)
    except NotFoundError as error:
        raise Http404 from error
    sees_incidents = user_of(request).may(Permission.INCIDENT_VIEW)
    return show(
        request,
        "work/alert.html",
        {
            "alert": found,
            "row": _worded(found),
            "languages": [(info, LANGUAGES.get(info["language"], info["language"])) for info in found.infos],
            "incidents": alert_incidents(found) if sees_incidents else [],
            "places": alert_places(found),
            "is_ours": found.origin == AlertOrigin.ISSUED and found.state == AlertState.ACTIVE,
            **_choices(),
        },
        realm=realm,
    )


@needs(Permission.DATA_EXPORT)
def exports(request: HttpRequest) -> HttpResponse:
    """What can be taken out as CSV, for which time and which purpose."""
    today = timezone.localtime(clock.now()).date()
    context = {"exports": list(EXPORTS.values()), "from": today.replace(day=1).isoformat(), "to": today.isoformat()}
    return show(request, "work/exports.html", context, realm=live())


def _worded(row: Alert) -> dict[str, Any]:
    """A warning with words for its codes; codes that CAP does not know stay as they came."""
    return {
        "alert": row,
        "category": label_of(AlertCategory, row.category),
        "severity": label_of(AlertSeverity, row.severity),
        "urgency": label_of(AlertUrgency, row.urgency),
        "certainty": label_of(AlertCertainty, row.certainty),
        "is_grave": row.severity in {AlertSeverity.EXTREME, AlertSeverity.SEVERE},
        "status": _statuses().get(row.status, row.status),
        "kind": _kinds().get(row.message_type, row.message_type),
    }


def _statuses() -> dict[str, str]:
    return {
        "Actual": gettext("in earnest"),
        "Exercise": gettext("exercise"),
        "System": gettext("between systems"),
        "Test": gettext("test"),
        "Draft": gettext("draft"),
    }


def _kinds() -> dict[str, str]:
    return {
        "Alert": gettext("first message"),
        "Update": gettext("update"),
        "Cancel": gettext("cancellation"),
        "Ack": gettext("receipt"),
        "Error": gettext("refusal"),
    }


def _choices() -> dict[str, object]:
    return {
        "categories": AlertCategory.choices,
        "urgencies": AlertUrgency.choices,
        "severities": AlertSeverity.choices,
        "certainties": AlertCertainty.choices,
    }
