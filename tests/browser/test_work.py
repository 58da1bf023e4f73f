"""The plain pages as people work on them: by keyboard, at several desks at once, without reloading."""

import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener
from tests.browser.rows import DESK, OFFICER, OTHER_DESK, ring, rows_made
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MANGGARAI = (-6.2099, 106.8502)


@pytest.fixture(scope="module")
def room(site: Site) -> Site:
    """The site with desks, an agency and an exchange of its own, and nobody waiting."""
    site.logins.update(rows_made(site.var_dir))
    return site


def keys(page: Page, *pressed: str) -> None:
    """Press them one after another; none while a form is being sent, as nobody is as fast as that."""
    page.wait_for_selector("body:not([data-sending])")
    for key in pressed:
        page.keyboard.press(key)


def press(page: Page, name: str) -> None:
    """Press a button as somebody does who has come to it with Tab."""
    page.wait_for_selector("body:not([data-sending])")
    page.get_by_role("button", name=name, exact=True).first.focus()
    page.keyboard.press("Enter")


def said(page: Page, words: str) -> None:
    expect(page.locator("#said")).to_contain_text(words)


def ready(page: Page, site: Site) -> None:
    """Be ready at the page of calls, and nothing else."""
    page.goto(f"{site.base_url}/kerja/panggilan/")
    keys(page, "r")
    expect(page.locator("#strip [data-presence=ready]")).to_be_visible()


def pause(page: Page, site: Site) -> None:
    """No call rings here any more."""
    page.goto(f"{site.base_url}/kerja/panggilan/")
    keys(page, "p")
    expect(page.locator("#strip [data-presence=paused]")).to_be_visible()


def fire_opened(page: Page, site: Site, summary: str) -> str:
    """Open an incident without a call; its address."""
    page.goto(f"{site.base_url}/kerja/kejadian/")
    keys(page, "n")
    page.keyboard.type("stasiun manggarai")
    page.wait_for_selector("#open_places li")
    keys(page, "Enter", "Tab")
    page.keyboard.type("Kebakaran b")
    page.focus("#summary")
    page.keyboard.type(summary)
    keys(page, "Control+Enter")
    page.wait_for_url("**/kejadian/*-*/")
    return page.url


