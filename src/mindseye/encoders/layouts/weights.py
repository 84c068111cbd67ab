"""The weights of a model directory: which files hold them, and never a pickle."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from mindseye.encoders.graphs.safetensors import TensorFiles
from mindseye.encoders.layouts.fields import Fields, read_fields
from mindseye.errors import WeightsUnavailable

SUFFIX: Final = ".safetensors"
_PICKLES: Final = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
_MOST_SHARDS: Final = 1000


def weights_in(folder: Path, names: Sequence[str]) -> tuple[Path, ...]:
    """The safetensors files of the first of `names` that is there, whole or in shards.

    Where none is, the only safetensors file of the folder; () where there is no such file. Raises
    `WeightsUnavailable` for an index of shards that cannot be believed.
    """
    for name in names:
        if (folder / name).is_file():
            return (folder / name,)
        index = folder / f"{name}.index.json"
        if index.is_file():
            return _shards(read_fields(index))
    others = sorted(folder.glob(f"*{SUFFIX}"))
    return (others[0],) if len(others) == 1 else ()


def weights_of(folder: Path, names: Sequence[str]) -> tuple[Path, ...]:
    """The same, and raises `WeightsUnavailable` where there is none."""
    found = weights_in(folder, names)
    if not found:
        refuse_pickles(folder)
        raise WeightsUnavailable(f"{folder} lacks the weights", hint=f"place {names[0]} there")
    return found


def refuse_pickles(folder: Path) -> None:
    """Raise `WeightsUnavailable` where a folder holds weights that only unpickling could load."""
    pickles = sorted(path.name for path in folder.iterdir() if path.suffix in _PICKLES)
    if not pickles:
        return
    command = (
        f"import torch, safetensors.torch as s; s.save_file(torch.load({pickles[0]!r}, "
        "weights_only=True), 'model.safetensors')"
    )
    raise WeightsUnavailable(
        f"{folder} holds its weights as {pickles[0]} only; safetensors and ONNX are the only forms "
        "ever loaded, because the others can run code",
        hint=f'where you trust the file, convert it there: python -c "{command}"',
    )


def scalar(tensors: TensorFiles, name: str) -> float | None:
    """The only value of a tensor; None where there is no such tensor or it is not a number."""
    if name not in tensors or math.prod(tensors.shape(name)) != 1:
        return None
    value = float(tensors.as_float32(name).reshape(-1)[0])
    return value if math.isfinite(value) else None


def sigmoid_of(tensors: TensorFiles) -> tuple[float, float] | tuple[None, None]:
    """Scale, as an exponential, and bias of an encoder trained with a sigmoid loss.

    Only such a training has a bias (Zhai et al., "Sigmoid Loss for Language Image Pre-Training",
    2023); the scale alone is that of a softmax, which makes no probability of one pair.
    """
    scale, bias = scalar(tensors, "logit_scale"), scalar(tensors, "logit_bias")
    if scale is None or bias is None or scale > _MOST_LOG_SCALE:
        return None, None
    return math.exp(scale), bias


_MOST_LOG_SCALE: Final = 20.0
"""Trained ones are at most log 200; beyond this the exponential means nothing."""


def _shards(index: Fields) -> tuple[Path, ...]:
    folder = index.path.parent
    names = sorted({str(name) for name in index.part("weight_map").values.values()})
    if not 0 < len(names) <= _MOST_SHARDS:
        index.reject("weight_map", f"the files of 1 to {_MOST_SHARDS} shards")
    for name in names:
        # An index may not reach for files elsewhere.
        if Path(name).name != name or "\\" in name or not name.endswith(SUFFIX):
            raise WeightsUnavailable(
                f"{index.path}: weight_map names {name!r}, which is no {SUFFIX} file beside it",
                hint="fetch or copy the file again",
            )
        if not (folder / name).is_file():
            raise WeightsUnavailable(f"{folder} lacks {name}", hint=f"place {name} there")
    return tuple(folder / name for name in names)
