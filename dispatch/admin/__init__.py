"""Rules and lists to keep; calls and incidents to look up, with what belongs to them. Work is done in the console."""

from dispatch.admin import (
    agencies,
    broadcasts,
    calls,
    exchanges,
    follow,
    incidents,
    protocols,
    types,
    versions,
    webhooks,
)

__all__ = [
    "agencies", "broadcasts", "calls", "exchanges", "follow", "incidents", "protocols", "types", "versions", "webhooks",
]  # fmt: skip
