"""`python -m bench NAME [--json]`: one benchmark; the exit code says whether every target was met."""

import argparse
import os
import shutil
import sys
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path

from bench.report import Report

ROOT = Path(__file__).resolve().parent.parent
# What each needs: a site means the embedded services and Django's settings on a folder of their own.
NAMES = {"intake": "site", "surge": "site", "main_job": "site", "pipeline": "site", "stream": "site", "faces": "plain"}
NAMES |= {"recommend": "site", "supervision": "site"}
NAMES |= {"cameras": "site", "camera_choice": "plain", "camera_pull": "plain", "camera_patrol": "site"}


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(prog="bin/bench", description="Measure Siaga against peers and floors.")
    parser.add_argument("name", choices=sorted(NAMES))
    parser.add_argument("--json", action="store_true", help="print one JSON object on the last line")
    options = parser.parse_args()
    with ExitStack() as stack:
        if NAMES[options.name] == "site":
            _site(stack)
        report: Report = import_module(f"bench.{options.name}").run(say)
    print(report.table())
    if options.json:
        print(report.as_json())
    return 0 if report.is_good else 1


def say(text: str) -> None:
    """Tell how far it is, beside the result."""
    print(text, file=sys.stderr, flush=True)


def _site(stack: ExitStack) -> None:
    var_dir = ROOT / "var" / "bench"
    shutil.rmtree(var_dir, ignore_errors=True)
    os.environ |= {
        "SIAGA_VAR_DIR": str(var_dir),
        "SIAGA_FACE_MATCHING": "1",
        "DJANGO_SETTINGS_MODULE": "siaga.settings",
    }
    import django

    from siaga import embedded, env

    if env.uses_embedded():
        stack.enter_context(embedded.attached(env.var_dir()))
    django.setup()


if __name__ == "__main__":
    sys.exit(main())
