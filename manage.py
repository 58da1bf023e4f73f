#!/usr/bin/env python
"""The command line of Siaga; without DATABASE_URL or REDIS_URL the embedded services run for as long as it does."""

import os
import sys
from contextlib import nullcontext

# Commands that touch no row: they work where no database can be started.
OFFLINE = {"check", "help", "version", "--help", "--version", "makemessages", "catalogues_compile", "camera_farm"}


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "siaga.settings")
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    from siaga import embedded, env  # noqa: PLC0415

    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    services = nullcontext() if command in OFFLINE or not env.uses_embedded() else embedded.attached(env.var_dir())
    with services:
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
