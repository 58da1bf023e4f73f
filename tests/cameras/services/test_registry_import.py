"""Files of cameras: what they would do, what is wrong with them, and that only what was seen is taken over."""

import csv
import io
import json
from datetime import date
from typing import Any

import pytest
from django.utils import translation
from pytest_django.fixtures import Settings

from accounts.choices import Role
from accounts.models import AuditEntry
from accounts.services.audit import SYSTEM, Actor, audit_faults
from cameras.choices import ImportState
from cameras.models import AccessAgreement, Camera, CameraGroup, CameraImport
from cameras.services.registry import cameras_change, cameras_read
from cameras.services.registry_columns import COLUMNS, EXPORTED
from cameras.services.registry_export import csv_chunks, faults_csv, geojson_chunks, template_csv
from cameras.services.registry_import import plan_apply, token_of, upload_apply, upload_get, upload_keep
from cameras.services.registry_plan import CHANGED, NEW, SAME, Plan, import_plan
from common.errors import ConflictError, NotFoundError, ValidationError
from tests import factories
from tests.fakes.cameras import camera

pytestmark = pytest.mark.django_db
HEAD = "code,name,owner,kind,url,lat,lon"
ROW = "JKT-1,Simpang,bpbd,http_jpeg,http://127.0.0.1:8000/a.jpg,-6.2,106.8"


def planned(*lines: str, encoding: str = "utf-8") -> Plan:
    factories.agency()
    return import_plan("\n".join(lines).encode(encoding))


def applied(*lines: str) -> Plan:
    plan = planned(*lines)
    assert [(fault.column, fault.fault.code) for fault in plan.faults] == []
    plan_apply(actor=SYSTEM, plan=plan)
    return plan


