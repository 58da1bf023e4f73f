"""What every test has."""

import pytest
from pytest_django.fixtures import Settings


@pytest.fixture(autouse=True)
def _fast_passwords(settings: Settings) -> None:
    """Argon2 is slow on purpose; tests of sign-in do not need that."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
