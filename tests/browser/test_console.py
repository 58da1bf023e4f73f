"""The console as people use it: by keyboard, in both languages, two at once."""

import re
import subprocess
import sys
import uuid

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener
from tests.services import ROOT
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def call(site: Site, number: str = "") -> None:
    """Somebody calls."""
    import os

    argv = [sys.executable, "manage.py", "demo_call", *(["--number", number] if number else [])]
    subprocess.run(
        argv, cwd=ROOT, env={**os.environ, "SIAGA_VAR_DIR": str(site.var_dir)}, check=True, capture_output=True
    )


def keys(page: Page, *pressed: str) -> None:
    for key in pressed:
        page.keyboard.press(key)


def incident_opened(page: Page, words: str) -> str:
    """Open an incident at the station by keyboard alone; its number."""
    keys(page, "Alt+n")
    page.keyboard.type("stasion mangarai")
    page.wait_for_selector("#places li")
    keys(page, "Enter", "Tab")
    page.locator("#type").select_option("orang-hilang")
    page.focus("#summary")
    page.keyboard.type(words)
    keys(page, "Control+Enter")
    expect(page.locator("#work-name")).to_contain_text(re.compile(r"#\d+"))
    return (page.locator("#work-name").inner_text()).partition("#")[2]


def test_a_call_becomes_an_incident_and_a_judged_candidate_by_keyboard_alone(console: Opener, site: Site) -> None:
    first, second = console("agen"), console("dispatcher", "en")
    call(site, "0812 5550 112")
    row = first.locator("#calls li", has_text="+62 812-5550-112")
    expect(row).to_be_visible()
    row.locator("button").focus()
    keys(first, "Enter")
    expect(first.locator("#caller_number")).to_have_value("+628125550112")
    expect(first.locator("#place")).to_be_focused()
    first.keyboard.type("st manggarai")
    first.wait_for_selector("#places li")
    keys(first, "Enter", "Tab")
    first.keyboard.type("Orang hil")
    expect(first.locator("#priority")).to_have_value("P2")
    keys(first, "Control+Enter")
    expect(first.locator("#work-name")).to_contain_text("#")
    number = first.locator("#work-name").inner_text().partition("#")[2]
    expect(second.locator("#incidents li", has_text=f"#{number}")).to_be_visible()
    expect(first.locator("#match-state")).to_contain_text("Kandidat: perlu dinilai")
    first.wait_for_timeout(2500)
    keys(first, "F6", "y")
    expect(first.locator("#match-score")).to_contain_text("Skor")
    keys(first, "Control+Enter")
    expect(first.locator("#timeline")).to_contain_text("Dikonfirmasi petugas")
    second.locator("#incidents li", has_text=f"#{number}").locator("button").click()
    expect(second.locator("#timeline")).to_contain_text("Confirmed by a person")


def test_two_consoles_stay_the_same_and_a_conflict_loses_nothing(console: Opener) -> None:
    console.expected = "status of 412"
    first, second = console("agen"), console("dispatcher")
    mark = uuid.uuid4().hex[:8]
    number = incident_opened(first, f"mula {mark}")
    second.locator("#incidents li", has_text=f"#{number}").locator("button").click()
    expect(second.locator("#summary")).to_have_value(f"mula {mark}")
    first.fill("#summary", f"pertama {mark}")
    second.fill("#summary", f"kedua {mark}")
    first.focus("#summary")
    keys(first, "Control+Enter")
    expect(first.locator("#log")).to_contain_text("Tersimpan")
    second.focus("#summary")
    keys(second, "Control+Enter")
    expect(second.locator("#form-error")).to_contain_text("Seseorang sudah mengubah kejadian ini")
    expect(second.locator("#summary")).to_have_value(f"kedua {mark}")
    keys(second, "Escape")
    expect(second.locator("#summary")).to_have_value(f"pertama {mark}")
    first.fill("#note", f"catatan {mark}")
    first.focus("#note")
    keys(first, "Enter")
    expect(second.locator("#timeline")).to_contain_text(f"catatan {mark}")


def test_an_unknown_place_never_blocks_the_ticket(console: Opener) -> None:
    page = console("agen")
    keys(page, "Alt+n")
    page.keyboard.type("warung zzyzx belakang gapura")
    expect(page.locator("#place-hint")).to_contain_text("Tidak dikenal")
    keys(page, "Tab")
    page.keyboard.type("Medis")
    keys(page, "Control+Enter")
    expect(page.locator("#work-name")).to_contain_text("#")
    expect(page.locator("#pictures-empty")).to_contain_text("belum punya posisi")
    keys(page, "F4", "Enter")
    expect(page.locator("#place-hint")).to_contain_text("Posisi dari peta")
    keys(page, "F2", "Control+Enter")
    expect(page.locator("#timeline")).to_contain_text("Diubah: posisi")


