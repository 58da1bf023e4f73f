"""A database of its own for a run on a virtual clock: made, migrated, and dropped again."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from tempfile import TemporaryDirectory
from typing import Any

import psycopg2
from django.conf import settings as site
from django.core.management import call_command
from django.db import connection
from django.test.utils import override_settings
from psycopg2 import sql

from places.selectors import index_forget

NAME = "siaga_simulation"
LOCK = 112_2024  # any number that only this takes


class ScratchFailed(Exception):
    """The database could not be made; the message says why."""


@contextmanager
def scratch_database(*, name: str = NAME, is_kept: bool = False, template: str = "template1") -> Iterator[str]:
    """Point this process at a fresh database on the same server, for as long as the block lasts; yields its name.

    Nothing of the site's own database is read or written. `is_kept` leaves it there afterwards, to be looked at, or to
    be the `template` of another. Raises ScratchFailed.
    """
    settings = connection.settings_dict
    before = {key: settings[key] for key in ("NAME", "CONN_MAX_AGE", "CONN_HEALTH_CHECKS")}
    home = before["NAME"]
    if name == home:
        raise ScratchFailed(f"{name} is the site's own database")
    connection.close()
    with closing(_server(settings)) as server:
        _made(server, name, template)
        # Requests come by the hundred thousand in this one process: one connection for all of them.
        settings |= {"NAME": name, "CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": False}
        try:
            call_command("migrate", verbosity=0)
            index_forget()
            with _no_pictures():
                yield name
        finally:
            connection.close()
            settings |= before
            index_forget()
            if not is_kept:
                _run(server, name, "DROP DATABASE IF EXISTS {} WITH (FORCE)")


@contextmanager
def _no_pictures() -> Iterator[None]:
    """An empty store: this database knows nothing of the site's pictures, and what nobody knows is swept away."""
    stores = {name: store for name, store in site.STORAGES.items() if name != "pictures"}
    with TemporaryDirectory(prefix="siaga-simulation-") as media, override_settings(MEDIA_ROOT=media, STORAGES=stores):
        yield


def _server(settings: dict[str, Any]) -> Any:
    try:
        server = psycopg2.connect(
            dbname="postgres", user=settings["USER"], password=settings["PASSWORD"],
            host=settings["HOST"] or None, port=settings["PORT"] or None,
        )  # fmt: skip
    except psycopg2.Error as error:
        raise ScratchFailed(f"the server's database postgres cannot be reached: {error}") from error
    server.autocommit = True
    return server


def _made(server: Any, name: str, template: str) -> None:
    with server.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise ScratchFailed("another simulation is running on this database server")
    try:
        _run(
            server, name, "DROP DATABASE IF EXISTS {} WITH (FORCE)",
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)),
            "ALTER DATABASE {} SET synchronous_commit TO off",  # what is thrown away need not survive a crash
            "ALTER DATABASE {} SET jit TO off",
        )  # fmt: skip
    except psycopg2.Error as error:
        raise ScratchFailed(f"the database {name} could not be made: {error}") from error


def _run(server: Any, name: str, *statements: str | sql.Composed) -> None:
    with server.cursor() as cursor:
        for statement in statements:
            cursor.execute(sql.SQL(statement).format(sql.Identifier(name)) if isinstance(statement, str) else statement)
