"""Small random networks of the reference libraries, and how ours are held to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from mindseye.encoders import graphs
from mindseye.encoders.checkpoint import WeightsTower
from mindseye.encoders.options import RunOptions
from mindseye.encoders.sessions.ort import open_ort

VOCABULARY = 1000
END = VOCABULARY - 1
"""The id of the end token, the greatest as in CLIP."""

SIDE = 64

VISION = {"image_size": SIDE, "layers": 2, "width": 128, "head_width": 64, "patch_size": 16}
TEXT = {"context_length": 77, "vocab_size": VOCABULARY, "width": 64, "heads": 2, "layers": 2}

LARGEST_ERROR = 2e-5
"""Of a number, as a part of the greatest: some ten times what float32 rounds, and less than any
other activation, mask, pool or number of heads changes (`test_graphs.py` holds that)."""


def enliven(module: Any, seed: int = 0) -> Any:
    """Random weights of such a spread that a wrong activation, mask or pool shows."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if parameter.ndim > 1:
                noise = noise * 1.5 / parameter.shape[-1] ** 0.5
            elif name.endswith("weight"):
                noise = 1 + 0.2 * noise
            else:
                noise = 0.2 * noise
            parameter.copy_(noise)
    return module.eval()


def saved(module: Any, folder: Path, dtype: Any = None) -> Path:
    """A module's weights as a safetensors file."""
    from safetensors.torch import save_file

    path = folder / "model.safetensors"
    tensors = {name: value.detach().clone() for name, value in module.state_dict().items()}
    save_file({name: v.to(dtype) if dtype else v for name, v in tensors.items()}, str(path))
    return path


def open_clip_model(changes: Mapping[str, Any]) -> tuple[dict[str, Any], Any]:
    """A small OpenCLIP model with native towers, and its configuration."""
    import open_clip

    config = {"embed_dim": 32, **changes}
    config["vision_cfg"] = {**VISION, **changes.get("vision_cfg", {})}
    config["text_cfg"] = {**TEXT, **changes.get("text_cfg", {})}
    arguments = {key: value for key, value in config.items() if key != "custom_text"}
    kind = open_clip.CustomTextCLIP if config.get("custom_text") else open_clip.CLIP
    return config, enliven(kind(**arguments))


def ours(tower: WeightsTower, feeds: dict[str, np.ndarray]) -> np.ndarray:
    """What our graph gives."""
    vectors: np.ndarray = open_ort(graphs.build(tower), RunOptions(threads=1)).run(feeds)["vectors"]
    return vectors


def theirs(call: Any, *inputs: np.ndarray) -> np.ndarray:
    """What a reference gives for arrays."""
    import torch

    with torch.no_grad():
        output = call(*(torch.from_numpy(array) for array in inputs))
    # Transformers 5 gives an output object where earlier ones gave the tensor.
    vectors: np.ndarray = getattr(output, "pooler_output", output).numpy()
    return vectors


def error(found: np.ndarray, expected: np.ndarray) -> float:
    """The greatest difference, as a part of the greatest expected number."""
    assert found.shape == expected.shape
    return float(np.abs(found - expected).max() / np.abs(expected).max())


def cosine(found: np.ndarray, expected: np.ndarray) -> float:
    """The least cosine of a row with its own."""
    a, b = (
        rows.astype(np.float64) / np.linalg.norm(rows.astype(np.float64), axis=1, keepdims=True)
        for rows in (found, expected)
    )
    return float((a * b).sum(1).min())


def assert_same(found: np.ndarray, expected: np.ndarray) -> None:
    """The same numbers but for float32's rounding."""
    assert error(found, expected) <= LARGEST_ERROR
    assert cosine(found, expected) >= 0.999999


def pictures(side: int | tuple[int, int] = SIDE, count: int = 3) -> np.ndarray:
    """Normalised pixels (count, 3, height, width)."""
    height, width = (side, side) if isinstance(side, int) else side
    rng = np.random.default_rng(5)
    return rng.standard_normal((count, 3, height, width)).astype(np.float32)


def clip_ids(context: int = 77, pad: int = 0) -> np.ndarray:
    """Token rows from empty to too long, each with a start and an end as CLIP has them."""
    rng = np.random.default_rng(6)
    lengths = (0, 1, 5, min(20, context - 3), context - 2)
    ids = np.full((len(lengths), context), pad, np.int64)
    for row, length in zip(ids, lengths, strict=True):
        row[0], row[1 : length + 1] = END - 1, rng.integers(3, 900, length)
        row[length + 1] = END
    return ids


def masked_ids(pad: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Token rows of several lengths and the mask of what is not padding."""
    rng = np.random.default_rng(8)
    ids = rng.integers(5, 900, (4, 12))
    mask = np.ones_like(ids)
    for row, keep in enumerate((1, 3, 7, 12)):
        ids[row, keep:], mask[row, keep:] = pad, 0
    return ids, mask


class Shapes:
    """The tensors of a module of which only the shapes are known (on torch's meta device)."""

    def __init__(self, module: Any) -> None:
        self._shapes = {name: tuple(v.shape) for name, v in module.state_dict().items()}

    @property
    def names(self) -> Iterable[str]:
        return self._shapes.keys()

    def __contains__(self, name: object) -> bool:
        return name in self._shapes

    def __getitem__(self, name: str) -> np.ndarray:
        raise AssertionError(f"the values of {name} were asked for")

    def shape(self, name: str) -> tuple[int, ...]:
        return self._shapes[name]

    def dtype(self, name: str) -> str:
        return "F32"

    def as_float32(self, name: str) -> np.ndarray:
        return self[name]
