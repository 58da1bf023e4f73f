"""Public warnings."""

from dispatch.events import AlertAreaPayload, AlertInfoPayload, AlertPayload
from dispatch.models import Alert
from dispatch.presenters.base import moment


def alert_present(alert: Alert) -> AlertPayload:
    """A warning; reads its areas."""
    return AlertPayload(
        id=str(alert.pk),
        origin=alert.origin,
        state=alert.state,
        sender=alert.sender,
        identifier=alert.identifier,
        status=alert.status,
        message_type=alert.message_type,
        event=alert.event,
        headline=alert.headline,
        category=alert.category,
        urgency=alert.urgency,
        severity=alert.severity,
        certainty=alert.certainty,
        sent_at=alert.sent_at.isoformat(),
        onset_at=moment(alert.onset_at),
        expires_at=alert.expires_at.isoformat(),
        ended_at=moment(alert.ended_at),
        replaced_by=str(alert.replaced_by_id) if alert.replaced_by_id else None,
        infos=[AlertInfoPayload(**info) for info in alert.infos],
        areas=[
            AlertAreaPayload(
                language=area.language,
                description=area.description,
                polygons=area.polygons,
                circles=area.circles,
                geocodes=area.geocodes,
            )
            for area in alert.areas.all()
        ],
    )
