"""The samples and the document: units start with arguments that exist, files can be read, the examples really sign."""

import asyncio
import re
import shlex
import shutil
import sys
from configparser import ConfigParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from pbx.__main__ import _parser
from tests.pbx.conftest import ROOT
from tests.pbx.receiver import SECRET, Receiver

SAMPLES = ROOT / "deploy" / "pbx"
UNITS = sorted(SAMPLES.glob("*.service"))
DOCUMENT = ROOT / "docs" / "pbx.md"


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.stem)
def test_units_start_adapters_with_arguments_that_exist(unit: Path) -> None:
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(unit.read_text(encoding="utf-8"))
    words = shlex.split(parser["Service"]["ExecStart"])
    options = _parser().parse_args(words[words.index("pbx") + 1 :])
    assert f"siaga-pbx-{options.adapter}.service" == unit.name
    assert parser["Service"]["RestartPreventExitStatus"] == "2"


def test_every_sample_is_told_of_and_readable() -> None:
    told = (SAMPLES / "README.md").read_text(encoding="utf-8")
    for path in SAMPLES.rglob("*"):
        if path.is_file() and path.name != "README.md":
            assert str(path.relative_to(SAMPLES)) in told
    for path in SAMPLES.rglob("*.xml"):
        ElementTree.parse(path)
    assert "[siaga-112]" in (SAMPLES / "asterisk/extensions.conf").read_text(encoding="utf-8")
    assert 'context name="siaga-112"' in (SAMPLES / "freeswitch/siaga-112.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize(("language", "needed"), [("sh", ["curl", "openssl"]), ("python", [])])
async def test_the_documents_examples_sign(url: str, receiver: Receiver, language: str, needed: list[str]) -> None:
    missing = [name for name in needed if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    found = re.search(rf"```{language}\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    command = ["sh", "-ec"] if language == "sh" else [sys.executable, "-c"]
    environment = {"PATH": "/usr/bin:/bin", "secret": SECRET, "url": url}
    process = await asyncio.create_subprocess_exec(*command, found[1], env=environment, stdout=asyncio.subprocess.PIPE)
    answer, _ = await asyncio.wait_for(process.communicate(), 60)
    assert answer.strip() == b'{"accepted": 1, "repeated": 0}'
    assert receiver.events[0]["call"] == "test"
