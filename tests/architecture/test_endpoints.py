"""Every address of the site is known here; a new one fails until somebody says who may use it."""

import re
import uuid
from collections.abc import Collection, Iterable

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from pytest_django.fixtures import Settings

from accounts.choices import Role
from accounts.permissions import NEVER_BY_TOKEN, ROLE_PERMISSIONS, TOKEN_SCOPES, Permission
from tests import factories

OPEN_TO_ALL = {"healthz", "readyz", "akun/masuk/", "akun/bahasa/"}
# Not a session but something secret is the right: a signature, or a token in the address.
BY_SECRET = {
    "api/v1/pbx/<slug:pbx_code>/events/": 401, "api/v1/pbx/<slug:pbx_code>/aml/": 401, "lokasi/<str:token>/": 404,
}  # fmt: skip
# Pages that a role opens; what is done on them is done through the API.
PAGES = {
    "konsol/": {Permission.STREAM_READ, Permission.INCIDENT_VIEW, Permission.CALL_VIEW},
    "kerja/panggilan/": {Permission.CALL_VIEW},
    "kerja/panggilan/<uuid:call_id>/": {Permission.CALL_VIEW},
    "kerja/kejadian/": {Permission.INCIDENT_VIEW},
    "kerja/kejadian/<uuid:incident_id>/": {Permission.INCIDENT_VIEW},
    "kerja/protokol/<uuid:run_id>/": {Permission.CALL_VIEW},
    "kerja/belum-selesai/": {Permission.REPORT_VIEW},
    "kerja/serah-terima/": {Permission.INCIDENT_EDIT},
    "instansi/": {Permission.AGENCY_WORK},
    "kerja/unit/": {Permission.UNIT_VIEW},
    "kerja/peringatan/": {Permission.ALERT_VIEW},
    "kerja/peringatan/<uuid:alert_id>/": {Permission.ALERT_VIEW},
    "kerja/ekspor/": {Permission.DATA_EXPORT},
    "kerja/bukti/": {Permission.EVIDENCE_VIEW},
    "kerja/bukti/<uuid:incident_id>/": {Permission.EVIDENCE_VIEW},
    "unit/": {Permission.UNIT_REPORT},
    "instansi/<uuid:incident_id>/": {Permission.AGENCY_WORK},
}
SIGNED_IN = {"", "akun/keluar/", "jsi18n/", "api/schema/", "api/"}
GUARDED = {
    "api/v1/realms/<slug:realm_code>/events/": {"GET": Permission.STREAM_READ},
    "api/v1/state/": {"GET": Permission.STREAM_READ},
    "api/v1/calls/": {"POST": Permission.CALL_RECEIVE},
    "api/v1/calls/<uuid:call_id>/answer/": {"POST": Permission.CALL_RECEIVE},
    "api/v1/calls/<uuid:call_id>/end/": {"POST": Permission.CALL_RECEIVE},
    "api/v1/calls/<uuid:call_id>/": {"GET": Permission.CALL_VIEW},
    "api/v1/calls/<uuid:call_id>/hold/": {"POST": Permission.CALL_RECEIVE},
    "api/v1/calls/<uuid:call_id>/resume/": {"POST": Permission.CALL_RECEIVE},
    "api/v1/calls/<uuid:call_id>/drop/": {"POST": Permission.CALL_RECEIVE},
    "api/v1/calls/<uuid:call_id>/wrap-up/": {"POST": Permission.CALL_RECEIVE},
    "api/v1/calls/<uuid:call_id>/silent/": {"POST": Permission.CALL_RECEIVE},
    "api/v1/calls/<uuid:call_id>/close/": {"POST": Permission.CALL_RECEIVE},
    "api/v1/calls/<uuid:call_id>/position/": {"POST": Permission.CALL_RECEIVE},
    "api/v1/calls/<uuid:call_id>/location-link/": {"POST": Permission.CALL_RECEIVE},
    "api/v1/calls/<uuid:call_id>/callback/": {"POST": Permission.CALL_RECEIVE},
    "api/v1/callbacks/": {"GET": Permission.CALL_VIEW},
    "api/v1/presence/": {"POST": Permission.CALL_RECEIVE},
    "api/v1/numbers/": {"GET": Permission.CALL_VIEW},
    "api/v1/numbers/review/": {"GET": Permission.NUMBER_REVIEW},
    "api/v1/numbers/<int:number_id>/review/": {"POST": Permission.NUMBER_REVIEW},
    "api/v1/incidents/duplicates/": {"GET": Permission.INCIDENT_VIEW},
    "api/v1/incidents/<uuid:incident_id>/state/": {"POST": Permission.INCIDENT_EDIT},
    "api/v1/incidents/<uuid:incident_id>/close/": {"POST": Permission.INCIDENT_CLOSE},
    "api/v1/incidents/<uuid:incident_id>/cancel/": {"POST": Permission.INCIDENT_CLOSE},
    "api/v1/incidents/<uuid:incident_id>/reopen/": {"POST": Permission.INCIDENT_CLOSE},
    "api/v1/incidents/<uuid:incident_id>/next-step/": {"POST": Permission.INCIDENT_EDIT},
    "api/v1/incidents/<uuid:incident_id>/owner/": {"POST": Permission.INCIDENT_EDIT},
    "api/v1/incidents/<uuid:incident_id>/persons/": {"POST": Permission.INCIDENT_EDIT},
    "api/v1/incidents/<uuid:incident_id>/contacts/": {"POST": Permission.INCIDENT_EDIT},
    "api/v1/incidents/<uuid:incident_id>/calls/": {"POST": Permission.INCIDENT_OPEN},
    "api/v1/incidents/<uuid:incident_id>/links/": {"POST": Permission.INCIDENT_EDIT},
    "api/v1/incidents/<uuid:incident_id>/merge-undo/": {"POST": Permission.INCIDENT_EDIT},
    "api/v1/incidents/<uuid:incident_id>/split/": {"POST": Permission.INCIDENT_OPEN},
    "api/v1/incidents/<uuid:incident_id>/storms/": {"POST": Permission.STORM_MANAGE},
    "api/v1/incidents/<uuid:incident_id>/assignments/": {"POST": Permission.UNIT_ASSIGN},
    "api/v1/incidents/<uuid:incident_id>/parts/": {"POST": Permission.INCIDENT_EDIT},
    "api/v1/incidents/<uuid:incident_id>/persons/<uuid:person_id>/": {"DELETE": Permission.INCIDENT_EDIT},
    "api/v1/links/<uuid:link_id>/": {"DELETE": Permission.INCIDENT_EDIT},
    "api/v1/storms/<uuid:storm_id>/": {"DELETE": Permission.STORM_MANAGE},
    "api/v1/storms/<uuid:storm_id>/settle/": {"POST": Permission.STORM_MANAGE},
    "api/v1/assignments/<uuid:assignment_id>/": {"POST": Permission.UNIT_ASSIGN},
    "api/v1/incidents/<uuid:incident_id>/recommendation/": {"GET": Permission.UNIT_VIEW},
    "api/v1/assignments/<uuid:assignment_id>/divert/": {"POST": Permission.UNIT_ASSIGN},
    "api/v1/units/": {"GET": Permission.UNIT_VIEW},
    "api/v1/units/<slug:call_sign>/status/": {"POST": Permission.UNIT_ASSIGN},
    "api/v1/units/<slug:call_sign>/crew/": {"POST": Permission.UNIT_ASSIGN},
    "api/v1/units/<slug:call_sign>/emergency/": {"POST": Permission.UNIT_ASSIGN},
    "api/v1/unit-alarms/<uuid:alarm_id>/acknowledge/": {"POST": Permission.UNIT_ASSIGN},
    "api/v1/unit-alarms/<uuid:alarm_id>/end/": {"POST": Permission.UNIT_ASSIGN},
    "api/v1/unit-positions/": {"GET": Permission.UNIT_VIEW, "POST": Permission.UNIT_POSITION_SEND},
    "api/v1/unit/": {"GET": Permission.UNIT_REPORT},
    "api/v1/unit/status/": {"POST": Permission.UNIT_REPORT},
    "api/v1/unit/step/": {"POST": Permission.UNIT_REPORT},
    "api/v1/unit/emergency/": {"POST": Permission.UNIT_REPORT},
    "api/v1/unit/position/": {"POST": Permission.UNIT_REPORT},
    "api/v1/alerts/": {"GET": Permission.ALERT_VIEW, "POST": Permission.ALERT_ISSUE},
    "api/v1/alerts/cap/": {"POST": Permission.ALERT_RECEIVE},
    "api/v1/alerts/<uuid:alert_id>/": {"GET": Permission.ALERT_VIEW},
    "api/v1/alerts/<uuid:alert_id>/cap/": {"GET": Permission.ALERT_VIEW},
    "api/v1/alerts/<uuid:alert_id>/update/": {"POST": Permission.ALERT_ISSUE},
    "api/v1/alerts/<uuid:alert_id>/cancel/": {"POST": Permission.ALERT_ISSUE},
    "api/v1/exports/<str:name>/": {"GET": Permission.DATA_EXPORT},
    "api/v1/cap/feed/": {"GET": Permission.ALERT_VIEW},
    "api/v1/dispositions/": {"GET": Permission.INCIDENT_VIEW},
    "api/v1/agency/incidents/": {"GET": Permission.AGENCY_WORK},
    "api/v1/agency/incidents/<uuid:incident_id>/": {"GET": Permission.AGENCY_WORK},
    "api/v1/parts/<uuid:part_id>/accept/": {"POST": Permission.AGENCY_WORK},
    "api/v1/parts/<uuid:part_id>/reject/": {"POST": Permission.AGENCY_WORK},
    "api/v1/parts/<uuid:part_id>/forward/": {"POST": Permission.AGENCY_WORK},
    "api/v1/parts/<uuid:part_id>/done/": {"POST": Permission.AGENCY_WORK},
    "api/v1/parts/<uuid:part_id>/notes/": {"POST": Permission.AGENCY_WORK},
    "api/v1/undone/": {"GET": Permission.REPORT_VIEW},
    "api/v1/handovers/": {"POST": Permission.INCIDENT_EDIT},
    "api/v1/handovers/<uuid:handover_id>/accept/": {"POST": Permission.INCIDENT_EDIT},
    "api/v1/handovers/<uuid:handover_id>/decline/": {"POST": Permission.INCIDENT_EDIT},
    "api/v1/protocols/": {"GET": Permission.CALL_VIEW},
    "api/v1/protocol-runs/": {"POST": Permission.CALL_RECEIVE},
    "api/v1/protocol-runs/<uuid:run_id>/": {"GET": Permission.CALL_VIEW, "POST": Permission.CALL_RECEIVE},
    "api/v1/incidents/": {"POST": Permission.INCIDENT_OPEN},
    "api/v1/incidents/<uuid:incident_id>/": {"GET": Permission.INCIDENT_VIEW, "PATCH": Permission.INCIDENT_EDIT},
    "api/v1/incidents/<uuid:incident_id>/rounds/": {"POST": Permission.CAMERA_PULL},
    "api/v1/incidents/<uuid:incident_id>/watch/": {"GET": Permission.CAMERA_VIEW, "DELETE": Permission.CAMERA_CHOOSE},
    "api/v1/incidents/<uuid:incident_id>/watch/cameras/": {"POST": Permission.CAMERA_CHOOSE},
    "api/v1/incidents/<uuid:incident_id>/watch/area/": {"PUT": Permission.CAMERA_CHOOSE},
    "api/v1/incidents/<uuid:incident_id>/watch/extension/": {"POST": Permission.CAMERA_CHOOSE},
    "api/v1/places/search/": {"GET": Permission.PLACE_VIEW},
    "api/v1/places/labels/": {"GET": Permission.PLACE_VIEW},
    "api/v1/incident-types/": {"GET": Permission.INCIDENT_VIEW},
    "api/v1/matches/<uuid:match_id>/reviews/": {"POST": Permission.MATCH_REVIEW},
    "api/v1/matches/<uuid:match_id>/reference/": {"GET": Permission.MATCH_VIEW},
    "api/v1/snapshots/<uuid:snapshot_id>/picture/": {"GET": Permission.SNAPSHOT_VIEW},
    "api/v1/snapshots/<uuid:snapshot_id>/mark/": {"POST": Permission.SNAPSHOT_MARK},
    "api/v1/snapshots/<uuid:snapshot_id>/unmark/": {"POST": Permission.SNAPSHOT_MARK},
    "api/v1/snapshots/<uuid:snapshot_id>/access/": {"GET": Permission.EVIDENCE_VIEW},
    "api/v1/incidents/<uuid:incident_id>/evidence/locks/": {
        "GET": Permission.EVIDENCE_VIEW,
        "POST": Permission.EVIDENCE_LOCK,
    },
    "api/v1/incidents/<uuid:incident_id>/evidence/access/": {"GET": Permission.EVIDENCE_VIEW},
    "api/v1/incidents/<uuid:incident_id>/evidence/export/": {"GET": Permission.EVIDENCE_EXPORT},
    "api/v1/evidence-locks/<uuid:lock_id>/extend/": {"POST": Permission.EVIDENCE_LOCK},
    "api/v1/evidence-locks/<uuid:lock_id>/end/": {"POST": Permission.EVIDENCE_LOCK},
    "api/v1/incidents/<uuid:incident_id>/notes/": {"POST": Permission.INCIDENT_EDIT},
    "api/v1/incidents/<uuid:incident_id>/eido/": {"GET": Permission.EIDO_READ},
    "api/v1/eido/": {"POST": Permission.EIDO_WRITE},
    "api/v1/watchlist/": {"GET": Permission.WATCHLIST_VIEW, "POST": Permission.WATCHLIST_MANAGE},
    "api/v1/watchlist/<uuid:entry_id>/": {"GET": Permission.WATCHLIST_VIEW},
    "api/v1/watchlist/<uuid:entry_id>/photos/": {"POST": Permission.WATCHLIST_MANAGE},
    "api/v1/watchlist/<uuid:entry_id>/photos/<uuid:photo_id>/": {"GET": Permission.WATCHLIST_VIEW},
    "api/v1/watchlist/<uuid:entry_id>/approval/": {"POST": Permission.WATCHLIST_APPROVE},
    "api/v1/watchlist/<uuid:entry_id>/withdrawal/": {"POST": Permission.WATCHLIST_MANAGE},
}
PAGES |= {
    "kerja/sasaran/": {Permission.SUPERVISION_VIEW},
    "kerja/ruang/": {Permission.REPORT_VIEW},
    "kerja/mutu/": {Permission.QUALITY_OWN},
    "kerja/mutu/<uuid:sample_id>/": {Permission.QUALITY_OWN},
    "kerja/mutu/kalibrasi/<uuid:calibration_id>/": {Permission.QUALITY_REVIEW},
    "kerja/mutu/operator/<int:user_id>/": {Permission.QUALITY_REVIEW},
}
GUARDED |= {
    "api/v1/supervision/targets/": {"GET": Permission.SUPERVISION_VIEW},
    "api/v1/supervision/room/": {"GET": Permission.SUPERVISION_VIEW},
    "api/v1/quality/samples/": {"GET": Permission.QUALITY_REVIEW},
    "api/v1/quality/samples/<uuid:sample_id>/": {"GET": Permission.QUALITY_OWN},
    "api/v1/quality/samples/<uuid:sample_id>/reviews/": {"POST": Permission.QUALITY_REVIEW},
    "api/v1/quality/samples/<uuid:sample_id>/acknowledge/": {"POST": Permission.QUALITY_OWN},
    "api/v1/quality/samples/<uuid:sample_id>/objection/": {"POST": Permission.QUALITY_OWN},
    "api/v1/quality/samples/<uuid:sample_id>/calibrations/": {"POST": Permission.QUALITY_REVIEW},
    "api/v1/quality/calibrations/<uuid:calibration_id>/": {"GET": Permission.QUALITY_REVIEW},
    "api/v1/quality/calibrations/<uuid:calibration_id>/reviews/": {"POST": Permission.QUALITY_REVIEW},
    "api/v1/quality/calibrations/<uuid:calibration_id>/close/": {"POST": Permission.QUALITY_REVIEW},
    "api/v1/quality/results/": {"GET": Permission.QUALITY_OWN},
}
GUARDED |= {
    "api/v1/cameras/": {"GET": Permission.CAMERA_VIEW},
    "api/v1/cameras/<int:camera_id>/": {"GET": Permission.CAMERA_VIEW},
    "api/v1/cameras/export/<str:form>/": {"GET": Permission.CAMERA_VIEW},
}
PAGES |= {"kerja/banjir/": {Permission.GAUGE_VIEW}}
GUARDED |= {
    "api/v1/gauges/": {"GET": Permission.GAUGE_VIEW},
    "api/v1/gauges/<slug:code>/": {"GET": Permission.GAUGE_VIEW},
    "api/v1/gauges/<slug:code>/readings/": {"POST": Permission.GAUGE_WRITE},
    "api/v1/gauge-readings/": {"POST": Permission.GAUGE_WRITE},
    "api/v1/gauge-readings/csv/": {"POST": Permission.GAUGE_WRITE},
    "api/v1/gauge-levels/<uuid:change_id>/acknowledge/": {"POST": Permission.GAUGE_VIEW},
    "api/v1/flood-tasks/": {"GET": Permission.GAUGE_VIEW},
    "api/v1/flood-tasks/<uuid:task_id>/done/": {"POST": Permission.FLOOD_WORK},
    "api/v1/flood-tasks/<uuid:task_id>/not-possible/": {"POST": Permission.FLOOD_WORK},
    "api/v1/flood-warnings/": {"GET": Permission.ALERT_VIEW},
    "api/v1/flood-warnings/<uuid:warning_id>/confirm/": {"POST": Permission.WARNING_CONFIRM},
    "api/v1/flood-warnings/<uuid:warning_id>/decline/": {"POST": Permission.WARNING_CONFIRM},
    "api/v1/road-blocks/": {"GET": Permission.GAUGE_VIEW, "POST": Permission.ROAD_BLOCK},
    "api/v1/road-blocks/<uuid:block_id>/open/": {"POST": Permission.ROAD_BLOCK},
}
GUARDED |= {
    "api/v1/commands/": {"GET": Permission.COMMAND_USE, "POST": Permission.COMMAND_USE},
    "api/v1/commands/help/": {"GET": Permission.COMMAND_USE},
}
PAGES |= {"kerja/kamera/<str:code>/langsung/": {Permission.CAMERA_MAINTAIN}}
GUARDED |= {
    "api/v1/live/": {"POST": Permission.CAMERA_LIVE},
    "api/v1/live/<uuid:viewing_id>/": {"DELETE": Permission.CAMERA_LIVE},
    "api/v1/live/<uuid:viewing_id>/still/": {"GET": Permission.CAMERA_LIVE},
}
PAGES |= {"kerja/kamera/": {Permission.CAMERA_VIEW}, "kerja/kamera/<path:code>/": {Permission.CAMERA_VIEW}}
GUARDED |= {
    "api/v1/camera-faults/": {"GET": Permission.CAMERA_MAINTAIN},
    "api/v1/camera-faults/bulk/": {"POST": Permission.CAMERA_MAINTAIN},
    "api/v1/camera-faults/<int:case_id>/": {"PATCH": Permission.CAMERA_MAINTAIN},
    "api/v1/cameras/<int:camera_id>/trial/": {"POST": Permission.CAMERA_MAINTAIN},
    "api/v1/cameras/<int:camera_id>/view/": {"POST": Permission.CAMERA_MAINTAIN},
    "api/v1/cameras/<int:camera_id>/maintenance/": {"POST": Permission.CAMERA_MAINTAIN},
    "api/v1/cameras/<int:camera_id>/last-good/": {"GET": Permission.CAMERA_MAINTAIN},
    "api/v1/maintenance-windows/<int:window_id>/": {"DELETE": Permission.CAMERA_MAINTAIN},
    "api/v1/camera-alarms/seen/": {"POST": Permission.CAMERA_MAINTAIN},
}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


