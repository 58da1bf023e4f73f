"""The registry's pages under the strict content policy: a file taken over, masks by the keyboard alone, the map."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HEAD = "code,name,owner,kind,url,lat,lon,state"


def row(code: str, lat: str = "-6.21") -> str:
    return f"{code},Kamera uji,bpbd,http_jpeg,http://127.0.0.1:8000/x,{lat},106.85,planned"


def file_send(page: Page, site: Site, folder: Path, *rows: str) -> None:
    """Choose a file and have it looked through."""
    path = folder / "kamera.csv"
    path.write_text("\n".join([HEAD, *rows]), encoding="utf-8-sig")
    page.goto(f"{site.base_url}/admin/cameras/camera/import/")
    page.set_input_files("[name=file]", path)
    page.locator("#import-form [type=submit]").press("Enter")


@pytest.mark.parametrize(("language", "errors", "taken"), [("id", "Kesalahan", "1 baru"), ("en", "Errors", "1 new")])
def test_a_file_of_cameras_is_mended_and_taken_over(  # noqa: PLR0917  # what a test of pages needs
    console: Opener, site: Site, tmp_path: Path, language: str, errors: str, taken: str
) -> None:
    page = console.signed_in("kamera", language, width=1366, height=768)
    code = f"UJI-IMPOR-{language}"
    file_send(page, site, tmp_path, row(code, '"-6,21"'))
    expect(page.locator(".import caption").first).to_have_text(errors)
    expect(page.locator("#apply-form")).to_have_count(0)
    file_send(page, site, tmp_path, row(code))
    page.locator("#apply-form [type=submit]").press("Enter")
    expect(page.locator(".messagelist")).to_contain_text(taken)
    page.goto(f"{site.base_url}/admin/cameras/camera/?q={code}")
    expect(page.locator("#result_list tbody tr")).to_have_count(1)


def test_masks_are_drawn_by_the_keyboard_alone(console: Opener, site: Site) -> None:
    page = console.signed_in("kamera", width=1366, height=768)
    page.goto(f"{site.base_url}/admin/cameras/camera/?q=peron")
    page.locator("#result_list tbody th a").first.click()
    page.locator(".object-tools a[href*=masks]").click()
    expect(page.locator(".sheet img")).to_have_js_property("naturalWidth", 1920)
    before = page.locator(".masks polygon").count()
    page.locator("[data-act=add]").press("Enter")
    expect(page.locator(".point:focus")).to_have_attribute("aria-label", re.compile(r"40\.0 %.*40\.0 %"))
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("ArrowUp")
    expect(page.locator(".point:focus")).to_have_attribute("aria-label", re.compile(r"35\.0 %.*39\.5 %"))
    page.keyboard.press("Insert")
    expect(page.locator(".point")).to_have_count(5)
    page.keyboard.press("Delete")
    expect(page.locator(".point")).to_have_count(4)
    page.keyboard.press("Control+z")
    expect(page.locator(".point")).to_have_count(5)
    page.locator(".masks form [type=submit]").press("Enter")
    expect(page.locator(".messagelist")).to_contain_text(f"{before + 1} masker")
    expect(page.locator(".masks polygon")).to_have_count(before + 1)
    page.locator(".masks .list button").last.press("Enter")
    page.locator("[data-act=remove]").press("Enter")
    page.locator(".masks form [type=submit]").press("Enter")
    expect(page.locator(".masks polygon")).to_have_count(before)


def test_masks_are_drawn_by_the_mouse_and_points_are_dragged(console: Opener, site: Site) -> None:
    page = console.signed_in("kamera", width=1366, height=768)
    page.goto(f"{site.base_url}/admin/cameras/camera/?q=peron")
    page.locator("#result_list tbody th a").first.click()
    page.locator(".object-tools a[href*=masks]").click()
    expect(page.locator(".sheet img")).to_have_js_property("naturalWidth", 1920)
    box = page.locator(".masks svg").bounding_box()
    assert box
    for x, y in ((0.1, 0.1), (0.3, 0.1), (0.3, 0.3)):
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    page.locator(".point").first.click()  # the first point closes it
    expect(page.locator(".masks polygon.chosen")).to_have_count(1)
    corner = page.locator(".point").nth(2).bounding_box()
    assert corner
    page.mouse.move(corner["x"] + corner["width"] / 2, corner["y"] + corner["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"], steps=4)
    page.mouse.up()
    expect(page.locator(".point").nth(2)).to_have_attribute("aria-label", re.compile(r"(49|50)\.\d %.*(49|50)\.\d %"))
    for _turn in range(2):  # nothing is kept, so leaving asks nothing
        page.locator("[data-act=undo]").click()
    expect(page.locator(".masks polygon.chosen")).to_have_count(0)


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_map_shows_the_filtered_list_and_leads_to_a_camera(console: Opener, site: Site, language: str) -> None:
    page = console.signed_in("kamera", language)
    page.goto(f"{site.base_url}/admin/cameras/camera/?state__exact=active")
    count = page.locator(".paginator").inner_text().split()[0]
    page.locator(".object-tools a[href*='/map/']").click()
    page.wait_for_selector(f"#camera-map[data-ready='{count}']")
    expect(page.locator("#map-list li")).to_have_count(int(count))
    page.locator("#map-list a").first.press("Enter")
    page.wait_for_url("**/change/")
    expect(page.locator("#camera-place .leaflet-marker-draggable").first).to_be_visible()


def test_the_form_and_its_map_say_the_same(console: Opener, site: Site) -> None:
    page = console.signed_in("kamera", width=1366, height=768)
    page.goto(f"{site.base_url}/admin/cameras/camera/add/")
    page.fill("#id_position", "-6.2099, 106.8502")
    expect(page.locator("#id_lat")).to_have_value("-6.2099")
    expect(page.locator(".place-pin")).to_be_visible()
    page.locator(".cone-handle").scroll_into_view_if_needed()
    knob, pin = page.locator(".cone-handle").bounding_box(), page.locator(".place-pin").bounding_box()
    assert knob
    assert pin
    page.locator(".cone-handle").hover()
    page.mouse.down()
    page.mouse.move(pin["x"] + 14 + 80, pin["y"] + 14, steps=5)  # to the east
    page.mouse.up()
    heading = float(page.input_value("#id_heading_deg"))
    assert 80 <= heading <= 100
    page.fill("#id_heading_deg", "180")
    turned = page.locator(".cone-handle").bounding_box()
    assert turned
    assert turned["y"] > pin["y"] + 20


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_live_preview_moves_and_can_be_stopped(console: Opener, site: Site, language: str) -> None:
    page = console.signed_in("kamera", language, width=1366, height=768)
    page.goto(f"{site.base_url}/admin/cameras/camera/?q=peron")
    page.locator("#result_list tbody th a").first.click()
    page.locator(".object-tools a[href*=live]").click()
    expect(page.locator("#live img")).to_have_js_property("naturalWidth", 1920)
    first = page.get_attribute("#live img", "src")
    assert first
    expect(page.locator("#live img")).not_to_have_attribute("src", first)
    page.locator("#live-pause").press("Enter")
    expect(page.locator("#live-pause")).to_have_attribute("aria-pressed", "true")
