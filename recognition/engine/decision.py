"""Whether a hit is worth a person's time, and whether it may raise an alarm. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from recognition.engine.gallery import Hit
from recognition.engine.manifest import EngineSpec
from recognition.engine.types import FaceQuality, Verdict


class Tier(StrEnum):
    """What becomes of a hit."""

    NONE = "none"
    LISTED = "listed"
    PUSHED = "pushed"


@dataclass(frozen=True, slots=True)
class Proposal:
    """The tier, and the threshold that was passed; its rate is None where it is not calibrated."""

    tier: Tier
    threshold: float
    false_match_rate: float | None
    reasons: tuple[str, ...] = ()


def propose(hit: Hit, quality: FaceQuality, spec: EngineSpec, *, agreeing_frames: int = 1) -> Proposal:
    """Push over the 1e-4 level with two agreeing frames, or over the 1e-5 level with one; list over the 1e-3 level.

    With a list too small for normalised scores the raw floors stand in, and no rate is claimed for them.
    """
    proposal = _by_z(hit, spec, agreeing_frames) if hit.normalised is not None else _by_raw(hit, spec)
    if proposal.tier is not Tier.PUSHED:
        return proposal
    reasons = tuple(
        reason
        for reason, applies in (("tie", hit.is_tie), ("quality", quality.verdict is not Verdict.SEARCHABLE))
        if applies
    )
    if not reasons:
        return proposal
    return Proposal(Tier.LISTED, proposal.threshold, proposal.false_match_rate, (*proposal.reasons, *reasons))


def expected_false_candidates(comparisons: int, false_match_rate: float | None) -> float | None:
    """How many strangers this run would propose on average; None where the rate is not calibrated."""
    return None if false_match_rate is None else comparisons * false_match_rate


def _by_z(hit: Hit, spec: EngineSpec, agreeing_frames: int) -> Proposal:
    score = hit.normalised or 0.0
    rates = spec.false_match_rates
    if hit.raw >= spec.raw_list:
        if score >= spec.z_push_alone:
            return Proposal(Tier.PUSHED, spec.z_push_alone, rates["z_push_alone"])
        if score >= spec.z_push and agreeing_frames >= 2:
            return Proposal(Tier.PUSHED, spec.z_push, rates["z_push"])
        if score >= spec.z_list:
            return Proposal(Tier.LISTED, spec.z_list, rates["z_list"])
    return Proposal(Tier.NONE, spec.z_list, rates["z_list"])


def _by_raw(hit: Hit, spec: EngineSpec) -> Proposal:
    if hit.raw >= spec.raw_push:
        return Proposal(Tier.PUSHED, spec.raw_push, None, ("small_list",))
    if hit.raw >= spec.raw_list:
        return Proposal(Tier.LISTED, spec.raw_list, None, ("small_list",))
    return Proposal(Tier.NONE, spec.raw_list, None, ("small_list",))
