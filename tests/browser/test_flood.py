"""A river rises: typed on its page, seen at every desk, taken note of by each person alone."""

import os

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def shot(page: Page, name: str) -> None:
    """For people who want to see it."""
    if os.environ.get("SIAGA_SHOTS"):
        page.screenshot(path=f"{os.environ['SIAGA_SHOTS']}/{name}.png", full_page=True)


def faults(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found.response["violations"]]


def test_a_rise_reaches_every_desk_and_each_takes_note_alone(console: Opener, site: Site) -> None:
    other, desk = console("agen", "en"), console.signed_in("supervisor", "en")
    desk.goto(f"{site.base_url}/kerja/banjir/")
    shot(desk, "flood-calm")
    expect(desk.locator(".title")).to_contain_text("No flood")
    for height in ("60", "165"):
        desk.fill("#h-katulampa", height)
        desk.fill("#t-katulampa", "-5" if height == "60" else "0")
        desk.press("#t-katulampa", "Enter")
        expect(desk.locator("#said")).to_contain_text("The reading is kept.")
        expect(desk.locator("tr", has=desk.locator("#h-katulampa"))).to_contain_text(f"{height} cm")
    # The page was not opened anew, and yet its heading tells.
    expect(desk.locator(".title")).to_contain_text("Flood since")
    river = other.locator("#rivers .river.new")
    expect(river).to_contain_text("Siaga II")
    expect(river).to_contain_text("water expected at Pintu Air Manggarai")
    expect(river).to_contain_text("Kampung Melayu")
    shot(other, "flood-console")
    shot(desk, "flood-page")
    assert faults(desk) == []
    river.get_by_role("button", name="Take note").click()
    expect(other.locator("#rivers .river.new")).to_have_count(0)
    expect(other.locator("#rivers")).to_contain_text("Siaga II")
    expect(desk.locator("#flood .river.new")).to_have_count(1)
    desk.locator("#flood").get_by_role("button", name="Take note").click()
    expect(desk.locator("#flood .river.new")).to_have_count(0)
    shot(desk, "flood-noted")


def test_a_warning_goes_out_by_two_presses_and_a_road_is_blocked(console: Opener, site: Site) -> None:
    desk = console.signed_in("supervisor", "en")
    desk.goto(f"{site.base_url}/kerja/banjir/")
    button = desk.locator("#warnings").get_by_role("button", name="Issue this warning")
    button.click()
    expect(desk.locator("#warnings")).to_contain_text("Siaga II")
    desk.locator("#warnings button.armed, #warnings button").first.click()
    expect(desk.locator("#said")).to_contain_text("The warning is issued.")
    desk.goto(f"{site.base_url}/kerja/banjir/")
    desk.get_by_text("Block a road").click()
    desk.fill("#r_name", "Jl. Uji")
    desk.fill("#r_points", "-6.2201,106.8580 -6.2214,106.8611")
    desk.fill("#r_depth", "40")
    desk.fill("#r_until", "60")
    desk.get_by_role("button", name="Block", exact=True).click()
    expect(desk.locator("[data-part=roads]")).to_contain_text("40 cm")
