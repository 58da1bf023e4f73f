"""The admin and the API's page under the strict content policy: nothing foreign, nothing inline."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opener
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize(("language", "told"), [("id", "Kamera memberi gambar."), ("en", "The camera gave a picture.")])
def test_a_camera_is_found_and_its_connection_tried(console: Opener, site: Site, language: str, told: str) -> None:
    page = console.signed_in("kamera", language, width=1366, height=768)
    page.goto(f"{site.base_url}/admin/cameras/camera/")
    page.fill("#searchbar", "peron")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=peron**")
    page.locator("#result_list tbody th a").click()
    page.locator(".object-tools a").first.click()
    page.wait_for_url("**/trial/")
    expect(page.locator(".trial input[type=submit]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".good")).to_have_text(told)
    assert page.locator(".trial img").evaluate("image => image.naturalWidth") == 1920


def test_the_watchlist_shows_the_photo_and_asks_for_a_reason(console: Opener, site: Site) -> None:
    page = console.signed_in("petugas")
    page.goto(f"{site.base_url}/admin/recognition/watchlistentry/")
    page.locator("#result_list tbody th a").first.click()
    expect(page.locator(".references img")).to_have_count(1)
    page.wait_for_function("document.querySelector('.references img').naturalWidth > 0")
    page.locator(".decide input[type=submit]").click()
    assert page.evaluate("document.querySelector('[name=reason]').validity.valueMissing")


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_interface_for_programs_can_be_read(console: Opener, site: Site, language: str) -> None:
    page = console.signed_in("agen", language)
    page.goto(f"{site.base_url}/api/")
    # It draws what is in view alone: the first that changes something.
    path = page.locator(".opblock-post .opblock-summary-path", has_text="/alerts/").first
    expect(path).to_be_visible()
    path.click()
    expect(page.locator(".opblock-body").first).to_contain_text("Idempotency-Key")
