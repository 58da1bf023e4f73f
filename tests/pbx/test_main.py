"""The command line: what is wrong is said in one line, and with an exit code of its own."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pbx.__main__ import main
from pbx.neutral import NeutralEvent
from pbx.spool import Spool
from tests.pbx.receiver import SECRET


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name, text in (("secret", SECRET), ("short", "too short"), ("two", f"{SECRET}\n{SECRET}"), ("empty", "")):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o600)
    return tmp_path


def baresip(files: Path, **options: str) -> list[str]:
    known = {"webhook": "https://siaga.example/x/", "secret-file": str(files / "secret"), "spool": str(files / "spool")}
    return ["baresip", *(part for name, value in (known | options).items() for part in (f"--{name}", value))]


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("webhook", "ftp://siaga.example/", "--webhook must be an address"),
        ("webhook", "https://user:word@siaga.example/", "--webhook must be an address"),
        ("secret-file", "{}/none", "No such file"),
        ("secret-file", "{}/short", "at least 16 characters"),
        ("secret-file", "{}/two", "one line"),
        ("secret-file", "{}/empty", "one line"),
        ("ca-file", "{}/none", "--ca-file"),
        ("ca-file", "{}/short", "--ca-file"),
        ("pause-max-s", "0", "between 0 and 3600"),
        ("port", "sip", "invalid int"),
    ],
)
def test_wrong_arguments(files: Path, capsys: pytest.CaptureFixture, option: str, value: str, said: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(baresip(files, **{option: value.format(files)}))
    assert stopped.value.code == 2
    assert said in capsys.readouterr().err


def test_a_spool_that_cannot_be_made(files: Path, capsys: pytest.CaptureFixture) -> None:
    assert main(baresip(files, spool=str(files / "none" / "spool"))) == 3
    assert "spool cannot be used" in capsys.readouterr().err
    (files / "rubbish").write_bytes(os.urandom(4096))
    assert main(baresip(files, spool=str(files / "rubbish"))) == 3


def test_what_a_spool_holds(files: Path, capsys: pytest.CaptureFixture) -> None:
    path = files / "spool"
    spool = Spool(path)
    at = datetime(2026, 3, 1, tzinfo=UTC)
    spool.write([NeutralEvent(name, "ringing", name, at) for name in ("a", "b")], {})
    spool.bury(spool.batch(1)[0], reason="no")
    assert main(["spool", "--spool", str(path)]) == 0  # beside an adapter
    counted = json.loads(capsys.readouterr().out)
    assert (counted["waiting"], counted["dead"], counted["revived"]) == (1, 1, 0)
    assert datetime.fromisoformat(counted["oldest_at"]).tzinfo
    assert main(["spool", "--spool", str(path), "--retry-refused"]) == 3
    spool.close()
    assert main(["spool", "--spool", str(path), "--retry-refused"]) == 0
    assert json.loads(capsys.readouterr().out)["revived"] == 1
    with pytest.raises(SystemExit):
        main(["spool", "--spool", str(files / "none")])
