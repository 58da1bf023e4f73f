"""Everything that the main job must reach: the pipeline, the faces, and the delivery to consoles."""

from collections.abc import Callable

from bench import faces, pipeline, stream
from bench.report import Report


def run(say: Callable[[str], None]) -> Report:
    """All three, one after the other, so that none takes the other's cores."""
    report = Report("main_job")
    for part in (faces, pipeline, stream):
        report.take(part.run(say))
    return report
