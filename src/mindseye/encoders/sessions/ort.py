"""ONNX Runtime: runs every graph, on whatever processors its installed build knows."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from mindseye.encoders.options import RunOptions
from mindseye.encoders.sessions import feeds as fitting
from mindseye.encoders.sessions import onnx_file
from mindseye.encoders.sessions.base import Graph, Port
from mindseye.encoders.sessions.mapped import drop_pages
from mindseye.errors import EncoderError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession, SessionOptions

PROVIDERS = {
    "CUDAExecutionProvider": "CUDA",
    "CoreMLExecutionProvider": "CoreML",
    "DmlExecutionProvider": "DirectML",
    "OpenVINOExecutionProvider": "OpenVINO",
    "CPUExecutionProvider": "",
}
"""What may run a graph, the fastest first, and how people call it.

The default build has only the last; onnxruntime-gpu, -directml and -openvino bring one more each.
TensorRT is left out: it compiles for minutes whenever a shape changes.
"""

_CPU = "CPUExecutionProvider"

_DTYPES = {"float": "float32", "double": "float64"}
"""Names of types that are not numpy's."""


class OrtSession:
    """A graph in ONNX Runtime; may be called from several threads at once."""

    def __init__(self, session: InferenceSession, weights: Mapping[str, NDArray[Any]]) -> None:
        """Take a loaded session, and the arrays that it reads where they lie."""
        self._session = session
        self._weights = weights
        self.inputs = tuple(_port(port) for port in session.get_inputs())
        self.outputs = tuple(_port(port) for port in session.get_outputs())

    @property
    def runtime(self) -> str:
        """For example "ONNX Runtime fp32" or "ONNX Runtime CUDA fp32"."""
        return " ".join(filter(None, ("ONNX Runtime", PROVIDERS[self._provider], "fp32")))

    @property
    def _provider(self) -> str:
        return next((name for name in self._session.get_providers() if name in PROVIDERS), _CPU)

    def run(self, feeds: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Run the graph once; raises `EncoderError` when it cannot be run on these arrays."""
        fitting.check(feeds, self.inputs)
        names = [port.name for port in self.outputs]
        try:
            arrays = self._session.run(names, dict(feeds))
        except failures() as error:
            raise EncoderError(f"ONNX Runtime could not run the graph: {error}") from error
        return dict(zip(names, arrays, strict=True))


def open_ort(graph: Graph, options: RunOptions) -> OrtSession:
    """Load a graph; raises `WeightsUnavailable` or `EncoderError`, naming the file."""
    if not graph.model and graph.path is not None:
        graph = onnx_file.read_graph(graph.path)
    session = _open(graph, options)
    drop_pages(graph.weights.values())
    return OrtSession(session, graph.weights)


def accelerators() -> Sequence[str]:
    """Providers of this build that are not the processor, the fastest first."""
    import onnxruntime

    there = onnxruntime.get_available_providers()
    return tuple(name for name in PROVIDERS if name in there and name != _CPU)


@cache
def failures() -> tuple[type[Exception], ...]:
    """What ONNX Runtime raises; its errors have no base class of their own."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    own = [
        kind
        for kind in vars(state).values()
        if isinstance(kind, type) and issubclass(kind, Exception)
    ]
    return (*own, RuntimeError, ValueError)


def _open(graph: Graph, options: RunOptions) -> InferenceSession:
    import onnxruntime

    source = graph.model or str(graph.path)
    settings = _settings(graph, options)
    kinds = failures()
    for name in accelerators():
        # A build may know a card that is not in the machine, or not this graph's operators.
        with contextlib.suppress(*kinds):
            return onnxruntime.InferenceSession(source, settings, _with_options(name, options))
    try:
        return onnxruntime.InferenceSession(source, settings, [_CPU])
    except kinds as error:
        named = graph.path or "the graph"
        raise EncoderError(f"ONNX Runtime cannot load {named}: {error}") from error


def _settings(graph: Graph, options: RunOptions) -> SessionOptions:
    import onnxruntime

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = options.threads
    settings.log_severity_level = 4
    # Spinning threads would take the cores that the decoders of the ingest need.
    settings.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if graph.weights:
        values = [onnxruntime.OrtValue.ortvalue_from_numpy(each) for each in graph.weights.values()]
        settings.add_external_initializers(list(graph.weights), values)
    return settings


def _with_options(provider: str, options: RunOptions) -> list[Any]:
    if provider == "CUDAExecutionProvider":
        exact = options.precision == "fp32"
        return [(provider, {"use_tf32": "0" if exact else "1"}), _CPU]
    return [provider, _CPU]


def _port(port: Any) -> Port:
    kind = port.type.removeprefix("tensor(").removesuffix(")")
    shape = tuple(side if isinstance(side, int) and side > 0 else None for side in port.shape)
    return Port(port.name, _DTYPES.get(kind, kind), shape)
