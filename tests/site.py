"""A whole demo site in processes of its own, on stores of its own: nothing of it is shared with the other tests."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from siaga.demo.site import free_port
from tests.services import ROOT
from tests.siaga.test_supervisor import eventually


@dataclass(frozen=True, slots=True)
class Site:
    """A running demo: where it is, who may sign in, where its logs are."""

    base_url: str
    logins: dict[str, str]
    var_dir: Path
    process_id: int

    def processes(self, *words: str) -> list[int]:
        """Process ids of this site whose command line holds all these words."""
        found = []
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                line = path.read_bytes().replace(b"\0", b" ").decode()
                environment = (path.parent / "environ").read_bytes().decode(errors="replace")
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
            if all(word in line for word in words) and f"SIAGA_VAR_DIR={self.var_dir}\0" in environment:
                found.append(int(path.parent.name))
        return found


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Start the demo as a user would, and stop it with Ctrl+C."""
    var_dir = tmp_path_factory.mktemp("demo")
    var_dir.chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SIAGA_")}
    environment |= {"SIAGA_VAR_DIR": str(var_dir), "SIAGA_FACE_MATCHING": "1", "PYTHONUNBUFFERED": "1"}
    environment.pop("DATABASE_URL", None)
    port = free_port()
    output = var_dir / "demo.out"
    with output.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "demo", "--port", str(port)],
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=out,
        )
    try:
        is_up = eventually(lambda: "Siaga runs" in output.read_text() or process.poll() is not None, timeout_s=240)
        assert is_up, output.read_text()
        assert process.poll() is None, output.read_text()
        logins = json.loads((var_dir / "secrets/demo_logins.json").read_text())
        yield Site(f"http://127.0.0.1:{port}", logins, var_dir, process.pid)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(60)
        finally:
            process.kill()
