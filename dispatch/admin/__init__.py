"""Rules and lists to keep; calls and incidents to look up, with what belongs to them. Work is done in the console."""

from dispatch.admin import (
    agencies,
    calls,
    exchanges,
    follow,
    incidents,
    protocols,
    quality,
    targets,
    types,
    versions,
    webhooks,
)

__all__ = [
    "agencies",
    "calls",
    "exchanges",
    "follow",
    "incidents",
    "protocols",
    "quality",
    "targets",
    "types",
    "versions",
    "webhooks",
]
