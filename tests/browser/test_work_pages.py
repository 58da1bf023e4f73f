"""Every plain page in both languages: no rule of accessibility broken, nothing foreign, nothing too wide."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener
from tests.browser.rows import CREW, DESK, OFFICER, OTHER_DESK, manage, rows_made
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MADE = """
import json
from datetime import timedelta
from accounts.models import User
from common import clock
from dispatch.actions.alerts import alert_issue
from dispatch.actions.calls import call_answer, call_receive, location_link_make
from dispatch.actions.incidents import incident_open, note_add, person_add
from dispatch.actions.protocols import protocol_answer, protocol_start
from dispatch.actions.units import unit_send
from dispatch.choices import CallMedium, PersonRole
from dispatch.models import Unit
from dispatch.services.alerts import AlertDraft, Words
from dispatch.services.incidents import IncidentDraft
from realtime.models import LIVE, Realm
by = {"user": User.objects.get(username="%(desk)s"), "source": "test", "realm": Realm.objects.get(code=LIVE)}
call = call_receive(**by, medium=CallMedium.VOICE, caller_number="+6281255500009")
call_answer(**by, call_id=call.pk)
_link, token = location_link_make(**by, call_id=call.pk)
draft = IncidentDraft("kebakaran", place_text="Jl. Contoh yang panjang sekali namanya " * 3, lat=-6.2, lon=106.8)
incident = incident_open(**by, draft=draft, call_id=call.pk)
note_add(**by, incident_id=incident.pk, text="Catatan yang panjang. " * 20)
person_add(**by, incident_id=incident.pk, role=PersonRole.VICTIM, name="Uji", description="keterangan")
free = Unit.objects.exclude(assignments__ended_at=None, assignments__isnull=False).first()
unit_send(**by, incident_id=incident.pk, call_sign=free.call_sign)
run = protocol_start(**by, code="henti-jantung", call_id=call.pk, incident_id=None).run
for position, key in enumerate("tt1"):
    protocol_answer(**by, run_id=run.pk, position=position, key=key)
