"""Cameras live in a real browser: video where it plays, masked stills where nothing else may be shown."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener
from tests.browser.rows import DESK, OTHER_DESK, manage, rows_made
from tests.siaga.test_supervisor import eventually
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]
VIDEO, STILL, MASKED = "JKT-00413", "JKT-00412", "JKT-00420"
MADE = """
import json
from accounts.models import User
from cameras.models import Camera
from dispatch.actions.incidents import incident_open
from dispatch.services.incidents import IncidentDraft
from realtime.models import LIVE, Realm
by = {"user": User.objects.get(username="%s"), "source": "test", "realm": Realm.objects.get(code=LIVE)}
incident = incident_open(**by, draft=IncidentDraft("kebakaran", place_text="Jl. Uji"), call_id=None)
Camera.objects.filter(code="%s").update(privacy_masks=[[[0, 0], [0.5, 0], [0.5, 1], [0, 1]]])
print(json.dumps({"incident": str(incident.pk), "number": incident.number}))
"""
ENDED = """
import json
from accounts.models import AuditEntry
rows = AuditEntry.objects.filter(action__startswith="camera_live_", data__has_key="camera").order_by("sequence")
print(json.dumps([[row.action, row.data["camera"], row.purpose, row.data.get("duration_s")] for row in rows]))
"""
OPEN = """([code, incident]) => { import("/static/dispatch/js/live.js").then(
    (live) => live.openLive({ code, name: "Uji" }, incident)) }"""
PLAYS_H264 = """() => "MediaSource" in window && MediaSource.isTypeSupported('video/mp4; codecs="avc1.42c028"')"""


def until(page: Page, expression: str) -> None:
    """Wait for it; Playwright's own way of waiting evaluates text in the page, which its policy forbids."""
    assert eventually(lambda: bool(page.evaluate(expression)), timeout_s=30), expression


# The mean of the left and of the right half of what is on the screen.
HALVES = """(selector) => {
  const seen = document.querySelector(selector), canvas = document.createElement("canvas");
  canvas.width = 64; canvas.height = 36;
  const context = canvas.getContext("2d");
  context.drawImage(seen, 0, 0, 64, 36);
  const mean = (x) => context.getImageData(x, 0, 30, 36).data.reduce((sum, value) => sum + value, 0) / (30 * 36 * 4);
  return [mean(0), mean(34)];
}"""


@pytest.fixture(scope="module")
def made(site: Site) -> dict[str, str]:
    site.logins.update(rows_made(site.var_dir))
    found: dict[str, str] = json.loads(manage(site.var_dir, MADE % (DESK, MASKED)).splitlines()[-1])
    return found


def opened(page: Page, code: str, made: dict[str, str]) -> None:
    page.evaluate(OPEN, [code, made["incident"]])
    expect(page.locator(".live-dialog")).to_be_visible()


def plays(page: Page) -> None:
    """The video's clock goes on, and its picture is no black one."""
    until(page, "document.querySelector('.live-video').currentTime > 0")
    before = page.evaluate("document.querySelector('.live-video').currentTime")
    until(page, f"document.querySelector('.live-video').currentTime > {before} + 1")
    facts = page.evaluate(
        "(() => { const v = document.querySelector('.live-video');"
        " return [v.muted, v.videoWidth, v.buffered.end(v.buffered.length - 1) - v.currentTime]; })()"
    )
    assert facts[0] is True
    assert facts[1] == 1920
    assert facts[2] < 3  # seconds behind the newest
    assert min(page.evaluate(HALVES, ".live-video")) > 100  # alpha alone is 64


