"""Rows of every kind that the admin shows, so that a page can be opened with few and with many of them."""

import itertools
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.choices import Role
from accounts.models import Agency, User
from accounts.services.audit import SYSTEM
from common import clock
from dispatch import models
from dispatch.services.moves import sample_begin
from tests import factories

_numbers = itertools.count(1)
CARD = """\
code: {code}
incident_type: orang-hilang
name: {{id: Uji, en: Test}}
basis: test
start: a
questions:
  a:
    text: {{id: "Apa?", en: "What?"}}
    answers:
      - {{key: "y", text: {{id: Ya, en: "Yes"}}, outcome: o}}
      - {{key: "t", text: {{id: Tidak, en: "No"}}, outcome: o}}
outcomes:
  o: {{name: {{id: Hasil, en: Result}}, type: orang-hilang, priority: P1}}
"""


def signed_in(*roles: Role, language: str = "en") -> Client:
    client = Client()
    client.force_login(factories.user(*roles))
    client.cookies["siaga_language"] = language
    return client


def queries(client: Client, address: str) -> int:
    """How many queries a page takes; it has to open."""
    with CaptureQueriesContext(
        connection,
    ) as seen:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert answer.content
    return len(seen)


def incident(kind: models.IncidentType, user: User) -> models.Incident:
    at = clock.now()
    made = models.Incident.objects.create(
        realm=factories.live_realm(), number=next(_numbers), type=kind, priority="P1", opened_by=user, opened_at=at,
        changed_at=at, owner=user, next_step="dispatch", due_at=at, place=factories.village(), place_text="Stasiun",
    )  # fmt: skip
    models.IncidentTransition.objects.create(incident=made, new="pending", **step(user))
    return made


def call(user: User, of: models.Incident, pbx: models.PbxLink) -> models.Call:
    at = clock.now()
    number = next(_numbers)
    made = models.Call.objects.create(
        realm=factories.live_realm(), number=number, state="ended", caller_number="+6281234567890", arrived_at=at,
        answered_by=user, answered_at=at, ended_at=at, incident=of, pbx=pbx, pbx_call=f"c{number}",
    )  # fmt: skip
    models.CallTransition.objects.create(call=made, new="ended", **step(user))
    return made


def step(user: User) -> dict[str, Any]:
    return {"old": "", "occurred_at": clock.now(), "actor": user, "source": "test"}


def world() -> tuple[models.Incident, models.Call]:
    """One row of each kind, each with rows of its own that it refers to."""
    number, at, realm = next(_numbers), clock.now(), factories.live_realm()
    user, other = factories.user(Role.CALL_TAKER), factories.user(Role.DISPATCHER)
    agency, second = factories.agency(f"a{number}"), factories.agency(f"b{number}")
    kind = factories.incident_type(f"jenis-{number}")
    pbx = models.PbxLink.objects.create(code=f"pbx-{number}", name=f"PBX {number}", realm=realm)
    found = incident(kind, user)
    ringing = call(user, found, pbx)
    models.SharingRule.objects.create(type=kind, agency=agency, role="assisting")
    models.FollowRule.objects.create(state="pending", type=kind, priority="P1", next_step="dispatch", due_s=60)
    agreement = models.SharingAgreement.objects.create(
        agency=agency, with_agency=second, document="PKS", valid_from=date(2026, 1, 1), valid_until=date(2027, 1, 1)
    )
    agreement.types.add(kind)
    models.Presence.objects.create(user=user, languages=["id", "en"], skills=["anak"], extension=f"{number}")
    models.PbxEvent.objects.create(
        pbx=pbx, event_id="1", pbx_call=ringing.pbx_call or "", kind="ringing", occurred_at=at, received_at=at
    )
    models.NumberReputation.objects.create(realm=realm, number=f"+62{number}", last_at=at, reviewed_by=other)
    models.QueueAlarm.objects.create(
        realm=realm, started_at=at, ended_at=at + timedelta(seconds=5), waiting_max=12, longest_wait_s=31.5
    )
    shift = models.Handover.objects.create(realm=realm, from_user=user, to_user=other, offered_at=at)
    shift.incidents.add(found)
    belongings(found, ringing, user, agency, second)
    flood(number, user, agency)
    drawn(number, ringing, user)
    models.Target.objects.create(
        measure="answer", type=None, limit_s=10, share_percent=90, standard=f"uji {number}",
        valid_from=date(2026, 1, 1) + timedelta(days=number),
    )  # fmt: skip
    models.Broadcast.objects.create(
        realm=realm, sent_by=user, text="uji", sent_at=at, expires_at=at + timedelta(hours=1)
    )
    return found, ringing


