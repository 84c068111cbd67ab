"""Which runtime runs a graph, and how precisely."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Literal, TypeAlias

from mindseye.encoders.options import RunOptions
from mindseye.encoders.sessions.onnx_file import Outline
from mindseye.errors import EncoderError

Computed: TypeAlias = Literal["fp32", "fp16", "bf16"]

_QUANTISED = (
    "QLinear",
    "Quantize",
    "Dequantize",
    "DynamicQuantize",
    "MatMulInteger",
    "ConvInteger",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What runs a graph; `guarded`: only where the vectors stay those of fp32."""

    runtime: Literal["onnxruntime", "openvino"]
    precision: Computed = "fp32"
    guarded: bool = False


def plan(outline: Outline, options: RunOptions) -> Plan:
    """What the options ask for, or the fastest that is here.

    Raises `MissingExtra`, or `EncoderError` for what this machine or runtime cannot do.
    """
    if options.runtime == "torch":
        raise EncoderError(
            "torch runs towers of safetensors files, this one is an ONNX graph",
            hint="choose the runtime `auto`, `onnxruntime` or `openvino`",
        )
    if options.runtime == "onnxruntime":
        return _onnxruntime(options)
    if options.runtime == "openvino" or options.precision in {"fp16", "bf16"}:
        return _openvino(options)
    if not find_spec("openvino") or made_for_onnxruntime(outline):
        return Plan("onnxruntime")
    return _fastest(options)


def made_for_onnxruntime(outline: Outline) -> bool:
    """Whether a graph is quantised or uses operators that only ONNX Runtime has."""
    return any("." in name or name.startswith(_QUANTISED) for name in outline.operators)


def _fastest(options: RunOptions) -> Plan:
    """OpenVINO where it wins: measured on ViT-B/32 and two AVX-512 cores with bfloat16.

    There it ran 1.1 to 1.2 times as fast as ONNX Runtime in fp32 and 1.9 times in bf16. On lesser
    processors neither was seen to win, and ONNX Runtime is there anyway.
    """
    from mindseye.encoders.sessions import ort, ov

    can = ov.capabilities()
    if ort.accelerators() or not ov.has_avx512():
        return Plan("onnxruntime")
    if "BF16" in can and options.precision == "auto":
        return Plan("openvino", "bf16", guarded=True)
    return Plan("openvino")


def _onnxruntime(options: RunOptions) -> Plan:
    if options.precision in {"fp16", "bf16"}:
        raise EncoderError(
            f"ONNX Runtime computes as the graph is written, not in {options.precision}",
            hint="choose the runtime `openvino`, or the precision `auto`",
        )
    return Plan("onnxruntime")


def _openvino(options: RunOptions) -> Plan:
    from mindseye.encoders.sessions import ov

    can = ov.capabilities()
    if options.precision == "auto":
        return Plan("openvino", "bf16", guarded=True) if "BF16" in can else Plan("openvino")
    if options.precision != "fp32" and options.precision.upper() not in can:
        raise EncoderError(
            f"this processor does not compute in {options.precision}",
            hint="choose the precision `auto` or `fp32`",
        )
    return Plan("openvino", options.precision)