def test_video_plays_for_an_incident_and_escape_ends_it(console: Opener, site: Site, made: dict[str, str]) -> None:
    page = console(DESK)
    page.focus("button[name=language]")
    focused = page.evaluate("document.activeElement.outerHTML")
    opened(page, VIDEO, made)
    expect(page.locator(".live-purpose")).to_have_text(f"Kejadian #{made['number']}")
    if page.evaluate(PLAYS_H264):
        plays(page)
        expect(page.locator(".live-way")).to_have_text("video")
    else:
        expect(page.locator(".live-way")).to_have_text("gambar satu per satu")
        expect(page.locator(".live-image")).to_be_visible()
    expect(page.locator(".live-age")).to_contain_text("gambar")
    expect(page.locator(".live-left")).to_contain_text("sisa 0")
    found = Axe().run(page, context=".live-dialog")
    assert [one["id"] for one in found.response["violations"]] == []
    page.keyboard.press("Escape")
    expect(page.locator(".live-dialog")).to_have_count(0)
    assert page.evaluate("document.activeElement.outerHTML") == focused
    page.wait_for_timeout(500)
    rows = json.loads(manage(site.var_dir, ENDED).splitlines()[-1])
    assert [row[:3] for row in rows[-2:]] == [
        ["camera_live_opened", VIDEO, f"incident {made['incident']}"],
        ["camera_live_closed", VIDEO, f"incident {made['incident']}"],
    ]
    assert rows[-1][3] >= 1


def test_stills_come_anew_and_masks_are_black(console: Opener, made: dict[str, str]) -> None:
    page = console(DESK, "en")
    opened(page, STILL, made)
    expect(page.locator(".live-note")).to_have_text("This camera has no video stream that a browser can play.")
    until(page, "document.querySelector('.live-image').naturalWidth > 0")
    first = page.locator(".live-image").get_attribute("src")
    expect(page.locator(".live-image")).not_to_have_attribute("src", first or "")
    page.keyboard.press("Escape")
    opened(page, MASKED, made)
    expect(page.locator(".live-note")).to_contain_text("may never be shown")
    until(page, "document.querySelector('.live-image').naturalWidth > 0")
    left, right = page.evaluate(HALVES, ".live-image")
    assert left < 70  # alpha alone is 64
    assert right > 80
    assert page.evaluate("document.querySelector('.live-video').src") == ""
    page.keyboard.press("Escape")
    expect(page.locator(".live-dialog")).to_have_count(0)


@pytest.mark.parametrize(("language", "width", "height"), [("id", 1366, 768), ("en", 1920, 1080)])
def test_the_page_asks_for_a_reason_first(  # noqa: PLR0917  # fixtures
    console: Opener, site: Site, made: dict[str, str], language: str, width: int, height: int
) -> None:
    page = console.signed_in(OTHER_DESK, language, width=width, height=height)
    page.goto(f"{site.base_url}/kerja/kamera/{VIDEO}/langsung/")
    page.fill("#live-reason", "Memeriksa arah lensa kamera")
    page.keyboard.press("Enter")
    if page.evaluate(PLAYS_H264):
        plays(page)
    else:
        until(page, "document.querySelector('.live-image').naturalWidth > 0")
    expect(page.locator(".live-purpose")).to_have_text("Memeriksa arah lensa kamera")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert [one["id"] for one in Axe().run(page).response["violations"]] == []
    page.keyboard.press("Escape")
    expect(page.locator("#live-place .live-stage")).to_have_count(0)
    expect(page.locator("#live-reason")).to_be_focused()


def test_two_too_many_are_refused_in_words(console: Opener, site: Site, made: dict[str, str]) -> None:
    console.expected = r"429 \(Too Many Requests\)"
    page = console(DESK)
    for _turn in range(4):
        page.evaluate(
            """async (incident) => { const api = await import("/static/dispatch/js/api.js");
            await api.send("POST", "live/", { camera: "JKT-00412", incident, reason: "" }); }""",
            made["incident"],
        )
    opened(page, STILL, made)
    expect(page.locator(".live-note")).to_contain_text("Anda sudah melihat 4 kamera (JKT-00412)")
    expect(page.get_by_role("button", name="Buka lagi")).to_be_visible()
    page.keyboard.press("Escape")