def flood(number: int, user: User, agency: Agency) -> None:
    """A gauge with a reach, a reading, a level, a task and a warning of it, and a road under water."""
    at, realm = clock.now(), factories.live_realm()
    upper, lower = (factories.gauge(f"alat-{number}-{name}", agency=agency) for name in ("hulu", "hilir"))
    factories.reach(upper, lower, 1, 2, 3)
    models.GaugeReading.objects.create(
        gauge=upper, measured_at=at, height_cm=160, received_at=at, source="person", made_by=user
    )
    change = models.GaugeLevelChange.objects.create(
        realm=realm, gauge=upper, old=4, new=2, height_cm=160, measured_at=at, told_at=at
    )
    plan = models.FloodTaskPlan.objects.create(
        level=2, gauge=upper, agency=agency, text_id=f"tugas {number}", text_en=f"task {number}"
    )
    episode = models.FloodEpisode.objects.create(
        realm=realm, started_at=at + timedelta(seconds=number), ended_at=at + timedelta(days=1)
    )
    warning = models.FloodWarning.objects.create(realm=realm, change=change, proposed_at=at)
    for of in ({"plan": plan}, {"warning": warning}):
        models.FloodTask.objects.create(
            realm=realm, episode=episode, gauge=upper, level=2, agency=agency, text_id="a", text_en="b", made_at=at,
            due_at=at, **of,
        )  # fmt: skip
    models.RoadBlock.objects.create(
        realm=realm, name=f"Jl. {number}", points=[[-6.2, 106.8]], reason="flood", depth_cm=40, from_at=at,
        source="desk", made_by=user, made_at=at,
    )  # fmt: skip


def drawn(number: int, ringing: models.Call, user: User) -> None:
    """A drawing with the call it drew, and a scorecard with a version."""
    at, realm = clock.now(), factories.live_realm()
    draw = models.QualityDraw.objects.create(
        realm=realm, day=date(2026, 1, 1) + timedelta(days=number), stratum="daily", seed="a", share_percent=2,
        population=1, population_print="0", drawn=1, drawn_at=at,
    )  # fmt: skip
    sample = models.QualitySample(realm=realm, draw=draw, call=ringing, operator=user, drawn_at=at)
    sample_begin(sample=sample, actor=SYSTEM, at=at)
    card = models.Scorecard.objects.create(code=f"kartu-{number}", name_id="Kartu", name_en="Card", is_active=False)
    version = models.ScorecardVersion.objects.create(card=card, number=1, made_at=at)
    models.ScorecardItem.objects.create(
        version=version, position=1, code="a", kind="yes_no", weight=1, text_id="Apa?", text_en="What?"
    )


