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
@pytest.mark.parametrize(("domain", "at_least"), [("django", 250), ("djangojs", 100)])
def test_every_message_is_translated(language: str, domain: str, at_least: int) -> None:
    catalogue = polib.pofile(str(ROOT / "locale" / language / "LC_MESSAGES" / f"{domain}.po"))
    assert len(catalogue) > at_least
    assert [entry.msgid for entry in catalogue if not entry.translated() or entry.obsolete] == []
    for entry in catalogue:
        if entry.msgid_plural:
            continue
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


def test_the_templates_say_nothing_that_is_in_no_catalogue() -> None:
    known = {entry.msgid for entry in polib.pofile(str(ROOT / "locale/id/LC_MESSAGES/django.po"))}
    said: set[str] = set()
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        said |= {one or other for one, other in re.findall(r"""\{% translate (?:"([^"]+)"|'([^']+)')""", text)}
        for block in re.findall(r"\{% blocktranslate[^%]*%\}(.*?)\{%", text, re.DOTALL):
            said.add(re.sub(r"\{\{ (\w+) \}\}", r"%(\1)s", block))
    assert len(said) > 200
    assert said - known == set()


def test_the_scripts_say_nothing_that_is_in_no_catalogue() -> None:
    known = {entry.msgid for entry in polib.pofile(str(ROOT / "locale/id/LC_MESSAGES/djangojs.po"))}
    scripts = sorted(path for folder in ("dispatch", "work") for path in (ROOT / "static" / folder / "js").glob("*.js"))
    said = {
        text for path in scripts for text in re.findall(r'n?gettext\(\s*"([^"]+)"', path.read_text(encoding="utf-8"))
    }
    assert len(said) > 100
    assert said - known == set()
