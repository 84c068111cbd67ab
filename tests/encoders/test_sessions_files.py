"""ONNX files as runtimes get them: whole, linked, damaged and hostile ones."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from tests.encoders.small_graphs import (
    PICTURES,
    RNG,
    WEIGHTS,
    beside,
    least_cosine,
    needs_openvino,
    reference,
    saved,
    tower,
    vectors,
)

from mindseye.encoders.checkpoint import OnnxTower
from mindseye.encoders.options import RunOptions
from mindseye.encoders.sessions import onnx_file, open_tower
from mindseye.errors import EncoderError, WeightsUnavailable


@pytest.fixture
def options(tmp_path):
    """Run options by name, with a folder of models of their own."""

    def make(runtime="onnxruntime", precision="auto", threads=1):
        return RunOptions(threads, runtime, precision, tmp_path / "models")

    return make


def truncated(path):
    path.write_bytes(path.read_bytes()[:-200])


def of_noise(path):
    path.write_bytes(RNG.bytes(5000))


def empty(path):
    path.write_bytes(b"")


def missing(path):
    path.unlink()


def a_folder(path):
    path.unlink()
    path.mkdir()


def half_of_the_weights(path):
    other = path.with_name("model.onnx_data")
    other.write_bytes(other.read_bytes()[: other.stat().st_size // 2])


def no_weights(path):
    path.with_name("model.onnx_data").unlink()


def too_short_a_tensor(path):
    model = onnx.load(path, load_external_data=False)
    tensor = next(t for t in model.graph.initializer if t.name == "up")
    tensor.dims[0] = 2**40
    path.write_bytes(model.SerializeToString())


def weights_elsewhere(location):
    def point(path):
        model = onnx.load(path, load_external_data=False)
        (path.parent.parent / "secret").write_bytes(bytes(10**6))
        for tensor in model.graph.initializer:
            for entry in tensor.external_data:
                if entry.key == "location":
                    entry.value = location.format(parent=path.parent.parent)
        path.write_bytes(model.SerializeToString())

    return point


@pytest.mark.parametrize("runtime", ["onnxruntime", pytest.param("openvino", marks=needs_openvino)])
@pytest.mark.parametrize(
    "spoil",
    [
        truncated,
        of_noise,
        empty,
        missing,
        a_folder,
        half_of_the_weights,
        no_weights,
        too_short_a_tensor,
        weights_elsewhere("../secret"),
        weights_elsewhere("x/../../secret"),
        weights_elsewhere("{parent}/secret"),
        weights_elsewhere("..\\secret"),
        weights_elsewhere(""),
    ],
)
def test_a_damaged_or_hostile_file_is_refused_by_name(runtime, spoil, tmp_path, options):
    folder = tmp_path / "model"
    folder.mkdir()
    path = beside(folder, tower())
    spoil(path)
    with pytest.raises(WeightsUnavailable) as refused:
        open_tower(OnnxTower(path), options(runtime, "fp32"))
    assert "model.onnx" in refused.value.message


@pytest.mark.parametrize("runtime", ["onnxruntime", pytest.param("openvino", marks=needs_openvino)])
def test_a_graph_of_unknown_operators_is_refused_by_name(runtime, tmp_path, options):
    model = tower()
    model.graph.node[3].op_type = "Levitate"
    with pytest.raises(EncoderError, match=r"model\.onnx"):
        open_tower(OnnxTower(saved(tmp_path, model)), options(runtime, "fp32"))


def test_any_cut_of_a_file_is_refused_or_harmless(tmp_path):
    whole = saved(tmp_path, tower()).read_bytes()
    path = tmp_path / "cut.onnx"
    for length in RNG.integers(1, len(whole) - 1, 200):
        path.write_bytes(whole[:length])
        with pytest.raises(WeightsUnavailable):
            onnx_file.read_graph(path)


def test_a_file_of_scrambled_bytes_never_escapes_the_error(tmp_path):
    whole = bytearray(saved(tmp_path, tower()).read_bytes())
    path = tmp_path / "scrambled.onnx"
    for place in RNG.integers(0, len(whole), 300):
        other = bytearray(whole)
        other[place] ^= int(RNG.integers(1, 256))
        path.write_bytes(other)
        try:
            onnx_file.outline(onnx_file.read_graph(path))
        except WeightsUnavailable as error:
            assert "scrambled.onnx" in error.message


def test_a_linked_file_of_a_download_cache_is_read(tmp_path, options):
    blobs, snapshot = tmp_path / "blobs", tmp_path / "snapshot"
    blobs.mkdir()
    snapshot.mkdir()
    path = beside(blobs, tower())
    for name in ("model.onnx", "model.onnx_data"):
        (blobs / name).rename(blobs / f"{name}-hash")
        (snapshot / name).symlink_to(blobs / f"{name}-hash")
    session = open_tower(OnnxTower(snapshot / path.name), options())
    assert least_cosine(vectors(session), reference(PICTURES)) > 0.9999999


def test_tensors_of_types_that_numpy_lacks_are_left_to_the_runtime(tmp_path, options):
    model = tower()
    bits = (WEIGHTS["up"].view(np.uint32) >> 16).astype(np.uint16)
    tensor = helper.make_tensor("short", TensorProto.BFLOAT16, bits.shape, bits.tobytes(), raw=True)
    for place, weight in enumerate(model.graph.initializer):
        if weight.name == "up":
            model.graph.initializer[place].CopyFrom(tensor)
    model.graph.node.insert(0, helper.make_node("Cast", ["short"], ["up"], to=TensorProto.FLOAT))
    rounded = {**WEIGHTS, "up": (bits.astype(np.uint32) << 16).view(np.float32)}
    for write in (saved, beside):
        session = open_tower(OnnxTower(write(tmp_path, model)), options())
        assert least_cosine(vectors(session), reference(PICTURES, rounded)) > 0.9999999
