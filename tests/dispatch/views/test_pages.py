"""The plain pages: words instead of codes, nothing inline, and as many queries for many rows as for one."""

import re
from collections.abc import Iterable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from dispatch import choices
from tests.dispatch.views.room import Room, addresses, busy_room, page, visible

pytestmark = pytest.mark.django_db
PAGES = [
    "calls", "call", "incidents", "incident", "protocol", "undone", "handovers", "units", "own_unit", "alerts", "alert",
    "exports", "evidence", "evidence_incident", "flood", "cameras", "camera", "agency_incidents", "agency_incident",
]  # fmt: skip
# No page asks the database more often than this, however much stands on it.
QUERIES_MAX = {
    "calls": 28, "call": 34, "incidents": 22, "incident": 63, "protocol": 28, "undone": 44, "handovers": 25,
    "units": 24, "own_unit": 13, "alerts": 23, "alert": 25, "exports": 21, "flood": 34, "cameras": 34, "camera": 34,
    "agency_incidents": 13, "agency_incident": 20, "evidence": 27, "evidence_incident": 28,
}  # fmt: skip
LISTS = [getattr(choices, name) for name in choices.__all__ if hasattr(getattr(choices, name), "labels")]


def words_of(text: str) -> set[str]:
    return set(re.findall(r"[a-z_]+", text.lower()))


def codes(language: str) -> set[str]:
    """Codes that are no words of this language; the English ones are told by their underscore."""
    with translation.override(language):
        known = set().union(*(words_of(str(label)) for words in LISTS for label in words.labels))
    values = {value for words in LISTS for value in words.values if value}
    values = {value for value in values if value == value.lower() and len(value) > 3} - known
    return values if language == "id" else {value for value in values if "_" in value}


@pytest.mark.parametrize("language", ["id", "en"])
def test_no_page_shows_a_code_where_people_read(language: str) -> None:
    made = busy_room()
    of_the_other = re.compile(rf'<p lang="{"en" if language == "id" else "id"}".*?</p>', re.DOTALL)
    for name, (who, address) in addresses(made).items():
        shown = visible(of_the_other.sub(" ", page(who, address, language)))
        assert words_of(shown) & codes(language) == set(), name
        assert not re.search(r"\bNone\b(?!\.)", shown), name
        assert "{{" not in shown, name
        assert "%(" not in shown, name


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_page_has_one_heading_of_the_first_rank_and_named_fields(language: str) -> None:
    made = busy_room()
    for name, (who, address) in addresses(made).items():
        markup = page(who, address, language)
        assert len(re.findall(r"<h1\b", markup)) == 1, name
        ids = re.findall(r'\sid="([^"]+)"', markup)
        assert sorted(ids) == sorted(set(ids)), name
        labelled = set(re.findall(r'<label[^>]*\sfor="([^"]+)"', markup))
        fields = re.findall(r"<(?:input|select|textarea)\b[^>]*>", markup)
        named = [one for one in fields if not re.search(r'type="(hidden|checkbox)"', one)]
        assert {found for one in named for found in re.findall(r'\sid="([^"]+)"', one)} <= labelled, name
        assert all('id="' in one for one in named), name


def test_nothing_inline_stands_in_any_page() -> None:
    made = busy_room()
    for name, (who, address) in addresses(made).items():
        markup = page(who, address)
        assert not re.search(r"<script(?![^>]*(src=|application/json))", markup), name
        assert not re.search(r"<style|\sstyle=|\son\w+=", markup), name


def count(made: Room, name: str) -> int:
    who, address = addresses(made)[name]
    client = Client()
    client.force_login(who.user)
    client.get(address)  # what is written down once is written down now
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_no_page_asks_more_often_for_many_rows_than_for_one() -> None:
    made = busy_room()
    before = {name: count(made, name) for name in PAGES}
    for number in range(4):
        key = made.incident(f"asap {number}")
        made.desk.post(f"incidents/{made.incidents[0]}/notes/", {"text": f"catatan {number}"}, expect=201)
        made.desk.post(f"incidents/{made.incidents[0]}/links/", {"other": key, "kind": "related"}, expect=201)
        made.desk.post("calls/", {"caller_number": None}, expect=201)
        made.desk.post(f"calls/{made.calls[-1]}/end/")
        person = {"role": "witness", "name": f"Saksi {number}"}
        made.desk.post(f"incidents/{made.incidents[0]}/persons/", person, expect=201)
    after = {name: count(made, name) for name in PAGES}
    assert after == before
    assert list(over(before)) == []


def over(counts: dict[str, int]) -> Iterable[str]:
    return (f"{name}: {counts[name]}" for name in PAGES if counts[name] > QUERIES_MAX[name])
