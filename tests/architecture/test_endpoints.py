"""Every address of the site is known here; a new one fails until somebody says who may use it."""

import re
import uuid

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from accounts.choices import Role
from accounts.permissions import ROLE_PERMISSIONS, Permission
from tests import factories

OPEN_TO_ALL = {"healthz", "readyz", "akun/masuk/", "akun/bahasa/"}
SIGNED_IN = {"", "konsol/", "akun/keluar/", "jsi18n/", "api/schema/", "api/"}
GUARDED = {
    "api/v1/realms/<slug:realm_code>/events/": {"GET": Permission.STREAM_READ},
    "api/v1/state/": {"GET": Permission.STREAM_READ},
    "api/v1/calls/": {"POST": Permission.CALL_RECEIVE},
    "api/v1/calls/<uuid:call_id>/answer/": {"POST": Permission.CALL_RECEIVE},
    "api/v1/calls/<uuid:call_id>/end/": {"POST": Permission.CALL_RECEIVE},
    "api/v1/incidents/": {"POST": Permission.INCIDENT_OPEN},
    "api/v1/incidents/<uuid:incident_id>/": {"GET": Permission.INCIDENT_VIEW, "PATCH": Permission.INCIDENT_EDIT},
    "api/v1/incidents/<uuid:incident_id>/rounds/": {"POST": Permission.CAMERA_PULL},
    "api/v1/places/search/": {"GET": Permission.PLACE_VIEW},
    "api/v1/places/labels/": {"GET": Permission.PLACE_VIEW},
    "api/v1/incident-types/": {"GET": Permission.INCIDENT_VIEW},
    "api/v1/matches/<uuid:match_id>/reviews/": {"POST": Permission.MATCH_REVIEW},
    "api/v1/matches/<uuid:match_id>/reference/": {"GET": Permission.MATCH_VIEW},
    "api/v1/snapshots/<uuid:snapshot_id>/picture/": {"GET": Permission.SNAPSHOT_VIEW},
    "api/v1/incidents/<uuid:incident_id>/notes/": {"POST": Permission.INCIDENT_EDIT},
    "api/v1/watchlist/": {"GET": Permission.WATCHLIST_VIEW, "POST": Permission.WATCHLIST_MANAGE},
    "api/v1/watchlist/<uuid:entry_id>/": {"GET": Permission.WATCHLIST_VIEW},
    "api/v1/watchlist/<uuid:entry_id>/photos/": {"POST": Permission.WATCHLIST_MANAGE},
    "api/v1/watchlist/<uuid:entry_id>/photos/<uuid:photo_id>/": {"GET": Permission.WATCHLIST_VIEW},
    "api/v1/watchlist/<uuid:entry_id>/approval/": {"POST": Permission.WATCHLIST_APPROVE},
    "api/v1/watchlist/<uuid:entry_id>/withdrawal/": {"POST": Permission.WATCHLIST_MANAGE},
}
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


def address(route: str) -> str:
    """A route with its places filled."""
    return "/" + re.sub(r"<uuid:\w+>", str(uuid.UUID(int=1)), route).replace("<slug:realm_code>", "LIVE")


def patterns(resolver: URLResolver, prefix: str = "") -> list[str]:
    found: list[str] = []
    for item in resolver.url_patterns:
        route = prefix + str(item.pattern)
        found += patterns(item, route) if isinstance(item, URLResolver) else [route]
        assert isinstance(item, URLPattern | URLResolver)
    return found


def test_no_address_is_unlisted() -> None:
    found = {route for route in patterns(get_resolver()) if not route.startswith("admin/")}
    assert found == OPEN_TO_ALL | SIGNED_IN | set(GUARDED)


@pytest.mark.django_db
@pytest.mark.parametrize("route", sorted(SIGNED_IN | set(GUARDED)))
def test_nothing_but_the_listed_answers_a_stranger(client: Client, route: str) -> None:
    assert client.get(address(route)).status_code in {302, 401, 403}


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_guarded_addresses_open_for_exactly_the_roles_of_the_table(client: Client, role: Role) -> None:
    client.force_login(factories.user(role))
    for route, needs in GUARDED.items():
        for method, permission in needs.items():
            answer = client.generic(method, address(route))
            is_allowed = permission in ROLE_PERMISSIONS[role]
            assert (answer.status_code == 403) is not is_allowed, (role, route)


def test_every_unsafe_request_of_the_api_is_answered_once() -> None:
    for route, needs in GUARDED.items():
        view = resolve(address(route)).func.view_class  # type: ignore[attr-defined]
        for method in UNSAFE & set(needs):
            assert getattr(getattr(view, method.lower()), "is_idempotent", False), (route, method)
        answered = {method.upper() for method in view.http_method_names if hasattr(view, method)} - {"OPTIONS", "HEAD"}
        assert answered == set(needs), route
