"""Everything that the cameras must reach: pulling, choice, patrol."""

from collections.abc import Callable

from bench import camera_choice, camera_patrol, camera_pull
from bench.report import Report


def run(say: Callable[[str], None]) -> Report:
    """All three, one after the other, so that none takes the other's cores."""
    report = Report("cameras")
    for part in (camera_pull, camera_choice, camera_patrol):
        report.take(part.run(say))
    return report
