"""Real child processes, started, restarted and stopped."""

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import siaga.supervisor
from siaga.supervisor import Program, Supervisor, site_programs
from siaga.web import listen

SLEEPER = (sys.executable, "-c", "import time; time.sleep(600)")
DEAF = (
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(600)",
)


def eventually(holds: Callable[[], bool], *, timeout_s: float = 20.0) -> bool:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return False


def is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


def watched(supervisor: Supervisor) -> threading.Thread:
    # The children die with the thread that starts them, so restarts in this thread live as long as it does.
    thread = threading.Thread(target=supervisor.watch)
    thread.start()
    return thread


def test_a_killed_program_starts_again_and_the_reason_is_told(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor([Program("sleeper", SLEEPER)], log_dir=tmp_path, say=said.append)
    supervisor.start()
    first = supervisor.process_id("sleeper")
    assert first is not None
    thread = watched(supervisor)
    try:
        os.kill(first, signal.SIGKILL)
        assert eventually(lambda: supervisor.process_id("sleeper") not in {None, first})
        assert "sleeper ended (signal SIGKILL), starts again in 1.0 s" in said[0]
        last = supervisor.process_id("sleeper")
    finally:
        supervisor.stop_soon()
        thread.join()
        supervisor.stop()
    assert last is not None
    assert eventually(lambda: not is_alive(last))


def test_what_a_failing_program_wrote_is_shown(tmp_path: Path) -> None:
    said: list[str] = []
    broken = Program("broken", (sys.executable, "-c", "import sys; sys.exit('no such address')"))
    supervisor = Supervisor([broken], log_dir=tmp_path, say=said.append)
    supervisor.start()
    thread = watched(supervisor)
    assert eventually(lambda: len(said) >= 2)
    supervisor.stop_soon()
    thread.join()
    supervisor.stop()
    assert "broken ended (exit code 1), starts again in 1.0 s\n  | no such address" in said[0]
    assert "starts again in 2.0 s" in said[1]


def test_a_program_that_will_not_end_is_made_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(siaga.supervisor, "STOP_TIMEOUT_S", 0.5)
    supervisor = Supervisor([Program("deaf", DEAF)], log_dir=tmp_path, say=print)
    supervisor.start()
    process_id = supervisor.process_id("deaf")
    assert process_id is not None
    assert eventually(lambda: (tmp_path / "deaf.log").read_text() != "")
    supervisor.stop()
    assert supervisor.process_id("deaf") is None
    assert not is_alive(process_id)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with listen("127.0.0.1", 0) as made:
        yield made


def test_every_queue_has_workers_of_its_own(listener: socket.socket) -> None:
    programs = {program.name for program in site_programs(listener=listener, web_processes=2)}
    assert programs == {
        "web", "web-2", "beat", "worker-pipeline", "worker-capture", "worker-inference", "worker-control",
        "worker-patrol", "worker-webhooks", "live",
    }  # fmt: skip


def test_programs_that_may_wait_stand_back(tmp_path: Path, listener: socket.socket) -> None:
    own = os.getpriority(os.PRIO_PROCESS, 0)
    supervisor = Supervisor([Program("sleeper", SLEEPER, niceness=5)], log_dir=tmp_path, say=print)
    supervisor.start()
    try:
        process_id = supervisor.process_id("sleeper")
        assert process_id is not None
        assert os.getpriority(os.PRIO_PROCESS, process_id) == own + 5
    finally:
        supervisor.stop()
    stand_back = {program.name: program.niceness for program in site_programs(listener=listener)}
    assert stand_back["worker-inference"] > stand_back["worker-capture"] > stand_back["web"] == 0


def test_a_listening_socket_is_handed_to_every_process_that_starts(tmp_path: Path, listener: socket.socket) -> None:
    code = "import socket, sys; s = socket.socket(fileno=int(sys.argv[1])); c, _ = s.accept(); c.sendall(b'here')"
    supervisor = Supervisor(
        [Program("one", [sys.executable, "-c", code], listener=listener)], log_dir=tmp_path, say=print
    )
    supervisor.start()
    thread = watched(supervisor)
    try:
        for _turn in range(2):  # the first process ends after its answer; who calls next waits for the second
            with socket.create_connection(listener.getsockname(), timeout=20) as caller:
                assert caller.recv(10) == b"here"
    finally:
        supervisor.stop_soon()
        thread.join()
        supervisor.stop()
