"""The graph of a vision transformer: patches, blocks, a pool, a projection."""

from __future__ import annotations

from mindseye.encoders.checkpoint import WeightsTower
from mindseye.encoders.graphs.blocks import Tokens, attend, in_heads, transformer
from mindseye.encoders.graphs.reading import UnsupportedArchitecture
from mindseye.encoders.graphs.safetensors import Tensors
from mindseye.encoders.graphs.vision import Head, Vision, read_vision
from mindseye.encoders.graphs.writer import GraphWriter
from mindseye.encoders.sessions.base import Graph


def image_graph(tower: WeightsTower, tensors: Tensors) -> Graph:
    """The graph of an image tower; raises `UnsupportedArchitecture`, `KeyError` for a tensor."""
    vision = read_vision(tower, tensors)
    writer = GraphWriter(tensors)
    tokens = Tokens(vision.token_count, pick=0 if vision.pool == "class" else None)
    rows = transformer(writer, _embed(writer, vision), vision.stack, tokens)
    vectors = project(writer, _pool(writer, rows, vision), vision.project)
    height, width = vision.size
    return writer.finish({"pixels": ("float32", ("batch", 3, height, width))}, vectors)


def _embed(writer: GraphWriter, vision: Vision) -> str:
    """Rows of patch embeddings, the class token's first."""
    tensors, width, count = writer.tensors, vision.stack.width, vision.token_count
    if tensors.shape(vision.positions)[-2:] != (count, width):
        raise UnsupportedArchitecture(
            f"pictures of {vision.size} in patches of {vision.patch} do not fit "
            f"{vision.positions!r}, which has the shape {tensors.shape(vision.positions)}"
        )
    parts = ["pixels", writer.weight(f"{vision.patches}.weight")]
    if f"{vision.patches}.bias" in tensors:
        parts.append(writer.weight(f"{vision.patches}.bias"))
    cut = writer.op("Conv", parts, kernel_shape=vision.patch, strides=vision.patch)
    seen = writer.reshape(cut, -1, width, vision.patch_count)
    seen = writer.op("Transpose", [seen], perm=[0, 2, 1])
    if vision.class_token:
        batch = writer.op("Shape", ["pixels"], start=0, end=1)
        token = writer.weight(vision.class_token, shape=(1, 1, width))
        token = writer.op("Expand", [token, writer.shape(batch, 1, width)])
        seen = writer.op("Concat", [token, seen], axis=1)
    seen = writer.op("Add", [seen, writer.weight(vision.positions, shape=(1, count, width))])
    rows = writer.reshape(seen, -1, width)
    if vision.pre_norm:
        rows = writer.layer_norm(rows, vision.pre_norm, vision.stack.epsilon)
    return rows


def _pool(writer: GraphWriter, rows: str, vision: Vision) -> str:
    """(batch, width) from what the blocks give; for a class token they give nothing else."""
    norm, epsilon = vision.post_norm, vision.stack.epsilon
    if vision.norm_first:
        rows = writer.layer_norm(rows, norm, epsilon)
    if vision.pool == "mean":
        rows = _mean(writer, rows, vision)
    elif isinstance(vision.pool, Head):
        rows = _ask(writer, rows, vision, vision.pool)
    return rows if vision.norm_first else writer.layer_norm(rows, norm, epsilon)


def _mean(writer: GraphWriter, rows: str, vision: Vision) -> str:
    """The mean of the patches, without the class token."""
    seen = writer.reshape(rows, -1, vision.token_count, vision.stack.width)
    axis = writer.constant([1], "int64")
    if vision.class_token:
        first, last = (writer.constant([n], "int64") for n in (1, vision.token_count))
        seen = writer.op("Slice", [seen, first, last, axis])
    return writer.op("ReduceMean", [seen, axis], keepdims=0)


def _ask(writer: GraphWriter, rows: str, vision: Vision, head: Head) -> str:
    """Multi-head attention from one learned probe to all patches, then a residual MLP.

    The "MAP" head of Zhai et al., "Scaling vision transformers", 2022.
    """
    stack, count = vision.stack, vision.token_count
    probe = writer.weight(head.probe, shape=(1, stack.width))
    if head.fused:
        query = writer.linear(probe, head.fused, rows=slice(0, stack.width))
        both = writer.linear(rows, head.fused, rows=slice(stack.width, 3 * stack.width))
    else:
        query, both = writer.linear(probe, head.q), writer.linear(rows, head.kv)
    key, value = (in_heads(writer, stack, part, count) for part in writer.split(both, 2))
    asked = (in_heads(writer, stack, query, 1), key, value)
    mixed = writer.linear(attend(writer, stack, asked), head.out)
    thought = writer.layer_norm(mixed, head.norm, stack.epsilon)
    thought = writer.activation(writer.linear(thought, head.up), stack.activation)
    return writer.op("Add", [mixed, writer.linear(thought, head.down)])


def project(writer: GraphWriter, pooled: str, names: tuple[str, ...]) -> str:
    """Through a bare matrix (no ".weight" in the checkpoint) or linear layers with gelu between."""
    for place, name in enumerate(names):
        if name in writer.tensors:
            pooled = writer.op("MatMul", [pooled, writer.weight(name)])
        else:
            pooled = writer.linear(pooled, name)
        if place < len(names) - 1:
            pooled = writer.activation(pooled, "gelu")
    return pooled
