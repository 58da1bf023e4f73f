"""What the documents say is true: commands, events, benchmarks, vendored files, links."""

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import get_resolver

import siaga.settings  # noqa: F401  # reading it fills the table of variables
from dispatch.rules.protocol_format import Answer, Card, Outcome, Question, Step
from dispatch.rules.protocols import card_parse
from realtime.events import KINDS
from siaga import env

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
VENDOR = ROOT / "static" / "vendor"


def test_the_sample_of_the_environment_names_only_settings() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    named = {line.lstrip("# ").partition("=")[0] for line in lines if re.match(r"#? ?[A-Z_]+=", line)}
    assert named
    assert named <= set(env.VARIABLES)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files_and_commands_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if not target.startswith(("http://", "https://")):
            assert (document.parent / target).exists(), target
    known = set(get_commands())
    for command in re.findall(r"manage\.py ([a-z_]+)", text):
        assert command in known, command
    for script in re.findall(r"(?<![\w/.])bin/([a-z]+)", text):
        assert (ROOT / "bin" / script).exists(), script


def test_every_event_is_documented_and_no_other() -> None:
    text = (ROOT / "docs/events.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \|", text, re.MULTILINE))
    assert get_resolver().url_patterns  # loads every app that declares events
    assert told == {name for name in KINDS if not name.startswith("test.")}


def test_the_console_takes_every_event_or_leaves_it_out_on_purpose() -> None:
    text = (ROOT / "static/dispatch/js/store.js").read_text(encoding="utf-8")
    taken = re.findall(r'^  "([a-z_]+\.[a-z_]+)": "\w+",$', text, re.MULTILINE)
    left_out = re.search(r"const IGNORED = new Set\(\[(.*?)\]\)", text, re.DOTALL)
    assert left_out
    known = [*taken, *re.findall(r'"([^"]+)"', left_out[1])]
    assert get_resolver().url_patterns  # loads every app that declares events
    assert sorted(known) == sorted(name for name in KINDS if not name.startswith("test."))


def test_the_card_in_the_document_for_authors_is_one() -> None:
    text = (ROOT / "docs/protocols.md").read_text(encoding="utf-8")
    source = text.partition("```yaml\n")[2].partition("```")[0]
    card = card_parse(source)
    assert (card.code, card.start, sorted(card.outcomes)) == ("contoh", "apa", ["besar", "kecil"])
    assert all(f"{name}:" in source for part in (Card, Question, Answer, Outcome, Step) for name in part.model_fields)


def test_every_benchmark_is_documented() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "bench", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names = re.search(r"\{([a-z_,]+)\}", answer.stdout)
    assert names
    text = (ROOT / "docs/benchmarks.md").read_text(encoding="utf-8")
    assert [name for name in names.group(1).split(",") if f"`{name}`" not in text] == []


def test_vendored_files_are_those_of_the_manifest() -> None:
    manifest = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))
    listed = {
        f"{name}/{file}": digest for name, package in manifest.items() for file, digest in package["files"].items()
    }
    found = {
        str(path.relative_to(VENDOR)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert found == listed
    assert all(package["version"] and package["licence"] for package in manifest.values())
