"""Engines by name, loaded once for each process."""

import threading
from collections.abc import Callable

from recognition.engine.detector import Detector
from recognition.engine.engines.sface import SFaceEmbedder
from recognition.engine.manifest import EngineSpec, manifest_read, model_path
from recognition.engine.pipeline import Embedder, PipelineEngine
from recognition.engine.types import FaceEngine


def _dlib(spec: EngineSpec) -> Embedder:
    # Imported here: dlib and onnxruntime take 50 MiB that the default engine does not need.
    from recognition.engine.engines.dlib_onnx import DlibEmbedder  # noqa: PLC0415

    if spec.landmarks is None:
        raise KeyError("the dlib engine needs its landmarks file")
    return DlibEmbedder(model_path(spec), model_path(spec.landmarks))


EMBEDDERS: dict[str, Callable[[EngineSpec], Embedder]] = {
    "sface": lambda spec: SFaceEmbedder(model_path(spec), spec),
    "dlib": _dlib,
}
_lock = threading.Lock()
_loaded: dict[str, FaceEngine] = {}


def load(name: str) -> FaceEngine:
    """The engine; raises KeyError for an unknown name, ManifestBroken for a wrong file."""
    with _lock:
        if name not in _loaded:
            manifest = manifest_read()
            spec = manifest.engines[name]
            detector = Detector(model_path(manifest.detector), manifest.detector)
            _loaded[name] = PipelineEngine(name, spec, manifest.quality, detector, EMBEDDERS[name](spec))
        return _loaded[name]