def test_a_place_that_is_only_pointed_at_is_told_by_its_position(console: Opener) -> None:
    page = console("agen")
    page.click("#new")
    box = page.locator("#map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 4, box["y"] + box["height"] * 3 / 4)  # where no incident is drawn
    expect(page.locator("#place-hint")).to_contain_text("Posisi dari peta")
    page.locator("#type").select_option("medis")
    page.click("#submit")
    expect(page.locator("#incidents button[aria-current=true]")).to_contain_text(re.compile(r"-6\.\d{5}, 106\.\d{5}"))


MEETING = """() => {
    const boxes = [...document.querySelectorAll("#map .map-label > span, #map .pin, #map .camera-pin")]
        .map((node) => ({ node, words: node.textContent, box: node.getBoundingClientRect() }));
    const edge = document.getElementById("map").getBoundingClientRect();
    const names = boxes.filter((one) => one.node.closest(".map-label"));
    const meets = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    const isOut = ({ left, right, top, bottom }) =>
        left < edge.left || right > edge.right || top < edge.top || bottom > edge.bottom;
    return {
        names: names.map((one) => one.words),
        meeting: names.flatMap((one) => boxes.filter((other) => other !== one && meets(one.box, other.box))
            .map((other) => `${one.words} / ${other.words}`)),
        out: names.filter((one) => isOut(one.box)).map((one) => one.words),
    };
}"""


@pytest.mark.parametrize(("language", "width", "height"), [("id", 1366, 768), ("en", 1920, 1080)])
def test_no_name_on_the_map_lies_on_another(console: Opener, language: str, width: int, height: int) -> None:
    page = console("agen", language, width=width, height=height)
    expect(page.locator("#map .map-label.city > span").first).to_be_visible()
    incident_opened(page, "nama di peta")  # the map goes there, with pins of cameras and the distances from the scene
    expect(page.locator("#map .map-label.ring > span").first).to_be_visible()
    seen: set[str] = set()
    for _ in range(7):
        found = page.evaluate(MEETING)
        assert (found["meeting"], found["out"]) == ([], [])
        seen |= set(found["names"])
        page.click(".leaflet-control-zoom-out")
        page.wait_for_timeout(300)
    assert "500 m" in seen
    assert any(name.startswith("Jakarta ") for name in seen)
    assert len(seen) >= 10


def test_a_ticket_without_type_is_asked_for_it_and_keeps_what_was_typed(console: Opener) -> None:
    page = console("agen")
    keys(page, "Alt+n")
    page.fill("#summary", "tertulis")
    keys(page, "Control+Enter")
    expect(page.locator("#form-error")).to_contain_text("Pilih jenis kejadian")
    expect(page.locator("#type")).to_be_focused()
    page.reload()
    expect(page.locator("#summary")).to_have_value("tertulis")


def test_a_lost_connection_is_told_and_what_was_missed_comes_after(console: Opener, site: Site) -> None:
    console.expected = "ERR_INTERNET_DISCONNECTED"
    page, other = console("agen"), console("dispatcher")
    page.context.set_offline(True)
    page.evaluate("document.dispatchEvent(new Event('x'))")
    expect(page.locator("#banner")).to_contain_text("Sambungan putus", timeout=12_000)
    number = incident_opened(other, "saat putus")
    page.context.set_offline(False)
    expect(page.locator("#incidents li", has_text=f"#{number}")).to_be_visible()
    expect(page.locator("#banner")).to_be_hidden()
    page.evaluate("0")


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1366, 768)])
@pytest.mark.parametrize("language", ["id", "en"])
def test_the_page_fits_and_breaks_no_rule_of_accessibility(
    console: Opener, language: str, width: int, height: int
) -> None:
    page = console("agen", language, width=width, height=height)
    incident_opened(page, "uji tampilan")
    page.wait_for_selector("#pictures li, #pictures-empty:not([hidden])")
    size = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert size == [width, height]
    found = Axe().run(page)
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found.response["violations"]] == []


def test_the_key_sheet_opens_and_closes(console: Opener) -> None:
    page = console("agen")
    keys(page, "F1", "?")
    expect(page.locator("#help")).to_be_visible()
    keys(page, "Escape")
    expect(page.locator("#help")).to_be_hidden()


def test_the_reducer_applies_each_event_once_and_ends_what_is_closed(console: Opener) -> None:
    page = console("agen")
    got = page.evaluate("""async () => {
      const { EMPTY, eventTaken, headTaken } = await import("/static/dispatch/js/store.js");
      const event = (sequence, kind, payload) => ({ sequence, kind, payload });
      const one = eventTaken(EMPTY, event(5, "incident.changed", { id: "a", state: "pending", n: 1 }));
      const late = eventTaken(one, event(5, "incident.changed", { id: "a", state: "pending", n: 9 }));
      const closed = eventTaken(late, event(6, "incident.changed", { id: "a", state: "closed" }));
      const unknown = eventTaken(closed, event(7, "later.kind", { id: "b" }));
      return [one.head, late.incidents.a.n, Object.keys(closed.incidents).length, unknown.head,
              headTaken(unknown, 12).head, headTaken(unknown, 3).head, Object.keys(EMPTY.incidents).length];
    }""")
    assert got == [5, 1, 0, 7, 12, 7, 0]
