"""The clock and the doorbell can be taken over for simulations; nothing that runs a site may do it."""

import re
from pathlib import Path

import pytest

from tests.services import ROOT

ALLOWED = {"siaga/simulation/virtual.py"}
APPS = (
    "accounts",
    "bench",
    "cameras",
    "common",
    "dispatch",
    "pbx",
    "places",
    "realtime",
    "recognition",
    "siaga",
    "training",
)


@pytest.mark.parametrize(("name", "home"), [("run_by", "common/clock.py"), ("answered_by", "common/doorbell.py")])
def test_only_the_virtual_world_takes_over_time_and_bell(name: str, home: str) -> None:
    use = re.compile(rf"(?:{Path(home).stem}\.|import .*\b){name}\b")
    found = {
        str(path.relative_to(ROOT))
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        if use.search(path.read_text(encoding="utf-8"))
    }
    assert found == ALLOWED


def test_nothing_of_a_site_imports_the_simulation() -> None:
    use = re.compile(r"^\s*(?:from|import) siaga\.simulation\b", re.MULTILINE)
    found = {
        str(path.relative_to(ROOT))
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        if use.search(path.read_text(encoding="utf-8")) and "siaga/simulation/" not in str(path)
    }
    assert found == {"siaga/management/commands/call_simulate.py"}
