"""The command line as it is typed: by keyboard alone, echoed before the server has answered, in both languages."""

import re
import uuid

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Opener
from tests.browser.rows import DESK, OTHER_DESK, rows_made
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def room(site: Site) -> Site:
    """The site with desks and units of its own."""
    site.logins.update(rows_made(site.var_dir))
    return site


def at_work(console: Opener, site: Site, username: str, language: str = "id") -> Page:
    page = console.signed_in(username, language)
    page.goto(f"{site.base_url}/kerja/kejadian/")
    return page


def typed(page: Page, text: str, outcome: str = "done") -> str:
    """Type a line and send it; what stands beside the line then."""
    page.keyboard.press("F9")
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(page.locator(f"#command-result[data-outcome={outcome}]")).to_contain_text(text.split(maxsplit=1)[0].upper())
    return page.locator("#command-result").inner_text()


def number_of(words: str) -> str:
    found = re.search(r"#(\d+)", words)
    assert found, words
    return found[1]


def test_a_line_is_echoed_at_once_completed_and_done(console: Opener, room: Site) -> None:
    mark = uuid.uuid4().hex[:8]
    desk, other = at_work(console, room, OTHER_DESK), at_work(console, room, DESK)
    line, options = desk.locator("#command-line"), desk.locator("#command-list [role=option]")
    # The echo stands there while the answer is still under way.
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    desk.route("**/api/v1/commands/", hold)
    desk.keyboard.press("/")
    expect(line).to_be_focused()
    expect(line).to_have_value("")
    desk.keyboard.type(f'N kebakaran "{mark}"')
    desk.keyboard.press("Enter")
    expect(desk.locator("#command-result[data-outcome=sending]")).to_contain_text(f'… N kebakaran "{mark}"')
    expect(line).to_have_value("")
    while not held:
        desk.wait_for_timeout(20)
    held.pop().continue_()
    expect(desk.locator("#command-result[data-outcome=done]")).to_contain_text("✓ N kebakaran")
    desk.unroute("**/api/v1/commands/")
    number = number_of(desk.locator("#command-result").inner_text())
    expect(desk.locator("#command-rows a")).to_have_attribute("href", re.compile(r"^/kerja/kejadian/[0-9a-f-]{36}/$"))
    for page in (desk, other):
        expect(page.locator("#live")).to_contain_text(mark)  # at both desks, without reloading
    # Tab completes the unit and then the incident; one more Tab goes on to the next that fits.
    desk.keyboard.press("F9")
    desk.keyboard.type("D uji1")
    expect(options).to_have_count(2)
    desk.keyboard.press("Tab")
    expect(line).to_have_value("D UJI-11")
    desk.keyboard.press("Tab")
    expect(line).to_have_value("D UJI-12")
    desk.keyboard.type(f" #{number}")
    expect(options).to_have_count(1)
    desk.keyboard.press("Tab")
    expect(line).to_have_value(f"D UJI-12 #{number}")
    desk.keyboard.press("Enter")
    expect(desk.locator("#command-result[data-outcome=done]")).to_contain_text(f"✓ D UJI-12 #{number}")
    # What was typed comes back with the arrow keys.
    desk.keyboard.press("ArrowUp")
    expect(line).to_have_value(f"D UJI-12 #{number}")
    desk.keyboard.press("ArrowUp")
    expect(line).to_have_value(f'N kebakaran "{mark}"')
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("ArrowDown")
    expect(line).to_have_value("")
    # A refused line stands there again to be corrected, and what may have been meant is offered.
    typed(desk, f"D UJI-13 #{number}", "refused")
    expect(line).to_have_value(f"D UJI-13 #{number}")
    expect(options.first).to_contain_text("D UJI-")
    desk.keyboard.press("Escape")
    expect(options).to_have_count(0)
    typed(desk, f"E UJI-12 #{number}", "refused")
    typed(desk, "E UJI-12")
    typed(desk, f"X #{number} /uji")


def test_a_point_is_the_incident_of_the_page(console: Opener, room: Site) -> None:
    mark = uuid.uuid4().hex[:8]
    desk = at_work(console, room, OTHER_DESK)
    typed(desk, "PR . 1", "refused")
    number = number_of(typed(desk, f'N medis "{mark}"'))
    desk.locator("#command-rows a").click()
    desk.wait_for_url("**/kejadian/*-*/")
    typed(desk, f"C . /catatan {mark}")
    expect(desk.locator("[data-part=story]")).to_contain_text(f"catatan {mark}")
    typed(desk, "PR . 4")
    expect(desk.locator("h1")).to_contain_text("P4")
    # A slash in a field is a slash.
    desk.locator("#note").focus()
    desk.keyboard.type("rt 05/03")
    expect(desk.locator("#note")).to_have_value("rt 05/03")
    desk.locator("#note").fill("")
    typed(desk, f"X #{number} /uji")


@pytest.mark.parametrize(("language", "words"), [("id", "Kirim unit ke kejadian"), ("en", "Send units to an incident")])
def test_help_is_in_both_languages(console: Opener, room: Site, language: str, words: str) -> None:
    desk = at_work(console, room, DESK, language)
    typed(desk, "?")
    out = desk.locator("#command-out")
    expect(out).to_contain_text(words)
    expect(out).not_to_contain_text("BC [")  # a call-taker tells nobody but their own desk
    desk.keyboard.type("D ")
    expect(desk.locator("#command-hint")).to_contain_text(words)
    desk.keyboard.press("Escape")
    expect(out).to_be_hidden()
    expect(desk.locator("#command-line")).to_be_focused()


def test_a_broadcast_stands_on_every_desk_until_it_is_read(console: Opener, room: Site) -> None:
    mark = uuid.uuid4().hex[:8]
    desk, other = at_work(console, room, OTHER_DESK), at_work(console, room, DESK)
    typed(desk, f"BC 1 /kanal {mark}")
    for page in (desk, other):
        expect(page.locator(".broadcast", has_text=f"kanal {mark}")).to_be_visible()
    told = other.locator(".broadcast", has_text=f"kanal {mark}")
    told.locator("button").focus()
    other.keyboard.press("Enter")
    expect(told).to_be_hidden()
    other.goto(f"{room.base_url}/kerja/panggilan/")
    expect(told).to_be_hidden()
    expect(desk.locator(".broadcast", has_text=f"kanal {mark}")).to_be_visible()