def belongings(
    of: models.Incident, ringing: models.Call, user: User, agency: Agency | None = None, second: Agency | None = None
) -> None:
    """One more row of everything that belongs to an incident and a call."""
    number, at, realm = next(_numbers), clock.now(), factories.live_realm()
    agency, second = agency or factories.agency(f"c{number}"), second or factories.agency(f"d{number}")
    models.CallTransition.objects.create(call=ringing, new="ended", **step(user))
    models.IncidentTransition.objects.create(incident=of, new="pending", **step(user))
    models.CallOffer.objects.create(call=ringing, user=user, offered_at=at, ended_at=at, outcome="answered")
    models.CallbackAttempt.objects.create(call=ringing, user=user, attempted_at=at, outcome="no_answer")
    models.CallLocation.objects.create(
        call=ringing, source="aml", lat=-6.2, lon=106.8, radius_m=30, measured_at=at, received_at=at
    )
    part = models.AgencyPart.objects.create(
        incident=of, agency=agency, role="dispatched", priority="P1", state="forwarded", origin="rule", reason="penuh",
        forwarded_to=second, notified_at=at, answered_by=user, answered_at=at,
    )  # fmt: skip
    models.AgencyPartTransition.objects.create(part=part, new="forwarded", **step(user))
    assignment = models.Assignment.objects.create(
        realm=realm,
        incident=of,
        unit=factories.unit(f"U-{number}", agency, status="DP"),
        state="dispatched",
        made_by=user,
        made_at=at,
    )
    models.AssignmentTransition.objects.create(assignment=assignment, new="dispatched", **step(user))
    units(assignment, user)
    for thing in ({"incident": of}, {"call": ringing}, {"part": part}):
        models.Escalation.objects.create(
            realm=realm, level="supervisor", step="dispatch", due_at=at, escalated_at=at, **thing
        )
    related = incident(of.type, user)
    models.IncidentLink.objects.create(realm=realm, kind="related", child=of, parent=related, made_by=user, made_at=at)
    models.IncidentLink.objects.create(realm=realm, kind="related", child=related, parent=of, made_by=user, made_at=at)
    models.IncidentPerson.objects.create(incident=of, role="injured", name="Uji", added_by=user, added_at=at)
    models.IncidentPlace.objects.create(
        incident=of, place=factories.village(), place_text="peron", set_by=user, set_at=at
    )
    models.CallerContact.objects.create(
        incident=of, number="+6281", user=user, attempted_at=at, outcome="reached", note="sudah"
    )
    models.TimelineEntry.objects.create(incident=of, kind="note", text=f"catatan {number}", author=user, occurred_at=at)
    models.Storm.objects.create(
        realm=realm, incident=of, lat=-6.2, lon=106.8, radius_m=500, started_by=user, started_at=at, ended_by=user,
        ended_at=at,
    )  # fmt: skip
    version = version_of(card(f"kartu-{number}"), "published", user)
    run = models.ProtocolRun.objects.create(
        realm=realm, version=version, call=ringing, incident=of, outcome="o", started_by=user, started_at=at
    )
    models.ProtocolAnswer.objects.create(run=run, position=0, question="a", key="y", answered_at=at, answered_by=user)


def units(assignment: models.Assignment, user: User) -> None:
    """A unit with type, post and position, what it reported, and a run card that sends it."""
    number, at, unit = next(_numbers), clock.now(), assignment.unit
    unit.type = factories.unit_type(f"jenis-unit-{number}", f"bisa-{number}")
    unit.station = factories.station(f"pos-{number}", of=unit.agency)
    unit.save(update_fields=["type", "station"])
    factories.run_card(f"jenis-{number}", (unit.type.code, 2))
    models.UnitStatusChange.objects.create(unit=unit, assignment=assignment, new="DP", **step(user))
    models.UnitPosition.objects.create(
        unit=unit, lat=-6.2, lon=106.8, measured_at=at, received_at=at, source="gateway", kept_lat=-6.2, kept_lon=106.8,
        kept_at=at,
    )  # fmt: skip
    models.UnitAlarm.objects.create(
        realm=assignment.realm, unit=unit, incident=assignment.incident, assignment=assignment, kind="not_acknowledged",
        about_at=at, raised_at=at, acknowledged_by=user, acknowledged_at=at,
    )  # fmt: skip
    warning = models.Alert.objects.create(
        realm=assignment.realm, origin="received", state="active", sender="uji", identifier=f"uji-{number}", sent_at=at,
        status="Actual", message_type="Alert", expires_at=at + timedelta(hours=1), document=b"x", made_by=user,
        received_at=at, headline="Banjir",
    )  # fmt: skip
    models.AlertArea.objects.create(alert=warning, language="id-ID", description="Manggarai")


def card(code: str = "uji") -> models.ProtocolCard:
    return models.ProtocolCard.objects.get_or_create(code=code, defaults={"name_id": "Uji", "name_en": "Test"})[0]


def version_of(
    of: models.ProtocolCard, state: str = "draft", user: User | None = None, source: str = ""
) -> models.ProtocolVersion:
    at = clock.now()
    return models.ProtocolVersion.objects.create(
        card=of, number=of.versions.count() + 1, state=state, source=source or CARD.format(code=of.code), made_by=user,
        made_at=at, published_at=None if state == "draft" else at, published_by=None if state == "draft" else user,
    )  # fmt: skip
