"""Runtimes: a graph or a tower becomes something that can be run.

Which runtime: what the options ask for. "auto" takes torch for weights where a graphics processor
and torch are there; OpenVINO, where it is installed, on x86 processors with AVX-512, in bfloat16
where the processor computes in it and the vectors stay (`agreement`); ONNX Runtime everywhere else,
and for quantised graphs, which are made for it.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING

from mindseye.encoders.checkpoint import OnnxTower, Tower, WeightsTower
from mindseye.encoders.options import RunOptions
from mindseye.encoders.sessions.base import Graph, Session
from mindseye.errors import EncoderError, MissingExtra

if TYPE_CHECKING:
    from mindseye.encoders.graphs import UnsupportedArchitecture
    from mindseye.encoders.sessions.choice import Plan
    from mindseye.encoders.sessions.onnx_file import Outline

_log = logging.getLogger(__name__)

__all__ = ["open_graph", "open_tower"]

OPENVINO_FORM = ".xml"
"""The suffix of OpenVINO's own files, which nothing else reads."""


def open_tower(tower: Tower, options: RunOptions) -> Session:
    """Load a tower and make it ready to run.

    Raises `WeightsUnavailable` where a file is missing or damaged, `MissingExtra` where a package
    is, `EncoderError` when the tower cannot be run as the options ask.
    """
    if isinstance(tower, OnnxTower):
        return open_graph(Graph(path=tower.path), options)
    from mindseye.encoders import graphs
    from mindseye.encoders.sessions import torch_module

    if options.runtime == "torch" or (options.runtime == "auto" and torch_module.wanted(tower)):
        return torch_module.open_module(tower, options)
    try:
        graph = graphs.build(tower)
    except graphs.UnsupportedArchitecture as error:
        return _open_unwritten(tower, options, error)
    return open_graph(graph, options)


def open_graph(graph: Graph, options: RunOptions) -> Session:
    """Load a graph and make it ready to run; raises as `open_tower` does."""
    from mindseye.encoders.sessions import choice, onnx_file, ort

    if graph.path is not None and graph.path.suffix == OPENVINO_FORM:
        options, outline = replace(options, runtime="openvino"), onnx_file.Outline()
    else:
        if not graph.model and graph.path is not None:
            graph = onnx_file.read_graph(graph.path)
        outline = onnx_file.outline(graph)
    plan = choice.plan(outline, options)
    if plan.runtime == "onnxruntime":
        return ort.open_ort(graph, options)
    try:
        return _open_openvino(graph, outline, plan, options)
    except EncoderError as error:
        if options.runtime != "auto":
            raise
        # It knows fewer operators; whatever it lacks is there in the other.
        _log.info("%s; ONNX Runtime is tried", error)
        return ort.open_ort(graph, options)


def _open_openvino(graph: Graph, outline: Outline, plan: Plan, options: RunOptions) -> Session:
    from mindseye.encoders.sessions import agreement, ov

    if plan.guarded:
        return agreement.open_guarded(graph, outline, options)
    return ov.OpenVinoSession(graph, outline, threads=options.threads, precision=plan.precision)


def _open_unwritten(
    tower: WeightsTower, options: RunOptions, error: UnsupportedArchitecture
) -> Session:
    """Open a tower that no graph is written for, with torch if that may be."""
    from mindseye.encoders.sessions import torch_module

    if options.runtime != "auto":
        raise EncoderError(
            f"{error.message}; {options.runtime} cannot run it",
            hint="the runtime `auto` or `torch` can",
        ) from error
    if find_spec("torch") is None:
        raise MissingExtra("torch", "torch") from error
    return torch_module.open_module(tower, options)