def address(route: str) -> str:
    """A route with its places filled."""
    route = re.sub(r"<uuid:\w+>", str(uuid.UUID(int=1)), route).replace("<slug:realm_code>", "LIVE")
    return "/" + re.sub(r"<(int|slug|str|path):\w+>", "1", route)


def patterns(resolver: URLResolver, prefix: str = "") -> list[str]:
    found: list[str] = []
    for item in resolver.url_patterns:
        route = prefix + str(item.pattern)
        found += patterns(item, route) if isinstance(item, URLResolver) else [route]
        assert isinstance(item, URLPattern | URLResolver)
    return found


def test_no_address_is_unlisted() -> None:
    found = {route for route in patterns(get_resolver()) if not route.startswith("admin/")}
    assert found == OPEN_TO_ALL | SIGNED_IN | set(GUARDED) | set(BY_SECRET) | set(PAGES)


@pytest.mark.django_db
@pytest.mark.parametrize("route", sorted(SIGNED_IN | set(GUARDED) | set(PAGES)))
def test_nothing_but_the_listed_answers_a_stranger(client: Client, route: str) -> None:
    assert client.get(address(route)).status_code in {302, 401, 403}


def test_every_role_is_in_the_table() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role)


LISTED = [(method, route, permission) for route, needs in GUARDED.items() for method, permission in needs.items()]
Asked = tuple[str, str, Permission | None]


