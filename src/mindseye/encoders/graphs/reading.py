"""What a configuration and the tensors beside it say, checked before a graph is written.

Both come from a file that somebody else made: a value of the wrong kind is refused by its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from mindseye.encoders.graphs.safetensors import Tensors
from mindseye.errors import EncoderError


class UnsupportedArchitecture(EncoderError):
    """The weights are whole, but of a kind of network that no graph is written for here."""


ACTIVATIONS: Mapping[str, str] = MappingProxyType(
    {
        "gelu": "gelu",
        "gelu_python": "gelu",
        "gelu_new": "gelu_tanh",
        "gelu_fast": "gelu_tanh",
        "gelu_pytorch_tanh": "gelu_tanh",
        "quick_gelu": "quick_gelu",
        "relu": "relu",
    }
)
"""Names of activation functions in configurations -> the graph writer's."""

_CUSTOM_BLOCKS = (
    "qk_norm", "scaled_cosine_attn", "scale_heads", "scale_attn_inner", "scale_attn", "scale_fc",
)  # fmt: skip
"""OpenCLIP's options for blocks of another make; no published checkpoint uses them."""


def section(config: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """A part of a configuration, empty where it is absent."""
    value = config.get(key) or {}
    if not isinstance(value, Mapping):
        raise UnsupportedArchitecture(f"{key} is {value!r}, not a table of values")
    return value


def positive(config: Mapping[str, Any], key: str, default: int) -> int:
    """A whole number above zero."""
    value = config.get(key, default)
    if type(value) is not int or value <= 0:
        raise UnsupportedArchitecture(f"{key} is {value!r}, not a number above zero")
    return value


def small(config: Mapping[str, Any], key: str, default: float) -> float:
    """The epsilon of a layer normalisation."""
    value = config.get(key, default)
    if not isinstance(value, int | float) or not 0 <= value < 1:
        raise UnsupportedArchitecture(f"{key} is {value!r}, not a number from 0 to 1")
    return float(value)


def pair(config: Mapping[str, Any], key: str, default: int) -> tuple[int, int]:
    """Height and width, which one number may stand for."""
    value = config.get(key, default)
    if isinstance(value, list | tuple) and len(value) == 2:
        height, width = ({"side": side} for side in value)
        return positive(height, "side", default), positive(width, "side", default)
    side = positive(config, key, default)
    return side, side


def divided(width: int, heads: int) -> int:
    """The number of heads, once it is known to divide the width."""
    if width % heads:
        raise UnsupportedArchitecture(f"a width of {width} cannot be divided among {heads} heads")
    return heads


def sides(tensors: Tensors, name: str, rank: int) -> tuple[int, ...]:
    """The shape of a tensor of `rank` axes; raises `KeyError` when there is none of that name."""
    shape = tensors.shape(name)
    if len(shape) != rank or 0 in shape:
        raise UnsupportedArchitecture(f"{name!r} has the shape {shape}; {rank} sides are expected")
    return shape


def count_layers(tensors: Tensors, prefix: str, block: str) -> int:
    """How many blocks the checkpoint holds; `block` has "{}" where their number stands."""
    start, _, _ = f"{prefix}{block}".partition("{}")
    numbers = {
        name[len(start) :].split(".", 1)[0] for name in tensors.names if name.startswith(start)
    }
    if not numbers or numbers != set(map(str, range(len(numbers)))):
        raise UnsupportedArchitecture(f"no whole stack of blocks is called {start}*")
    return len(numbers)


def refuse_custom_blocks(config: Mapping[str, Any]) -> None:
    """Raise `UnsupportedArchitecture` where OpenCLIP would build blocks of another make."""
    for part in _CUSTOM_BLOCKS:
        refuse(config, part)
    if config.get("block_type") not in (None, "default"):
        refuse(config, "block_type")


def refuse(config: Mapping[str, Any], part: str) -> None:
    """Raise `UnsupportedArchitecture` where a configuration asks for this part."""
    if config.get(part):
        raise UnsupportedArchitecture(f"no graph is written for {part}={config[part]!r}")


def open_clip_activation(model: Mapping[str, Any], part: Mapping[str, Any]) -> str:
    """OpenCLIP's native towers: quick_gelu if the model says so, else gelu as `act_kwargs` say."""
    if model.get("quick_gelu"):
        return "quick_gelu"
    tanh = section(part, "act_kwargs").get("approximate") == "tanh"
    return "gelu_tanh" if tanh else "gelu"


def activation(config: Mapping[str, Any], key: str, default: str) -> str:
    """The activation that a Hugging Face configuration names."""
    name = config.get(key, default)
    if name not in ACTIVATIONS:
        raise UnsupportedArchitecture(f"no graph is written for the activation {name!r}")
    return ACTIVATIONS[name]


def hf_part(config: Mapping[str, Any], part: str) -> Mapping[str, Any]:
    """`text_config` or `vision_config`; a configuration of one tower alone is the part itself.

    Early CLIP configurations hold the part again as "<part>_dict", complete but for defaults, and
    transformers lets that one count.
    """
    if part not in config:
        return config
    return section(config, part if config.get(f"{part}_dict") is None else f"{part}_dict")
