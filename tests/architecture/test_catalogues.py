"""Both languages are complete: nothing empty, nothing fuzzy, no lost place for a value, nothing missing."""

import re
import shutil
import subprocess
from pathlib import Path

import polib
import pytest
from django.utils.translation.template import templatize

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
def test_the_catalogue_holds_every_message_of_the_sources(tmp_path: Path) -> None:
    known = {entry.msgid for entry in polib.pofile(str(ROOT / "locale/id/LC_MESSAGES/django.po"))}
    apps = ["siaga", "training", "dispatch", "recognition", "cameras", "places", "realtime", "accounts", "common"]
    sources = [str(path) for app in apps for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]
    for number, path in enumerate(sorted((ROOT / "templates").rglob("*.html"))):
        source = tmp_path / f"template{number}.py"
        source.write_text(templatize(path.read_text(encoding="utf-8"), origin=str(path)), encoding="utf-8")
        sources.append(str(source))
    words = ["gettext", "gettext_lazy", "gettext_noop", "ngettext:1,2", "_"]
    found = subprocess.run(
        ["xgettext", "-L", "Python", "--from-code=UTF-8", "-o", "-", *(f"-k{word}" for word in words), *sources],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert {entry.msgid for entry in polib.pofile(found)} - known == set()


def test_the_scripts_say_nothing_that_is_in_no_catalogue() -> None:
    known = {entry.msgid for entry in polib.pofile(str(ROOT / "locale/id/LC_MESSAGES/djangojs.po"))}
    scripts = [path for path in (ROOT / "static").rglob("*.js") if "vendor" not in path.parts]
    said = {
        text for path in scripts for text in re.findall(r'n?gettext\(\s*"([^"]+)"', path.read_text(encoding="utf-8"))
    }
    assert len(said) > 100
    assert said - known == set()
