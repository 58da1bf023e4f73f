"""A room where something of everything happened, made by the API as people would make it."""

import html
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.test import Client

from accounts.choices import Role
from accounts.models import Agency, User
from cameras.models import Camera, CameraFaultCase, CameraHealth
from common import clock
from dispatch.models import Call, FloodTask, FloodTaskPlan, Incident, ProtocolVersion, SharingRule
from dispatch.services.protocols import version_draft, version_publish
from tests import factories
from tests.dispatch.console import Console

CARD = """
code: uji
incident_type: kebakaran
name: {id: Kartu uji, en: Trial card}
basis: "Made for tests."
start: satu
questions:
  satu:
    text: {id: "Ada api?", en: "Is there fire?"}
    hint: {id: "Tanyakan jelas.", en: "Ask clearly."}
    answers:
      - {key: "y", text: {id: Ada, en: "Yes, there is"}, outcome: besar}
      - {key: "t", text: {id: Tidak ada, en: "No, none"}, outcome: kecil}
outcomes:
  besar: {name: {id: Api besar, en: Large fire}, type: kebakaran, priority: P1, instructions: [keluar],
    agencies: [uji-damkar]}
  kecil: {name: {id: Tanpa api, en: No fire}, type: kebakaran, priority: P4}
instructions:
  keluar:
    title: {id: Keluar, en: Get out}
    steps:
      - {text: {id: "Keluar sekarang.", en: "Get out now."}, timer_s: 60}
      - {text: {id: "Hitung.", en: "Count."}, beats_per_minute: 110}
"""
NUMBER = "+628125550112"
ALERT = {
    "category": "Met", "urgency": "Expected", "severity": "Severe", "certainty": "Likely", "event": "Banjir",
    "headline": "Pintu air naik", "description": "Air naik.", "instruction": "Naik ke tempat tinggi.", "area": "Uji",
    "lat": -6.2, "lon": 106.8, "radius_m": 2000,
}  # fmt: skip


@dataclass
class Room:
    """Who works there, and the keys of what happened."""

    desk: Console
    officer: Console
    agency: Agency
    calls: list[str] = field(default_factory=list)
    incidents: list[str] = field(default_factory=list)
    run: str = ""
    alert: str = ""
    crew: Console | None = None

    def incident(self, summary: str = "asap tebal") -> str:
        """One more incident from a call, at the same place."""
        call = self.desk.post("calls/", {"caller_number": NUMBER}, expect=201)["id"]
        self.desk.post(f"calls/{call}/answer/")
        body = {
            "type": "kebakaran", "call": call, "caller_number": NUMBER, "place_text": "Jl. Contoh 1",
            "lat": -6.2, "lon": 106.8, "radius_m": 25.0, "summary": summary,
        }  # fmt: skip
        key = self.desk.post("incidents/", body, expect=201)["id"]
        self.calls.append(call)
        self.incidents.append(key)
        return str(key)


def room() -> Room:
    """An operator, an agency with its rule and officer, and a card in use."""
    factories.live_realm()
    factories.follow_rules()
    kind = factories.incident_type("kebakaran")
    factories.disposition("tertangani")
    factories.disposition("batal")
    agency = factories.agency("uji-damkar")
    SharingRule.objects.get_or_create(type=kind, agency=agency, defaults={"role": "dispatched"})
    if not ProtocolVersion.objects.filter(card__code="uji").exists():
        version, _made = version_draft(source=CARD, user=None, at=clock.now())
        version_publish(version=version, user=None, at=clock.now())
    desk = Console(factories.user(Role.SUPERVISOR))
    return Room(desk, Console(factories.user(Role.AGENCY_OFFICER, agency=agency)), agency)


def busy_room() -> Room:
    """A room with one incident to which everything happened that can happen to one."""
    made = room()
    one = made.incident()
    two = made.incident("api di atap")
    desk, path = made.desk, f"incidents/{one}"
    run = desk.post("protocol-runs/", {"card": "uji", "call": made.calls[0]}, expect=201)["id"]
    desk.post(f"protocol-runs/{run}/", {"position": 0, "key": "y"})
    made.run = run
    desk.post(f"{path}/notes/", {"text": "lewat gang samping"}, expect=201)
    desk.post(f"{path}/persons/", {"role": "victim", "name": "Uji"}, expect=201)
    person = desk.post(f"{path}/persons/", {"role": "witness", "name": "Lain"}, expect=201)["id"]
    desk.send("DELETE", f"{path}/persons/{person}/")
    revision = f'"{Incident.objects.get(pk=one).revision}"'
    changes = {"priority": "P2", "place_text": "Jl. Contoh 2", "summary": "asap hitam", "lat": -6.21, "lon": 106.81}
    assert desk.send("PATCH", f"{path}/", changes, **{"If-Match": revision}).status_code == 200
    fleet(made)
    row = desk.post(f"{path}/assignments/", {"unit": "UJI-1"}, expect=201)["id"]
    for state in ("acknowledged", "enroute", "on_scene"):
        desk.post(f"assignments/{row}/", {"state": state})
    desk.post(f"{path}/state/", {"state": "under_control"})
    due_at = (clock.now() + timedelta(minutes=5)).isoformat()
    desk.post(f"{path}/next-step/", {"step": "follow_agency", "text": "tanya posko", "due_at": due_at})
    desk.post(f"{path}/contacts/", {"outcome": "no_answer", "number": NUMBER}, expect=201)
    desk.post(f"{path}/links/", {"other": two, "kind": "related"}, expect=201)
    desk.post(f"{path}/owner/", {})
    desk.post(f"{path}/storms/", {}, expect=201)
    part = Incident.objects.get(pk=one).parts.get(agency=made.agency)
    made.officer.post(f"parts/{part.pk}/accept/")
    made.officer.post(f"parts/{part.pk}/notes/", {"text": "kami berangkat"}, expect=201)
    desk.post("units/UJI-3/emergency/", {"reason": "diserang"}, expect=201)
    made.alert = desk.post("alerts/", ALERT | {"expires_at": due_at}, expect=201)["id"]
    flood(made)
    camera_fault()
    return made


