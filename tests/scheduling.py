"""Which tests run in the same worker: those that share one running site, since a second site would be a second city.

A plugin of its own (`-p tests.scheduling`). The groups of pytest-xdist (`xdist_group`) rename the tests, which pytest
9.2 no longer lets them: such tests were sent to every worker. So the scheduler is told by path.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

# The beginning of a path -> its group. Everything else goes wherever there is room, test by test.
GROUPS = {
    "tests/browser/": "site",
    "tests/flows/test_main_job.py": "site",
    "tests/dispatch/test_webhook_worker.py": "webhooks",
    "tests/siaga/simulation/": "simulation",
}


class GroupScheduling(LoadScopeScheduling):  # type: ignore[misc]  # it has no types
    """Groups whole, the largest first; all others singly."""

    def _split_scope(self, nodeid: str) -> str:
        return next((group for path, group in GROUPS.items() if nodeid.startswith(path)), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> GroupScheduling:
    """Instead of the one that `--dist` names."""
    return GroupScheduling(config, log)