def test_new_changed_and_unchanged_are_told_apart_and_the_others_left_alone() -> None:
    applied(HEAD, ROW, ROW.replace("JKT-1", "JKT-2"), ROW.replace("JKT-1", "JKT-3"))
    plan = planned(HEAD, ROW, ROW.replace("JKT-1", "JKT-2").replace("-6.2", "-6.25"), ROW.replace("JKT-1", "JKT-9"))
    assert [(row.code, row.kind, row.line) for row in plan.rows] == [
        ("JKT-1", SAME, 2), ("JKT-2", CHANGED, 3), ("JKT-9", NEW, 4),
    ]  # fmt: skip
    (change,) = plan.of(CHANGED)[0].changes
    assert (change.column, change.old, change.new) == ("lat", "-6.2", "-6.25")
    assert plan.absent == ["JKT-3"]
    plan_apply(actor=SYSTEM, plan=plan)
    assert dict(Camera.objects.values_list("code", "version")) == {"JKT-1": 1, "JKT-2": 2, "JKT-3": 1, "JKT-9": 1}
    entry = AuditEntry.objects.get(action="camera_changed")
    assert entry.data == {"fields": ["lat"], "changes": {"lat": ["-6.2", "-6.25"]}, "version": 2}
    assert list(audit_faults()) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_files_of_all_programs_are_read(encoding: str, delimiter: str, end: str) -> None:
    factories.agency()
    text = end.join([HEAD, ROW.replace("Simpang", '"Jalan\nBaru – kanan"'), ""]).replace(",", delimiter)
    (row,) = import_plan(text.encode(encoding)).rows
    assert row.values["name"] == "Jalan\nBaru – kanan"
    assert row.values["lon"] == 106.8


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"\0\1", "file_empty"),
        ("code,name\nA,é".encode("latin-1"), "not_utf8"),
        (b"name,owner\nA,b", "column_missing"),
        (b"code,nama\nA,b", "columns_unknown"),
        (b"code,name,name\nA,b,c", "columns_doubled"),
        (b'code,name\nA,"b', "csv_broken"),
        (b"code\n" + b"A\n" * 20_001, "too_many_rows"),
        (b"x" * (8 * 1024 * 1024 + 1), "file_too_large"),
    ],
)
def test_what_spoils_a_whole_file_is_told_at_once(data: bytes, code: str) -> None:
    with pytest.raises(ValidationError) as caught:
        import_plan(data)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"code": ""}, "code", "empty"),
        ({"name": ""}, "name", "empty"),
        ({"name": "x" * 121}, "name", "too_long"),
        ({"owner": "tiada"}, "owner", "unknown"),
        ({"agreement": "X-1"}, "agreement", "unknown"),
        ({"village": "9"}, "village", "unknown"),
        ({"groups": "a|b"}, "groups", "unknown_group"),
        ({"kind": "usb"}, "kind", "unknown_choice"),
        ({"url": "http://192.0.2.1/a"}, "url", "address_refused"),
        ({"url": "http://a:b@127.0.0.1:8000/"}, "url", "credentials_in_address"),
        ({"url": "http://127.0.0.1:8000/?pwd=1"}, "url", "credentials_in_address"),
        ({"stream_url": "http://127.0.0.1:8000/"}, "stream_url", "address_refused"),
        ({"onvif_url": "rtsp://127.0.0.1:8000/"}, "onvif_url", "address_refused"),
        ({"tls_sha256": "12"}, "tls_sha256", "not_a_fingerprint"),
        ({"state": "broken"}, "state", "unknown_choice"),
        ({"maintenance_until": "2026-01-01T00:00"}, "maintenance_until", "not_a_moment"),
        ({"ptz_presets": "{"}, "ptz_presets", "not_json"),
        ({"ptz_presets": '[{"name":"a"}]', "mount": "ptz"}, "ptz_presets", "preset_keys"),
        (
            {"ptz_presets": '[{"name":"a","token":"1","heading_deg":1,"hfov_deg":9,"range_m":9}]'},
            "ptz_presets",
            "presets_fixed",
        ),
        ({"privacy_masks": "[[[0,0],[1,1]]]"}, "privacy_masks", "mask_points"),
        ({"lat": '"-6,2"'}, "lat", "decimal_comma"),
        ({"lat": "91"}, "lat", "out_of_range"),
        ({"lon": "nan"}, "lon", "not_a_number"),
        ({"lon": "1_0"}, "lon", "not_a_number"),
        ({"heading_deg": "361"}, "heading_deg", "out_of_range"),
        ({"face_matching_allowed": "maybe"}, "face_matching_allowed", "not_a_flag"),
        ({"face_matching_allowed": "ya", "is_sensitive_site": "ya"}, "face_matching_allowed", "sensitive_site"),
        ({"face_matching_allowed": "true", "agreement": "TANPA"}, "face_matching_allowed", "agreement_forbids"),
    ],
)
def test_every_fault_is_told_with_its_line_and_cell(changes: dict[str, str], column: str, code: str) -> None:
    agreement("TANPA", face_matching_allowed=False)
    cells = dict(zip(HEAD.split(","), ROW.split(","), strict=True)) | changes
    quoted = [value if value.startswith('"') else '"' + value.replace('"', '""') + '"' for value in cells.values()]
    plan = planned(",".join(cells), ROW.replace("JKT-1", "JKT-0") + "," * (len(cells) - 7), ",".join(quoted))
    assert [(fault.line, fault.column, fault.fault.code) for fault in plan.faults] == [(3, column, code)]
    assert [row.code for row in plan.rows] == ["JKT-0"]


def test_a_code_that_stands_twice_and_a_ragged_row_are_faults() -> None:
    plan = planned(HEAD, ROW, ROW, ROW + ",zuviel", "JKT-7,x")
    assert [(fault.line, fault.fault.code) for fault in plan.faults] == [(3, "doubled"), (4, "ragged"), (5, "ragged")]


def test_a_new_camera_without_its_columns_is_told_which() -> None:
    plan = planned("code,name", "A,b")
    assert {fault.column for fault in plan.faults} == {"owner", "kind", "url", "lat", "lon"}


def test_with_one_fault_nothing_can_be_applied() -> None:
    plan = planned(HEAD, ROW, ROW.replace("JKT-1", ""))
    with pytest.raises(ValueError, match="faults"):
        plan_apply(actor=SYSTEM, plan=plan)
    assert not Camera.objects.exists()


def test_an_empty_cell_empties_a_field_but_keeps_what_has_a_default_and_the_password() -> None:
    head = f"{HEAD},make,state,range_m,credential_user,password,heading_deg"
    applied(head, f"{ROW},Axis,planned,80,kamera,rahasia,90")
    plan = applied(head, f"{ROW},,,,,,")
    assert {change.column for change in plan.rows[0].changes} == {"make", "heading_deg"}
    row = Camera.objects.get()
    assert (row.make, row.heading_deg, row.state, row.range_m) == ("", None, "planned", 80.0)
    assert (row.credential_user, row.password_read()) == ("kamera", "rahasia")