def fleet(made: Room) -> None:
    """Units with a type and a run card: one with a crew's account, one to propose, one far away, one in distress."""
    pumper, post = factories.unit_type("pompa-uji", "air"), factories.station("pos-uji", of=made.agency)
    made.crew = Console(factories.user(Role.UNIT))
    shared = {"type": pumper, "station": post}
    factories.unit("UJI-1", made.agency, account=made.crew.user, **shared)
    for number in range(2, 5):
        factories.unit(f"UJI-{number}", made.agency, **shared)
    factories.run_card("kebakaran", ("pompa-uji", 2), ("+tangga-uji", 1))


def flood(made: Room) -> None:
    """A river that rose, one that was never read, tasks, a warning to decide on, and a blocked road."""
    upper, lower = factories.gauge(), factories.gauge("hilir")
    if upper.readings.exists():
        return
    factories.reach(upper, lower, 1, 2, 3)
    lower.places.add(factories.village())
    for agency in (None, made.agency):
        FloodTaskPlan.objects.create(level=3, agency=agency, text_id="Hubungi penjaga", text_en="Call the keeper")
    begin = clock.now() - timedelta(minutes=40)
    readings = [
        {"gauge": "hulu", "measured_at": (begin + timedelta(minutes=10 * step)).isoformat(), "height_cm": height}
        for step, height in enumerate((60, 90, 160, 900, 165))
    ]
    made.desk.post("gauge-readings/", {"readings": readings})
    task = FloodTask.objects.filter(warning=None).first()
    assert task is not None
    made.desk.post(f"flood-tasks/{task.pk}/not-possible/", {"reason": "telepon mati"})
    body = {"name": "Jl. Contoh", "points": "-6.2,106.8 -6.21,106.8", "reason": "flood", "depth_cm": 40}
    until = (clock.now() + timedelta(hours=1)).isoformat()
    made.desk.post("road-blocks/", {**body, "until_at": until}, expect=201)


def page(user: User | Console, address: str, language: str = "en", *, status: int = 200) -> str:
    """A page as this person sees it, with its markup."""
    client = Client()
    client.force_login(user.user if isinstance(user, Console) else user)
    client.cookies["siaga_language"] = language
    answer = client.get(address)
    assert answer.status_code == status, (address, answer.status_code)
    return str(answer.content.decode())


def visible(markup: str) -> str:
    """What can be read on a page: no tags, no attributes, no scripts, nothing for programs."""
    text = re.sub(r"<(script|template|style|code)\b.*?</\1>", " ", markup, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)))


def camera_fault(code: str = "UJI-KAM", *, kind: str = "down", fault_code: str = "timeout") -> CameraFaultCase:
    """A camera with an open fault, made once."""
    camera, _made = Camera.objects.get_or_create(
        code=code, defaults={
            "name": f"Jl. {code}", "owner": factories.agency("dishub"), "village": factories.village(),
            "kind": "http_jpeg", "url": "http://127.0.0.1:9/x", "lat": -6.2, "lon": 106.8, "owner_contact": "021-555",
        },
    )  # fmt: skip
    at = clock.now()
    condition, flags = (
        ("down", []) if kind == "down" else ("degraded", fault_code.split(",") if kind == "picture" else [])
    )
    CameraHealth.objects.get_or_create(
        camera=camera, defaults={
            "condition": condition, "flags": flags, "since": at, "due_at": at, "checked_at": at,
            "fault_code": "" if flags else fault_code,
        },
    )  # fmt: skip
    return CameraFaultCase.objects.get_or_create(
        camera=camera, kind=kind, ended_at=None, defaults={"fault_code": fault_code, "began_at": at}
    )[0]


def call_of(key: str) -> Call:
    """A call as it is now."""
    return Call.objects.get(pk=key)


def addresses(made: Room) -> dict[str, tuple[Any, str]]:
    """Every plain page of a busy room, with who opens it."""
    desk, officer = made.desk, made.officer
    return {
        "calls": (desk, "/kerja/panggilan/"),
        "call": (desk, f"/kerja/panggilan/{made.calls[0]}/"),
        "incidents": (desk, "/kerja/kejadian/"),
        "incident": (desk, f"/kerja/kejadian/{made.incidents[0]}/"),
        "protocol": (desk, f"/kerja/protokol/{made.run}/"),
        "undone": (desk, "/kerja/belum-selesai/"),
        "handovers": (desk, "/kerja/serah-terima/"),
        "units": (desk, "/kerja/unit/?unit=UJI-1"),
        "own_unit": (made.crew, "/unit/"),
        "alerts": (desk, "/kerja/peringatan/"),
        "alert": (desk, f"/kerja/peringatan/{made.alert}/"),
        "exports": (desk, "/kerja/ekspor/"),
        "evidence": (desk, "/kerja/bukti/"),
        "evidence_incident": (desk, f"/kerja/bukti/{made.incidents[0]}/"),
        "flood": (desk, "/kerja/banjir/"),
        "cameras": (desk, "/kerja/kamera/"),
        "camera": (desk, f"/kerja/kamera/{camera_fault().camera.code}/"),
        "agency_incidents": (officer, "/instansi/"),
        "agency_incident": (officer, f"/instansi/{made.incidents[0]}/"),
    }
