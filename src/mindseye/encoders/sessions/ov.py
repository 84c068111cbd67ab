"""OpenVINO: faster than ONNX Runtime on processors with AVX-512, most of all in bfloat16."""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping
from functools import cache
from threading import Lock
from types import ModuleType
from typing import Any

from numpy.typing import NDArray

from mindseye.encoders.sessions import feeds as fitting
from mindseye.encoders.sessions import onnx_file
from mindseye.encoders.sessions.base import Graph, Port
from mindseye.encoders.sessions.choice import Computed
from mindseye.encoders.sessions.mapped import drop_pages, shareable
from mindseye.encoders.sessions.onnx_file import Outline
from mindseye.errors import EncoderError, MissingExtra

_HINTS = {"fp32": "f32", "fp16": "f16", "bf16": "bf16"}
_TELEMETRY = "openvino_telemetry"


class OpenVinoSession:
    """A graph in OpenVINO on the processor; may be called from several threads at once.

    Calls wait for each other: each uses all threads, so running two at once would gain nothing.
    """

    def __init__(
        self, graph: Graph, outline: Outline, *, threads: int = 0, precision: Computed = "fp32"
    ) -> None:
        """Load; raises `MissingExtra`, or `EncoderError` naming the file when it cannot be run."""
        self._lock = Lock()
        self._weights = graph.weights
        self._ran = False
        self._compiled = _compile(graph, threads, precision)
        self._request = self._compiled.create_infer_request()
        self.runtime = f"OpenVINO {precision}"
        self.inputs = _ports(self._compiled.inputs, outline.inputs)
        self.outputs = _ports(self._compiled.outputs, outline.outputs)

    def run(self, feeds: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Run the graph once; raises `EncoderError` when it cannot be run on these arrays."""
        fitting.check(feeds, self.inputs)
        given = {place: feeds[port.name] for place, port in enumerate(self.inputs)}
        try:
            with self._lock:
                found = self._request.infer(given, share_inputs=True)
                self._drop_pages_once()
                # The request writes its next results into the same memory.
                return {port.name: found[at].copy() for at, port in enumerate(self.outputs)}
        except RuntimeError as error:
            raise EncoderError(f"OpenVINO could not run the graph: {error}") from error

    def _drop_pages_once(self) -> None:
        """Weights are brought into the processor's form when they are first used, not before."""
        if not self._ran:
            self._ran = True
            drop_pages(self._weights.values())


def openvino() -> ModuleType:
    """The package, kept from reporting its use over the network; raises `MissingExtra`.

    Importing OpenVINO reports the import to its makers unless the package that does so is missing:
    it is, for as long as the import takes.
    """
    hidden = _TELEMETRY not in sys.modules
    if hidden:
        sys.modules[_TELEMETRY] = None  # type: ignore[assignment]
    try:
        import openvino as module
    except ModuleNotFoundError as error:
        raise MissingExtra("openvino", "openvino") from error
    finally:
        if hidden:
            sys.modules.pop(_TELEMETRY, None)
    return module  # type: ignore[no-any-return]


@cache
def capabilities() -> frozenset[str]:
    """What the processor computes in natively, by OpenVINO's names: BF16, FP16, FP32, INT8...

    Raises `MissingExtra`, or `EncoderError` when OpenVINO knows no processor here.
    """
    try:
        return frozenset(core().get_property("CPU", "OPTIMIZATION_CAPABILITIES"))
    except RuntimeError as error:
        raise EncoderError(f"OpenVINO cannot use this processor: {error}") from error


def has_avx512() -> bool:
    """Whether the processor is an x86 with AVX-512: OpenVINO offers WINOGRAD exactly there."""
    return platform.machine().lower() in {"x86_64", "amd64"} and "WINOGRAD" in capabilities()


def identity() -> str:
    """The version and the processor: what decides how vectors are rounded, besides the graph."""
    name = core().get_property("CPU", "FULL_DEVICE_NAME")
    return f"OpenVINO {openvino().get_version()} on {name} {' '.join(sorted(capabilities()))}"


@cache
def core() -> Any:
    """The one core of this process; raises `MissingExtra`."""
    return openvino().Core()


def _compile(graph: Graph, threads: int, precision: Computed) -> Any:
    config: dict[str, Any] = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": _HINTS[precision],
        # Pinned threads would wait for the decoders of the ingest on the same core.
        "ENABLE_CPU_PINNING": False,
    }
    if threads:
        config["INFERENCE_NUM_THREADS"] = threads
    try:
        model = _read(graph) if graph.model else core().read_model(str(graph.path))
        return core().compile_model(model, "CPU", config)
    except RuntimeError as error:
        named = graph.path or "the graph"
        raise EncoderError(f"OpenVINO cannot load {named}: {error}") from error


def _read(graph: Graph) -> Any:
    """The model with its weights where they lie.

    OpenVINO reads weights from its own copy of the message, from files beside it or not at all; so
    they are read as inputs, each of which is then exchanged for a constant over the array.
    """
    module = openvino()
    model = core().read_model(onnx_file.with_weights_as_inputs(graph))
    for parameter in model.get_parameters():
        array = graph.weights.get(parameter.get_friendly_name())
        if array is None:
            continue
        constant = module.op.Constant(shareable(array), shared_memory=True)
        for target in parameter.output(0).get_target_inputs():
            target.replace_source_output(constant.output(0))
        model.remove_parameter(parameter)
    model.validate_nodes_and_infer_types()
    return model


def _ports(found: Any, names: tuple[str, ...]) -> tuple[Port, ...]:
    names = names or tuple(port.get_any_name() for port in found)
    return tuple(
        Port(name, port.get_element_type().to_dtype().name, _shape(port.get_partial_shape()))
        for port, name in zip(found, names, strict=True)
    )


def _shape(shape: Any) -> tuple[int | None, ...]:
    return tuple(None if side.is_dynamic else side.get_length() for side in shape)
