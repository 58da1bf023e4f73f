"""Keeps the processes of one machine running: the web, the workers of each queue, the clock.

Each is a direct child that dies with its parent, writes to a log of its own, and is started again with growing pauses
when it ends by itself. Past one machine, the same programs run under the host's own service manager.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from common.clock import monotonic_s
from siaga import env

PR_SET_PDEATHSIG = 1
TICK_S = 0.2
STOP_TIMEOUT_S = 12.0
PAUSE_MIN_S, PAUSE_MAX_S = 0.5, 30.0
STEADY_S = 30.0
LOG_BYTES_MAX = 10 * 1024 * 1024
LOG_TAIL_LINES = 12
_libc = ctypes.CDLL(None)


@dataclass(frozen=True, slots=True)
class Program:
    """One process to keep running."""

    name: str
    argv: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    niceness: int = 0  # how far it stands back from the others when cores are short
    listener: socket.socket | None = None  # handed over as a descriptor, the last argument
    is_web: bool = False  # the web processes of this machine need it beside them


class Supervisor:
    """Starts programs, restarts what ends, stops all. To be used from one thread, which must outlive the children."""

    def __init__(self, programs: Sequence[Program], *, log_dir: Path, say: Callable[[str], object]) -> None:
        self._kept = [_Kept(program, log_dir / f"{program.name}.log") for program in programs]
        self._say = say
        self._stop = threading.Event()

    def stop_soon(self, *_signal: object) -> None:
        """Ask `watch` to end; fit for a signal handler."""
        self._stop.set()

    def start(self) -> None:
        """Start everything."""
        for kept in self._kept:
            kept.start()

    def watch(self) -> None:
        """Restart what ends, until `stop_soon`."""
        while not self._stop.wait(TICK_S):
            for kept in self._kept:
                ended = kept.tick()
                if ended is not None:
                    self._say(
                        f"{kept.program.name} ended ({ended}), starts again in {kept.pause_s:.1f} s\n{kept.tail()}"
                    )

    def stop(self) -> None:
        """End everything: asked first, all at once; after STOP_TIMEOUT_S made to."""
        running = [kept for kept in self._kept if kept.process and kept.process.poll() is None]
        for kept in running:
            kept.process.terminate()  # type: ignore[union-attr]
        deadline = monotonic_s() + STOP_TIMEOUT_S
        for kept in running:
            kept.end(deadline)

    def process_id(self, name: str) -> int | None:
        """The process id of a program that runs."""
        found = next(kept for kept in self._kept if kept.program.name == name)
        return found.process.pid if found.process and found.process.poll() is None else None


class _Kept:
    """One program with its present process."""

    def __init__(self, program: Program, log: Path) -> None:
        self.program, self.log = program, log
        self.process: subprocess.Popen[bytes] | None = None
        self.pause_s = PAUSE_MIN_S
        self._started_s = 0.0
        self._due_s: float | None = None

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES_MAX:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            listener = self.program.listener
            descriptors = [] if listener is None else [listener.fileno()]
            self.process = subprocess.Popen(
                [*self.program.argv, *map(str, descriptors)], pass_fds=descriptors,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, **self.program.environment}, start_new_session=True,
                preexec_fn=partial(_child_begin, self.program.niceness),  # noqa: PLW1509  # needs no lock
            )  # fmt: skip
        self._started_s, self._due_s = monotonic_s(), None

    def tick(self) -> str | None:
        """Restart when it is time; how it ended when it has just ended."""
        now_s = monotonic_s()
        if self._due_s is not None:
            if now_s >= self._due_s:
                self.start()
            return None
        code = self.process.poll() if self.process else None
        if code is None:
            return None
        is_steady = now_s - self._started_s > STEADY_S
        self.pause_s = PAUSE_MIN_S if is_steady else min(PAUSE_MAX_S, self.pause_s * 2)
        self._due_s = now_s + self.pause_s
        return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"

    def end(self, deadline_s: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, deadline_s - monotonic_s()))
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def tail(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_TAIL_LINES:]
        return "\n".join(f"  | {line}" for line in lines)


def site_programs(*, listener: socket.socket, web_processes: int = 1) -> list[Program]:
    """The programs of a whole site; each queue has processes of its own, so that none waits for another.

    The web processes share one listening socket (siaga/web.py): while one starts again the others go on.
    """
    web = [sys.executable, "-m", "siaga.web"]
    programs = [
        Program("web" if number == 1 else f"web-{number}", web, listener=listener)
        for number in range(1, web_processes + 1)
    ]
    processes = {
        "pipeline": 1,
        "capture": 2,
        "inference": env.integer("SIAGA_INFERENCE_PROCESSES", 2, minimum=1),
        "control": 1,
        "patrol": 1,
    }
    # Taking in calls never waits for cameras and faces, however busy they keep the cores.
    niceness = {"capture": 5, "inference": 10, "patrol": 15}
    programs += [_worker(queue, count, niceness.get(queue, 0)) for queue, count in processes.items()]
    programs += [_worker("webhooks", 16, pool="threads")]  # they wait for other people's servers
    beat = ["-m", "celery", "-A", "siaga.celery", "beat", "--loglevel", "WARNING", "--pidfile", "", "-s"]
    programs += [Program("live", [sys.executable, "-m", "siaga.live"], niceness=5, is_web=True)]
    return [*programs, Program("beat", [sys.executable, *beat, str(_schedule())])]


def _worker(queue: str, count: int, niceness: int = 0, *, pool: str = "prefork") -> Program:
    argv = [
        sys.executable, "-m", "celery", "-A", "siaga.celery", "worker", "-Q", queue, "-n", f"{queue}@%h",
        "--pool", pool, "-c", str(count), "--loglevel", "WARNING", "--without-gossip", "--without-mingle",
    ]  # fmt: skip
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    return Program(f"worker-{queue}", argv, {"SIAGA_WORKER_QUEUE": queue, **threads}, niceness)


def _schedule() -> Path:
    from django.conf import settings  # noqa: PLC0415  # the supervisor itself needs no Django

    folder = Path(settings.VAR_DIR) / "beat"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "schedule"


def _child_begin(niceness: int) -> None:
    # Between fork and exec: nothing but system calls, so that no lock of another thread can be needed.
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if niceness:
        os.nice(niceness)
