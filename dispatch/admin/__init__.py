"""Rules and lists to keep; calls and incidents to look up, with what belongs to them. Work is done in the console."""

from dispatch.admin import (
    agencies,
    alerts,
    broadcasts,
    calls,
    eido,
    exchanges,
    floods,
    follow,
    incidents,
    protocols,
    quality,
    targets,
    types,
    units,
    versions,
    webhooks,
)

__all__ = [
    "agencies",
    "alerts",
    "broadcasts",
    "calls",
    "eido",
    "exchanges",
    "floods",
    "follow",
    "incidents",
    "protocols",
    "quality",
    "targets",
    "types",
    "units",
    "versions",
    "webhooks",
]
