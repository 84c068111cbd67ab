"""Text towers that are BERTs: BERT, RoBERTa, XLM-R, DistilBERT, under OpenCLIP or alone.

They read in both directions, so padding is masked: then it changes nothing, and a batch is as long
as its longest text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

from mindseye.encoders.checkpoint import WeightsTower
from mindseye.encoders.graphs import blocks
from mindseye.encoders.graphs.blocks import MASKED, Stack, Tokens, transformer
from mindseye.encoders.graphs.image import project
from mindseye.encoders.graphs.reading import (
    UnsupportedArchitecture,
    activation,
    count_layers,
    divided,
    positive,
    section,
    sides,
    small,
)
from mindseye.encoders.graphs.safetensors import Tensors
from mindseye.encoders.graphs.writer import GraphWriter
from mindseye.encoders.sessions.base import Graph

Pool: TypeAlias = Literal["mean", "first", "pooler"]
"""The mean of what the mask keeps, the first token, or a dense layer with tanh on that."""


@dataclass(frozen=True, slots=True)
class Bert:
    """A BERT by the names of its tensors.

    `offset` is the position of padding, from which RoBERTa counts on; None counts from 0. `project`
    are the layers after the pool, with a tanh at the end where `tanh` says so.
    """

    stack: Stack
    start: str
    pool: Pool
    offset: int | None
    project: tuple[str, ...]
    tanh: bool = False


def bert_graph(tower: WeightsTower, writer: GraphWriter) -> Graph:
    """The graph of a BERT-like text tower, which takes `ids` and `mask`.

    Raises `UnsupportedArchitecture`, `KeyError` for a tensor.
    """
    read = _hf_text if tower.family == "hf-text" else _open_clip
    bert = read(tower, writer.tensors)
    length = writer.op("Shape", ["ids"], start=1, end=2)
    seen = writer.op("Cast", ["mask"], to=1)
    away = writer.op("Sub", [writer.constant(1.0), seen])
    away = writer.op("Mul", [away, writer.constant(MASKED)])
    mask = writer.op("Unsqueeze", [away, writer.constant([1, 2], "int64")])
    tokens = Tokens(length, mask=mask, pick=None if bert.pool == "mean" else 0)
    rows = transformer(writer, _embed(writer, bert, length), bert.stack, tokens)
    if bert.pool == "mean":
        rows = _mean(writer, writer.reshape(rows, -1, length, bert.stack.width), seen)
    elif bert.pool == "pooler":
        rows = writer.op("Tanh", [writer.linear(rows, f"{bert.start}pooler.dense")])
    vectors = project(writer, rows, bert.project)
    if bert.tanh:
        vectors = writer.op("Tanh", [vectors])
    whole = ("int64", ("batch", "length"))
    return writer.finish({"ids": whole, "mask": whole}, vectors)


def _embed(writer: GraphWriter, bert: Bert, length: str) -> str:
    start = f"{bert.start}embeddings."
    words = writer.op("Gather", [writer.weight(f"{start}word_embeddings.weight"), "ids"])
    table = writer.weight(f"{start}position_embeddings.weight")
    if bert.offset is None:
        places = writer.op("Slice", [table, writer.constant([0], "int64"), length])
    else:
        # RoBERTa counts only what is not padding.
        counted = writer.op("CumSum", ["mask", writer.constant(1, "int64")])
        counted = writer.op("Mul", [counted, "mask"])
        counted = writer.op("Add", [counted, writer.constant(bert.offset, "int64")])
        places = writer.op("Gather", [table, counted])
    seen = writer.op("Add", [words, places])
    kinds = f"{start}token_type_embeddings.weight"
    if kinds in writer.tensors:
        seen = writer.op("Add", [seen, writer.weight(kinds, rows=slice(0, 1))])
    rows = writer.reshape(seen, -1, bert.stack.width)
    return writer.layer_norm(rows, f"{start}LayerNorm", bert.stack.epsilon)


def _mean(writer: GraphWriter, states: str, seen: str) -> str:
    """The mean over the tokens (batch, tokens, width) that the mask keeps."""
    axis = writer.constant([1], "int64")
    weights = writer.op("Unsqueeze", [seen, writer.constant([2], "int64")])
    total = writer.op("ReduceSum", [writer.op("Mul", [states, weights]), axis], keepdims=0)
    return writer.op("Div", [total, writer.op("ReduceSum", [weights, axis], keepdims=0)])


_POOLERS: Mapping[str, Pool] = MappingProxyType(
    {
        "mean_pooler": "mean",
        "cls_last_hidden_state_pooler": "first",
        "cls_pooler": "pooler",
    }
)

_ROBERTA = ("roberta", "camembert")
_BERT = (*_ROBERTA, "distilbert", "bert")
_NOT_BERT = ("albert", "deberta", "mobilebert", "roberta-prelayernorm", "squeezebert", "ibert")
"""Names that end like BERT's and mean another network."""


