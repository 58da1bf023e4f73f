"""The main job as two people live it: a call, an incident, the cameras, a candidate, a review that both see."""

import asyncio
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from dispatch.choices import IncidentCameraState
from siaga.demo.console import Console, Seen, StoryBroken
from siaga.demo.seed import INCIDENT_TYPE, SOUGHT

PLACE = "stasiun manggarai"
CANDIDATE_TIMEOUT_S = 20.0
CAMERAS_TIMEOUT_S = 30.0
REVIEW_TIMEOUT_S = 5.0
VIEWED_MS = 2500
FINISHED = {IncidentCameraState.ANALYSED, IncidentCameraState.FAILED}


@dataclass(frozen=True, slots=True)
class StoryResult:
    """What came of it; times are from the stored moment of the event before to the arrival at the console."""

    call_to_incident_ms: float
    incident_to_first_snapshot_ms: float | None
    incident_to_first_candidate_ms: float | None
    incident_to_all_cameras_ms: float | None
    cameras_ok: int
    cameras_failed: int
    faces_found: int
    candidates: int
    false_candidates: int
    sought_found: bool
    review_reached_second_console: bool

    @property
    def is_good(self) -> bool:
        """Found whom it should, raised nobody else, and two consoles agree."""
        return self.sought_found and self.false_candidates == 0 and self.review_reached_second_console

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


async def story_run(base_url: str, logins: dict[str, str]) -> StoryResult:
    """Live it once; raises StoryBroken when the site refuses a step."""
    async with (
        Console(base_url, "agen", logins["agen"]) as first,
        Console(base_url, "dispatcher", logins["dispatcher"]) as second,
    ):
        return await _lived(first, second)


async def _lived(first: Console, second: Console) -> StoryResult:
    called = await first.send("calls/", {"medium": "voice", "caller_number": None})
    await first.send(f"calls/{called['id']}/answer/", {})
    place = (await first.read(f"places/search/?q={PLACE}&limit=1"))["places"]
    if not place:
        raise StoryBroken(f"the place {PLACE!r} is not known")
    body = {"type": INCIDENT_TYPE, "place": place[0]["code"], "summary": "Demo", "call": called["id"]}
    incident = await first.send("incidents/", body)
    opened = await _need(second, lambda seen: seen.kind == "incident.changed" and _is(seen, incident), "the incident")
    candidate, review_seen = await _reviewed(first, second, incident["id"])
    finished = await _finished(second, incident["id"])
    matches = _latest(second, "match.changed", incident["id"])
    cameras = _latest(second, "incident_camera.changed", incident["id"])
    captured = _first(second, incident["id"], {IncidentCameraState.CAPTURED, IncidentCameraState.ANALYSED})
    since = opened.occurred_at
    return StoryResult(
        call_to_incident_ms=_ms(datetime.fromisoformat(called["arrived_at"]), opened.received_at) or 0.0,
        incident_to_first_snapshot_ms=_ms(since, captured),
        incident_to_first_candidate_ms=_ms(since, candidate.received_at if candidate else None),
        incident_to_all_cameras_ms=_ms(since, finished),
        cameras_ok=sum(1 for row in cameras.values() if row["state"] == IncidentCameraState.ANALYSED),
        cameras_failed=sum(1 for row in cameras.values() if row["state"] == IncidentCameraState.FAILED),
        faces_found=sum(row["faces_found"] or 0 for row in cameras.values()),
        candidates=len(matches),
        false_candidates=sum(1 for match in matches.values() if match["entry"]["label"] != SOUGHT),
        sought_found=any(match["entry"]["label"] == SOUGHT for match in matches.values()),
        review_reached_second_console=review_seen,
    )


async def _reviewed(first: Console, second: Console, incident_id: str) -> tuple[Seen | None, bool]:
    """The first candidate as the second console got it, and whether the first one's review reached it."""

    def is_candidate(seen: Seen) -> bool:
        return seen.kind == "match.changed" and seen.payload["incident_id"] == incident_id

    candidate = await second.wait_for(is_candidate, timeout_s=CANDIDATE_TIMEOUT_S)
    if candidate is None:
        return None, False
    match = candidate.payload
    # Both pictures are opened as the reviewer's screen would; what they show is for people to judge.
    await first.read(f"matches/{match['id']}/reference/")
    await first.read(f"snapshots/{match['snapshot']['id']}/picture/?incident={incident_id}&match={match['id']}")
    await asyncio.sleep(VIEWED_MS / 1000)
    is_sought = match["entry"]["label"] == SOUGHT
    review = {
        "decision": "confirm" if is_sought else "reject",
        "reason": "face_shape" if is_sought else "other_person",
        "viewed_ms": VIEWED_MS,
    }
    settled = await first.send(f"matches/{match['id']}/reviews/", review)

    def is_settled(seen: Seen) -> bool:
        return is_candidate(seen) and seen.payload["id"] == match["id"] and seen.payload["state"] == settled["state"]

    return candidate, await second.wait_for(is_settled, timeout_s=REVIEW_TIMEOUT_S) is not None


async def _finished(console: Console, incident_id: str) -> datetime | None:
    """When the last camera was done with; None when some still are not."""
    asked = await _need(
        console,
        lambda seen: (
            seen.kind == "timeline.added"
            and seen.payload["kind"] == "cameras_asked"
            and seen.payload["incident_id"] == incident_id
        ),
        "the cameras being asked",
    )
    count = asked.payload["data"]["cameras"]

    def is_last(_seen: Seen) -> bool:
        rows = _latest(console, "incident_camera.changed", incident_id)
        return len(rows) == count and all(row["state"] in FINISHED for row in rows.values())

    if await console.wait_for(is_last, timeout_s=CAMERAS_TIMEOUT_S) is None:
        return None
    ends = [
        seen.received_at
        for seen in console.seen
        if seen.kind == "incident_camera.changed"
        and seen.payload["incident_id"] == incident_id
        and seen.payload["state"] in FINISHED
    ]
    return max(ends, default=None)


async def _need(console: Console, fits: Any, what: str) -> Seen:
    seen = await console.wait_for(fits, timeout_s=10)
    if seen is None:
        raise StoryBroken(f"no event told of {what}")
    return seen


def _is(seen: Seen, entity: dict[str, Any]) -> bool:
    return bool(seen.payload["id"] == entity["id"])


def _latest(console: Console, kind: str, incident_id: str) -> dict[str, dict[str, Any]]:
    return {
        seen.payload["id"]: seen.payload
        for seen in console.seen
        if seen.kind == kind and seen.payload["incident_id"] == incident_id
    }


def _first(console: Console, incident_id: str, states: set[IncidentCameraState]) -> datetime | None:
    for seen in console.seen:
        is_of_it = seen.kind == "incident_camera.changed" and seen.payload["incident_id"] == incident_id
        if is_of_it and seen.payload["state"] in states:
            return seen.received_at
    return None


def _ms(since: datetime, until: datetime | None) -> float | None:
    return None if until is None else round((until - since).total_seconds() * 1000, 1)
