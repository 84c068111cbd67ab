"""One tower as files: ONNX with its weights inside, or OpenVINO's own form."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np

from mindseye.encoders import graphs
from mindseye.encoders.checkpoint import OnnxTower, Tower
from mindseye.encoders.graphs.writer import onnx_module
from mindseye.encoders.sessions.base import Graph
from mindseye.errors import EncoderError, UsageError

Format: TypeAlias = Literal["onnx", "openvino"]
ExportPrecision: TypeAlias = Literal["fp32", "fp16", "int8"]

_INLINE = 1_900_000_000
"""Bytes of weights up to which an ONNX file holds them itself; the format ends at 2 GiB."""


@dataclass(frozen=True, slots=True)
class Form:
    """What an encoder is written as."""

    format: Format
    precision: ExportPrecision

    def __post_init__(self) -> None:
        """Refuse what nobody makes: `UsageError`."""
        if self.format == "openvino" and self.precision == "int8":
            raise UsageError(
                "OpenVINO files are written in fp32 or fp16",
                hint="--format onnx --precision int8 is read by OpenVINO as well",
            )


def write_tower(tower: Tower, folder: Path, name: str, form: Form) -> str:
    """Write a tower into `folder`; returns the file that is opened."""
    model = _whole_model(tower)
    if form.format == "openvino":
        return _write_openvino(model, folder / f"{name}.xml", form.precision)
    if form.precision == "fp16":
        model = _half(model)
    path = folder / f"{name}.onnx"
    _save(model, path)
    if form.precision == "int8":
        _quantise(path)
    return path.name


def _whole_model(tower: Tower) -> Any:
    """The ONNX model with every weight in it."""
    onnx = onnx_module()
    if isinstance(tower, OnnxTower):
        model = onnx.load(tower.path)
        if any(node.op_type.startswith(("Quantize", "DynamicQuantize", "MatMulNBits"))
               for node in model.graph.node):  # fmt: skip
            raise EncoderError(
                f"{tower.path} is quantised already", hint="export from the original in fp32"
            )
        return model
    return _filled(graphs.build(tower))


def _filled(graph: Graph) -> Any:
    onnx = onnx_module()
    model = onnx.load_model_from_string(graph.model)
    for entry in model.graph.initializer:
        if entry.name in graph.weights:
            array = np.ascontiguousarray(graph.weights[entry.name])
            entry.CopyFrom(onnx.numpy_helper.from_array(array, entry.name))
    return model


def _save(model: Any, path: Path) -> None:
    large = sum(len(entry.raw_data) for entry in model.graph.initializer) > _INLINE
    onnx_module().save_model(
        model, path, save_as_external_data=large, location=f"{path.name}.data" if large else None
    )


def _half(model: Any) -> Any:
    from onnxruntime.transformers.float16 import convert_float_to_float16

    # Inputs and outputs stay float32: whoever runs it need not know.
    return convert_float_to_float16(model, keep_io_types=True, disable_shape_infer=False)


def _quantise(path: Path) -> None:
    """Weights of matrix products in eight bits, activations rounded when it runs."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    whole = path.with_name(f"whole-{path.name}")
    path.rename(whole)
    with _without_advice():
        quantize_dynamic(
            whole,
            path,
            op_types_to_quantize=["MatMul", "Gemm", "Gather"],
            per_channel=True,
            weight_type=QuantType.QInt8,
            extra_options={"MatMulConstBOnly": True},
        )
    whole.unlink()
    whole.with_name(f"{whole.name}.data").unlink(missing_ok=True)


@contextmanager
def _without_advice() -> Iterator[None]:
    """The quantiser advises, through the root logger, what these graphs do not need."""

    def heed(record: logging.LogRecord) -> bool:
        return "pre-processing before quantization" not in record.getMessage()

    root = logging.getLogger()
    root.addFilter(heed)
    try:
        yield
    finally:
        root.removeFilter(heed)


def _write_openvino(model: Any, path: Path, precision: str) -> str:
    from mindseye.encoders.sessions.ov import core, openvino

    read = core().read_model(model.SerializeToString())
    openvino().save_model(read, str(path), compress_to_fp16=precision == "fp16")
    return path.name
