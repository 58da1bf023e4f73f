"""Finding places over HTTP."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.choices import Role
from places.models import Place
from places.selectors import index_forget
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def console(client: Client) -> Iterator[Client]:
    call_command("places_import", verbosity=0)
    index_forget()
    client.force_login(factories.user(Role.CALL_TAKER))
    yield client
    index_forget()


def test_a_place_is_found_with_where_it_lies(console: Client) -> None:
    (best, *_rest) = console.get("/api/v1/places/search/?q=stasion+mangarai").json()["places"]
    assert best["name"] == "Stasiun Manggarai"
    assert best["parent"] == "Tebet, Jakarta Selatan"
    assert (best["lat"], best["lon"], best["accuracy_m"], best["kind"]) == (-6.2099, 106.8502, 150.0, "landmark")
    assert 0.8 < best["score"] <= 1


def test_an_unknown_place_is_an_empty_list_and_no_error(console: Client) -> None:
    answer = console.get("/api/v1/places/search/?q=warung+zzyzx")
    assert (answer.status_code, answer.json()) == (200, {"places": []})


def test_a_renamed_place_is_found_by_its_new_name(console: Client) -> None:
    Place.objects.filter(name="Monas").update(name="Qwertyuiop", aliases=[])
    place = Place.objects.get(name="Qwertyuiop")
    place.save()
    index_forget()
    assert console.get("/api/v1/places/search/?q=qwertyuiop").json()["places"][0]["code"] == place.code


@pytest.mark.parametrize(
    "query", ["", "?q=", "?q=" + "a" * 201, "?q=monas&limit=0", "?q=monas&limit=x", "?q=monas&limit=21"]
)
def test_bad_questions_are_told_what_is_wrong(console: Client, query: str) -> None:
    answer = console.get(f"/api/v1/places/search/{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] in {"query_length", "limit_range"}


def test_the_map_gets_its_words(console: Client) -> None:
    found = console.get("/api/v1/places/labels/").json()["places"]
    kinds = {kind: sum(1 for place in found if place["kind"] == kind) for kind in ("city", "district", "landmark")}
    assert kinds == {"city": 6, "district": 44, "landmark": 92}
    assert any(place["name"] == "Manggarai" for place in found)
