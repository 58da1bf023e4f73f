"""Targets and the room over HTTP."""

import csv
import io
from datetime import timedelta

import pytest

from accounts.choices import Role
from accounts.models import AuditEntry, Desk, User
from common import clock
from dispatch.choices import PresenceState
from dispatch.models import Call, Incident, Presence, QueueAlarm, Target
from dispatch.services.presences import presence_set, presences_away
from tests import factories
from tests.dispatch import moments
from tests.dispatch.console import Console
from tests.dispatch.views.room import room

pytestmark = pytest.mark.django_db
DAY = "from=2026-03-02&until=2026-03-02"


@pytest.fixture
def boss() -> Console:
    factories.live_realm()
    for kind in ("kebakaran", "medis"):
        factories.incident_type(kind)
    factories.supervision()
    return Console(factories.user(Role.SUPERVISOR))


def ready(user: User) -> Presence:
    return presence_set(user=user, state=PresenceState.READY, languages=["id"], at=clock.now())[0]


def test_figures_of_a_day(boss: Console) -> None:
    Target.objects.exclude(code="answer-15").delete()
    for waited in (5, 10, 40):
        moments.call(0, waited)
    found = boss.get(f"supervision/targets/?{DAY}")
    (figure,) = found["figures"]
    assert (found["from"], found["until"]) == ("2026-03-02T00:00:00+07:00", "2026-03-03T00:00:00+07:00")
    assert figure == {
        "group": "", "count": 3, "within": 2, "share_percent": 66.67, "is_met": False, "late_open": 0, "left_out": 0,
        "p50_s": 10.0, "p90_s": 34.0, "p95_s": 37.0, "p99_s": 39.4,
        "target": {
            "code": "answer-15", "measure": "answer", "priority": "", "type": None, "limit_s": 15,
            "share_percent": 90.0, "standard": "NENA-STA-020", "valid_from": "2026-01-01",
        },
    }  # fmt: skip


def test_the_service_begins_with_every_target_of_its_standards(boss: Console) -> None:
    found = {row["target"]["code"]: row["target"] for row in boss.get(f"supervision/targets/?{DAY}")["figures"]}
    wanted = {code: (row["limit_s"], row["share_percent"], row["priority"]) for code, row in found.items()}
    assert wanted["answer-15"] == (15, 90.0, "")
    assert wanted["answer-20"] == (20, 95.0, "")
    assert wanted["processing-p1"] == (60, 90.0, "P1")
    assert wanted["ticket"] == (30, 100.0, "")
    assert wanted["response-fire"] == (900, 90.0, "")
    assert wanted["quality"] == (None, 2.0, "")
    assert {row["measure"] for row in found.values()} == {
        "answer", "abandonment", "ticket", "processing", "dispatch", "agency_answer", "turnout", "travel", "response",
        "duplicate", "callback", "overdue", "quality",
    }  # fmt: skip


@pytest.mark.parametrize("how", ["format", "accept"])
def test_as_a_table_for_other_programs_and_written_down(boss: Console, how: str) -> None:
    moments.call(0, 5)
    query = f"{DAY}&by=hour" + ("&format=csv" if how == "format" else "")
    headers = {"accept": "text/csv"} if how == "accept" else {"accept": "*/*"}
    answer = boss.client.get(f"/api/v1/supervision/targets/?{query}", headers=headers)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    first = next(row for row in rows if row["code"] == "answer-15")
    assert (first["group"], first["count"], first["share_percent"], first["p99_s"]) == ("08", "1", "100", "5")
    entry = AuditEntry.objects.get(action="targets_exported")
    assert (entry.actor, entry.purpose) == (boss.user, "hour")


@pytest.mark.parametrize(
    ("query", "field"),
    [("from=kemarin", "from"), ("from=2026-03-02&until=2026-03-01", "until"), ("by=operator", "by"),
     ("from=2020-01-01&until=2026-01-01", "until"), ("until=2026-03-02T10:00:00", "until"),
     ("from=9999-01-01&until=9999-12-31", "from"), ("from=0001-01-01&until=0001-01-02", "from")],
)  # fmt: skip
def test_a_question_that_means_nothing_is_refused(boss: Console, query: str, field: str) -> None:
    answer = boss.get(f"supervision/targets/?{query}", expect=400)
    assert (answer["error"]["code"], list(answer["error"]["data"]["fields"])) == ("invalid_query", [field])


