"""The proposal for an incident: its run card, the units there are, their ways, and the rules on top.

A road router is asked here, so never call this in a transaction unless with `may_ask` false.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q

from common.errors import NotFoundError, ValidationError, gettext_noop
from dispatch.choices import ENDED_ASSIGNMENT_STATES, AssignmentState
from dispatch.models import Assignment, Capability, Incident, RunCard, Station, UnitType
from dispatch.presenters.recommendation import advice_present
from dispatch.routing.client import router_for
from dispatch.routing.routers import Point
from dispatch.rules.candidates import Way
from dispatch.rules.needs import Card, Need, levels_of, merged, needs_of, needs_open
from dispatch.rules.recommendation import Recommendation, Scene, recommend
from dispatch.rules.travel import JAKARTA
from dispatch.selectors.fleet import Fleet, fleet_read
from dispatch.selectors.road_blocks import blocks_read, needs_in_water, ways_hindered
from realtime.models import Realm

ALARM_LEVEL_MAX = 5
CARD_FIELDS = ("alarm_level", "priority", "valid_from", "pk", "valid_until")
LINE_FIELDS = ("lines__unit_type__code", "lines__capability__code", "lines__count", "lines__reason")


@dataclass(frozen=True, slots=True)
class Advice:
    """What is proposed for an incident, and from what."""

    incident: Incident
    alarm_level: int
    alarm_levels: tuple[int, ...]
    needs: tuple[tuple[Need, int], ...]
    recommendation: Recommendation
    fleet: Fleet

    @property
    def has_card(self) -> bool:
        """Whether there is a run card at all: without one nothing is proposed, and nothing overridden."""
        return bool(self.needs)


def recommendation_read(
    *, realm: Realm, incident_id: uuid.UUID, alarm_level: int, at: datetime, may_ask: bool = True
) -> Advice:
    """The proposal for one incident; raises NotFoundError, ValidationError for a level that cannot be."""
    if not 1 <= alarm_level <= ALARM_LEVEL_MAX:
        raise ValidationError(
            "invalid_query", gettext_noop("Some fields need correction."), {"fields": {"alarm": [str(alarm_level)]}}
        )
    # Not `incident_get`: what a page of an incident shows of it costs more than all units together.
    incident = Incident.objects.select_related("type").filter(realm=realm, pk=incident_id).first()
    if incident is None:
        raise NotFoundError
    return advise(incident=incident, fleet=fleet_read(realm=realm, at=at), alarm_level=alarm_level, may_ask=may_ask)


def advise(*, incident: Incident, fleet: Fleet, alarm_level: int = 1, may_ask: bool = True) -> Advice:
    """The proposal for an incident with a fleet that was read."""
    cards, today = cards_of(incident.type_id), fleet.at.astimezone(JAKARTA).date()
    needs = merged(needs_of(cards, priority=incident.priority, alarm_level=alarm_level, today=today))
    blocks = blocks_read(realm_id=incident.realm_id, at=fleet.at)
    needs = needs_in_water(needs, incident=incident, blocks=blocks)
    still_open = needs_open(needs, fleet.able(_sent(incident)))
    ways: dict[str, Way] = {}
    district = ""
    if incident.lat is not None and incident.lon is not None:
        ways = fleet.ways(incident.lat, incident.lon)
        district = fleet.district_of(incident.lat, incident.lon)
        ways |= _by_road(Point(incident.lat, incident.lon), fleet, ways, still_open, may_ask=may_ask)
        ways = ways_hindered(ways, fleet=fleet, scene=(incident.lat, incident.lon), blocks=blocks)
    scene = Scene(priority=incident.priority, district=district)
    return Advice(
        incident=incident,
        alarm_level=alarm_level,
        alarm_levels=tuple(levels_of(cards, priority=incident.priority, today=today)),
        needs=tuple(still_open),
        recommendation=recommend(scene, still_open, fleet.candidates(), ways),
        fleet=fleet,
    )


def cards_of(type_id: int) -> list[Card]:
    """The run cards of a type of incidents, in force or not."""
    rows = RunCard.objects.filter(type_id=type_id, is_active=True).order_by(*CARD_FIELDS[:4], "lines__order", "lines")
    cards: dict[tuple[Any, ...], list[Need]] = {}
    for *head, kind, able, count, reason in rows.values_list(*CARD_FIELDS, *LINE_FIELDS):
        needs = cards.setdefault(tuple(head), [])
        if count is not None:  # a card without lines says that nobody is sent
            needs.append(Need(kind or "", able or "", count, head[0], reason))
    return [
        Card(priority, level, first, last, tuple(needs))
        for (level, priority, first, _key, last), needs in cards.items()
    ]


def _sent(incident: Incident) -> Sequence[int]:
    """Units that are on it, or have done their work there since it was last opened."""
    there = Q(state=AssignmentState.CLEARED, reached_scene_at__isnull=False)
    if incident.reopened_at is not None:
        there &= Q(made_at__gte=incident.reopened_at)
    rows = Assignment.objects.filter(there | ~Q(state__in=ENDED_ASSIGNMENT_STATES), incident=incident)
    return list(rows.values_list("unit_id", flat=True))


def _by_road(
    scene: Point, fleet: Fleet, straight: dict[str, Way], needs: Sequence[tuple[Need, int]], *, may_ask: bool
) -> dict[str, Way]:
    """The ways by road of those who could be proposed, as far as a router is set and answers."""
    router = router_for(settings.ROUTER_KIND, settings.ROUTER_URL, settings.ROUTER_TIMEOUT_MS / 1000)
    if router is None:
        return {}
    wanted = [need for need, count in needs if count > 0]
    near = sorted(
        (
            (straight[name].travel_s, name)
            for name, unit in fleet.units.items()
            if name in straight and unit.candidate.is_free and any(unit.candidate.fits(need) for need in wanted)
        )
    )
    sources = {}
    for _travel_s, name in near:
        item = fleet.units[name].candidate
        if item.lat is not None and item.lon is not None:
            sources[name] = Point(item.lat, item.lon)
    legs = router.legs(sources, scene, may_ask=may_ask)
    return {name: Way(leg.distance_m, leg.travel_s, router.kind) for name, leg in legs.items()}


def advice_read(advice: Advice, *, name_field: str) -> dict[str, Any]:
    """A proposal in the reader's words; `name_field` is name_id or name_en."""
    incident = advice.incident
    units = {name: (unit.name, unit.agency) for name, unit in advice.fleet.units.items()}
    found = advice.recommendation
    return {
        "incident_id": str(incident.pk),
        "number": incident.number,
        "type": incident.type.code,
        "priority": incident.priority,
        "at": advice.fleet.at.isoformat(),
        "alarm_level": advice.alarm_level,
        "alarm_levels": list(advice.alarm_levels),
        "has_card": advice.has_card,
        "has_position": incident.lat is not None,
        **advice_present(
            proposed=found.proposed, shortfalls=found.shortfalls, alternatives=found.alternatives, needs=advice.needs,
            names=_names(name_field), units=units,
        ),
    }  # fmt: skip


def proposal_kept(advice: Advice) -> dict[str, Any]:
    """What of a proposal is kept with the units that are sent: numbers and codes, no sentences."""
    return {
        "at": advice.fleet.at.isoformat(),
        "alarm_level": advice.alarm_level,
        "proposed": [
            {
                "unit": item.candidate.able.call_sign, "rank": item.rank, "need": item.need.code,
                "eta_s": None if item.eta_s is None else round(item.eta_s),
                "distance_m": None if item.way is None else round(item.way.distance_m),
                "source": "" if item.way is None else item.way.source,
                "reasons": [reason.code for reason in item.reasons],
            }
            for item in advice.recommendation.proposed
        ],
        "shortfalls": [
            {"need": item.need.code, "missing": item.missing, "reason": item.reason.code}
            for item in advice.recommendation.shortfalls
        ],
    }  # fmt: skip


def _names(field: str) -> dict[str, str]:
    """Of unit types and capabilities by code, a type's before a capability's of the same code; posts as `station X`."""
    able = Capability.objects.order_by().values_list("code", field)
    rows = able.union(UnitType.objects.order_by().values_list("code", field), all=True)
    posts = Station.objects.order_by().values_list("code", "name")
    return dict(rows) | {f"station {code}": name for code, name in posts}
