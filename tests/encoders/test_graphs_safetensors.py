"""Safetensors files are read without a copy, and what they claim is not believed."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from mindseye.encoders.graphs.safetensors import SafeTensors, TensorFiles
from mindseye.errors import WeightsUnavailable


def content(header: object, body: bytes = b"\0" * 16) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + body


def entry(**changes: object) -> dict:
    return {"x": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]} | changes}


def written(folder: Path, data: bytes, name: str = "model.safetensors") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


DISHONEST = {
    "an empty file": b"",
    "a file without a header": b"short",
    "a header longer than any file": struct.pack("<Q", 2**63) + b"{}",
    "a header longer than the file": struct.pack("<Q", 100) + b"{}",
    "a header of no bytes": struct.pack("<Q", 0) + b"{}",
    "a header that is not JSON": content(b"not json"),
    "a header that is not text": content(b"\xff\xfe\xfd"),
    "a header nested without end": content(b"[" * 100_000),
    "a header that is a list": content([1, 2]),
    "a tensor that is a number": content({"x": 3}),
    "a tensor without a place": content({"x": {"dtype": "F32"}}),
    "a type nobody knows": content(entry(dtype="F31")),
    "a type that is a list": content(entry(dtype=["F32"])),
    "a shape that is a number": content(entry(shape=4)),
    "a negative shape": content(entry(shape=[-2, -2])),
    "a shape beyond the file": content(entry(shape=[2**62, 4])),
    "a shape of words": content(entry(shape=["2", 2])),
    "a shape of truths": content(entry(shape=[True, 4])),
    "a shape of fractions": content(entry(shape=[2.0, 2.0])),
    "a number of ten thousand digits": content(
        b'{"x":{"dtype":"F32","shape":[' + b"9" * 10_000 + b'],"data_offsets":[0,16]}}'
    ),
    "a place past the end": content(entry(data_offsets=[8, 24])),
    "a place that ends before it starts": content(entry(data_offsets=[16, 0])),
    "a place before the file": content(entry(data_offsets=[-16, 0])),
    "a place of three numbers": content(entry(data_offsets=[0, 16, 4])),
    "a place smaller than the shape": content(entry(data_offsets=[0, 8])),
}


@pytest.mark.parametrize("what", DISHONEST)
def test_a_dishonest_file_is_refused_by_name(what: str, tmp_path: Path) -> None:
    path = written(tmp_path, DISHONEST[what])
    with pytest.raises(WeightsUnavailable, match=r"model\.safetensors"):
        SafeTensors(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.safetensors", tmp_path):
        with pytest.raises(WeightsUnavailable, match=path.name):
            SafeTensors(path)


NUMBERS = np.arange(6).reshape(2, 3)


@pytest.mark.parametrize(
    ("dtype", "kind"),
    [("F64", "<f8"), ("F32", "<f4"), ("F16", "<f2"), ("I64", "<i8"), ("U8", "u1"), ("U32", "<u4")],
)
def test_tensors_read_as_they_were_written(dtype: str, kind: str, tmp_path: Path) -> None:
    body = NUMBERS.astype(kind).tobytes()
    header = {
        "__metadata__": {"format": "pt"},
        "x": {"dtype": dtype, "shape": [2, 3], "data_offsets": [0, len(body)]},
        "none": {"dtype": dtype, "shape": [0, 3], "data_offsets": [0, 0]},
    }
    tensors = SafeTensors(written(tmp_path, content(header, body)))
    assert list(tensors.names) == ["x", "none"]
    assert (tensors.shape("x"), tensors.dtype("x"), len(tensors)) == ((2, 3), dtype, 2)
    assert np.array_equal(tensors["x"], NUMBERS)
    assert tensors["none"].shape == (0, 3)
    assert tensors.as_float32("x").dtype == np.float32


def test_bfloat16_is_the_upper_half_of_float32(tmp_path: Path) -> None:
    values = np.array([0.0, 1.0, -2.5, 3.0e38, np.inf], np.float32)
    body = (values.view(np.uint32) >> 16).astype("<u2").tobytes()
    header = {"x": {"dtype": "BF16", "shape": [5], "data_offsets": [0, 10]}}
    tensors = SafeTensors(written(tmp_path, content(header, body)))
    assert tensors["x"].dtype == np.uint16
    np.testing.assert_allclose(tensors.as_float32("x"), values, rtol=2**-8)


def test_eight_bit_floats_are_passed_over_until_they_are_needed(tmp_path: Path) -> None:
    header = {"x": {"dtype": "F8_E4M3", "shape": [16], "data_offsets": [0, 16]}}
    tensors = SafeTensors(written(tmp_path, content(header)))
    assert tensors["x"].nbytes == 16
    with pytest.raises(WeightsUnavailable, match="F8_E4M3"):
        tensors.as_float32("x")


def test_a_tensor_between_the_words_of_memory_is_moved(tmp_path: Path) -> None:
    header = json.dumps(entry()).encode()
    header += b" " * ((1 - len(header)) % 8)
    tensors = SafeTensors(written(tmp_path, content(header, np.ones(4, "<f4").tobytes())))
    assert tensors["x"].flags.aligned
    assert np.array_equal(tensors["x"], np.ones((2, 2)))


def test_writing_to_a_tensor_leaves_the_file_alone(tmp_path: Path) -> None:
    path = written(tmp_path, content(entry()))
    tensors = SafeTensors(path)
    tensors["x"][:] = 7
    assert np.array_equal(SafeTensors(path)["x"], np.zeros((2, 2)))


def test_files_are_one_mapping_and_share_no_name(tmp_path: Path) -> None:
    other = json.dumps(entry()).replace('"x"', '"y"').encode()
    first, second = written(tmp_path, content(entry())), written(tmp_path, content(other), "two")
    tensors = TensorFiles([first, second])
    assert (list(tensors), len(tensors)) == (["x", "y"], 2)
    assert tensors["y"].shape == tensors.shape("y") == (2, 2)
    assert "z" not in tensors
    with pytest.raises(WeightsUnavailable, match="both hold the tensor 'x'"):
        TensorFiles([first, first])
