"""What every test has."""

import pytest
from django.db import connection
from pytest_django.fixtures import Settings
from pytest_django.plugin import DjangoDbBlocker

from tests.databases import database_copy
from tests.site import site

__all__ = ["site"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest,
    django_db_modify_db_settings_parallel_suffix: None,
    django_db_blocker: DjangoDbBlocker,
) -> None:
    """The database of this worker is a copy of a migrated one, unless the last one is wanted again (`--reuse-db`)."""
    if request.config.getvalue("reuse_db") and not request.config.getvalue("create_db"):
        return
    with django_db_blocker.unblock():
        database_copy(connection.creation._get_test_db_name())  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """It is there already; the next run replaces it."""
    return True


@pytest.fixture(scope="session")
def django_db_createdb() -> bool:
    """See above."""
    return False


@pytest.fixture(autouse=True)
def _fast_passwords(settings: Settings) -> None:
    """Argon2 is slow on purpose; tests of sign-in do not need that."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _no_search_for_static_files(settings: Settings) -> None:
    """Each test client would look through all static files when it starts: 44 ms, for nothing."""
    settings.WHITENOISE_USE_FINDERS = False
