"""The console page: for whom, and with what."""

import json
import re

import pytest
from django.test import Client

from accounts.choices import Role
from tests import factories

pytestmark = pytest.mark.django_db
ALLOWED = {Role.CALL_TAKER, Role.DISPATCHER, Role.SUPERVISOR, Role.HEAD, Role.WATCHLIST_OFFICER}


@pytest.mark.parametrize("role", list(Role))
def test_the_page_opens_for_those_who_work_there(client: Client, role: Role) -> None:
    client.force_login(factories.user(role))
    assert client.get("/konsol/").status_code == (200 if role in ALLOWED else 403)
    home = client.get("/")
    assert home.status_code == (302 if role in ALLOWED | {Role.UNIT} else 200)


@pytest.mark.parametrize(("language", "name"), [("id", "Orang-Hilang"), ("en", "Orang-Hilang")])
def test_what_it_starts_with_is_data_and_no_markup(client: Client, language: str, name: str) -> None:
    factories.incident_type()
    user = factories.user(Role.CALL_TAKER)
    user.display_name = "</script><b>x"
    user.save()
    client.force_login(user)
    client.cookies["siaga_language"] = language
    page = client.get("/konsol/").content.decode()
    assert f'lang="{language}"' in page
    found = re.search(r'<script id="config" type="application/json">(.*?)</script>', page)
    assert found
    config = json.loads(found[1])
    assert config["user"] == "</script><b>x"
    assert "incident.open" in config["permissions"]
    assert {kind["code"] for kind in config["types"]} >= {"orang-hilang"}


def test_nothing_inline_stands_in_the_page(client: Client) -> None:
    client.force_login(factories.user(Role.CALL_TAKER))
    answer = client.get("/konsol/")
    page = answer.content.decode()
    assert not re.search(r"<script(?![^>]*(src=|application/json))", page)
    assert not re.search(r"<style|\sstyle=|\son\w+=", page)
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
