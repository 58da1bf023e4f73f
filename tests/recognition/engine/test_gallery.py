from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recognition.engine.decision import Tier, expected_false_candidates, propose
from recognition.engine.gallery import Gallery, GalleryMismatch, Hit
from recognition.engine.manifest import manifest_read
from recognition.engine.types import FaceQuality, Verdict

SPEC = manifest_read().engines["sface"]
ENGINE: Any = SimpleNamespace(name="sface", version=SPEC.version)
GOOD = FaceQuality(80, 40, 100, 120, 12, Verdict.SEARCHABLE)
POOR = FaceQuality(30, 14, 100, 120, 12, Verdict.LISTED, ("small",))


def unit(seed: int, count: int) -> Any:
    rows = np.random.default_rng(seed).normal(size=(count, SPEC.dimension)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def gallery(vectors: Any, ids: list[str] | None = None) -> Gallery:
    names = ids or [f"e{index}" for index in range(len(vectors))]
    return Gallery(engine="sface", version=SPEC.version, spec=SPEC, entry_ids=names, vectors=vectors)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 40), st.integers(1, 4))
def test_the_best_entry_is_that_of_a_plain_loop(seed: int, count: int, photos: int) -> None:
    vectors = unit(seed, count * photos)
    ids = [f"e{index % count}" for index in range(count * photos)]
    probe = unit(seed + 1, 1)
    hit = gallery(vectors, ids).search(probe, engine=ENGINE)[0]
    scores: dict[str, float] = {}
    for entry, vector in zip(ids, vectors, strict=True):
        scores[entry] = max(scores.get(entry, -1.0), float(probe[0] @ vector))
    assert hit.entry_id == max(scores, key=lambda entry: scores[entry])
    assert abs(hit.raw - scores[hit.entry_id]) < 1e-5


def test_the_normalised_score_is_the_mean_of_both_sides() -> None:
    vectors = unit(3, SPEC.cohort_min + 51)
    probe = vectors[5] + 0.3 * unit(9, 1)[0]
    probe = (probe / np.linalg.norm(probe))[None]
    hit = gallery(vectors).search(probe, engine=ENGINE)[0]
    to_probe = np.sort(np.delete(vectors @ probe[0], 5))[-SPEC.cohort_top :]
    to_entry = np.sort(np.delete(vectors @ vectors[5], 5))[-SPEC.cohort_top :]
    expected = sum((hit.raw - side.mean()) / side.std() for side in (to_probe, to_entry)) / 2
    assert hit.entry_id == "e5"
    assert hit.normalised == pytest.approx(expected, rel=1e-4)


def test_a_small_list_has_no_normalised_score() -> None:
    vectors = unit(3, SPEC.cohort_min)
    assert gallery(vectors).search(vectors[:1], engine=ENGINE)[0].normalised is None


def test_a_persons_other_photos_are_not_their_impostors() -> None:
    vectors = unit(3, SPEC.cohort_min + 60)
    ids = [f"e{max(0, index - 2)}" for index in range(len(vectors))]
    vectors[1] = vectors[2] = vectors[0]
    hit = gallery(vectors, ids).search(vectors[:1], engine=ENGINE)[0]
    alone = gallery(vectors[2:], ids[2:]).search(vectors[:1], engine=ENGINE)[0]
    assert hit.normalised == pytest.approx(alone.normalised, rel=1e-5)


def test_two_entries_alike_are_a_tie() -> None:
    vectors = unit(3, 4)
    vectors[1] = vectors[0]
    assert gallery(vectors).search(vectors[:1], engine=ENGINE)[0].is_tie
    assert not gallery(vectors).search(vectors[2:3], engine=ENGINE)[0].is_tie


def test_vectors_of_another_engine_or_shape_are_refused() -> None:
    vectors = unit(3, 2)
    other: Any = SimpleNamespace(name="sface", version="other")
    with pytest.raises(GalleryMismatch):
        gallery(vectors).search(vectors, engine=other)
    with pytest.raises(GalleryMismatch):
        gallery(vectors[:, :64])


def test_an_empty_list_finds_nobody() -> None:
    assert gallery(unit(1, 0)).search(unit(2, 3), engine=ENGINE) == ()


@pytest.mark.parametrize(
    ("raw", "normalised", "frames", "quality", "is_tie", "tier"),
    [
        (0.60, None, 1, GOOD, False, Tier.PUSHED),
        (0.50, None, 1, GOOD, False, Tier.LISTED),
        (0.44, None, 1, GOOD, False, Tier.NONE),
        (0.60, None, 1, POOR, False, Tier.LISTED),
        (0.60, None, 1, GOOD, True, Tier.LISTED),
        (0.60, 7.0, 1, GOOD, False, Tier.PUSHED),
        (0.60, 6.0, 1, GOOD, False, Tier.LISTED),
        (0.60, 6.0, 2, GOOD, False, Tier.PUSHED),
        (0.60, 3.0, 2, GOOD, False, Tier.NONE),
        (0.40, 7.0, 2, GOOD, False, Tier.NONE),
        (0.60, 7.0, 2, POOR, False, Tier.LISTED),
    ],
)
def test_the_table_of_decisions(  # noqa: PLR0917  # pytest passes them by name
    raw: float, normalised: float | None, frames: int, quality: FaceQuality, is_tie: bool, tier: Tier
) -> None:
    assert propose(Hit("e", raw, normalised, is_tie), quality, SPEC, agreeing_frames=frames).tier is tier


def test_no_rate_is_claimed_for_a_small_list() -> None:
    proposal = propose(Hit("e", 0.6, None, False), GOOD, SPEC)
    assert (proposal.false_match_rate, proposal.reasons) == (None, ("small_list",))
    assert expected_false_candidates(1000, proposal.false_match_rate) is None
    assert expected_false_candidates(1000, 1e-4) == pytest.approx(0.1)
