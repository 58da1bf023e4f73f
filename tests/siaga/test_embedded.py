import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import redis

from siaga import embedded

ROOT = Path(__file__).resolve().parents[2]


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((embedded.HOST, port)) == 0


def holder(var_dir: Path) -> "subprocess.Popen[str]":
    """Another process that stays attached until its input closes."""
    code = (
        "import sys, pathlib\nfrom siaga import embedded\n"
        "with embedded.attached(pathlib.Path(sys.argv[1]), durable=False):\n"
        "    print('attached', flush=True)\n    sys.stdin.read()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(var_dir)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "attached\n"
    return process


@pytest.fixture
def var_dir() -> Iterator[Path]:
    # Below var/ and not below pytest's own 0700 folder, which the servers' account cannot enter.

    path = ROOT / "var" / f"embedded-test-{secrets.token_hex(4)}"
    path.mkdir(parents=True)
    yield path
    shutil.rmtree(path)


def test_both_stores_keep_their_data_over_a_restart_and_want_the_password(var_dir: Path) -> None:
    with embedded.attached(var_dir) as kept:
        connection = psycopg2.connect(kept.database_url)
        with connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE kept (value text)")
            cursor.execute("INSERT INTO kept VALUES ('tersimpan')")
        connection.close()
        with redis.Redis.from_url(kept.redis_url) as client:
            client.set("kept", "tersimpan")
        with pytest.raises(psycopg2.OperationalError, match="password"):
            psycopg2.connect(kept.database_url.replace(kept.postgres_password, "salah"))
        with (
            redis.Redis.from_url(kept.redis_url.replace(f":{kept.valkey_password}@", "")) as stranger,
            pytest.raises(redis.AuthenticationError),
        ):
            stranger.ping()
    assert not answers(kept.postgres_port)
    assert not answers(kept.valkey_port)

    with embedded.attached(var_dir) as again:
        assert again == kept
        connection = psycopg2.connect(again.database_url)
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT value FROM kept")
            assert cursor.fetchall() == [("tersimpan",)]
        connection.close()
        with redis.Redis.from_url(again.redis_url) as client:
            assert client.get("kept") == b"tersimpan"


def test_secrets_are_for_the_owner_only(var_dir: Path) -> None:
    embedded.state(var_dir)
    assert (var_dir / "embedded" / "state.json").stat().st_mode & 0o777 == 0o600


def test_the_last_to_leave_stops_the_servers(var_dir: Path) -> None:
    with embedded.attached(var_dir, durable=False) as kept:
        other = holder(var_dir)
    assert answers(kept.postgres_port)
    other.communicate()
    assert not answers(kept.postgres_port)
    assert not answers(kept.valkey_port)


def test_servers_of_a_killed_owner_are_taken_over(var_dir: Path) -> None:
    owner = holder(var_dir)
    os.kill(owner.pid, signal.SIGKILL)
    owner.communicate()
    kept = embedded.state(var_dir)
    assert answers(kept.postgres_port)
    pid_file = next((var_dir / "embedded").glob("**/postgres/server.pid"))
    before = pid_file.read_text()
    with embedded.attached(var_dir, durable=False):
        assert pid_file.read_text() == before
    assert not answers(kept.postgres_port)


def test_a_taken_port_is_said_plainly(var_dir: Path) -> None:
    kept = embedded.state(var_dir)
    with socket.socket() as stranger:
        stranger.bind((embedded.HOST, kept.postgres_port))
        stranger.listen()
        with pytest.raises(embedded.EmbeddedFailed, match=f"port {kept.postgres_port}"), embedded.attached(var_dir):
            pass
