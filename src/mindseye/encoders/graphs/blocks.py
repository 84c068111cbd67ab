"""Transformer blocks, with the names that each family gives to their tensors.

Activations are rows, `(batch * tokens, width)`, so that every linear layer is one Gemm on the
weights as they are stored; only attention sees batches and tokens.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from mindseye.encoders.graphs.writer import GraphWriter, Side

MASKED = -1e30
"""Added to the score of a token that must not be seen; finite, so that no row is not a number."""


@dataclass(frozen=True, slots=True)
class Names:
    """What a family calls the parts of a block; "" is a part it does not have.

    `qkv` is one linear layer for queries, keys and values; where it is absent, `q`, `k` and `v`
    are three. `scale1` and `scale2` multiply what attention and the MLP add (layer scale).
    """

    block: str
    norm1: str
    norm2: str
    out: str
    up: str
    down: str
    qkv: str = ""
    q: str = ""
    k: str = ""
    v: str = ""
    scale1: str = ""
    scale2: str = ""


OPEN_CLIP = Names(
    "resblocks.{}", "ln_1", "ln_2", "attn.out_proj", "mlp.c_fc", "mlp.c_proj",
    qkv="attn.in_proj", scale1="ls_1.gamma", scale2="ls_2.gamma",
)  # fmt: skip
TIMM = Names(
    "blocks.{}", "norm1", "norm2", "attn.proj", "mlp.fc1", "mlp.fc2",
    qkv="attn.qkv", scale1="ls1.gamma", scale2="ls2.gamma",
)  # fmt: skip
HF = Names(
    "encoder.layers.{}", "layer_norm1", "layer_norm2", "self_attn.out_proj", "mlp.fc1", "mlp.fc2",
    q="self_attn.q_proj", k="self_attn.k_proj", v="self_attn.v_proj",
)  # fmt: skip
BERT = Names(
    "encoder.layer.{}", "attention.output.LayerNorm", "output.LayerNorm",
    "attention.output.dense", "intermediate.dense", "output.dense",
    q="attention.self.query", k="attention.self.key", v="attention.self.value",
)  # fmt: skip
DISTILBERT = Names(
    "transformer.layer.{}", "sa_layer_norm", "output_layer_norm", "attention.out_lin",
    "ffn.lin1", "ffn.lin2", q="attention.q_lin", k="attention.k_lin", v="attention.v_lin",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stack:
    """A transformer: how many blocks of what width, and how they compute.

    `post_norm` normalises after each residual sum (BERT), else before each part (CLIP).
    """

    names: Names
    prefix: str
    layers: int
    width: int
    heads: int
    activation: str
    epsilon: float
    post_norm: bool = False


@dataclass(frozen=True, slots=True)
class Tokens:
    """How rows are batches of tokens: `count` tokens each.

    With `causal` a token sees none that come later; `mask` (batch, 1, 1, tokens), if there is one,
    is added to the scores of what is seen. `pick` is the one token that the pool takes, its place
    the same in every row or told by an int64 tensor (batch, 1); None takes all.
    """

    count: Side
    causal: bool = False
    mask: str | None = None
    pick: int | str | None = None


def transformer(writer: GraphWriter, rows: str, stack: Stack, tokens: Tokens) -> str:
    """All blocks of a stack, one after the other; with a `pick`, the rows (batch, width) of those.

    The last block then computes nothing for tokens that nobody takes: they are only attended to.
    That leaves out most of one block in twelve or twenty-four, and changes no vector.
    """
    masks = _masks(writer, tokens)
    for layer in range(stack.layers):
        last = layer == stack.layers - 1
        prefix = f"{stack.prefix}{stack.names.block.format(layer)}."
        asking = tokens if last else replace(tokens, pick=None)
        mask = masks[1] if last and tokens.pick is not None else masks[0]
        rows = _Block(writer, stack, asking, prefix, mask).write(rows)
    return rows


def in_heads(writer: GraphWriter, stack: Stack, rows: str, count: Side) -> str:
    """Rows of `count` tokens each as (batch, heads, tokens, size)."""
    cut = writer.reshape(rows, -1, count, stack.heads, stack.width // stack.heads)
    return writer.op("Transpose", [cut], perm=[0, 2, 1, 3])


def attend(
    writer: GraphWriter, stack: Stack, asked: tuple[str, str, str], mask: str | None = None
) -> str:
    """Attention of queries to keys and values, each as `in_heads` gives them; rows (n, width).

    `softmax(q k^T / sqrt(size) + mask) v`: Vaswani et al., "Attention is all you need", 2017.
    """
    query, key, value = asked
    query = writer.op("Mul", [query, writer.constant((stack.width // stack.heads) ** -0.5)])
    scores = writer.op("MatMul", [query, writer.op("Transpose", [key], perm=[0, 1, 3, 2])])
    if mask is not None:
        scores = writer.op("Add", [scores, mask])
    mixed = writer.op("MatMul", [writer.op("Softmax", [scores], axis=-1), value])
    return writer.reshape(writer.op("Transpose", [mixed], perm=[0, 2, 1, 3]), -1, stack.width)


def take(writer: GraphWriter, rows: str, width: int, tokens: Tokens) -> str:
    """The rows (batch, width) of the token that the pool takes; all rows where it takes all."""
    if tokens.pick is None:
        return rows
    seen = writer.reshape(rows, -1, tokens.count, width)
    if isinstance(tokens.pick, int):
        return writer.op("Gather", [seen, writer.constant(tokens.pick, "int64")], axis=1)
    return writer.op("GatherND", [seen, tokens.pick], batch_dims=1)


def _masks(writer: GraphWriter, tokens: Tokens) -> tuple[str | None, str | None]:
    """What is added to the scores of all tokens, and to those of the token that is picked."""
    if not tokens.causal:
        return tokens.mask, tokens.mask
    count = tokens.count
    if isinstance(count, int):
        places = writer.constant(range(count), "int64")
    else:
        start, step = writer.constant(0, "int64"), writer.constant(1, "int64")
        places = writer.op("Range", [start, writer.op("Squeeze", [count]), step])
    every = writer.op("Unsqueeze", [places, writer.constant([1], "int64")])
    return _after(writer, every, places), _after_pick(writer, tokens.pick, places)


def _after_pick(writer: GraphWriter, pick: int | str | None, places: str) -> str | None:
    if pick in (None, -1):
        return None  # the last token sees every other
    if isinstance(pick, int):
        return _after(writer, writer.constant([[pick]], "int64"), places)
    later = _after(writer, pick, places)
    return writer.op("Unsqueeze", [later, writer.constant([1, 2], "int64")])


def _after(writer: GraphWriter, now: str, places: str) -> str:
    """(n, tokens) for tokens at `now` (n, 1): what comes later is masked."""
    later = writer.op("Less", [now, places])
    return writer.op("Where", [later, writer.constant(MASKED), writer.constant(0.0)])


@dataclass(frozen=True, slots=True)
class _Block:
    """One block of a stack; with a pick in `tokens`, it computes only what that token becomes."""

    writer: GraphWriter
    stack: Stack
    tokens: Tokens
    prefix: str
    mask: str | None

    def write(self, rows: str) -> str:
        """Attention and an MLP, each added to what came in."""
        names, post = self.stack.names, self.stack.post_norm
        seen = rows if post else self._norm(rows, names.norm1)
        rows, asking = (
            take(self.writer, each, self.stack.width, self.tokens) for each in (rows, seen)
        )
        rows = self._added(rows, self._attention(asking, seen), names.scale1)
        if post:
            rows = self._norm(rows, names.norm1)
        thought = self._linear(rows if post else self._norm(rows, names.norm2), names.up)
        thought = self._linear(self.writer.activation(thought, self.stack.activation), names.down)
        rows = self._added(rows, thought, names.scale2)
        return self._norm(rows, names.norm2) if post else rows

    def _linear(self, rows: str, name: str, part: slice = slice(None)) -> str:
        return self.writer.linear(rows, self.prefix + name, rows=part)

    def _norm(self, rows: str, name: str) -> str:
        return self.writer.layer_norm(rows, self.prefix + name, self.stack.epsilon)

    def _added(self, rows: str, change: str, scale: str) -> str:
        gamma = self.prefix + scale
        if scale and gamma in self.writer.tensors:
            change = self.writer.op("Mul", [change, self.writer.weight(gamma)])
        return self.writer.op("Add", [rows, change])

    def _attention(self, asking: str, seen: str) -> str:
        stack, count = self.stack, self.tokens.count
        query, key, value = self._projected(asking, seen)
        asked = count if self.tokens.pick is None else 1
        heads = (
            in_heads(self.writer, stack, query, asked),
            in_heads(self.writer, stack, key, count),
            in_heads(self.writer, stack, value, count),
        )
        return self._linear(attend(self.writer, stack, heads, self.mask), stack.names.out)

    def _projected(self, asking: str, seen: str) -> tuple[str, str, str]:
        """Queries of the tokens that ask, keys and values of those that are seen; rows each."""
        names, width = self.stack.names, self.stack.width
        if not names.qkv:
            return (
                self._linear(asking, names.q),
                self._linear(seen, names.k),
                self._linear(seen, names.v),
            )
        if self.tokens.pick is None:
            query, key, value = self.writer.split(self._linear(seen, names.qkv), 3)
            return query, key, value
        query = self._linear(asking, names.qkv, slice(0, width))
        both = self._linear(seen, names.qkv, slice(width, 3 * width))
        key, value = self.writer.split(both, 2)
        return query, key, value
