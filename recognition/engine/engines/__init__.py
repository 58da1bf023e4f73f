"""Engines by name, loaded once for each process."""

import threading

from recognition.engine.detector import Detector
from recognition.engine.engines.sface import SFaceEmbedder
from recognition.engine.manifest import manifest_read, model_path
from recognition.engine.pipeline import PipelineEngine
from recognition.engine.types import FaceEngine

_lock = threading.Lock()
_loaded: dict[str, FaceEngine] = {}


def load(name: str) -> FaceEngine:
    """The engine; raises KeyError for an unknown name, ManifestBroken for a wrong file."""
    with _lock:
        if name not in _loaded:
            manifest = manifest_read()
            spec = manifest.engines[name]
            detector = Detector(model_path(manifest.detector), manifest.detector)
            embedder = SFaceEmbedder(model_path(spec), spec)
            _loaded[name] = PipelineEngine(name, spec, manifest.quality, detector, embedder)
        return _loaded[name]
