"""A small image tower and a small text tower as ONNX, and what the first one computes by hand."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

WIDTH, SIDE, DIM = 64, 16, 24
RNG = np.random.default_rng(5)
WEIGHTS = {
    "patch": RNG.standard_normal((WIDTH, 3, 8, 8)).astype(np.float32) / 14,
    "up": RNG.standard_normal((WIDTH, 4 * WIDTH)).astype(np.float32) / 8,
    "down": RNG.standard_normal((4 * WIDTH, WIDTH)).astype(np.float32) / 16,
    "head": RNG.standard_normal((WIDTH, DIM)).astype(np.float32) / 8,
    "bias": RNG.standard_normal(DIM).astype(np.float32),
}
PICTURES = RNG.standard_normal((5, 3, SIDE, SIDE)).astype(np.float32)
BYTES = RNG.integers(0, 256, (5, SIDE, SIDE, 3), dtype=np.uint8)

needs_openvino = pytest.mark.skipif(find_spec("openvino") is None, reason="the extra openvino")


def has_bf16():
    from mindseye.encoders.sessions import ov

    return find_spec("openvino") is not None and "BF16" in ov.capabilities()


def nodes(taken, dtype):
    """A small tower: patches, a block with a residual, the mean, a head."""
    half = [helper.make_node("Cast", [taken], ["floats"], to=TensorProto.FLOAT)]
    if dtype == "uint8":
        half += [
            helper.make_node("Transpose", ["floats"], ["first"], perm=[0, 3, 1, 2]),
            helper.make_node("Div", ["first", "scale"], ["seen"]),
        ]
    else:
        half += [helper.make_node("Identity", ["floats"], ["seen"])]
    return [
        *half,
        helper.make_node("Conv", ["seen", "patch"], ["patches"], strides=[8, 8]),
        helper.make_node("Reshape", ["patches", "flat"], ["columns"]),
        helper.make_node("Transpose", ["columns"], ["rows"], perm=[0, 2, 1]),
        helper.make_node("MatMul", ["rows", "up"], ["wide"]),
        helper.make_node("Sigmoid", ["wide"], ["gate"]),
        helper.make_node("Mul", ["wide", "gate"], ["acted"]),
        helper.make_node("MatMul", ["acted", "down"], ["narrow"]),
        helper.make_node("Add", ["rows", "narrow"], ["sum"]),
        helper.make_node("ReduceMean", ["sum", "axis"], ["mean"], keepdims=0),
        helper.make_node("Gemm", ["mean", "head", "bias"], ["output"]),
    ]


def tower(dtype="float32", batch="batch", weights=WEIGHTS, opset=20):
    shape = [batch, SIDE, SIDE, 3] if dtype == "uint8" else [batch, 3, SIDE, SIDE]
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    constants = {"flat": np.array([0, WIDTH, -1]), "axis": np.array([1]), "scale": np.float32(64)}
    graph = helper.make_graph(
        nodes("input", dtype),
        "tower",
        [helper.make_tensor_value_info("input", kind, shape)],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, [batch, DIM])],
        [numpy_helper.from_array(np.asarray(a), n) for n, a in {**weights, **constants}.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)


def text_tower(dtype):
    """Token ids of an integer type: the mean of their embeddings, and the mask's sum beside it."""
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    table = RNG.standard_normal((100, DIM)).astype(np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["table", "input_ids"], ["rows"]),
            helper.make_node("ReduceMean", ["rows", "axis"], ["text_embeds"], keepdims=0),
            helper.make_node("ReduceSum", ["attention_mask", "axis"], ["length"], keepdims=0),
        ],
        "text",
        [
            helper.make_tensor_value_info(name, kind, ["batch", "length"])
            for name in ("input_ids", "attention_mask")
        ],
        [
            helper.make_tensor_value_info("text_embeds", TensorProto.FLOAT, ["batch", DIM]),
            helper.make_tensor_value_info("length", kind, ["batch"]),
        ],
        [numpy_helper.from_array(table, "table"), numpy_helper.from_array(np.array([1]), "axis")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)


def saved(folder, model, **options):
    path = folder / "model.onnx"
    onnx.save_model(model, path, **options)
    return path


def beside(folder, model):
    """The same with its large weights in a second file."""
    return saved(
        folder, model, save_as_external_data=True, location="model.onnx_data", size_threshold=1024
    )


def run(session, **feeds):
    return session.run(feeds)


def vectors(session, pictures=PICTURES):
    return session.run({"input": pictures})["output"]


def least_cosine(rows, exact):
    rows, exact = rows.astype(np.float64), exact.astype(np.float64)
    lengths = np.linalg.norm(rows, axis=1) * np.linalg.norm(exact, axis=1)
    return float(((rows * exact).sum(axis=1) / lengths).min())


def reference(pictures, weights=WEIGHTS):
    """The tower in float64, by hand."""
    side = SIDE // 8
    tiles = pictures.astype(np.float64).reshape(-1, 3, side, 8, side, 8)
    weights = {name: array.astype(np.float64) for name, array in weights.items()}
    rows = np.einsum("nchawb,kcab->nhwk", tiles, weights["patch"]).reshape(-1, side**2, WIDTH)
    wide = rows @ weights["up"]
    rows = rows + (wide / (1 + np.exp(-wide))) @ weights["down"]
    return rows.mean(axis=1) @ weights["head"] + weights["bias"]
