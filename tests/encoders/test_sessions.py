"""Runtimes: the same vectors from each, whatever form the graph has, and errors that say where."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from tests.encoders.small_graphs import (
    BYTES,
    DIM,
    PICTURES,
    SIDE,
    WEIGHTS,
    WIDTH,
    beside,
    has_bf16,
    least_cosine,
    needs_openvino,
    reference,
    run,
    saved,
    text_tower,
    tower,
    vectors,
)

from mindseye.encoders.checkpoint import OnnxTower
from mindseye.encoders.options import RunOptions
from mindseye.encoders.sessions import choice, onnx_file, open_graph, open_tower
from mindseye.encoders.sessions.agreement import FILE, Verdicts, fingerprint, open_guarded
from mindseye.encoders.sessions.base import Graph
from mindseye.encoders.sessions.onnx_file import Outline
from mindseye.errors import EncoderError


@pytest.fixture
def options(tmp_path):
    """Run options by name, with a folder of models of their own."""

    def make(runtime="onnxruntime", precision="auto", threads=1):
        return RunOptions(threads, runtime, precision, tmp_path / "models")

    return make


RUNTIMES = [
    ("onnxruntime", "auto", 0.9999999),
    ("onnxruntime", "fp32", 0.9999999),
    pytest.param("openvino", "fp32", 0.9999999, marks=needs_openvino),
    pytest.param("openvino", "bf16", 0.999, marks=needs_openvino),
    pytest.param("openvino", "auto", 0.999, marks=needs_openvino),
    ("auto", "auto", 0.999),
    ("auto", "fp32", 0.9999999),
]


@pytest.mark.parametrize("write", [saved, beside], ids=["in one file", "weights beside"])
@pytest.mark.parametrize(("runtime", "precision", "least"), RUNTIMES)
def test_every_runtime_gives_the_same_vectors(runtime, precision, least, write, tmp_path, options):
    if precision == "bf16" and not has_bf16():
        pytest.skip("this processor does not compute in bf16")
    session = open_tower(OnnxTower(write(tmp_path, tower())), options(runtime, precision))
    for _ in range(2):
        assert least_cosine(vectors(session), reference(PICTURES)) >= least


@pytest.mark.parametrize("runtime", ["onnxruntime", pytest.param("openvino", marks=needs_openvino)])
def test_a_session_says_what_the_graph_takes_and_gives(runtime, tmp_path, options):
    for dtype, batch in (("float32", "batch"), ("float16", "batch"), ("uint8", 1)):
        path = saved(tmp_path, tower(dtype, batch))
        session = open_tower(OnnxTower(path), options(runtime, "fp32" if runtime != "auto" else ""))
        first = None if batch == "batch" else 1
        image = (SIDE, SIDE, 3) if dtype == "uint8" else (3, SIDE, SIDE)
        (taken,), (given,) = session.inputs, session.outputs
        assert (taken.name, taken.dtype, taken.shape) == ("input", dtype, (first, *image))
        assert (given.name, given.dtype, given.shape) == ("output", "float32", (first, DIM))


@pytest.mark.parametrize("runtime", ["onnxruntime", pytest.param("openvino", marks=needs_openvino)])
@pytest.mark.parametrize("opset", [18, 20, 23])
def test_halves_bytes_and_single_pictures_are_taken(runtime, opset, tmp_path, options):
    cases = [
        ("float16", PICTURES.astype(np.float16), PICTURES.astype(np.float16), "batch"),
        ("uint8", BYTES, BYTES.transpose(0, 3, 1, 2) / 64, "batch"),
        ("uint8", BYTES[:1], BYTES[:1].transpose(0, 3, 1, 2) / 64, 1),
    ]
    for dtype, given, seen, batch in cases:
        path = saved(tmp_path, tower(dtype, batch, opset=opset))
        session = open_tower(OnnxTower(path), options(runtime, "fp32"))
        assert least_cosine(vectors(session, given), reference(seen)) >= 0.99999


@pytest.mark.parametrize("dtype", ["int32", "int64"])
@pytest.mark.parametrize("runtime", ["onnxruntime", pytest.param("openvino", marks=needs_openvino)])
def test_token_ids_of_both_sizes_and_any_length_are_taken(runtime, dtype, tmp_path, options):
    session = open_tower(OnnxTower(saved(tmp_path, text_tower(dtype))), options(runtime, "fp32"))
    for length in (1, 3, 8):
        ids = np.arange(2 * length, dtype=dtype).reshape(2, length)
        found = run(session, input_ids=ids, attention_mask=np.ones_like(ids))
        assert [port.name for port in session.outputs] == list(found) == ["text_embeds", "length"]
        assert found["length"].tolist() == [length, length]
        assert found["text_embeds"].shape == (2, DIM)


@pytest.mark.parametrize("runtime", ["onnxruntime", pytest.param("openvino", marks=needs_openvino)])
def test_a_graph_in_memory_borrows_its_weights(runtime, tmp_path, options):
    graph = onnx_file.read_graph(saved(tmp_path, tower()))
    assert set(graph.weights) == {"patch", "up", "down", "head"}
    borrowed = {name: WEIGHTS[name] for name in graph.weights}
    in_memory = Graph(model=graph.model, weights=borrowed)
    exact = reference(PICTURES)
    assert least_cosine(vectors(open_graph(in_memory, options(runtime, "fp32"))), exact) > 0.9999999


@pytest.mark.parametrize("runtime", ["onnxruntime", pytest.param("openvino", marks=needs_openvino)])
def test_sessions_may_be_called_from_many_threads(runtime, tmp_path, options):
    session = open_tower(OnnxTower(saved(tmp_path, tower())), options(runtime, "fp32"))
    batches = [PICTURES[: 1 + n % 5] * (1 + n / 7) for n in range(40)]
    alone = [vectors(session, batch) for batch in batches]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda batch: vectors(session, batch), batches))
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("runtime", ["onnxruntime", pytest.param("openvino", marks=needs_openvino)])
def test_results_are_the_callers_own(runtime, tmp_path, options):
    session = open_tower(OnnxTower(saved(tmp_path, tower())), options(runtime, "fp32"))
    first = vectors(session)
    kept = first.copy()
    vectors(session, PICTURES[::-1].copy())
    np.testing.assert_array_equal(first, kept)


@pytest.mark.parametrize("runtime", ["onnxruntime", pytest.param("openvino", marks=needs_openvino)])
@pytest.mark.parametrize(
    ("feeds", "said"),
    [
        ({}, "the graph takes input, given are"),
        ({"other": PICTURES}, "given are other"),
        ({"input": PICTURES, "more": PICTURES}, "given are input, more"),
        ({"input": PICTURES.astype(np.float64)}, "as float32 (any, 3, 16, 16), given is float64"),
        ({"input": PICTURES[:, :, :8]}, "given is float32 (5, 3, 8, 16)"),
        ({"input": PICTURES[0]}, "given is float32 (3, 16, 16)"),
    ],
)
def test_arrays_that_do_not_fit_are_refused_in_the_same_words(
    runtime, feeds, said, tmp_path, options
):
    session = open_tower(OnnxTower(saved(tmp_path, tower())), options(runtime, "fp32"))
    with pytest.raises(EncoderError) as refused:
        session.run(feeds)
    assert said in refused.value.message


PLAIN = Outline(("pixels",), ("vectors",), frozenset({"MatMul", "Gelu"}))


@pytest.mark.parametrize(
    "operators", [{"MatMulInteger"}, {"QLinearMatMul"}, {"com.microsoft.MatMulNBits"}]
)
def test_quantised_graphs_are_run_by_what_they_are_made_for(operators, options):
    outline = Outline((), (), frozenset({"MatMul", *operators}))
    assert choice.plan(outline, options("auto")) == choice.Plan("onnxruntime")


@pytest.mark.parametrize(
    ("runtime", "precision", "said"),
    [
        ("torch", "auto", "torch runs towers of safetensors"),
        ("onnxruntime", "bf16", "not in bf16"),
        ("onnxruntime", "fp16", "not in fp16"),
    ],
)
def test_what_a_runtime_cannot_do_is_refused(runtime, precision, said, options):
    with pytest.raises(EncoderError) as refused:
        choice.plan(PLAIN, options(runtime, precision))
    assert said in refused.value.message
    assert refused.value.hint


@needs_openvino
def test_precisions_that_the_processor_lacks_are_refused(options):
    from mindseye.encoders.sessions import ov

    for precision in {"fp16", "bf16"} - {name.lower() for name in ov.capabilities()}:
        with pytest.raises(EncoderError, match=f"does not compute in {precision}"):
            choice.plan(PLAIN, options("openvino", precision))


def without(package, code, tmp_path):
    """Run code in a process where a package cannot be found."""
    blocker = (
        "import sys\nfrom importlib.machinery import PathFinder\n"
        "class Without(PathFinder):\n"
        "    @classmethod\n"
        "    def find_spec(cls, name, path=None, target=None):\n"
        f"        absent = name.partition('.')[0] in {package.split()!r}\n"
        "        return None if absent else super().find_spec(name, path, target)\n"
        "sys.meta_path[:] = [Without if f is PathFinder else f for f in sys.meta_path]\n"
    )
    script = f"{blocker}\nfrom pathlib import Path\nhere = Path({str(tmp_path)!r})\n{code}"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=os.environ, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


OPENING = """
from mindseye.encoders.checkpoint import OnnxTower
from mindseye.encoders.options import RunOptions
from mindseye.encoders.sessions import open_tower
from mindseye.errors import MissingExtra
def opened(runtime, precision="auto"):
    options = RunOptions(1, runtime, precision, here / "models")
    return open_tower(OnnxTower(here / "model.onnx"), options)
