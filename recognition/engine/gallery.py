"""Comparing faces with the vectors of those who are sought: exact, by one matrix product, whatever the metric."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recognition.engine.manifest import EngineSpec, Metric
from recognition.engine.types import FaceEngine, Vectors


class GalleryMismatch(ValueError):
    """Vectors of another engine or version; comparing them would mean nothing."""


@dataclass(frozen=True, slots=True)
class Hit:
    """The best entry for one face. `normalised` is None where the list is too small to be its own cohort."""

    entry_id: str
    raw: float
    normalised: float | None
    is_tie: bool


class Gallery:
    """Immutable. `entry_ids[i]` is whom `vectors[i]` shows; an entry may have several vectors."""

    def __init__(
        self, *, engine: str, version: str, spec: EngineSpec, entry_ids: Sequence[str], vectors: Vectors
    ) -> None:
        if vectors.shape != (len(entry_ids), spec.dimension):
            raise GalleryMismatch(f"{len(entry_ids)} ids, vectors {vectors.shape}, dimension {spec.dimension}")
        self.engine, self.version, self._spec = engine, version, spec
        self._ids = tuple(dict.fromkeys(entry_ids))
        self._vectors = np.ascontiguousarray(vectors, np.float32)
        position = {entry: index for index, entry in enumerate(self._ids)}
        self._owner = np.array([position[entry] for entry in entry_ids], np.intp)

    def __len__(self) -> int:
        return len(self._ids)

    def search(self, faces: Vectors, *, engine: FaceEngine) -> tuple[Hit, ...]:
        """The best entry for each row of `faces`; none when the gallery is empty. Raises GalleryMismatch."""
        if (engine.name, engine.version) != (self.engine, self.version):
            raise GalleryMismatch(f"{engine.name} {engine.version} against {self.engine} {self.version}")
        if not self._ids or not len(faces):
            return ()
        scores = self._by_entry(_scores(np.asarray(faces, np.float32), self._vectors, self._spec.metric))
        return tuple(self._hit(row) for row in scores)

    def _by_entry(self, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        best = np.full((len(scores), len(self._ids)), -np.inf, np.float32)
        np.maximum.at(best.T, self._owner, scores.T)
        return best

    def _hit(self, scores: NDArray[np.float32]) -> Hit:
        order = np.argsort(-scores)
        first = int(order[0])
        is_tie = len(order) > 1 and float(scores[first] - scores[order[1]]) < self._spec.tie_margin
        return Hit(self._ids[first], float(scores[first]), self._normalised(scores, first), is_tie)

    def _normalised(self, scores: NDArray[np.float32], first: int) -> float | None:
        """Adaptive symmetric normalisation: how far the score stands out among the impostors of both sides."""
        if len(self._ids) <= self._spec.cohort_min:
            return None
        probe_side = _z(scores[first], np.delete(scores, first), self._spec.cohort_top)
        own = self._owner == first
        others = _scores(self._vectors[own], self._vectors[~own], self._spec.metric).max(0)
        entry_side = _z(scores[first], others, self._spec.cohort_top)
        return (probe_side + entry_side) / 2


def _scores(faces: Vectors, others: Vectors, metric: Metric) -> Vectors:
    """One row a face, one column an other; the cosine, or the distance with its sign turned."""
    products: Vectors = faces @ others.T
    if metric is Metric.COSINE:
        return products
    squares = (faces**2).sum(1)[:, None] + (others**2).sum(1)[None, :] - 2 * products
    distances: Vectors = np.sqrt(np.maximum(squares, 0))
    return -distances


def _z(score: np.float32, impostors: NDArray[np.float32], top: int) -> float:
    count = min(top, len(impostors))
    nearest = np.partition(impostors, len(impostors) - count)[-count:]
    return float((score - nearest.mean()) / max(1e-6, float(nearest.std())))