def test_a_password_is_written_and_never_told() -> None:
    head = f"{HEAD},credential_user,password"
    plan = applied(head, f"{ROW},operator-rahasia,sandi-rahasia")
    assert Camera.objects.get().password_read() == "sandi-rahasia"
    again = applied(head, f"{ROW},operator-lain,sandi-baru")
    told = str([row.changes for row in [*plan.rows, *again.rows]]) + str(list(AuditEntry.objects.values("data")))
    assert {change.column for change in again.rows[0].changes} == {"credential_user", "password"}
    assert not any(word in told for word in ("sandi-", "operator-"))
    faulty = planned(head, f"{ROW},{'x' * 90},sandi-baru")
    assert [fault.value for fault in faulty.faults] == ["•••"]


def agreement(number: str, **values: Any) -> AccessAgreement:
    return AccessAgreement.objects.get_or_create(
        number=number,
        defaults={
            "owner": factories.agency(),
            "kind": "owned",
            "document": "-",
            "valid_from": date(2026, 1, 1),
            **values,
        },
    )[0]


def rich_registry() -> None:
    """Cameras with everything that can trouble a file."""
    group = CameraGroup.objects.create(name="=Kelompok; A, B")
    for number, name in enumerate(
        ['=HYPERLINK("x")', "'quoted", "'=both", "-6.2", "a,b;c", "dua\r\nbaris", "@x|y", "é–✓"]
    ):
        row = camera(f"K-{number}", "http://127.0.0.1:8000/a?x=1,2;3", face_matching_allowed=False)
        Camera.objects.filter(pk=row.pk).update(
            name=name, notes=name, make=name[:60], lat=-6.123456789012345 + number, lon=106.8, heading_deg=0.1 + number,
            agreement=agreement("PKS-1"), village=factories.village(), tags=["=1", "b"], mount="ptz", accuracy_m=1e-7,
            ptz_presets=[{"name": "=a", "token": "1", "heading_deg": 1, "hfov_deg": 9, "range_m": 9.5}],
            privacy_masks=[[[0, 0], [1, 0], [0, 1 / 3]]], stream_url="rtsp://127.0.0.1:8554/a",
        )  # fmt: skip
        row.groups.set([group])
    camera("POLOS", "http://127.0.0.1:8000/b")


@pytest.mark.parametrize("language", ["id", "en"])
def test_what_is_exported_comes_back_as_unchanged(language: str) -> None:
    rich_registry()
    with translation.override(language):
        data = b"".join(csv_chunks(cameras_read().order_by("code")))
        plan = import_plan(data)
    assert plan.faults == []
    assert [row.kind for row in plan.rows] == [SAME] * 9
    assert plan.absent == []
    text = data.decode("utf-8-sig")
    assert "-6.123456789012345" in text
    for line in csv.reader(io.StringIO(text, newline="")):
        assert not any(cell.startswith(("=", "+", "@")) for cell in line)


def test_no_export_holds_a_credential() -> None:
    row = camera("A", "http://127.0.0.1:8000/x")
    row.credential_user = "pemakai-rahasia"
    row.password_set("sandi-rahasia")
    row.save()
    for is_shared in (True, False):
        rows = cameras_read()
        told = b"".join([*csv_chunks(rows, is_shared=is_shared), *geojson_chunks(rows, is_shared=is_shared)]).decode()
        assert "rahasia" not in told
        assert ("127.0.0.1" in told) is not is_shared
    assert {"password", "credential_user", "credential_sealed"}.isdisjoint(column.name for column in EXPORTED)


def test_geojson_has_a_point_and_the_face_range_for_each_camera() -> None:
    rich_registry()
    Camera.objects.filter(code="POLOS").update(width=1920, hfov_deg=90)
    content = json.loads(b"".join(geojson_chunks(cameras_read().order_by("code"))))
    last = content["features"][-1]
    assert len(content["features"]) == 9
    assert last["geometry"] == {"type": "Point", "coordinates": [106.8502, Camera.objects.get(code="POLOS").lat]}
    assert last["properties"]["face_range_m"] == 7.7
    assert json.loads(b"".join(geojson_chunks(Camera.objects.none())))["features"] == []


def test_the_template_is_a_file_that_can_be_taken() -> None:
    factories.agency()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.CAMERA_ALLOWED_NETWORKS", ["10.0.0.0/8"])
        plan = import_plan(template_csv())
    assert plan.faults == []
    assert plan.columns == tuple(column.name for column in COLUMNS)


