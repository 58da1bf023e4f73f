"""Two people edit one incident: what each changed is kept, unless they changed the same field."""

from collections.abc import Mapping
from typing import Any


def conflicts_of(
    changes: Mapping[str, Any], present: Mapping[str, Any], field_revisions: Mapping[str, int], *, read_revision: int
) -> dict[str, Any]:
    """The fields among `changes` that somebody changed since `read_revision`, to something else, with their value now.

    Fields that were left alone meanwhile merge; so does the same change made twice.
    """
    return {
        field: present[field]
        for field, value in changes.items()
        if field_revisions.get(field, 1) > read_revision and present[field] != value
    }


# Both halves of a position are one field: nobody means the latitude of one and the longitude of another.
TOGETHER = ({"lat", "lon", "radius_m"},)


def fields_touched(changes: Mapping[str, Any]) -> set[str]:
    """The changed fields with those that belong to them."""
    touched = set(changes)
    for group in TOGETHER:
        if touched & group:
            touched |= group
    return touched