alert = alert_issue(user=User.objects.get(username="%(other)s"), source="test", realm=by["realm"], draft=AlertDraft(
    category="Met", urgency="Expected", severity="Severe", certainty="Likely",
    expires_at=clock.now() + timedelta(hours=1),
    words=Words("Banjir", "Pintu air naik", "Air naik. " * 20, "Naik ke tempat tinggi."), area_text="Manggarai",
    circles=((-6.2, 106.8, 2000.0),),
))
asked = protocol_start(**by, code="kebakaran", call_id=call.pk, incident_id=None).run
keys = {"call": call.pk, "incident": incident.pk, "run": run.pk, "asked": asked.pk, "alert": alert.pk}
print(json.dumps({name: str(key) for name, key in keys.items()} | {"token": token}))
"""


@pytest.fixture(scope="module")
def made(site: Site) -> dict[str, str]:
    """Keys of a call, an incident and cards with something on each page."""
    site.logins.update(rows_made(site.var_dir))
    found: dict[str, str] = json.loads(
        manage(site.var_dir, MADE % {"desk": DESK, "other": OTHER_DESK}).splitlines()[-1]
    )
    return found


def checked(page: Page, address: str) -> None:
    """A page that is there as a whole and breaks no rule."""
    page.goto(address)
    expect(page.locator("h1")).to_be_visible()
    width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1], address
    found = Axe().run(page)
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found.response["violations"]] == [], (
        address
    )


@pytest.mark.parametrize(("language", "width", "height"), [("id", 1366, 768), ("en", 1920, 1080)])
def test_the_pages_of_the_centre(  # noqa: PLR0917  # fixtures
    console: Opener, site: Site, made: dict[str, str], language: str, width: int, height: int
) -> None:
    page = console.signed_in(OTHER_DESK, language, width=width, height=height)
    for path in (
        "panggilan/", f"panggilan/{made['call']}/", "kejadian/", f"kejadian/{made['incident']}/",
        f"protokol/{made['run']}/", f"protokol/{made['asked']}/", "belum-selesai/", "serah-terima/",
        "unit/", "unit/?unit=UJI-11", "peringatan/", f"peringatan/{made['alert']}/", "ekspor/", "banjir/", "ruang/",
        "sasaran/", "mutu/",
    ):  # fmt: skip
        checked(page, f"{site.base_url}/kerja/{path}")


ONE_LINE = """() => [...document.querySelectorAll("header.top > *, nav.pages > *")]
    .filter((node) => node.offsetHeight > 1).map((node) => node.getBoundingClientRect())
    .every(({ top, bottom, right }) => top >= 0 && bottom <= 41 && right <= innerWidth)"""


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_navigation_is_one_line_and_every_page_is_reached_by_keys(
    console: Opener, site: Site, made: dict[str, str], language: str
) -> None:
    page = console.signed_in(OTHER_DESK, language, width=1366, height=768)
    page.goto(f"{site.base_url}/kerja/panggilan/")
    assert page.evaluate(ONE_LINE)
    links = page.locator("nav.pages a")
    names = [words.strip() for words in links.evaluate_all("all => all.map((one) => one.firstChild.textContent)")]
    assert len(names) == len(set(names)) == 14
    page.keyboard.press("?")
    sheet = page.locator("#keys-pages").inner_text()
    assert [name for name in names if name not in sheet] == []
    page.keyboard.press("Escape")
    for number in range(2, 10):  # the first is the console
        page.keyboard.press(f"Alt+{number}")
        page.wait_for_url(f"**{links.nth(number - 1).get_attribute('href')}")
        assert page.evaluate(ONE_LINE), page.url
    for number in range(10, 15):
        page.keyboard.press("Alt+0")
        for _ in range(number - 9):
            page.keyboard.press("ArrowDown")
        address = links.nth(number - 1).get_attribute("href")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{address}")
        expect(page.locator("nav.pages summary")).to_contain_text(names[number - 1])
        assert page.evaluate(ONE_LINE), page.url
    page.keyboard.press("Alt+0")
    page.keyboard.press("Escape")
    expect(page.locator("nav.pages summary")).to_be_focused()
    expect(page.locator("nav.pages .menu ul")).to_be_hidden()


@pytest.mark.parametrize("language", ["id", "en"])
def test_no_table_is_cut_off(console: Opener, site: Site, made: dict[str, str], language: str) -> None:
    page = console.signed_in(OTHER_DESK, language, width=1366, height=768)
    for path in ("ruang/", "banjir/", "sasaran/", "mutu/", "unit/", "panggilan/", "kejadian/", "belum-selesai/"):
        page.goto(f"{site.base_url}/kerja/{path}")
        expect(page.locator("h1")).to_be_attached()
        cut = "all => all.filter((one) => one.scrollWidth > one.clientWidth).length"
        assert page.locator(".scroll").evaluate_all(cut) == 0, path


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_pages_of_an_agency_and_of_a_caller_on_a_phone(
    console: Opener, site: Site, made: dict[str, str], language: str
) -> None:
    page = console.signed_in(OFFICER, language, width=390, height=844)
    for path in ("instansi/", f"instansi/{made['incident']}/", f"lokasi/{made['token']}/"):
        checked(page, f"{site.base_url}/{path}")


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_page_of_a_crew_on_a_phone(console: Opener, site: Site, made: dict[str, str], language: str) -> None:
    checked(console.signed_in(CREW, language, width=390, height=844), f"{site.base_url}/unit/")


def test_a_caller_tells_where_they_are_and_the_desk_sees_it(console: Opener, site: Site, made: dict[str, str]) -> None:
    desk = console.signed_in(DESK)
    desk.goto(f"{site.base_url}/kerja/panggilan/{made['call']}/")
    phone = console.signed_in(OFFICER, width=390, height=844)
    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation({"latitude": -6.21, "longitude": 106.85, "accuracy": 18})
    phone.goto(f"{site.base_url}/lokasi/{made['token']}/")
    phone.click("#send")
    expect(phone.locator("#said")).to_contain_text("petugas melihat posisi Anda")
    expect(desk.locator("[data-part=position]")).to_contain_text("-6.21000, 106.85000 (± 18 m)")


def test_a_phone_without_a_connection_says_so_and_sends_what_was_pressed_once_there_is_one(
    console: Opener, site: Site, made: dict[str, str]
) -> None:
    console.expected = "net::ERR_INTERNET_DISCONNECTED"
    page = console.signed_in(DESK, width=390, height=844)
    page.goto(f"{site.base_url}/kerja/kejadian/{made['incident']}/")
    expect(page.locator("#lost")).to_be_hidden()
    page.context.set_offline(True)
    expect(page.locator("#lost")).to_be_visible()
    page.locator("form[data-api$='/notes/'] [name=text]").fill("tanpa sambungan")
    page.locator("form[data-api$='/notes/'] button").first.click()
    page.context.set_offline(False)
    expect(page.locator("#said")).to_contain_text("✓")
    expect(page.locator("#lost")).to_be_hidden()
    expect(page.locator("[data-part=story]")).to_contain_text("tanpa sambungan")


def test_letters_are_no_keys_while_somebody_types_or_once_they_are_switched_off(
    console: Opener, site: Site, made: dict[str, str]
) -> None:
    page = console.signed_in(DESK)
    page.goto(f"{site.base_url}/kerja/kejadian/{made['incident']}/")
    page.focus("#note")
    page.keyboard.type("sxo")
    expect(page.locator("#note")).to_have_value("sxo")
    page.fill("#note", "")
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    expect(page.locator("#disposition")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#keys-list")).to_contain_text("Hasil akhir")
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    expect(page.locator("#disposition")).not_to_be_focused()
    page.evaluate("localStorage.clear()")
