"""The maintainers' work list by keyboard: rows ticked, taken up, noted, put in maintenance and out of it again."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener
from tests.browser.test_flood import faults, shot
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def press(page: Page, selector: str, key: str = "Enter") -> None:
    page.locator(selector).first.focus()
    page.keyboard.press(key)


def test_faults_are_worked_at_by_keyboard(console: Opener, site: Site) -> None:
    """The demo's farm has cameras that hang or send rubbish; the patrol finds them by itself."""
    console.expected = "409"  # its view is not taken while it shows none
    desk = console.signed_in("kamera", "en")
    desk.goto(f"{site.base_url}/kerja/kamera/")
    rows = desk.locator("table.faults tbody tr")
    expect(rows.first).to_be_visible(timeout=180_000)
    expect(desk.locator("#camera-alarm")).to_contain_text("Camera died", timeout=60_000)
    assert faults(desk) == []
    code = desk.locator("td.camera a").first.inner_text()
    press(desk, "td.pick input", "Space")
    expect(desk.locator("[data-picked]")).to_have_text("1 camera chosen")
    press(desk, "button[value=take]")
    expect(desk.locator("#said")).to_contain_text("1 fault is yours now.")
    mine = desk.locator("tr.mine", has_text=code)
    expect(mine).to_have_count(1)
    shot(desk, "cameras-taken")
    press(desk, "tr.mine summary")
    mine.locator("textarea").fill("tiang miring")
    desk.keyboard.press("Control+Enter")
    expect(mine).to_contain_text("tiang miring")
    press(desk, "tr.mine td.pick input", "Space")
    press(desk, "#bulk-maintain summary")
    desk.locator("#b-ends").select_option("240")
    desk.locator("#b-reason").fill("listrik padam")
    press(desk, "button[value=maintain]")
    expect(desk.locator("#said")).to_contain_text("1 camera is in maintenance now.")
    expect(mine).to_have_count(0)
    desk.goto(f"{site.base_url}/kerja/kamera/?show=maintenance")
    press(desk, "#pick-all", "Space")
    press(desk, "button[value=resume]")
    expect(desk.locator("#said")).to_contain_text("has ended")
    desk.goto(f"{site.base_url}/kerja/kamera/{code}/")
    expect(desk.locator("[data-part=windows]")).to_contain_text("listrik padam")
    expect(desk.locator("[data-part=cases]")).to_contain_text("tiang miring")
    desk.get_by_role("button", name="Try now").focus()
    desk.keyboard.press("Enter")
    expect(desk.locator("#refused, #said").filter(has_text=code)).to_have_count(1)
    assert faults(desk) == []
    shot(desk, "camera-one")
