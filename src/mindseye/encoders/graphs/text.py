"""Text towers of CLIP and SigLIP; those like BERT are in `bert`.

A causal tower that takes the end token's row never sees what pads it, so its graph takes any
length up to the context: a query of five words costs a tenth of one padded to 77 ids.
"""

from __future__ import annotations

from dataclasses import dataclass

from mindseye.encoders.checkpoint import WeightsTower
from mindseye.encoders.graphs import blocks
from mindseye.encoders.graphs.bert import bert_graph
from mindseye.encoders.graphs.blocks import Stack, Tokens, transformer
from mindseye.encoders.graphs.image import project
from mindseye.encoders.graphs.reading import (
    UnsupportedArchitecture,
    activation,
    count_layers,
    divided,
    hf_part,
    open_clip_activation,
    positive,
    refuse,
    refuse_custom_blocks,
    section,
    sides,
    small,
)
from mindseye.encoders.graphs.safetensors import Tensors
from mindseye.encoders.graphs.writer import GraphWriter, Side
from mindseye.encoders.sessions.base import Graph


@dataclass(frozen=True, slots=True)
class Words:
    """A text transformer by the names of its tensors.

    `pool` names the row taken: "argmax" (the greatest id, CLIP's end token), "eos" (the first
    `eos`), "first" or "last".
    """

    stack: Stack
    embedding: str
    positions: str
    final_norm: str
    causal: bool
    pool: str
    project: tuple[str, ...]
    eos: int = 0


def text_graph(tower: WeightsTower, tensors: Tensors) -> Graph:
    """The graph of a text tower; raises `UnsupportedArchitecture`, `KeyError` for a tensor."""
    writer = GraphWriter(tensors)
    if tower.family == "hf-text":
        return bert_graph(tower, writer)
    if tower.family == "open-clip":
        if section(tower.config, "text_cfg").get("hf_model_name"):
            return bert_graph(tower, writer)
        words = _open_clip(tower, tensors)
    else:
        words = _hf(tower, tensors)
    return _words_graph(writer, words)


def _words_graph(writer: GraphWriter, words: Words) -> Graph:
    context = sides(writer.tensors, words.positions, 2)[0]
    free = words.causal and words.pool in ("argmax", "eos")
    count: Side = writer.op("Shape", ["ids"], start=1, end=2) if free else context
    tokens = Tokens(count, causal=words.causal, pick=_place(writer, words))
    rows = transformer(writer, _embed(writer, words, count), words.stack, tokens)
    pooled = writer.layer_norm(rows, words.final_norm, words.stack.epsilon)
    length: Side = "length" if free else context
    inputs = {"ids": ("int64", ("batch", length))}
    return writer.finish(inputs, project(writer, pooled, words.project))


def _embed(writer: GraphWriter, words: Words, count: Side) -> str:
    seen = writer.op("Gather", [writer.weight(words.embedding), "ids"])
    places = writer.weight(words.positions)
    if isinstance(count, str):
        places = writer.op("Slice", [places, writer.constant([0], "int64"), count])
    return writer.reshape(writer.op("Add", [seen, places]), -1, words.stack.width)


def _place(writer: GraphWriter, words: Words) -> int | str:
    """The place of the token that the pool takes."""
    if words.pool in ("first", "last"):
        return 0 if words.pool == "first" else -1
    marks = "ids"
    if words.pool == "eos":
        marks = writer.op("Equal", ["ids", writer.constant(words.eos, "int64")])
    # int32, because not every runtime compares int64.
    return writer.op("ArgMax", [writer.op("Cast", [marks], to=6)], axis=1, keepdims=1)


def _open_clip(tower: WeightsTower, tensors: Tensors) -> Words:
    config = section(tower.config, "text_cfg")
    refuse_custom_blocks(config)
    refuse(config, "embed_cls")
    pool = config.get("pool_type", "argmax")
    if pool not in ("argmax", "eos", "first", "last"):
        raise UnsupportedArchitecture(f"no graph is written for pool_type={pool!r}")
    start = "text." if "text.token_embedding.weight" in tensors else ""
    width = sides(tensors, f"{start}token_embedding.weight", 2)[1]
    prefix = f"{start}transformer."
    stack = Stack(
        blocks.OPEN_CLIP,
        prefix,
        count_layers(tensors, prefix, blocks.OPEN_CLIP.block),
        width,
        divided(width, positive(config, "heads", 8)),
        open_clip_activation(tower.config, config),
        small(section(config, "norm_kwargs"), "eps", 1e-5),
    )
    matrix = f"{start}text_projection"
    projected = matrix in tensors or f"{matrix}.weight" in tensors
    return Words(
        stack,
        f"{start}token_embedding.weight",
        f"{start}positional_embedding",
        f"{start}ln_final",
        causal=not config.get("no_causal_mask"),
        pool=pool,
        project=(matrix,) if projected else (),
        eos=positive(config, "eos_id", 2),
    )


_LEGACY_EOS = 2
"""The end token that early CLIP configurations claim; the greatest id was meant."""


def _hf(tower: WeightsTower, tensors: Tensors) -> Words:
    siglip = tower.family == "hf-siglip"
    config = hf_part(tower.config, "text_config")
    start = f"{tower.prefix}text_model."
    width = sides(tensors, f"{start}embeddings.token_embedding.weight", 2)[1]
    stack = Stack(
        blocks.HF,
        start,
        count_layers(tensors, start, blocks.HF.block),
        width,
        divided(width, positive(config, "num_attention_heads", 12 if siglip else 8)),
        activation(config, "hidden_act", "gelu_pytorch_tanh" if siglip else "quick_gelu"),
        small(config, "layer_norm_eps", 1e-6 if siglip else 1e-5),
    )
    eos = positive(config, "eos_token_id", 49407)
    pool = "last" if siglip else "argmax" if eos == _LEGACY_EOS else "eos"
    return Words(
        stack,
        f"{start}embeddings.token_embedding.weight",
        f"{start}embeddings.position_embedding.weight",
        f"{start}final_layer_norm",
        causal=not siglip,
        pool=pool,
        project=(f"{start}head",) if siglip else (f"{tower.prefix}text_projection",),
        eos=eos,
    )
