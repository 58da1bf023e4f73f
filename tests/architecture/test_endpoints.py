"""Every address of the site is known here; a new one fails until somebody says who may use it."""

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.choices import Role
from accounts.permissions import ROLE_PERMISSIONS, Permission
from tests import factories

OPEN_TO_ALL = {"healthz", "readyz", "akun/masuk/", "akun/bahasa/"}
SIGNED_IN = {"", "akun/keluar/", "jsi18n/", "api/schema/", "api/"}
GUARDED = {"api/v1/realms/<slug:realm_code>/events/": {"GET": Permission.STREAM_READ}}


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
    assert client.get("/" + route.replace("<slug:realm_code>", "LIVE")).status_code in {302, 401, 403}


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_guarded_addresses_open_for_exactly_the_roles_of_the_table(client: Client, role: Role) -> None:
    client.force_login(factories.user(role))
    for route, needs in GUARDED.items():
        for method, permission in needs.items():
            answer = client.generic(method, "/" + route.replace("<slug:realm_code>", "LIVE"))
            is_allowed = permission in ROLE_PERMISSIONS[role]
            assert (answer.status_code == 403) is not is_allowed, (role, route)