def test_a_call_is_seen_through_to_its_end_by_keyboard_alone(console: Opener, room: Site) -> None:
    mark = uuid.uuid4().hex[:8]
    desk = console.signed_in(DESK)
    ready(desk, room)
    ring(room.base_url, f"satu-{mark}", "+6281255500001")
    expect(desk.locator("#strip .ringing")).to_contain_text("berdering di meja Anda")
    keys(desk, "a")
    desk.wait_for_url("**/panggilan/*-*/")
    said(desk, "Panggilan ada pada Anda.")
    # The card, one key for each answer, one of them taken back.
    keys(desk, "k")
    desk.keyboard.type("Kebakaran")
    keys(desk, "Control+Enter")
    desk.wait_for_url("**/protokol/*-*/")
    expect(desk.locator(".ask")).to_have_text("Apa yang terbakar?")
    keys(desk, "1")
    expect(desk.locator(".ask")).to_have_text("Apakah Anda sekarang di dalam bangunan itu?")
    keys(desk, "0")
    expect(desk.locator(".ask")).to_have_text("Apa yang terbakar?")
    keys(desk, "1")
    expect(desk.locator(".given li:not(.empty)")).to_have_count(1)
    keys(desk, "y")
    expect(desk.locator(".given li")).to_have_count(2)
    keys(desk, "y")
    expect(desk.locator(".ask")).to_contain_text("P1 ◆ Kebakaran, penelepon di dalam")
    # The incident, with what the card proposes.
    keys(desk, "F2")
    desk.keyboard.type("stasiun manggarai")
    desk.wait_for_selector("#open_places li")
    keys(desk, "Enter", "Escape", "o")
    desk.wait_for_url("**/kejadian/*-*/")
    said(desk, "Kejadian dibuka.")
    number = desk.locator("h1").inner_text().partition("#")[2].split()[0]
    expect(desk.locator("h1")).to_contain_text("P1 ◆")
    expect(desk.locator("[data-part=agencies]")).to_contain_text("Damkar Uji")
    # A second call tells of the same; it rings at the other desk, wherever that one is.
    other = console.signed_in(OTHER_DESK)
    ready(other, room)
    other.goto(f"{room.base_url}/kerja/kejadian/")
    ring(room.base_url, f"dua-{mark}", "+6281255500002", position=MANGGARAI)
    expect(other.locator("#strip .ringing")).to_be_visible()
    keys(other, "a")
    other.wait_for_url("**/panggilan/*-*/")
    expect(other.locator("#duplicates")).to_contain_text(f"#{number} Kebakaran bangunan")
    expect(other.locator("#duplicates .why").first).to_contain_text("skor 0,")
    keys(other, "j")
    other.wait_for_url(desk.url)
    said(other, f"Panggilan kini milik kejadian #{number}.")
    expect(desk.locator("[data-part=calls] li")).to_have_count(2)
    # The agency accepts, tells and ends its part on its own page.
    officer = console.signed_in(OFFICER, width=390, height=844)
    officer.wait_for_url("**/instansi/")
    card = officer.locator(".cards li", has_text=f"#{number}").locator("a")
    card.focus()
    keys(officer, "Enter")
    officer.wait_for_url("**/instansi/*-*/")
    keys(officer, "y")
    said(officer, "Diterima: pusat melihatnya.")
    expect(desk.locator("[data-part=agencies]")).to_contain_text("diterima")
    keys(officer, "n")
    officer.keyboard.type(f"kami berangkat {mark}")
    keys(officer, "Enter")
    expect(desk.locator("[data-part=story]")).to_contain_text(f"kami berangkat {mark}")
    keys(officer, "d")
    officer.keyboard.type("Tertangani")
    keys(officer, "Control+Enter", "Enter")
    said(officer, "Bagian kami selesai.")
    # A unit is sent, arrives and leaves; the incident's state follows.
    keys(desk, "s")
    desk.keyboard.type("UJI-11")
    keys(desk, "Control+Enter")
    said(desk, "Unit dikirim.")
    for step, state in (("di lokasi", "unit di lokasi"), ("selesai", "selesai di lokasi")):
        press(desk, step)
        expect(desk.locator(".chip.state")).to_have_text(state)
        expect(other.locator(".chip.state")).to_have_text(state)
    # The caller is told, then it may be closed; the other desk sees it without reloading.
    keys(desk, "b", "Control+Enter")
    expect(desk.locator("[data-part=contacts] li")).to_contain_text("terhubung")
    keys(desk, "x")
    desk.keyboard.type("Tertangani")
    desk.focus("[name=ends_parts]")  # the other agencies of the city's rules have not answered
    keys(desk, "Space", "Control+Enter")
    expect(desk.locator("button.armed")).to_have_text("Tekan lagi untuk menutup kejadian")
    keys(desk, "Enter")
    said(desk, "Kejadian ditutup.")
    expect(desk.locator(".chip.state")).to_have_text("ditutup")
    expect(other.locator(".chip.state")).to_have_text("ditutup")
    expect(other.locator("[data-part=head]")).to_contain_text("Tertangani di lokasi")
    # Both calls get their class.
    desk.locator("#strip .pill.line").first.focus()
    keys(desk, "Enter")
    desk.wait_for_url("**/panggilan/*-*/")
    keys(desk, "e")
    said(desk, "Panggilan berakhir")
    keys(desk, "x", "x")
    desk.wait_for_url("**/panggilan/")
    said(desk, "Panggilan ditutup.")
    for page in (desk, other):
        pause(page, room)


def test_a_prank_is_one_key_and_a_second_press(console: Opener, room: Site) -> None:
    desk = console.signed_in(DESK)
    ready(desk, room)
    ring(room.base_url, f"iseng-{uuid.uuid4().hex[:8]}", "+6281255500003")
    expect(desk.locator("#strip .ringing")).to_be_visible()
    keys(desk, "a")
    desk.wait_for_url("**/panggilan/*-*/")
    keys(desk, "p")
    expect(desk.locator("button.armed")).to_contain_text("Tekan lagi: tutup sebagai iseng")
    keys(desk, "Escape")
    expect(desk.locator("button.armed")).to_have_count(0)
    expect(desk.locator(".chip.state")).to_have_text("dijawab")
    keys(desk, "p", "p")
    desk.wait_for_url("**/panggilan/")
    said(desk, "Ditutup sebagai iseng.")
    pause(desk, room)


