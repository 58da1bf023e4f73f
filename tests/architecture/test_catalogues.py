"""Both languages are complete: nothing empty, nothing fuzzy, no lost place for a value, nothing missing."""

import re
import shutil
import subprocess
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parents[2]
PLACE = re.compile(r"%\(\w+\)[sd]")


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_message_is_translated(language: str) -> None:
    catalogue = polib.pofile(str(ROOT / "locale" / language / "LC_MESSAGES" / "django.po"))
    assert len(catalogue) > 200
    assert [entry.msgid for entry in catalogue if not entry.msgstr or entry.fuzzy or entry.obsolete] == []
    for entry in catalogue:
        assert sorted(PLACE.findall(entry.msgid)) == sorted(PLACE.findall(entry.msgstr)), entry.msgid


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="GNU gettext is not installed, so sources cannot be read")
def test_the_catalogue_holds_every_message_of_the_sources() -> None:
    known = {entry.msgid for entry in polib.pofile(str(ROOT / "locale/id/LC_MESSAGES/django.po"))}
    apps = ["siaga", "training", "dispatch", "recognition", "cameras", "places", "realtime", "accounts", "common"]
    sources = [str(path) for app in apps for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]
    words = ["gettext", "gettext_lazy", "gettext_noop", "_"]
    found = subprocess.run(
        ["xgettext", "-L", "Python", "--from-code=UTF-8", "-o", "-", *(f"-k{word}" for word in words), *sources],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert {entry.msgid for entry in polib.pofile(found)} - known == set()
