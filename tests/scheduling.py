"""Which tests run in the same worker, in the order they are written: those that share one running site.

A second site would be a second city, and what happened in it before cannot be taken back as rows can.

A plugin of its own (`-p tests.scheduling`). The groups of pytest-xdist (`xdist_group`) rename the tests, which pytest
9.2 no longer lets them: such tests were sent to every worker. So the scheduler is told by path.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

# The beginning of a path -> its group. Everything else goes wherever there is room, test by test. Groups are begun
# first, so nothing that empties the tables (`transaction=True`) may be in one: what migrations put there would be gone.
GROUPS = {
    "tests/browser/": "site",
    "tests/flows/test_main_job.py": "site",
    "tests/siaga/simulation/test_beats.py": "simulation",
    "tests/siaga/simulation/test_week.py": "simulation",
}


def group_of(nodeid: str) -> str | None:
    """The group of a test, if it is in one."""
    return next((group for path, group in GROUPS.items() if nodeid.startswith(path)), None)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of the site in the order they are written, wherever the shuffle put them."""
    places = [place for place, item in enumerate(items) if group_of(item.nodeid) == "site"]
    ordered = sorted(
        (items[place] for place in places), key=lambda item: (str(item.path), item.location[1] or 0, item.nodeid)
    )
    for place, item in zip(places, ordered, strict=True):
        items[place] = item


class GroupScheduling(LoadScopeScheduling):  # type: ignore[misc]  # it has no types
    """Groups whole, the largest first; all others singly."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid) or nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> GroupScheduling:
    """Instead of the one that `--dist` names."""
    return GroupScheduling(config, log)