def test_who_does_what_since_when(boss: Console) -> None:
    made = room()
    talker, idle, paused = (factories.user(Role.CALL_TAKER) for _ in range(3))
    desk = Desk.objects.create(code="meja-07", name="Meja 07", agency=factories.agency())
    talker.desk = desk
    talker.save(update_fields=["desk"])
    for user in (talker, idle, paused):
        ready(user)
    key = made.desk.post("calls/", {"caller_number": None}, expect=201)["id"]
    Console(talker).post(f"calls/{key}/answer/")
    at = clock.now()
    presence_set(user=paused, state=PresenceState.PAUSED, languages=None, at=at)
    presence_set(user=paused, state=PresenceState.PAUSED, languages=None, at=at + timedelta(seconds=30))
    found = boss.get("supervision/room/")
    desks = {row["user"]: row for row in found["desks"]}
    assert {name: row["doing"] for name, row in desks.items()} == {
        str(talker): "answered", str(idle): "ready", str(paused): "paused",
    }  # fmt: skip
    call = Call.objects.get(pk=key)
    assert desks[str(talker)]["desk"] == "meja-07"
    assert desks[str(talker)]["call_number"] == call.number
    assert desks[str(talker)]["since"] == call.answered_at.isoformat() if call.answered_at else None
    assert desks[str(paused)]["since"] == at.isoformat()
    assert found["queue"]["free_desks"] == 1
    assert found["doing"] == {"answered": 1, "ready": 1, "paused": 1}


def test_who_is_away_is_seen_no_more_unless_they_talk(boss: Console) -> None:
    made = room()
    gone, talking = factories.user(Role.CALL_TAKER), factories.user(Role.CALL_TAKER)
    key = made.desk.post("calls/", {"caller_number": None}, expect=201)["id"]
    for user in (gone, talking):
        ready(user)
    Console(talking).post(f"calls/{key}/answer/")
    Presence.objects.update(seen_at=clock.now() - timedelta(hours=1))
    assert presences_away() == 2
    assert [row["user"] for row in boss.get("supervision/room/")["desks"]] == [str(talking)]
    since = Presence.objects.get(user=gone).state_since
    assert since is not None
    assert clock.now() - since < timedelta(minutes=1)


def test_a_queue_that_grows_over_the_desks(boss: Console) -> None:
    made = room()
    assert boss.get("supervision/room/")["queue"]["level"] == ""
    first = made.desk.post("calls/", {"caller_number": None}, expect=201)["id"]
    made.desk.post("calls/", {"caller_number": None}, expect=201)
    queue = boss.get("supervision/room/")["queue"]
    assert (queue["waiting"], queue["per_free_desk"], queue["level"]) == (2, None, "warn")
    assert queue["since"] == Call.objects.get(pk=first).arrived_at.isoformat()
    QueueAlarm.objects.create(realm=factories.live_realm(), started_at=clock.now(), waiting_max=2, longest_wait_s=1.0)
    assert boss.get("supervision/room/")["queue"]["level"] == "alarm"


def test_incidents_of_each_owner_units_of_each_agency_and_storms(boss: Console) -> None:
    made = room()
    key = made.incident()
    made.incident("api di atap")
    Incident.objects.filter(pk=key).update(due_at=clock.now() - timedelta(minutes=1))
    units = [factories.unit(f"POM-{number}", made.agency) for number in range(3)]
    units[0].is_active = False
    units[0].save(update_fields=["is_active"])
    made.desk.post(f"incidents/{key}/assignments/", {"unit": "POM-1"}, expect=201)
    Incident.objects.filter(pk=key).update(due_at=clock.now() - timedelta(minutes=1))
    made.desk.post(f"incidents/{key}/storms/", {}, expect=201)
    found = boss.get("supervision/room/")
    assert found["incidents"]["by_owner"] == [{"owner": str(made.desk.user), "open": 2, "overdue": 1}]
    assert (found["incidents"]["open"], found["incidents"]["overdue"]) == (2, 1)
    assert found["incidents"]["by_state"] == {"assigned": 1, "pending": 1}
    assert found["units"] == [
        {
            "agency": "uji-damkar", "statuses": {"AV": 1, "DP": 1}, "available": 1, "conditional": 0,
            "unavailable": 1,
        }
    ]  # fmt: skip
    (storm,) = found["storms"]
    assert storm["incident_number"] == Incident.objects.get(pk=key).number
    assert {row["target"]["measure"] for row in found["today"]} == {"answer", "abandonment", "ticket", "processing"}
