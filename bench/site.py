"""A demo site to measure, and coroutines run beside it."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings

from siaga.demo.site import DemoSite, demo_site, free_port, watched

T = TypeVar("T")


def measured(work: Callable[[DemoSite], Coroutine[Any, Any, T]], say: Callable[[str], None]) -> T:
    """Start the whole demo, run `work` beside it, stop the demo."""
    results: list[T] = []
    farm = Path(settings.BASE_DIR) / "data/demo/farm.json"
    say("starting PostgreSQL, Valkey, workers, web and eight cameras ...")
    with demo_site(host="127.0.0.1", port=free_port(), farm_path=farm, say=say) as site:
        watched(site, lambda: results.append(asyncio.run(work(site))))
    if not results:
        raise SystemExit("the measurement broke off; see var/bench/log")
    return results[0]
