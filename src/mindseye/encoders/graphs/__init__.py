"""Weights become graphs: the towers of the CLIP family written as ONNX.

A safetensors checkpoint then runs wherever ONNX does, without torch and without converting
anything on disk: the graph is some hundred kilobytes of operators, and its initializers are views
of the memory-mapped weights.

Image towers take `pixels` float32 (batch, 3, height, width), normalised; text towers take `ids`
int64 (batch, length) and, where padding must be told apart, `mask` int64 (batch, length). Both give
`vectors` float32 (batch, dim), not scaled to length 1.

    reading       what a configuration and the tensors beside it say, checked
    safetensors   tensors as views of a memory map
    writer        operators and weights -> a graph
    blocks        transformer blocks
    vision        image towers of each family as values     image   their graph
    text          causal text towers and SigLIP's           bert    text towers like BERT
"""

from __future__ import annotations

from mindseye.encoders.checkpoint import WeightsTower
from mindseye.encoders.graphs.reading import UnsupportedArchitecture
from mindseye.encoders.sessions.base import Graph

__all__ = ["UnsupportedArchitecture", "build"]


def build(tower: WeightsTower) -> Graph:
    """The graph of a tower; raises `UnsupportedArchitecture`, `WeightsUnavailable`, `MissingExtra`.

    Weights stay where they are, except bfloat16 ones, which are converted in memory.
    """
    from mindseye.encoders.graphs.image import image_graph
    from mindseye.encoders.graphs.safetensors import TensorFiles
    from mindseye.encoders.graphs.text import text_graph

    tensors = TensorFiles(tower.files)
    write = image_graph if tower.part == "image" else text_graph
    try:
        return write(tower, tensors)
    except KeyError as error:
        raise UnsupportedArchitecture(
            f"the {tower.part} tower in {tower.files[0].parent} lacks {error}"
        ) from error