def test_only_what_was_shown_is_taken_over_and_once() -> None:
    user = factories.user(Role.CAMERA_ADMINISTRATOR)
    factories.agency()
    row, _plan = upload_keep(user=user, file_name="a.csv", content=f"{HEAD},password\n{ROW},rahasia-x".encode())
    assert b"rahasia-x" not in bytes(row.content_sealed or b"")
    with pytest.raises(ConflictError):
        upload_apply(actor=Actor(user, "admin"), row=row, token="0" * 64)
    upload_apply(actor=Actor(user, "admin"), row=row, token=token_of(row))
    row.refresh_from_db()
    assert (row.state, row.content_sealed) == (ImportState.APPLIED, None)
    with pytest.raises(NotFoundError):
        upload_get(user=user, import_id=row.pk)
    assert AuditEntry.objects.get(action="camera_created").purpose.startswith("import ")


def test_a_preview_of_an_older_registry_is_refused_and_changes_nothing() -> None:
    user = factories.user(Role.CAMERA_ADMINISTRATOR)
    applied(HEAD, ROW.replace("JKT-1", "JKT-2"))
    row, _plan = upload_keep(user=user, file_name="a.csv", content=f"{HEAD}\n{ROW}".encode())
    cameras_change(actor=SYSTEM, rows=Camera.objects.all(), state="maintenance")
    with pytest.raises(ConflictError) as caught:
        upload_apply(actor=Actor(user, "admin"), row=row, token=token_of(row))
    assert caught.value.code == "import_stale"
    assert list(Camera.objects.values_list("code", flat=True)) == ["JKT-2"]


def test_a_camera_made_meanwhile_undoes_all_of_an_import() -> None:
    plan = planned(HEAD, ROW, ROW.replace("JKT-1", "JKT-2"))
    camera("JKT-2", "http://127.0.0.1:8000/x")
    plan.registry_digest = import_plan(HEAD.encode()).registry_digest  # as if it had been made a moment later
    with pytest.raises(ConflictError):
        plan_apply(actor=SYSTEM, plan=plan)
    assert list(Camera.objects.values_list("code", flat=True)) == ["JKT-2"]


def test_another_persons_file_is_not_there_and_an_old_one_is_forgotten(settings: Settings) -> None:
    user, other = (factories.user(Role.CAMERA_ADMINISTRATOR) for _ in range(2))
    factories.agency()
    row, _plan = upload_keep(user=user, file_name="a.csv", content=f"{HEAD}\n{ROW}".encode())
    with pytest.raises(NotFoundError):
        upload_get(user=other, import_id=row.pk)
    CameraImport.objects.update(made_at="2026-01-01T00:00:00Z")
    with pytest.raises(NotFoundError):
        upload_get(user=user, import_id=row.pk)
    upload_keep(user=user, file_name="b.csv", content=f"{HEAD}\n{ROW}".encode())
    row.refresh_from_db()
    assert row.content_sealed is None


def test_faults_can_be_taken_away_as_a_file_that_runs_no_formula() -> None:
    plan = planned(HEAD, "=1+1,,bpbd,http_jpeg,=x,1,2")
    text = faults_csv(plan.faults, lambda fault: fault.code).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert {(row["line"], row["column"], row["reason"]) for row in rows} == {
        ("2", "name", "empty"), ("2", "url", "address_refused"),
    }  # fmt: skip
    assert {row["code"] for row in rows} == {"'=1+1"}


def test_six_thousand_rows_are_taken_by_a_few_statements(django_assert_max_num_queries: Any) -> None:
    factories.agency()
    lines = [f"K{number},Kamera,bpbd,http_jpeg,http://127.0.0.1:8000/{number},-6.2,106.8" for number in range(6000)]
    with django_assert_max_num_queries(60):
        plan_apply(actor=SYSTEM, plan=import_plan("\n".join([HEAD, *lines]).encode()))
    changed = [line.replace("-6.2", "-6.3") for line in lines]
    with django_assert_max_num_queries(60):
        plan_apply(actor=SYSTEM, plan=import_plan("\n".join([HEAD, *changed]).encode()))
    assert set(Camera.objects.values_list("lat", "version")) == {(-6.3, 2)}
    assert AuditEntry.objects.filter(action="camera_changed").count() == 6000
    assert list(audit_faults()) == []