def sample_of(number: int) -> list[Asked]:
    """One address for each permission; another `number` gives others, and so many numbers as there are give all."""
    by_permission: dict[Permission, list[Asked]] = {}
    for item in LISTED:
        by_permission.setdefault(item[2], []).append(item)
    return [items[number % len(items)] for items in by_permission.values()]


def wrong_of(
    client: Client, asked: Iterable[Asked], allowed: Collection[Permission], headers: dict[str, str] | None = None
) -> list[tuple[str, str, int]]:
    """Where the answers differ from the table."""
    wrong = []
    for method, route, permission in asked:
        status = client.generic(method, address(route), headers=headers).status_code
        is_open = permission is not None and permission in allowed
        if status in {401, 405} or status >= 500 or (status == 403) is is_open:
            wrong.append((method, route, status))
    return wrong


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_guarded_addresses_open_for_exactly_the_roles_of_the_table(client: Client, role: Role) -> None:
    client.force_login(factories.user(role, agency=factories.agency()))
    assert wrong_of(client, LISTED, ROLE_PERMISSIONS[role]) == []


@pytest.mark.django_db
@pytest.mark.parametrize("by_token", [False, True])
def test_a_method_that_is_not_listed_opens_for_nobody(client: Client, by_token: bool, settings: Settings) -> None:
    """Asked by one person of every role: who has fewer of them may not do more."""
    settings.TOKEN_REQUESTS_PER_MINUTE = 10**9
    person = factories.user(*Role, agency=factories.agency())
    headers = {"Authorization": f"Bearer {factories.token(person)}"} if by_token else {}
    if not by_token:
        client.force_login(person)
    unlisted = [(method, route, None) for route, needs in GUARDED.items() for method in METHODS if method not in needs]
    assert len(unlisted) + len(LISTED) == len(METHODS) * len(GUARDED)
    assert wrong_of(client, unlisted, set(), headers) == []


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_a_token_opens_what_its_owners_role_and_its_scopes_open(client: Client, role: Role, settings: Settings) -> None:
    """Asked of one address for each permission, and by each role of others; the next test asks all of them."""
    settings.TOKEN_REQUESTS_PER_MINUTE = 10**9
    owner = factories.user(role, agency=factories.agency())
    asked = sample_of(list(Role).index(role))
    whole = {"Authorization": f"Bearer {factories.token(owner)}"}
    assert wrong_of(client, asked, ROLE_PERMISSIONS[role] - NEVER_BY_TOKEN, whole) == []
    # The narrowest of all: one scope, and of the role only what it has of that.
    scope = sorted(ROLE_PERMISSIONS[role] - NEVER_BY_TOKEN)[0]
    narrow = {"Authorization": f"Bearer {factories.token(owner, scope)}"}
    assert wrong_of(client, asked, {scope}, narrow) == []


