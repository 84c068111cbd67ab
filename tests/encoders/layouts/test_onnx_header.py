"""The head of an ONNX file is read as the onnx package reads it, and a bad file is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tests.encoders.tiny_onnx import Names, write_image, write_text

from mindseye.encoders.layouts.onnx_header import read_onnx
from mindseye.errors import WeightsUnavailable

PIXELS, IDS = Names("image", "image_embedding"), Names("input_ids", "embeddings", mask="mask")


def shapes_of(values) -> dict[str, tuple[int | None, ...]]:
    return {
        value.name: tuple(
            side.dim_value if side.HasField("dim_value") else None
            for side in value.type.tensor_type.shape.dim
        )
        for value in values
    }


WRITTEN = {
    "floats": lambda path: write_image(path, PIXELS),
    "any size": lambda path: write_image(path, PIXELS, side=None),
    "bytes": lambda path: write_image(path, PIXELS, raw=True),
    "text": lambda path: write_text(path, IDS, words=30, length=77),
    "text of any length": lambda path: write_text(path, IDS, words=30),
    "two outputs": lambda path: write_text(
        path, Names("input_ids", "embeddings", also="features"), words=30
    ),
    "weights beside": lambda path: write_image(path, PIXELS, external=True),
}


@pytest.mark.parametrize("kind", WRITTEN)
def test_inputs_and_outputs_are_those_the_onnx_package_reads(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    WRITTEN[kind](path)
    graph = onnx.load(path, load_external_data=False).graph
    header = read_onnx(path)
    assert {name: t.shape for name, t in header.inputs.items()} == shapes_of(graph.input)
    assert {name: t.shape for name, t in header.outputs.items()} == shapes_of(graph.output)
    kinds = {value.name: value.type.tensor_type.elem_type for value in graph.input}
    assert {name: t.kind for name, t in header.inputs.items()} == kinds
    assert header.takes_bytes == (kind == "bytes")
    assert header.dim == 16


def test_the_size_and_the_length_are_told_where_the_graph_fixes_them(tmp_path: Path) -> None:
    told = {}
    for kind, write in WRITTEN.items():
        write(tmp_path / "model.onnx")
        header = read_onnx(tmp_path / "model.onnx")
        told[kind] = (header.side_pair, header.length)
    assert told["floats"] == told["bytes"] == ((32, 32), None)
    assert told["any size"] == (None, None)
    assert told["text"] == (None, 77)
    assert told["text of any length"] == (None, None)


def test_files_of_weights_beside_the_graph_are_listed(tmp_path: Path) -> None:
    WRITTEN["weights beside"](tmp_path / "model.onnx")
    header = read_onnx(tmp_path / "model.onnx")
    assert header.files == (tmp_path / "model.onnx", tmp_path / "model.onnx.data")
    (tmp_path / "model.onnx.data").unlink()
    with pytest.raises(WeightsUnavailable, match=r"lacks model\.onnx\.data"):
        read_onnx(tmp_path / "model.onnx")


@pytest.mark.parametrize(
    "place", ["../secret", "a/../../secret", "/etc/passwd", "..\\secret", "..", "C:\\secret"]
)
def test_weights_outside_the_folder_are_refused(place: str, tmp_path: Path) -> None:
    path = tmp_path / "folder" / "model.onnx"
    WRITTEN["weights beside"](path)
    model = onnx.load(path, load_external_data=False)
    for tensor in model.graph.initializer:
        for entry in tensor.external_data:
            if entry.key == "location":
                entry.value = place
    path.write_bytes(model.SerializeToString())
    (tmp_path / "secret").write_bytes(b"")
    with pytest.raises(WeightsUnavailable, match="outside its folder"):
        read_onnx(path)


def test_weights_among_the_inputs_of_early_graphs_are_no_inputs(tmp_path: Path) -> None:
    matrix = numpy_helper.from_array(np.ones((3, 5), np.float32), "matrix")
    node = helper.make_node("MatMul", ["x", "matrix"], ["y"])
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in {"x": ["batch", 3], "matrix": [3, 5]}.items()
    ]
    outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 5])]
    graph = helper.make_graph([node], "early", inputs, outputs, [matrix])
    onnx.save(helper.make_model(graph), tmp_path / "model.onnx")
    assert list(read_onnx(tmp_path / "model.onnx").inputs) == ["x"]


def test_a_file_that_is_cut_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    WRITTEN["text"](path)
    whole, graph = path.read_bytes(), onnx.load(path).graph.SerializeToString()
    end = whole.index(graph) + len(graph)
    for length in [*range(0, end, 7), end - 1]:
        path.write_bytes(whole[:length])
        with pytest.raises(WeightsUnavailable, match=r"model\.onnx"):
            read_onnx(path)


def test_damage_anywhere_ends_in_no_other_error(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    WRITTEN["weights beside"](path)
    whole = path.read_bytes()
    rng = np.random.default_rng(3)
    refused = 0
    for _ in range(400):
        damaged = bytearray(whole)
        damaged[rng.integers(len(whole))] = rng.integers(256)
        path.write_bytes(damaged)
        try:
            read_onnx(path)
        except WeightsUnavailable:
            refused += 1
    assert refused > 50


@pytest.mark.parametrize("content", [b"", b"not an onnx file", b"\x80" * 40, b"\x3a\xff\xff\x7f"])
def test_what_is_no_onnx_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(content)
    with pytest.raises(WeightsUnavailable, match=r"model\.onnx"):
        read_onnx(tmp_path / "model.onnx")
