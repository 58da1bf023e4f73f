"""Every test runs on a real PostgreSQL and a real Valkey, started here for the tests alone and stopped at the end.

A plugin of its own (`-p tests.services`), since settings are read before any conftest.
"""

import atexit
import os
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.environ["SIAGA_VAR_DIR"] = str(ROOT / "var" / "test")
os.environ["SIAGA_DATABASE_KEEP_S"] = "0"  # a thread that keeps a connection would keep the test database from going
_services = ExitStack()

from siaga import embedded, env  # noqa: E402  # the folder must be set before the settings are read

if env.uses_embedded():
    _services.enter_context(embedded.attached(env.var_dir(), durable=False))


def pytest_unconfigure() -> None:
    """Leave the servers; the last process to leave stops them."""
    _services.close()


atexit.register(_services.close)  # where pytest ends before it was configured