@pytest.mark.django_db
def test_a_token_of_every_scope_opens_all_but_what_is_never_by_token(client: Client, settings: Settings) -> None:
    settings.TOKEN_REQUESTS_PER_MINUTE = 10**9
    owner = factories.user(*Role, agency=factories.agency())
    headers = {"Authorization": f"Bearer {factories.token(owner)}"}
    assert wrong_of(client, LISTED, set(Permission) - NEVER_BY_TOKEN, headers) == []


@pytest.mark.django_db
def test_one_scope_opens_one_thing_whatever_the_roles(client: Client, settings: Settings) -> None:
    """Each scope at all its addresses and at each twentieth of the others, at others of them for each scope."""
    settings.TOKEN_REQUESTS_PER_MINUTE = 10**9
    owner = factories.user(*Role, agency=factories.agency())
    for number, scope in enumerate(TOKEN_SCOPES):
        headers = {"Authorization": f"Bearer {factories.token(owner, scope)}"}
        far = [item for item in LISTED if item[2] != scope][number % 20 :: 20]
        asked = [item for item in LISTED if item[2] == scope] + far
        assert wrong_of(client, asked, {scope}, headers) == [], scope


@pytest.mark.django_db
def test_a_token_that_does_not_hold_opens_nothing(client: Client) -> None:
    for route, needs in GUARDED.items():
        for method in needs:
            answer = client.generic(method, address(route), headers={"Authorization": "Bearer siaga_x"})
            assert answer.status_code == 401, (method, route)


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_pages_open_for_exactly_the_roles_of_the_table(client: Client, role: Role) -> None:
    client.force_login(factories.user(role, agency=factories.agency()))
    for route, needs in PAGES.items():
        assert (client.get(address(route)).status_code == 403) is not (needs <= ROLE_PERMISSIONS[role]), (role, route)


@pytest.mark.django_db
@pytest.mark.parametrize(("route", "status"), BY_SECRET.items())
def test_without_the_secret_nothing_is_told(client: Client, route: str, status: int) -> None:
    assert client.post(address(route), {}, content_type="application/json").status_code == status


def test_every_unsafe_request_of_the_api_is_answered_once() -> None:
    for route, needs in GUARDED.items():
        view = resolve(address(route)).func.view_class  # type: ignore[attr-defined]
        for method in UNSAFE & set(needs):
            assert getattr(getattr(view, method.lower()), "is_idempotent", False), (route, method)
        answered = {method.upper() for method in view.http_method_names if hasattr(view, method)} - {"OPTIONS", "HEAD"}
        assert answered == set(needs), route
