"""A database that is migrated once, for all simulations of the tests to begin with."""

import pytest
from pytest_django import DjangoDbBlocker

from siaga.simulation.scratch import scratch_database


@pytest.fixture(scope="session")
def template(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> str:
    """Its name."""
    with django_db_blocker.unblock(), scratch_database(name="siaga_simulation_template", is_kept=True) as name:
        return name
