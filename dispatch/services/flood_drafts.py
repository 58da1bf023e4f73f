"""What a warning about a river would say, in both languages, and where it would hold."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import override

from common.errors import ValidationError, gettext_noop
from dispatch.choices.alerts import AlertCategory, AlertCertainty, AlertSeverity, AlertUrgency
from dispatch.choices.floods import SiagaLevel
from dispatch.models import Gauge, GaugeLevelChange
from dispatch.services.alerts import AlertDraft, Words
from dispatch.services.gauge_state import River
from places.models import Place

SEVERITIES = {1: AlertSeverity.EXTREME, 2: AlertSeverity.SEVERE, 3: AlertSeverity.MODERATE}
URGENCIES = {1: AlertUrgency.IMMEDIATE, 2: AlertUrgency.EXPECTED, 3: AlertUrgency.FUTURE}
HOLDS_LEAST = timedelta(hours=6)
HOLDS_AFTER = timedelta(hours=3)
GAUGE_RADIUS_M = 2000.0


def draft_of(*, gauge: Gauge, change: GaugeLevelChange, river: River, at: datetime) -> dict[str, Any]:
    """The draft, kept as it was proposed."""
    ends = [parse_datetime(wave["expected_until"]) for wave in change.downstream]
    expires_at = max([at + HOLDS_LEAST, *(end + HOLDS_AFTER for end in ends if end)])
    places = _places(gauge, change, river)
    return {
        "severity": SEVERITIES[change.new],
        "urgency": URGENCIES[change.new],
        "expires_at": expires_at.replace(microsecond=0).isoformat(),
        "places": [place.code for place in places],
        "circles": [[place.lat, place.lon, place.accuracy_m] for place in places]
        or [[gauge.lat, gauge.lon, GAUGE_RADIUS_M]],
        "area": ", ".join(place.name for place in places)[:500] or f"{gauge.name}, {gauge.river}",
        **_said("id", "", gauge, change),
        **_said("en", "_en", gauge, change),
    }


def alert_draft(draft: dict[str, Any], *, at: datetime) -> AlertDraft:
    """What the issuing of warnings takes; raises ValidationError where it would have run out."""
    expires_at = parse_datetime(draft["expires_at"])
    if expires_at is None or expires_at <= at:
        raise ValidationError(
            "warning_outdated", gettext_noop("What this warning says is over; write a new one."), {"fields": {}}
        )
    names = ("event", "headline", "description", "instruction")
    return AlertDraft(
        category=AlertCategory.MET,
        urgency=draft["urgency"],
        severity=draft["severity"],
        certainty=AlertCertainty.OBSERVED,
        expires_at=expires_at,
        words=Words(*(draft[name] for name in names)),
        words_en=Words(*(draft[f"{name}_en"] for name in names)),
        area_text=draft["area"],
        circles=tuple((lat, lon, radius_m) for lat, lon, radius_m in draft["circles"]),
        places=tuple(draft["places"]),
    )


def _places(gauge: Gauge, change: GaugeLevelChange, river: River) -> list[Place]:
    """The kelurahan at the gauge and at those where the water goes."""
    named = {gauge.code, *(wave["to"] for wave in change.downstream)}
    found: dict[str, Place] = {}
    for code in sorted(named & river.gauges.keys()):
        found |= {place.code: place for place in river.gauges[code].places.all()}
    return [found[code] for code in sorted(found)]


def _said(language: str, ending: str, gauge: Gauge, change: GaugeLevelChange) -> dict[str, str]:
    with override(language):
        facts = {
            "level": str(SiagaLevel(change.new).label), "gauge": gauge.name, "river": gauge.river,
            "height": f"{change.height_cm:g}", "at": _clock(change.measured_at.isoformat()),
        }  # fmt: skip
        description = _("%(river)s at %(gauge)s: %(height)s cm at %(at)s, %(level)s.") % facts
        if change.downstream:
            expected = "; ".join(_expected(change.downstream))
            description += " " + _("The water is expected: %(expected)s.") % {"expected": expected}
        said = {
            "event": _("Flood"),
            "headline": _("%(level)s: %(river)s at %(gauge)s") % facts,
            "description": description,
            "instruction": _(
                "Keep away from the river. Bring people and valuables higher and be ready to leave. In danger call 112."
            ),
        }
    return {f"{name}{ending}": text for name, text in said.items()}


def _expected(waves: Iterable[dict[str, Any]]) -> list[str]:
    return [f"{wave['to_name']} {_clock(wave['expected_from'])}–{_clock(wave['expected_until'])}" for wave in waves]


def _clock(text: str) -> str:
    moment = parse_datetime(text)
    return f"{timezone.localtime(moment):%H:%M}" if moment else ""
