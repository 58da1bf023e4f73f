"""Buttons, times, numbers and names of the plain pages."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import translation
from django.utils.timezone import localtime

from common import clock
from dispatch.choices import Priority
from dispatch.templatetags import work


def test_a_button_carries_its_fields_and_escapes_them() -> None:
    made = work.act(
        "calls/1/close/", "<b>", key="p", call_class='"prank"', confirm="Sure?", done="Done", then="/x/{id}/"
    )
    assert '<input type="hidden" name="call_class" value="&quot;prank&quot;">' in made
    assert "<kbd>P</kbd> &lt;b&gt;</button>" in made
    for part in ('data-api="calls/1/close/"', 'data-method="POST"', 'data-confirm="Sure?"', 'data-then="/x/{id}/"'):
        assert part in made


@pytest.mark.parametrize("name", ["call", "incident"])
def test_a_page_about_one_thing_has_a_place_for_its_key(name: str) -> None:
    assert work.page_of(f"work-{name}").endswith("/{id}/")
    assert work.page_of("work-protocol") == "/kerja/protokol/{id}/"


@pytest.mark.parametrize("priority", Priority.values)
def test_a_priority_is_told_by_letter_shape_and_colour(priority: str) -> None:
    made = work.mark(priority)
    assert f'class="mark {priority}"' in made
    assert f">{priority} <span" in made
    assert len({work.SHAPES[Priority(one)] for one in Priority.values}) == len(Priority)
    assert work.mark("") == ""


def test_a_time_of_today_has_no_date_and_another_day_has() -> None:
    now = clock.now()
    assert f">{localtime(now):%H:%M:%S}</time>" in work.clock(now)
    with translation.override("id"):
        past = now - timedelta(days=40)
        assert f">{localtime(past).day} " in work.clock(past)
    assert work.clock(None) == work.since(None) == work.due(None) == ""
    assert 'data-age="due"' in work.due(now)
    assert 'data-age="since"' in work.since(now)


@pytest.mark.parametrize("language", ["id", "en"])
def test_numbers_for_programs_are_the_same_in_both_languages(language: str) -> None:
    with translation.override(language):
        assert work.number(-6.25) == "-6.25"
        assert work.number(None) == work.number("") == ""
        row = SimpleNamespace(lat=-6.2, lon=106.84561, radius_m=25.0)
        assert work.point(row) == "-6.20000, 106.84561 (± 25 m)"
        assert work.point({"lat": None, "lon": None, "radius_m": None}) == ""


def test_a_telephone_number_is_grouped_and_none_is_told() -> None:
    assert work.phone("+6281255501234") == "+62 812-5550-1234"
    assert work.phone("112") == "112"
    with translation.override("en"):
        assert work.phone(None) == "no number"
