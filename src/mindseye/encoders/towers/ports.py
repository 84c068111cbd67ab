"""Which of a graph's inputs and outputs mean what, in the layouts people publish.

Exporters name them as they like; the names below are those of Mindseye's own graphs, OpenCLIP
exports, Immich, rclip, UForm and transformers.js. What no name tells, rank and type do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mindseye.encoders.sessions.base import Port, Session
from mindseye.errors import EncoderError

VECTORS = (
    "vectors", "image_embeds", "text_embeds", "image_embedding", "text_embedding", "embeddings",
    "sentence_embedding", "pooler_output", "output", "features",
)  # fmt: skip
"""Names of the output that is one vector a row, the surest first."""

IDS = ("ids", "input_ids", "text", "texts", "input", "tokens")
MASKS = ("mask", "attention_mask")


@dataclass(frozen=True, slots=True)
class PixelPort:
    """How a graph takes pictures: channels last or first, as bytes or floats, one by one or not."""

    name: str
    dtype: str
    channels_last: bool
    batch: int | None

    @property
    def raw(self) -> bool:
        """Whether the graph normalises by itself."""
        return self.dtype == "uint8"


@dataclass(frozen=True, slots=True)
class TokenPorts:
    """How a graph takes token ids; `others` are inputs that zeros fill (token types)."""

    ids: str
    dtype: str
    mask: str | None
    mask_dtype: str
    others: tuple[Port, ...]
    batch: int | None
    length: int | None


def pixel_port(session: Session, size: tuple[int, int]) -> PixelPort:
    """The picture input of an image tower; raises `EncoderError` when `size` does not fit it."""
    port = next((port for port in session.inputs if len(port.shape) == 4), None)
    if port is None:
        raise EncoderError(f"the image tower takes no pictures: {_listed(session.inputs)}")
    channels_last = port.shape[3] == 3 and port.shape[1] != 3
    sides = port.shape[1:3] if channels_last else port.shape[2:4]
    if any(side not in (None, wanted) for side, wanted in zip(sides, size, strict=True)):
        raise EncoderError(f"the image tower takes {sides} pixels, its configuration says {size}")
    return PixelPort(port.name, port.dtype, channels_last, port.shape[0])


def token_ports(session: Session) -> TokenPorts:
    """The inputs of a text tower."""
    ids = _named(session.inputs, IDS)
    if ids is None:
        raise EncoderError(f"the text tower takes no token ids: {_listed(session.inputs)}")
    mask = _named(session.inputs, MASKS)
    others = tuple(port for port in session.inputs if port not in (ids, mask))
    return TokenPorts(
        ids.name,
        ids.dtype,
        mask.name if mask else None,
        mask.dtype if mask else "int64",
        others,
        ids.shape[0],
        ids.shape[1] if len(ids.shape) > 1 else None,
    )


def vector_output(session: Session) -> str:
    """The output that holds one vector a row."""
    flat = [port for port in session.outputs if len(port.shape) == 2]
    found = _named(flat, VECTORS) or (flat[0] if flat else _named(session.outputs, VECTORS))
    if found is None:
        raise EncoderError(f"the tower gives no vectors: {_listed(session.outputs)}")
    return found.name


def _named(ports: Sequence[Port], names: Sequence[str]) -> Port | None:
    by_name = {port.name: port for port in ports}
    return next((by_name[name] for name in names if name in by_name), None)


def _listed(ports: Sequence[Port]) -> str:
    return ", ".join(f"{port.name} {port.dtype}{list(port.shape)}" for port in ports) or "nothing"
