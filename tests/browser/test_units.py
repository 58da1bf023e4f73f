"""Units as people work with them: proposed, sent, reported from a phone, in distress; all by keyboard."""

import uuid

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opener
from tests.browser.rows import CREW, DESK
from tests.browser.test_work import fire_opened, keys, press, room, said
from tests.site import Site

__all__ = ["room"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]
UNIT = "UJI-21"


def test_a_proposed_unit_is_sent_and_its_crew_reports_from_a_phone(console: Opener, room: Site) -> None:
    desk = console.signed_in(DESK)
    fire_opened(desk, room, f"usulan {uuid.uuid4().hex[:8]}")
    mine = desk.locator(f"form.send input[value={UNIT}]")
    expect(mine).to_be_checked()
    for value in desk.locator("form.send input[name=units]:checked").evaluate_all("all => all.map(one => one.value)"):
        if value != UNIT:
            desk.locator(f"form.send input[value={value}]").focus()
            keys(desk, "Space")
    desk.locator("h1").click()
    keys(desk, "d")
    said(desk, "Unit dikirim.")
    expect(desk.locator("[data-part=units] .items")).to_contain_text(UNIT)
    expect(desk.locator(".chip.state")).to_have_text("ditugaskan")
    crew = console.signed_in(CREW, width=390, height=844)
    crew.wait_for_url("**/unit/")
    expect(crew.locator("[data-part=work]")).to_contain_text("Kebakaran bangunan")
    steps = (("diterima unit", "ditugaskan"), ("menuju lokasi", "unit menuju lokasi"), ("di lokasi", "unit di lokasi"))
    for step, state in steps:
        press(crew, step)
        expect(desk.locator(".chip.state")).to_have_text(state)
    press(crew, "Kami dalam bahaya")
    keys(crew, "Enter")
    expect(crew.locator("[data-part=emergency]")).to_contain_text("Pusat sudah diberi tahu.")
    alarm = desk.locator("#strip .pill.alarm", has_text=f"Dalam bahaya: {UNIT}")
    expect(alarm).to_be_visible()
    alarm.focus()
    keys(desk, "Enter")
    desk.wait_for_url("**/kerja/unit/")
    keys(desk, "k")
    said(desk, "Anda menanganinya")
    expect(crew.locator("[data-part=emergency]")).to_contain_text("Meja Satu di pusat menanganinya.")
    desk.locator("[data-part=alarms] input[name=reason]").focus()
    desk.keyboard.type("lewat radio")
    keys(desk, "Control+Enter", "Enter")
    said(desk, "Keadaan darurat berakhir.")
    expect(alarm).to_have_count(0)
    expect(crew.locator("[data-part=emergency]")).to_have_count(0)
    press(crew, "selesai")
    keys(crew, "Enter")
    expect(crew.locator("[data-part=work]")).to_contain_text("Tidak pada kejadian apa pun.")
    press(crew, "siap di pos")
    expect(crew.locator("h1 + .chip")).to_contain_text("siap di pos")


def test_a_crew_tells_where_it_is(console: Opener, room: Site) -> None:
    crew = console.signed_in(CREW, width=390, height=844)
    crew.context.grant_permissions(["geolocation"])
    crew.context.set_geolocation({"latitude": -6.21, "longitude": 106.85, "accuracy": 12})
    crew.wait_for_url("**/unit/")
    press(crew, "Kirim posisi kami")
    expect(crew.locator("#tracked")).to_contain_text("dikirim")
    desk = console.signed_in(DESK)
    desk.goto(f"{room.base_url}/kerja/unit/?unit={UNIT}")
    expect(desk.locator("[data-part=unit]")).to_contain_text("-6.21000, 106.85000")
