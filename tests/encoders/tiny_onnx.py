"""ONNX towers of a few numbers, with the inputs and outputs that each exporter gives them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


@dataclass(frozen=True)
class Names:
    """What an exporter calls a tower's inputs and output; `mask` may be absent."""

    input: str
    output: str
    mask: str = ""
    also: str = ""


def write_image(
    path: Path,
    names: Names,
    *,
    side: int | None = 32,
    dim: int = 16,
    raw: bool = False,
    external: bool = False,
) -> None:
    """Channel means through one matrix: floats channels first, or (raw) bytes channels last,
    normalised and scaled to length 1 in the graph."""
    weights = {"matrix": _random((3, dim)), "shift": _random((dim,))}
    axes = numpy_helper.from_array(np.array([1, 2] if raw else [2, 3], np.int64), "axes")
    nodes = []
    shape: list[object] = ["batch", side, side, 3] if raw else ["batch", 3, side, side]
    if raw:
        nodes.append(helper.make_node("Cast", [names.input], ["floats"], to=TensorProto.FLOAT))
    seen = "floats" if raw else names.input
    nodes += [
        helper.make_node("ReduceMean", [seen, "axes"], ["means"], keepdims=0),
        helper.make_node("MatMul", ["means", "matrix"], ["product"]),
        helper.make_node("Add", ["product", "shift"], ["sum" if raw else names.output]),
    ]
    if raw:
        nodes.append(helper.make_node("LpNormalization", ["sum"], [names.output], axis=1, p=2))
    kind = TensorProto.UINT8 if raw else TensorProto.FLOAT
    inputs = [helper.make_tensor_value_info(names.input, kind, shape)]
    _save(path, nodes, inputs, (names, dim), (weights, [axes]), external)


def write_text(
    path: Path,
    names: Names,
    *,
    words: int,
    dim: int = 16,
    length: int | None = None,
    wide: bool = True,
    external: bool = False,
) -> None:
    """The mean of the embeddings of the ids, int64 (wide) or int32."""
    kind = TensorProto.INT64 if wide else TensorProto.INT32
    shape = ["batch", length or "length"]
    inputs = [helper.make_tensor_value_info(names.input, kind, shape)]
    nodes = [helper.make_node("Gather", ["table", names.input], ["rows"])]
    seen = "rows"
    if names.mask:
        inputs.append(helper.make_tensor_value_info(names.mask, kind, shape))
        nodes += [
            helper.make_node("Cast", [names.mask], ["weights"], to=TensorProto.FLOAT),
            helper.make_node("Unsqueeze", ["weights", "last"], ["column"]),
            helper.make_node("Mul", ["rows", "column"], ["kept"]),
        ]
        seen = "kept"
    nodes.append(helper.make_node("ReduceMean", [seen, "axes"], [names.output], keepdims=0))
    constants = [
        numpy_helper.from_array(np.array([1], np.int64), "axes"),
        numpy_helper.from_array(np.array([2], np.int64), "last"),
    ]
    weights = {"table": _random((words, dim))}
    _save(path, nodes, inputs, (names, dim), (weights, constants), external)


def _random(shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(len(shape)).standard_normal(shape).astype(np.float32)


def _save(path: Path, nodes, inputs, gives: tuple[Names, int], holds, external: bool) -> None:
    names, dim = gives
    weights, constants = holds
    outputs = [helper.make_tensor_value_info(names.output, TensorProto.FLOAT, ["batch", dim])]
    if names.also:
        nodes.append(helper.make_node("Identity", [names.output], [names.also]))
        also = helper.make_tensor_value_info(names.also, TensorProto.FLOAT, ["batch", dim])
        outputs.insert(0, also)
    tensors = [numpy_helper.from_array(value, name) for name, value in weights.items()]
    graph = helper.make_graph(nodes, "tower", inputs, outputs, [*constants, *tensors])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    onnx.checker.check_model(model)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(
        model,
        path,
        save_as_external_data=external,
        location=f"{path.name}.data",
        size_threshold=64,
    )
