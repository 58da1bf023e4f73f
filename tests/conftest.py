"""What every test has."""

import pytest
from pytest_django.fixtures import Settings

from tests.site import site

__all__ = ["site"]


@pytest.fixture(autouse=True)
def _fast_passwords(settings: Settings) -> None:
    """Argon2 is slow on purpose; tests of sign-in do not need that."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _no_search_for_static_files(settings: Settings) -> None:
    """Each test client would look through all static files when it starts: 44 ms, for nothing."""
    settings.WHITENOISE_USE_FINDERS = False