"""


def test_a_missing_openvino_is_named_with_the_line_that_installs_it(tmp_path):
    saved(tmp_path, tower())
    code = OPENING + (
        "for asked in (('openvino', 'auto'), ('auto', 'bf16')):\n"
        "    try:\n        opened(*asked)\n"
        "    except MissingExtra as error:\n        print(error.hint)\n"
        "print(opened('auto').runtime)"
    )
    line = 'pip install "mindseye[openvino]"'
    assert without("openvino", code, tmp_path).splitlines() == [line, line, "ONNX Runtime fp32"]


@needs_openvino
def test_openvino_does_not_report_its_use(tmp_path):
    saved(tmp_path, tower())
    code = OPENING + (
        "import socket, sys\n"
        "def audit(event, arguments):\n"
        "    if event in ('socket.connect', 'socket.getaddrinfo'):\n        print(event)\n"
        "sys.addaudithook(audit)\n"
        "print(opened('openvino', 'fp32').runtime)\n"
        "print(sorted(name for name in sys.modules if name.startswith('openvino_telemetry')))"
    )
    assert without("nothing", code, tmp_path).splitlines() == ["OpenVINO fp32", "[]"]


def test_asking_for_a_runtime_does_not_load_the_others(tmp_path):
    saved(tmp_path, tower())
    code = OPENING + (
        "import sys\nopened('onnxruntime')\n"
        "print(sorted({'torch', 'openvino', 'onnx', 'transformers'} & set(sys.modules)))"
    )
    assert without("nothing", code, tmp_path).split() == ["[]"]


@needs_openvino
@pytest.mark.parametrize(
    ("outlier", "precision"), [(0.0, "bf16"), (3e4, "fp32")], ids=["even", "with an outlier"]
)
def test_bf16_is_kept_only_where_it_keeps_the_vectors(outlier, precision, tmp_path, options):
    if not has_bf16():
        pytest.skip("this processor does not compute in bf16")
    # A constant much larger than all else swallows the rest in 8 bits, and the head removes it.
    head = WEIGHTS["head"].copy()
    down = WEIGHTS["down"].copy()
    if outlier:
        head[0], head[1] = head[1] * 1e3, head[1] * -1e3
        down[:, 1] = down[:, 0] = WEIGHTS["down"][:, 0] * outlier
    weights = {**WEIGHTS, "head": head, "down": down}
    path = saved(tmp_path, tower(weights=weights))
    session = open_tower(OnnxTower(path), options("openvino"))
    assert session.runtime == "OpenVINO bf16"
    exact = vectors(open_tower(OnnxTower(path), options("openvino", "fp32")))
    first = vectors(session)
    np.testing.assert_allclose(first, exact, rtol=1e-4, atol=1e-4 * np.abs(exact).max())
    assert session.runtime == f"OpenVINO {precision}"
    assert least_cosine(vectors(session), exact) >= 0.999
    later = open_tower(OnnxTower(path), options("openvino"))
    assert later.runtime == f"OpenVINO {precision}"


@needs_openvino
def test_what_was_measured_is_remembered_where_that_is_possible(tmp_path, options):
    graph = onnx_file.read_graph(saved(tmp_path, tower()))
    outline = onnx_file.outline(graph)
    chosen = options("openvino")
    vectors(open_guarded(graph, outline, chosen))
    known = json.loads((chosen.models / FILE).read_text())
    assert known == {fingerprint(graph): pytest.approx(0.9999, abs=1e-3)}
    (chosen.models / FILE).write_text("[not json")
    vectors(open_guarded(graph, outline, chosen))
    blocked = RunOptions(1, "openvino", "auto", tmp_path / "model.onnx" / "models")
    assert vectors(open_guarded(graph, outline, blocked)).shape == (5, DIM)
    assert Verdicts(blocked.models / FILE).find(fingerprint(graph)) is None


def test_other_weights_have_another_fingerprint(tmp_path):
    if find_spec("openvino") is None:
        pytest.skip("the extra openvino")
    one = onnx_file.read_graph(saved(tmp_path, tower()))
    other = Graph(model=one.model, weights={**one.weights, "up": one.weights["up"] * 2})
    assert fingerprint(one) != fingerprint(other)
    assert fingerprint(one) == fingerprint(Graph(model=one.model, weights=dict(one.weights)))


def resident():
    text = Path("/proc/self/status").read_text()
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("VmRSS"))


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="resident memory is Linux's")
@pytest.mark.parametrize("runtime", ["onnxruntime", pytest.param("openvino", marks=needs_openvino)])
def test_weights_do_not_stay_in_memory_twice(runtime, tmp_path, options):
    size = 40_000_000
    big = {**WEIGHTS, "up": np.zeros((WIDTH, size // 256), np.float32)}
    big["down"] = np.zeros((size // 256, WIDTH), np.float32)
    path = saved(tmp_path, tower(weights=big))
    open_tower(OnnxTower(saved(tmp_path, tower())), options(runtime, "fp32"))
    path = saved(tmp_path, tower(weights=big))
    before = resident()
    session = open_tower(OnnxTower(path), options(runtime, "fp32"))
    vectors(session)
    assert (resident() - before) * 1024 < 1.5 * 2 * size
