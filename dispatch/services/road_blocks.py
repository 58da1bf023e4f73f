"""Blocked roads as rows. Nothing opens by itself: a person says that a road is free again."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from accounts.models import User
from common.errors import ConflictError, NotFoundError, gettext_noop
from common.locking import locked
from dispatch.choices.floods import RoadBlockReason, RoadBlockSource
from dispatch.models import RoadBlock
from realtime.models import Realm


@dataclass(frozen=True, slots=True)
class BlockDraft:
    """A blocked road as it is reported."""

    name: str
    points: Sequence[tuple[float, float]]
    is_area: bool
    reason: RoadBlockReason
    source: RoadBlockSource
    depth_cm: int | None = None
    note: str = ""
    from_at: datetime | None = None
    until_at: datetime | None = None


def road_block_make(*, realm: Realm, draft: BlockDraft, user: User, at: datetime) -> RoadBlock:
    """Block a road or an area; an area is closed by its first point."""
    points = [list(point) for point in draft.points]
    if draft.is_area and points[0] != points[-1]:
        points.append(points[0])
    return RoadBlock.objects.create(
        realm=realm, name=draft.name, is_area=draft.is_area, points=points, reason=draft.reason,
        depth_cm=draft.depth_cm, note=draft.note, from_at=_utc(draft.from_at) or at, until_at=_utc(draft.until_at),
        source=draft.source, made_by=user, made_at=at,
    )  # fmt: skip


def road_block_lift(*, realm: Realm, block_id: uuid.UUID, user: User, note: str, at: datetime) -> RoadBlock:
    """A road is open again; raises NotFoundError, ConflictError `road_open`."""
    block = locked(RoadBlock.objects.filter(realm=realm, pk=block_id), "realm", "made_by", "ended_by")
    if block is None:
        raise NotFoundError
    if block.ended_at is not None:
        raise ConflictError(
            "road_open", gettext_noop("This road is open again already."), {"ended_by": str(block.ended_by)}
        )
    block.ended_at, block.ended_by, block.end_note = at, user, note
    block.save(update_fields=["ended_at", "ended_by", "end_note"])
    return block


def _utc(moment: datetime | None) -> datetime | None:
    """As it will be read back: events and state must be alike."""
    return moment.astimezone(UTC) if moment else None