def _kind(name: str) -> tuple[bool, bool]:
    """Whether a model of this name is RoBERTa-like, and DistilBERT."""
    name = name.lower().rpartition("/")[2]
    if any(other in name for other in _NOT_BERT) or not any(kind in name for kind in _BERT):
        raise UnsupportedArchitecture(f"no graph is written for the text tower {name!r}")
    return any(kind in name for kind in _ROBERTA), "distil" in name


def _open_clip(tower: WeightsTower, tensors: Tensors) -> Bert:
    """OpenCLIP's configuration names the text model only; what it is, its name and tensors say."""
    config, start = section(tower.config, "text_cfg"), "text.transformer."
    roberta, _ = _kind(str(config["hf_model_name"]))
    pooler = config.get("hf_pooler_type") or ("mean_pooler" if roberta else "cls_pooler")
    if pooler not in _POOLERS:
        raise UnsupportedArchitecture(f"no graph is written for the pooler {pooler!r}")
    width = sides(tensors, f"{start}embeddings.word_embeddings.weight", 2)[1]
    # Every published BERT has heads of 64, but no configuration lies beside the weights.
    heads = divided(width, max(1, width // 64))
    stack = Stack(
        blocks.BERT,
        start,
        count_layers(tensors, start, blocks.BERT.block),
        width,
        heads,
        "gelu",
        1e-5 if roberta else 1e-12,
        post_norm=True,
    )
    layers = (("text.proj",), ("text.proj.0", "text.proj.2"))
    found = next((names for names in layers if f"{names[0]}.weight" in tensors), ())
    return Bert(stack, start, _POOLERS[pooler], 1 if roberta else None, found)


def _hf_text(tower: WeightsTower, tensors: Tensors) -> Bert:
    """A sentence-transformers model: a transformer, a pool, and perhaps a dense layer."""
    config = section(tower.config, "transformer")
    roberta, distil = _kind(str(config.get("model_type", "")))
    if config.get("position_embedding_type", "absolute") != "absolute":
        raise UnsupportedArchitecture("no graph is written for relative positions")
    word = "embeddings.word_embeddings.weight"
    start = next((n.removesuffix(word) for n in tensors.names if n.endswith(word)), "")
    width = sides(tensors, f"{start}{word}", 2)[1]
    names = blocks.DISTILBERT if distil else blocks.BERT
    stack = Stack(
        names,
        start,
        count_layers(tensors, start, names.block),
        width,
        divided(width, positive(config, "n_heads" if distil else "num_attention_heads", 12)),
        activation(config, "activation" if distil else "hidden_act", "gelu"),
        1e-12 if distil else small(config, "layer_norm_eps", 1e-12),
        post_norm=True,
    )
    return Bert(
        stack,
        start,
        _sentence_pool(section(tower.config, "pooling")),
        positive(config, "pad_token_id", 1) if roberta else None,
        ("linear",) if "linear.weight" in tensors else (),
        tanh=_ends_in_tanh(section(tower.config, "dense")),
    )


_SENTENCE_POOLS: Mapping[str, Pool] = MappingProxyType({"mean": "mean", "cls": "first"})


def _sentence_pool(config: Mapping[str, object]) -> Pool:
    """What sentence-transformers pools; until version 5 each mode was a switch of its own."""
    switches = {"pooling_mode_mean_tokens": "mean", "pooling_mode_cls_token": "cls"}
    modes = config.get("pooling_mode") or [
        switches.get(key, key)
        for key, value in config.items()
        if key.startswith("pooling_mode_") and value
    ]
    asked = list(modes) if isinstance(modes, list | tuple) else [modes]
    mode = str(asked[0]) if len(asked) == 1 else ("+".join(map(str, asked)) or "mean")
    if mode not in _SENTENCE_POOLS:
        raise UnsupportedArchitecture(f"no graph is written for the pooling {mode!r}")
    return _SENTENCE_POOLS[mode]


def _ends_in_tanh(config: Mapping[str, object]) -> bool:
    name = str(config.get("activation_function") or "Identity").rpartition(".")[2]
    if name not in ("Identity", "Tanh"):
        raise UnsupportedArchitecture(f"no graph is written for the activation {name!r}")
    return name == "Tanh"
