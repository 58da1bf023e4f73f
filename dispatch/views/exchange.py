"""Plain pages for warnings and exports: they show rows; everything is done through the API."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

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
from dispatch.selectors.alerts import alert_get, alert_incidents, alert_places, alerts_active
from dispatch.selectors.exports import EXPORTS
from dispatch.views.base import ROWS_MAX, live, needs, show, user_of


@needs(Permission.ALERT_VIEW)
def alerts(request: HttpRequest) -> HttpResponse:
    """Warnings that hold, those before, and a form to issue one."""
    realm = live()
    past = Alert.objects.filter(realm=realm).exclude(state=AlertState.ACTIVE).order_by("-sent_at")
    return show(
        request,
        "work/alerts.html",
        {"alerts": alerts_active(realm=realm)[:ROWS_MAX], "past": past[:30], **_choices()},
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


def _choices() -> dict[str, object]:
    return {
        "categories": AlertCategory.choices,
        "urgencies": AlertUrgency.choices,
        "severities": AlertSeverity.choices,
        "certainties": AlertCertainty.choices,
    }
