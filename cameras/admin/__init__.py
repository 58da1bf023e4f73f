"""The registry, what belongs to it, and the pictures to look up."""

from cameras.admin import agreements, cameras, snapshots

__all__ = ["agreements", "cameras", "snapshots"]
