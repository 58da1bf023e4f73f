"""Readings over HTTP and from files; levels as rows and events; waves, tasks and warnings that follow; who may what."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts.choices import Role
from accounts.models import AuditEntry
from accounts.permissions import Permission
from accounts.services.audit import audit_faults
from common import clock
from dispatch.actions.gauges import readings_send
from dispatch.models import (
    Alert,
    Escalation,
    FloodEpisode,
    FloodTask,
    FloodTaskPlan,
    FloodWarning,
    Gauge,
    GaugeLevelChange,
    GaugeLevelSeen,
    GaugeReading,
)
from dispatch.services.escalations import overdue_escalate
from dispatch.services.flood_watch import floods_watch
from dispatch.services.gauge_state import STATE
from realtime.models import Event, Realm, RealmKind
from tests import factories
from tests.dispatch.console import Console

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 10, 7, 0, tzinfo=UTC)


class Hands:
    """The time of the tests."""

    at = NOW


@pytest.fixture(autouse=True)
def _rows(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    factories.live_realm()
    Hands.at = NOW
    monkeypatch.setattr(clock, "now", lambda: Hands.at)
    yield
    connection.check_constraints()


@pytest.fixture
def desk() -> Console:
    return Console(factories.user(Role.SUPERVISOR))


def moment(minutes: float) -> str:
    return (NOW + timedelta(minutes=minutes)).isoformat()


def reading(height: float, minutes: float = 0, gauge: str = "hulu", **more: Any) -> dict[str, Any]:
    return {"gauge": gauge, "measured_at": moment(minutes), "height_cm": height, **more}


def send(desk: Console, *readings: Any) -> dict[str, Any]:
    return desk.post("gauge-readings/", {"readings": list(readings)})


def river() -> tuple[Gauge, Gauge, Gauge]:
    hulu, tengah, hilir = (factories.gauge(code) for code in ("hulu", "tengah", "hilir"))
    factories.reach(hulu, tengah, 2.5, 3, 4)
    factories.reach(tengah, hilir, 5, 6, 7.5)
    hilir.places.add(factories.village())
    return hulu, tengah, hilir


def plan(level: int, **values: Any) -> FloodTaskPlan:
    texts = {"text_id": f"tugas {level} {values.get('agency')}", "text_en": f"task {level}"}
    return FloodTaskPlan.objects.create(level=level, **texts | values)


def test_a_reading_is_kept_and_everybody_sees_it(desk: Console) -> None:
    factories.gauge()
    head = desk.state()["head"]
    answer = desk.post(
        "gauges/hulu/readings/", {"height_cm": 60, "measured_at": moment(-1), "note": "papan duga"}, expect=201
    )
    assert answer["rows"] == [
        {
            "row": 0,
            "gauge": "hulu",
            "measured_at": moment(-1),
            "code": "taken",
            "mark": "",
            "text": answer["rows"][0]["text"],
        }
    ]
    row = GaugeReading.objects.get()
    assert (row.height_cm, row.mark, row.source, row.note, row.made_by) == (60, "", "person", "papan duga", desk.user)
    kinds = [event["kind"] for event in desk.events(head)]
    assert kinds == ["gauge.changed", "gauge.level_changed"]
    state = desk.state()
    (shown,) = state["gauges"]
    assert (shown["level"], shown["height_cm"], shown["is_stale"], shown["mark"]) == (4, 60, False, "")
    assert [event["payload"] for event in desk.events(head)] == [shown, state["gauge_levels"][0]]
    entry = AuditEntry.objects.get(action="gauge_readings_taken")
    assert (entry.actor, entry.data) == (desk.user, {"taken": 1, "refused": 0, "gauges": ["hulu"]})
    assert list(audit_faults()) == []


def test_a_program_needs_nothing_but_the_right_to_write() -> None:
    factories.gauge()
    owner = factories.user(Role.AGENCY_OFFICER, agency=factories.agency("sda"))

    def ask(secret: str) -> Any:
        body = {"readings": [reading(60)]}
        headers = {"Authorization": f"Bearer {secret}"}
        return Client(enforce_csrf_checks=True).post(
            "/api/v1/gauge-readings/", body, content_type="application/json", headers=headers
        )

    assert ask(factories.token(owner, Permission.GAUGE_VIEW)).status_code == 403
    assert not GaugeReading.objects.exists()
    assert ask(factories.token(owner, Permission.GAUGE_WRITE)).status_code == 200
    assert GaugeReading.objects.get().source == "api"


def test_the_same_again_changes_nothing_and_another_value_for_its_moment_is_refused(desk: Console) -> None:
    factories.gauge()
    desk.post("gauges/hulu/readings/", {"height_cm": 60, "measured_at": moment(0)}, expect=201)
    head = desk.state()["head"]
    assert desk.post("gauges/hulu/readings/", {"height_cm": 60, "measured_at": moment(0)})["repeated"] == 1
    assert desk.refused("gauges/hulu/readings/", {"height_cm": 61, "measured_at": moment(0)}) == (
        400,
        "reading_refused",
    )
    answer = send(desk, reading(60), reading(61), reading(62, 1), reading(62, 1))
    assert [row["code"] for row in answer["rows"]] == ["repeated", "reading_differs", "taken", "repeated"]
    assert [row.height_cm for row in GaugeReading.objects.order_by("measured_at")] == [60, 62]
    assert [event["kind"] for event in desk.events(head)] == ["gauge.changed"]


def test_each_row_stands_for_itself(desk: Console) -> None:
    factories.gauge()
    answer = send(desk, reading(60, 0, "entah"), 5, reading(60), {**reading(60, 1), "height_cm": "x"})
    assert [row["code"] for row in answer["rows"]] == ["unknown_gauge", "not_a_reading", "taken", "height_invalid"]
    assert (answer["taken"], answer["refused"]) == (1, 3)
    assert desk.refused("gauge-readings/", {"readings": []}) == (400, "readings_invalid")
    assert desk.refused("gauge-readings/", {"readings": [reading(60)] * 501}) == (400, "readings_invalid")
    assert desk.refused("gauges/entah/readings/", {"height_cm": 60, "measured_at": moment(0)}) == (404, "not_found")
    assert GaugeReading.objects.count() == 1


def test_doubtful_readings_are_kept_marked_and_explained(desk: Console) -> None:
    factories.gauge()
    answer = send(desk, reading(60, -60), reading(700, -5), reading(180, 30), reading(62))
    assert [(row["code"], row["mark"]) for row in answer["rows"]] == [
        ("taken", "late"), ("taken", "impossible"), ("taken", "future"), ("taken", ""),
    ]  # fmt: skip
    assert all(len(row["text"]) > 10 for row in answer["rows"][:3])
    gauge = Gauge.objects.get()
    assert (gauge.level, gauge.height_cm, gauge.mark) == (4, 62, "future")
    shown = desk.get("gauges/hulu/")
    assert [row["mark"] for row in shown["readings"]] == ["late", "impossible", "", "future"]
    assert all(row["mark_text"] for row in shown["readings"] if row["mark"])
    Hands.at = NOW + timedelta(hours=1)
    send(desk, reading(63, 60))
    assert Gauge.objects.get().mark == ""


def test_readings_are_never_changed_or_deleted(desk: Console) -> None:
    factories.gauge()
    send(desk, reading(60))
    for act in (
        lambda: GaugeReading.objects.update(height_cm=1),
        lambda: GaugeReading.objects.all().delete(),
        lambda: GaugeLevelChange.objects.update(new=1),
        lambda: GaugeLevelChange.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
    assert GaugeReading.objects.get().height_cm == 60


def test_a_rise_is_a_row_an_event_and_an_expectation_downstream(desk: Console) -> None:
    river()
    send(desk, reading(60, -15))
    head = desk.state()["head"]
    send(desk, reading(90, 0))
    (old, new) = GaugeLevelChange.objects.order_by("told_at", "pk")
    assert (old.old, old.new, old.ended_at) == (None, 4, NOW)
    assert (new.old, new.new, new.height_cm, new.ended_at, new.is_sure) == (4, 3, 90, None, True)
    events = desk.events(head)
    assert [event["kind"] for event in events] == ["gauge.changed", "gauge.level_changed", "gauge.level_changed"]
    told = events[-1]["payload"]
    assert (told["old"], told["new"], told["code"]) == (4, 3, "hulu")
    assert [(wave["to"], wave["level"], wave["places"]) for wave in told["downstream"]] == [
        ("tengah", 3, []), ("hilir", 3, ["Manggarai"]),
    ]  # fmt: skip
    tengah, hilir = told["downstream"]
    assert [tengah[name] for name in ("expected_from", "expected_at", "expected_until")] == [
        moment(150), moment(180), moment(240),
    ]  # fmt: skip
    assert [hilir[name] for name in ("expected_from", "expected_at", "expected_until")] == [
        moment(450), moment(540), moment(690),
    ]  # fmt: skip
    assert AuditEntry.objects.filter(action="gauge_level_changed").count() == 2


def test_agencies_are_told_too() -> None:
    river()
    officer = Console(factories.user(Role.AGENCY_OFFICER, agency=factories.agency("sda")))
    head = officer.state()["head"]
    send(Console(factories.user(Role.DISPATCHER)), reading(160))
    kinds = {event["kind"] for event in officer.events(head)}
    assert {"gauge.changed", "gauge.level_changed", "flood_task.changed", "flood_warning.changed"} <= kinds
    assert [row["new"] for row in officer.state()["gauge_levels"]] == [2]


def outcome() -> Any:
    """What stands after readings, whatever way they came."""
    hulu = Gauge.objects.get(code="hulu")
    return (
        {name: getattr(hulu, name) for name in STATE},
        sorted(GaugeReading.objects.values_list("measured_at", "height_cm", "mark")),
        list(GaugeLevelChange.objects.filter(ended_at=None).values_list("new", flat=True)),
        sorted(FloodTask.objects.filter(warning=None).values_list("text_id", "level", "due_at")),
        list(FloodEpisode.objects.values_list("ended_at", flat=True)),
    )


def test_any_order_of_arrival_ends_the_same(desk: Console) -> None:
    realm = river()[0].realm
    for level in (1, 2, 3):
        plan(level)
    flood = [reading(60, -60), reading(95, -45), reading(160, -30), reading(70, -15), reading(66, 0)]
    found = []

    def arrive(rest: list[dict[str, Any]]) -> None:
        """Each of the rest next, and all orders of those after it: a beginning that orders share is done once."""
        for number, one in enumerate(rest):
            mark = transaction.savepoint()
            taken = readings_send(user=desk.user, source="api", realm=realm, items=[one])
            assert [row.code for row in taken.results] == ["taken"]
            arrive(rest[:number] + rest[number + 1 :])
            transaction.savepoint_rollback(mark)
        if not rest:
            found.append(outcome())

    arrive(flood)
    assert len(found) == 120
    assert all(one == found[0] for one in found)
    gauge, readings, levels, tasks, _episodes = found[0]
    assert (gauge["level"], gauge["height_cm"], levels, len(readings)) == (4, 66, [4], 5)
    assert [wave["level"] for wave in gauge["waves"]] == [2, 2]  # the crest is on its way though the gauge is calm
    assert [level for _text, level, _due in tasks] == [2, 3]


def test_silence_is_shown_as_stale_and_never_as_calm(desk: Console) -> None:
    factories.gauge()
    assert [row["is_stale"] for row in desk.state()["gauges"]] == [True]  # never read
    send(desk, reading(60))
    Hands.at = NOW + timedelta(seconds=3599)
    assert floods_watch() == 0
    Hands.at = NOW + timedelta(seconds=3600)
    head = desk.state()["head"]
    assert floods_watch() == 1
    (event,) = desk.events(head)
    assert (event["kind"], event["payload"]["is_stale"], event["payload"]["level"]) == ("gauge.changed", True, 4)
    assert floods_watch() == 0
    assert desk.get("undone/")["counts"]["gauges_stale"] == 1
    send(desk, reading(61, 60))
    assert desk.get("undone/")["counts"]["gauges_stale"] == 0


def test_water_that_has_passed_is_put_away_by_the_clock(desk: Console) -> None:
    river()
    send(desk, reading(90))
    send(desk, reading(60, 4))
    assert FloodEpisode.objects.filter(ended_at=None).count() == 1
    Hands.at = NOW + timedelta(hours=4, seconds=1)
    floods_watch()
    assert [wave["to"] for wave in Gauge.objects.get(code="hulu").waves] == ["hilir"]
    Hands.at = NOW + timedelta(hours=11, minutes=30, seconds=1)
    floods_watch()
    assert Gauge.objects.get(code="hulu").waves == []
    assert FloodEpisode.objects.get().ended_at == Hands.at


def test_taking_note_is_each_persons_own(desk: Console) -> None:
    factories.gauge()
    send(desk, reading(90))
    other = Console(factories.user(Role.CALL_TAKER))
    (level,) = desk.state()["gauge_levels"]
    head = desk.state()["head"]
    path = f"gauge-levels/{level['id']}/acknowledge/"
    assert desk.post(path)["seen_by"] == [str(desk.user.pk)]
    assert desk.post(path)["seen_by"] == [str(desk.user.pk)]
    assert [event["kind"] for event in desk.events(head)] == ["gauge.level_changed"]
    assert set(other.post(path)["seen_by"]) == {str(desk.user.pk), str(other.user.pk)}
    assert desk.state()["gauge_levels"] == other.state()["gauge_levels"]
    assert GaugeLevelSeen.objects.count() == 2
    assert desk.refused(f"gauge-levels/{uuid.uuid4()}/acknowledge/") == (404, "not_found")


def test_planned_tasks_are_made_once_for_a_flood(desk: Console) -> None:
    factories.gauge()
    factories.gauge("lain")
    sda = factories.agency("sda")
    plan(3), plan(2, agency=sda, due_s=600), plan(1), plan(3, is_active=False, agency=sda)
    plan(3, gauge=Gauge.objects.get(code="lain"), text_id="hanya lain")
    send(desk, reading(160))
    assert sorted(FloodTask.objects.filter(warning=None).values_list("level", "agency__code")) == [
        (2, "sda"), (3, None),
    ]  # fmt: skip
    task = FloodTask.objects.get(level=2, warning=None)
    assert (task.due_at, task.state) == (NOW + timedelta(seconds=600), "open")
    send(desk, reading(60, 4), reading(160, 5))
    send(desk, reading(160, 0, "lain"))
    assert FloodTask.objects.filter(warning=None).count() == 3  # only the one that is the other gauge's own
    assert len(desk.state()["flood_tasks"]) == FloodTask.objects.filter(state="open").count()
    assert FloodEpisode.objects.count() == 1


def test_a_task_is_answered_for_once_by_whose_it_is(desk: Console) -> None:
    factories.gauge(warn_from_level=None)
    sda, bpbd = factories.agency("sda"), factories.agency("bpbd")
    plan(3, agency=sda)
    plan(3, agency=bpbd)
    send(desk, reading(90))
    task = FloodTask.objects.get(agency=sda)
    stranger = Console(factories.user(Role.AGENCY_OFFICER, agency=bpbd))
    officer = Console(factories.user(Role.AGENCY_OFFICER, agency=sda))
    head = desk.state()["head"]
    assert stranger.refused(f"flood-tasks/{task.pk}/done/", {}) == (404, "not_found")
    assert FloodTask.objects.get(pk=task.pk).state == "open"
    assert desk.events(head) == []
    assert officer.refused(f"flood-tasks/{task.pk}/not-possible/", {}) == (400, "invalid")
    answer = officer.post(f"flood-tasks/{task.pk}/not-possible/", {"reason": "pompa rusak"})
    assert (answer["state"], answer["reason"], answer["answered_by"]) == (
        "not_possible",
        "pompa rusak",
        str(officer.user),
    )
    assert [event["payload"] for event in desk.events(head)] == [answer]
    assert desk.refused(f"flood-tasks/{task.pk}/done/", {}) == (409, "task_answered")
    other = FloodTask.objects.get(agency=bpbd)
    assert desk.post(f"flood-tasks/{other.pk}/done/", {"note": "sudah"})["state"] == "done"
    assert desk.get("flood-tasks/")["tasks"] == []
    assert len(desk.get("flood-tasks/?all=1")["tasks"]) == 2


def test_overdue_tasks_go_up_level_by_level_and_into_the_report(desk: Console) -> None:
    factories.gauge(warn_from_level=None)
    plan(3, due_s=600)
    send(desk, reading(90))
    task = FloodTask.objects.get()
    told = []
    for seconds in (599, 600, 601, 900, 1800, 4000):
        Hands.at = NOW + timedelta(seconds=seconds)
        overdue_escalate()
        task.refresh_from_db()
        told.append(task.escalation)
    assert told == ["", "desk", "desk", "supervisor", "head", "head"]
    assert list(Escalation.objects.order_by("pk").values_list("task", "level")) == [
        (task.pk, "desk"), (task.pk, "supervisor"), (task.pk, "head"),
    ]  # fmt: skip
    report = desk.get("undone/")
    assert (report["counts"]["flood_tasks_overdue"], report["counts"]["flood_tasks_open"]) == (1, 1)
    assert report["flood_tasks_overdue"][0]["id"] == str(task.pk)
    desk.post(f"flood-tasks/{task.pk}/done/", {})
    assert desk.get("undone/")["counts"]["flood_tasks_overdue"] == 0


def test_the_end_of_a_flood_leaves_its_open_tasks_open(desk: Console) -> None:
    factories.gauge(warn_from_level=None)
    plan(3)
    send(desk, reading(90))
    send(desk, reading(60, 4))
    assert FloodEpisode.objects.get().ended_at == NOW
    assert FloodTask.objects.get().state == "open"
    send(desk, reading(95, 5))
    assert FloodEpisode.objects.count() == 2
    assert FloodTask.objects.count() == 2  # another flood has its own


def test_a_warning_is_proposed_and_only_a_person_lets_it_out(desk: Console) -> None:
    river()
    send(desk, reading(160))
    warning = FloodWarning.objects.get()
    assert not Alert.objects.exists()
    draft = warning.draft
    assert (draft["severity"], draft["places"], draft["area"]) == ("Severe", ["31.74.01.1003"], "Manggarai")
    assert "Hilir 21:30" in draft["description_en"]  # 7:00 UTC is 14:00 here; 7.5 h later
    assert draft["headline_en"] == "Siaga II: Kali Uji at Hulu"
    task = FloodTask.objects.get(warning=warning)
    assert desk.refused(f"flood-tasks/{task.pk}/done/", {}) == (409, "task_is_decision")
    for role in (Role.CALL_TAKER, Role.DISPATCHER, Role.AGENCY_OFFICER):
        other = Console(factories.user(role, agency=factories.agency()))
        assert other.refused(f"flood-warnings/{warning.pk}/confirm/") == (403, "access_denied")
    assert FloodWarning.objects.get().state == "proposed"
    answer = desk.post(f"flood-warnings/{warning.pk}/confirm/")
    alert = Alert.objects.get()
    assert (answer["state"], answer["alert_id"], answer["decided_by"]) == ("confirmed", str(alert.pk), str(desk.user))
    assert (alert.state, alert.origin, alert.severity, alert.event) == ("active", "issued", "Severe", draft["event"])
    assert alert.areas.first().geocodes == [["kemendagri", "31.74.01.1003"]]  # type: ignore[union-attr]
    assert FloodTask.objects.get(pk=task.pk).state == "done"
    assert desk.refused(f"flood-warnings/{warning.pk}/confirm/") == (409, "warning_decided")
    assert desk.get("flood-warnings/")["warnings"] == []


def test_a_crest_that_came_and_went_within_one_batch_is_warned_of_while_its_water_is_on_its_way(desk: Console) -> None:
    river()
    factories.gauge("tanpa")  # nothing lies downstream of it
    crest = [(60, -30), (165, -15), (60, 0)]
    send(desk, *[reading(height, minutes, code) for code in ("hulu", "tanpa") for height, minutes in crest])
    warning = FloodWarning.objects.get()
    assert (warning.change.gauge.code, warning.change.new, warning.change.ended_at) == ("hulu", 2, NOW)
    assert set(Gauge.objects.filter(code__in=["hulu", "tanpa"]).values_list("level", flat=True)) == {4}


def test_no_token_lets_a_warning_out(desk: Console) -> None:
    factories.gauge()
    send(desk, reading(160))
    headers = {"Authorization": f"Bearer {factories.token(desk.user)}", "Idempotency-Key": "k"}
    path = f"/api/v1/flood-warnings/{FloodWarning.objects.get().pk}/confirm/"
    answer = Client().post(path, {}, content_type="application/json", headers=headers)
    assert (answer.status_code, Alert.objects.count()) == (403, 0)


def test_a_graver_level_overtakes_the_proposal_and_replaces_the_warning(desk: Console) -> None:
    factories.gauge()
    send(desk, reading(160))
    first = FloodWarning.objects.get()
    Hands.at = NOW + timedelta(minutes=5)
    send(desk, reading(210, 5))
    first.refresh_from_db()
    assert (first.state, FloodTask.objects.get(warning=first).state) == ("replaced", "overtaken")
    second = FloodWarning.objects.get(state="proposed")
    desk.post(f"flood-warnings/{second.pk}/confirm/")
    Hands.at = NOW + timedelta(minutes=30)
    send(desk, reading(140, 20), reading(210, 30))
    third = FloodWarning.objects.get(state="proposed")
    desk.post(f"flood-warnings/{third.pk}/confirm/")
    assert dict(Alert.objects.values_list("message_type", "state")) == {"Alert": "updated", "Update": "active"}


def test_a_warning_may_be_declined_with_a_reason(desk: Console) -> None:
    factories.gauge()
    send(desk, reading(160))
    path = f"flood-warnings/{FloodWarning.objects.get().pk}/decline/"
    assert desk.refused(path, {}) == (400, "invalid")
    assert desk.post(path, {"reason": "alat rusak"})["state"] == "declined"
    assert (Alert.objects.count(), FloodTask.objects.get().reason) == (0, "alat rusak")


def test_what_is_over_is_not_issued(desk: Console) -> None:
    factories.gauge()
    send(desk, reading(160))
    Hands.at = NOW + timedelta(hours=7)
    path = f"flood-warnings/{FloodWarning.objects.get().pk}/confirm/"
    assert desk.refused(path) == (400, "warning_outdated")
    assert (Alert.objects.count(), FloodWarning.objects.get().state) == (0, "proposed")


def test_below_the_gauges_own_limit_no_warning_is_proposed(desk: Console) -> None:
    factories.gauge(warn_from_level=1)
    factories.gauge("tanpa", warn_from_level=None)
    send(desk, reading(160), reading(210, 0, "tanpa"))
    assert not FloodWarning.objects.exists()


CSV = (
    "gauge,measured_at,height_cm,note\nhulu,2026-01-10 13:30,60,\nhulu,2026-01-10 13:45,x,\n"
    "entah,2026-01-10 13:45,5,\nhulu,2026-01-10 14:00,95,hujan\n"
)


def test_a_file_is_read_row_by_row(desk: Console, tmp_path: Path) -> None:
    factories.gauge()
    answer = desk.post("gauge-readings/csv/", {"csv": CSV, "offset": "+07:00"})
    assert [(row["row"], row["code"]) for row in answer["rows"]] == [
        (2, "taken"), (3, "height_invalid"), (4, "unknown_gauge"), (5, "taken"),
    ]  # fmt: skip
    raw = desk.client.generic(
        "POST", "/api/v1/gauge-readings/csv/?offset=%2B07:00", CSV.encode(), content_type="text/csv"
    )
    assert (raw.status_code, raw.json()["repeated"], raw.json()["refused"]) == (200, 2, 2)
    assert desk.refused("gauge-readings/csv/", {"csv": "a;b\n"}) == (400, "columns_missing")
    (row,) = [found for found in answer["rows"] if found["code"] == "height_invalid"]
    assert row["text"].startswith(("refused", "ditolak"))
    assert GaugeReading.objects.get(height_cm=95).source == "csv"
    assert Gauge.objects.get().level == 3


def test_the_command_reports_row_by_row(tmp_path: Path) -> None:
    factories.gauge()
    path = tmp_path / "baca.csv"
    path.write_text(CSV, encoding="utf-8")
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError, match="others are kept"):
        call_command("gauge_readings_import", path, offset="+07:00", stdout=out, stderr=err)
    assert [line.split(": ")[0] for line in err.getvalue().splitlines()] == ["baca.csv:3", "baca.csv:4"]
    assert out.getvalue().splitlines()[-1] == "2 new, 0 known, 2 refused"
    path.write_text("gauge,measured_at,height_cm\nhulu,2026-01-10T14:00+07:00,95\n", encoding="utf-8")
    out = StringIO()
    call_command("gauge_readings_import", path, stdout=out)
    assert out.getvalue().strip() == "0 new, 1 known, 0 refused"
    with pytest.raises(CommandError, match="written as"):
        call_command("gauge_readings_import", path, offset="WIB")


def test_reading_needs_the_right(desk: Console) -> None:
    factories.gauge()
    crew = Console(factories.user(Role.AUDITOR))
    assert crew.refused("gauge-readings/", {"readings": [reading(60)]}) == (403, "access_denied")
    assert not GaugeReading.objects.exists()
    assert not Event.objects.filter(kind="gauge.changed").exists()


def test_another_realms_gauge_is_not_there(desk: Console) -> None:
    gauge = factories.gauge()
    Gauge.objects.update(realm=Realm.objects.create(code="LATIHAN-1", kind=RealmKind.EXERCISE))
    assert desk.get("gauges/")["gauges"] == []
    assert [row["code"] for row in send(desk, reading(60))["rows"]] == ["unknown_gauge"]
    assert desk.refused(f"gauges/{gauge.code}/readings/", {"height_cm": 60, "measured_at": moment(0)})[0] == 404