def test_two_who_change_the_same_choose_between_mine_and_theirs(console: Opener, room: Site) -> None:
    console.expected = "status of 412"
    mark = uuid.uuid4().hex[:8]
    desk, other = console.signed_in(DESK), console.signed_in(OTHER_DESK)
    address = fire_opened(desk, room, f"mula {mark}")
    other.goto(address)
    other.fill("#f_summary", f"kedua {mark}")
    other.fill("#f_caller", "Bu Uji")
    desk.fill("#f_summary", f"pertama {mark}")
    keys(desk, "Control+Enter")
    said(desk, "Tersimpan.")
    keys(other, "Control+Enter")
    chooser = other.locator(".conflict")
    expect(chooser).to_have_count(1)
    expect(chooser).to_contain_text(f"Milik saya: kedua {mark}")
    expect(chooser).to_contain_text("Milik mereka (Meja Satu")
    expect(chooser.locator("button").first).to_be_focused()
    keys(other, "Tab", "Enter")
    expect(other.locator("#f_summary")).to_have_value(f"pertama {mark}")
    keys(other, "Enter")
    said(other, "Tersimpan.")
    expect(desk.locator("#f_caller")).to_have_value("Bu Uji")
    expect(desk.locator("#f_summary")).to_have_value(f"pertama {mark}")


def test_a_handover_and_a_merge_that_is_taken_back(console: Opener, room: Site) -> None:
    mark = uuid.uuid4().hex[:8]
    desk, other = console.signed_in(DESK), console.signed_in(OTHER_DESK)
    one = fire_opened(desk, room, f"satu {mark}")
    two = fire_opened(desk, room, f"dua {mark}")
    # Merged, then taken back on the page of what was merged.
    keys(desk, "m")
    desk.select_option("#kind", "merged")
    desk.select_option("#other", one.rstrip("/").rpartition("/")[2])
    desk.focus("#link_reason")
    keys(desk, "Control+Enter", "Enter")
    expect(desk.locator(".chip.state")).to_have_text("digabung")
    keys(desk, "r")
    desk.keyboard.type("dua tempat")
    keys(desk, "Enter")
    expect(desk.locator(".chip.state")).to_have_text("menunggu dispatch")
    said(desk, "Kejadian terbuka lagi")
    # Everything goes to the other desk, which takes it.
    desk.goto(f"{room.base_url}/kerja/serah-terima/")
    keys(desk, "t")
    desk.keyboard.type("Meja Dua")
    desk.keyboard.press("Tab")
    desk.keyboard.type(f"awasi {mark}")
    keys(desk, "Enter")
    said(desk, "Ditawarkan")
    waiting = other.locator("#strip .pill.warn", has_text="serah terima menunggu Anda")
    other.goto(f"{room.base_url}/kerja/panggilan/")
    expect(waiting).to_be_visible()
    waiting.focus()
    keys(other, "Enter")
    other.wait_for_url("**/serah-terima/")
    expect(other.locator("[data-part=offered]")).to_contain_text(f"awasi {mark}")
    keys(other, "y")
    said(other, "Sekarang semuanya tanggung jawab Anda.")
    expect(desk.locator("[data-part=mine]")).to_contain_text("Anda tidak punya kejadian terbuka.")
    desk.goto(two)
    expect(desk.locator(".notice.next")).to_contain_text("Meja Dua")
    # Called off, so that nothing is left for the next test.
    for address in (one, two):
        other.goto(address)
        other.locator("#d-cancel summary").focus()
        keys(other, "Enter", "Tab")
        other.keyboard.type("uji")
        keys(other, "Control+Enter", "Enter")
        expect(other.locator(".chip.state")).to_have_text("dibatalkan")
