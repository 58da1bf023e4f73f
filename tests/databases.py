"""Test databases as copies of one that was migrated: migrating costs seconds for each worker, a copy one for all.

The template stays in the tests' own server until a migration, or what migrations read, changes.
"""

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.conf import settings
from django.db import connection

from siaga import env
from tests.services import ROOT

PREFIX = "template_siaga_"
READ_BY_MIGRATIONS = ("*/migrations/*.py", "data/**/*", "siaga/settings.py", "*/choices.py")


def database_copy(name: str) -> None:
    """Have an empty, migrated database under this name; one that is there already is replaced."""
    template = PREFIX + _fingerprint()
    with _alone(), connection._nodb_cursor() as cursor:  # as Django's own creation does
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [PREFIX + "%"])
        known = {row[0] for row in cursor.fetchall()}
        if template not in known:
            for old in known:
                cursor.execute(f'DROP DATABASE "{old}" WITH (FORCE)')
            _template_make(template)
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def _template_make(template: str) -> None:
    """Migrate under another name first, so that a template is never half."""
    kept = settings.DATABASES["default"]["NAME"]
    made = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = kept
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{made}" RENAME TO "{template}"')


def _fingerprint() -> str:
    digest = hashlib.sha256(django.__version__.encode())
    for path in sorted({path for pattern in READ_BY_MIGRATIONS for path in ROOT.glob(pattern) if path.is_file()}):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def _alone() -> Iterator[None]:
    """One worker migrates, the others wait for its template."""
    path = Path(env.var_dir()) / "template.lock"
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
