"""Writes an ONNX graph operator by operator, its weights left outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType, ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mindseye.encoders.graphs.reading import UnsupportedArchitecture
from mindseye.encoders.graphs.safetensors import Tensors
from mindseye.encoders.sessions.base import Graph
from mindseye.errors import MissingExtra

OPSET = 20
"""The first with Gelu; every runtime of the last two years knows it."""

_IR_VERSION = 10
"""The form of the file that came with that opset; a newer one would turn older runtimes away."""

_SMALL = 1024
"""Bytes up to which a constant is written into the graph: shapes, axes, scalars."""

_IN_PLACE = MappingProxyType({"F32": np.float32, "F16": np.float16, "F64": np.float64})
"""Types that numpy and the runtimes both know: such weights are used where they lie."""

Side = int | str
"""One side of a shape: a number, or the name of an int64 tensor (1,) that holds it."""


def onnx_module() -> ModuleType:
    """The `onnx` package; raises `MissingExtra`."""
    try:
        import onnx
    except ImportError as error:
        raise MissingExtra("onnx", "encoders") from error
    module: ModuleType = onnx
    return module


class GraphWriter:
    """A graph in the making; every method appends operators and returns the name of the result."""

    def __init__(self, tensors: Tensors) -> None:
        """Start an empty graph over a checkpoint's tensors; raises `MissingExtra`."""
        self.tensors = tensors
        self._onnx = onnx_module()
        self._nodes: list[Any] = []
        self._initializers: dict[str, NDArray[Any]] = {}
        self._weights: dict[str, str] = {}

    def op(self, kind: str, inputs: Sequence[str], **attributes: Any) -> str:
        """Append an operator with one output."""
        output = f"{kind.lower()}_{len(self._nodes)}"
        self._nodes.append(self._onnx.helper.make_node(kind, inputs, [output], **attributes))
        return output

    def split(self, value: str, parts: int) -> list[str]:
        """Cut a tensor into equal parts along its last axis."""
        outputs = [f"split_{len(self._nodes)}_{part}" for part in range(parts)]
        self._nodes.append(
            self._onnx.helper.make_node("Split", [value], outputs, axis=-1, num_outputs=parts)
        )
        return outputs

    def constant(self, value: Any, dtype: str = "float32") -> str:
        """A constant of the graph itself."""
        array = np.asarray(value, dtype)
        name = f"const_{dtype}_{'x'.join(map(str, array.shape))}_{array.tobytes().hex()}"
        self._initializers[name] = array
        return name

    def weight(
        self, name: str, *, rows: slice = slice(None), shape: tuple[int, ...] | None = None
    ) -> str:
        """A tensor of the checkpoint as float32: all of it or some `rows`, perhaps reshaped.

        Raises `KeyError` when it is not there, `UnsupportedArchitecture` when it is no float.
        """
        form = "x".join(map(str, shape)) if shape else ""
        key = name if rows == slice(None) else f"{name}[{rows.start}:{rows.stop}]"
        key = f"{key}({form})" if form else key
        if key not in self._weights:
            array = self._read(name)[rows]
            self._initializers[key] = array.reshape(shape) if shape else array
            in_full = array.dtype == np.float32
            self._weights[key] = key if in_full else self.op("Cast", [key], to=1)
        return self._weights[key]

    def _read(self, name: str) -> NDArray[Any]:
        kind = self.tensors.dtype(name)
        if kind in _IN_PLACE:
            return self.tensors[name]
        if kind != "BF16":
            raise UnsupportedArchitecture(f"the tensor {name!r} is {kind}, not floating point")
        # Few runtimes take bfloat16 constants, and numpy cannot hold them.
        return self.tensors.as_float32(name)

    def shape(self, *sides: Side) -> str:
        """A shape of known sides and tensors that hold one."""
        if all(isinstance(side, int) for side in sides):
            return self.constant(sides, "int64")
        parts = [
            self.constant([side], "int64") if isinstance(side, int) else side for side in sides
        ]
        return self.op("Concat", parts, axis=0)

    def reshape(self, value: str, *sides: Side) -> str:
        """A tensor in another shape; -1 is what remains."""
        return self.op("Reshape", [value, self.shape(*sides)])

    def linear(self, value: str, prefix: str, *, rows: slice = slice(None)) -> str:
        """`x @ weight.T + bias` over rows (n, width), as torch stores linear layers.

        The tensors are `prefix` with ".weight" and ".bias", or "_weight" and "_bias"; a bias may be
        absent. `rows` takes only some of the layer's outputs. Raises `KeyError`.
        """
        joint = "_" if f"{prefix}_weight" in self.tensors else "."
        names = [value, self.weight(f"{prefix}{joint}weight", rows=rows)]
        if f"{prefix}{joint}bias" in self.tensors:
            names.append(self.weight(f"{prefix}{joint}bias", rows=rows))
        return self.op("Gemm", names, transB=1)

    def layer_norm(self, value: str, prefix: str, epsilon: float) -> str:
        """Layer normalisation over the last axis; a bias may be absent. Raises `KeyError`."""
        parts = [value, self.weight(f"{prefix}.weight")]
        if f"{prefix}.bias" in self.tensors:
            parts.append(self.weight(f"{prefix}.bias"))
        return self.op("LayerNormalization", parts, axis=-1, epsilon=epsilon)

    def activation(self, value: str, name: str) -> str:
        """gelu, gelu_tanh, relu, or quick_gelu: `x * sigmoid(1.702 x)`."""
        if name == "quick_gelu":
            scaled = self.op("Mul", [value, self.constant(1.702)])
            return self.op("Mul", [value, self.op("Sigmoid", [scaled])])
        if name == "relu":
            return self.op("Relu", [value])
        return self.op("Gelu", [value], approximate="tanh" if name == "gelu_tanh" else "none")

    def finish(self, inputs: Mapping[str, tuple[str, tuple[Side, ...]]], vectors: str) -> Graph:
        """The graph with these inputs (name -> type and shape) and `vectors` as its output."""
        helper, proto = self._onnx.helper, self._onnx.TensorProto
        self._nodes.append(helper.make_node("Identity", [vectors], ["vectors"]))
        kinds = {"float32": proto.FLOAT, "int64": proto.INT64}
        outside = {name: a for name, a in self._initializers.items() if a.nbytes > _SMALL}
        graph = helper.make_graph(
            self._nodes,
            "tower",
            [helper.make_tensor_value_info(n, kinds[k], s) for n, (k, s) in inputs.items()],
            [helper.make_tensor_value_info("vectors", proto.FLOAT, ["batch", None])],
            [
                self._outside(name, array) if name in outside else self._inside(name, array)
                for name, array in self._initializers.items()
            ],
        )
        opset = helper.make_opsetid("", OPSET)
        model = helper.make_model(graph, opset_imports=[opset], ir_version=_IR_VERSION)
        return Graph(model=model.SerializeToString(), weights=outside)

    def _inside(self, name: str, array: NDArray[Any]) -> Any:
        return self._onnx.numpy_helper.from_array(np.asarray(array, order="C"), name)

    def _outside(self, name: str, array: NDArray[Any]) -> Any:
        """An initializer that only promises its type and shape; `Graph.weights` holds it."""
        proto = self._onnx.TensorProto(
            name=name,
            data_type=self._onnx.helper.np_dtype_to_tensor_dtype(array.dtype),
            dims=array.shape,
            data_location=self._onnx.TensorProto.EXTERNAL,
        )
        proto.external_data.add(key="location", value="weights")
        proto.external_data.add(key="length", value=str(array.nbytes))
        return proto
