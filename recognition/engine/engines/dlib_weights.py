"""dlib's face network as ONNX: its weight file read, its graph written again.

dlib runs the network at 77 ms a face; the same weights in onnxruntime take a tenth of it (docs/adr/0009). The graph is
the 29-layer residual network of dlib's own example (dnn_face_recognition_ex.cpp); the file gives sizes, strides and
weights.
"""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

SIDE_PX = 150
INPUT = "chips"
OUTPUT = "vectors"
OPSET = 18
IR_VERSION = 10
# Layers begin with a version string, written as its length and its letters.
_LAYER = re.compile(rb"\x01\x05con_4|\x01\x07affine_|\x01\x04fc_2")


class WeightsUnreadable(ValueError):
    """The file is not the network that this reader knows."""


@dataclass(frozen=True, slots=True)
class Convolution:
    """A convolution with the scale and offset that follow it multiplied in."""

    weights: NDArray[np.float32]  # filters x channels x height x width
    offsets: NDArray[np.float32]  # filters
    stride: int
    padding: int


@dataclass(frozen=True, slots=True)
class FaceNetwork:
    """All that is learnt: 29 convolutions and the last matrix, 256 x 128."""

    convolutions: tuple[Convolution, ...]
    projection: NDArray[np.float32]


class _Reader:
    """dlib's serialisation: a whole number is a byte count (the high bit is its sign) and its bytes, lowest first."""

    def __init__(self, data: bytes, position: int) -> None:
        self._data, self._position = data, position

    def number(self) -> int:
        head = self._data[self._position]
        start, self._position = self._position + 1, self._position + 1 + (head & 0x0F)
        value = int.from_bytes(self._data[start : self._position], "little")
        return -value if head & 0x80 else value

    def tensor(self) -> NDArray[np.float32]:
        version, *shape = (self.number() for _ in range(5))
        if version != 2:
            raise WeightsUnreadable(f"tensor of version {version}")
        count = int(np.prod(shape))
        if count <= 0 or len(self._data) - self._position < 4 * count:
            raise WeightsUnreadable(f"a tensor of {shape} ends beyond the file")
        values = np.frombuffer(self._data, "<f4", count, self._position)
        self._position += values.nbytes
        return values.astype(np.float32)


def network_read(data: bytes) -> FaceNetwork:
    """The weights of dlib_face_recognition_resnet_model_v1.dat; raises WeightsUnreadable."""
    convolutions: list[Convolution] = []
    pending: Convolution | None = None
    projection: NDArray[np.float32] | None = None
    channels = 3
    for found in _LAYER.finditer(data):
        reader = _Reader(data, found.end())
        if found.group().endswith(b"con_4"):
            pending = _convolution(reader, channels)
            channels = len(pending.offsets)
        elif found.group().endswith(b"affine_") and pending is not None:
            convolutions.append(_folded(pending, reader.tensor()))
            pending = None
        else:
            outputs, inputs = reader.number(), reader.number()
            projection = reader.tensor().reshape(inputs, outputs)
    if len(convolutions) != 29 or projection is None:
        raise WeightsUnreadable(f"{len(convolutions)} convolutions")
    return FaceNetwork(tuple(convolutions), projection)


def _convolution(reader: _Reader, channels: int) -> Convolution:
    values = reader.tensor()
    filters, height, width, stride, _, padding, _ = (reader.number() for _ in range(7))
    if values.size != filters * (channels * height * width + 1):
        raise WeightsUnreadable(f"{values.size} values for {filters} filters")
    weights = values[:-filters].reshape(filters, channels, height, width)
    return Convolution(weights, values[-filters:], stride, padding)


def _folded(convolution: Convolution, scale_and_offset: NDArray[np.float32]) -> Convolution:
    scale, offset = np.split(scale_and_offset.ravel(), 2)
    return Convolution(
        convolution.weights * scale[:, None, None, None],
        convolution.offsets * scale + offset,
        convolution.stride,
        convolution.padding,
    )


class _Graph:
    """Nodes and weights, with the size of what flows, since dlib pads the smaller of two added tensors with zeros."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.weights: list[TensorProto] = []
        self._count = 0

    def node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        self._count += 1
        name = f"v{self._count}"
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def weight(self, values: NDArray[np.generic]) -> str:
        self._count += 1
        self.weights.append(numpy_helper.from_array(values, f"w{self._count}"))
        return f"w{self._count}"

    def convolve(self, flow: str, layer: Convolution) -> str:
        return self.node(
            "Conv", flow, self.weight(layer.weights), self.weight(layer.offsets),
            strides=[layer.stride] * 2, pads=[layer.padding] * 4,
        )  # fmt: skip

    def pad(self, flow: str, *, channels: int, pixels: int) -> str:
        if not channels and not pixels:
            return flow
        return self.node("Pad", flow, self.weight(np.array([0, 0, 0, 0, 0, channels, pixels, pixels], np.int64)))


def network_write(network: FaceNetwork) -> ModelProto:
    """A graph from `chips` (n x 3 x 150 x 150, RGB, centred) to `vectors` (n x 128)."""
    graph = _Graph()
    first, *rest = network.convolutions
    flow = graph.node("Relu", graph.convolve(INPUT, first))
    flow = graph.node("MaxPool", flow, kernel_shape=[3, 3], strides=[2, 2])
    side = (_shrunk(SIDE_PX, first) - 3) // 2 + 1
    for opening, closing in zip(rest[::2], rest[1::2], strict=True):
        flow, side = _residual(graph, flow, side, opening, closing)
    flow = graph.node("Flatten", graph.node("GlobalAveragePool", flow))
    graph.nodes.append(helper.make_node("MatMul", [flow, graph.weight(network.projection)], [OUTPUT]))
    shape = helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["n", 3, SIDE_PX, SIDE_PX])
    result = helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["n", network.projection.shape[1]])
    body = helper.make_graph(graph.nodes, "dlib_face", [shape], [result], graph.weights)
    return helper.make_model(body, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)


def _residual(graph: _Graph, flow: str, side: int, opening: Convolution, closing: Convolution) -> tuple[str, int]:
    inner = graph.convolve(graph.node("Relu", graph.convolve(flow, opening)), closing)
    inner_side, outer_side, skipped = _shrunk(side, opening), side, flow
    if opening.stride == 2:
        skipped, outer_side = graph.node("AveragePool", flow, kernel_shape=[2, 2], strides=[2, 2]), side // 2
    added = max(inner_side, outer_side)
    inner = graph.pad(inner, channels=0, pixels=added - inner_side)
    grown = len(opening.offsets) - opening.weights.shape[1]
    skipped = graph.pad(skipped, channels=grown, pixels=added - outer_side)
    return graph.node("Relu", graph.node("Add", inner, skipped)), added


def _shrunk(side: int, layer: Convolution) -> int:
    height: int = layer.weights.shape[2]
    return (side + 2 * layer.padding - height) // layer.stride + 1
