"""PyTorch: for graphics processors, and for networks that no graph is written for here.

The network is built by OpenCLIP or transformers from the checkpoint's configuration, one tower of
it; the weights come from safetensors files. Nothing is downloaded.
"""

from __future__ import annotations

import ctypes.util
import sys
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mindseye.encoders.checkpoint import WeightsTower
from mindseye.encoders.options import RunOptions
from mindseye.encoders.sessions import feeds as fitting
from mindseye.encoders.sessions.base import Port
from mindseye.encoders.sessions.torch_networks import Network, build_network
from mindseye.errors import EncoderError, MissingExtra, WeightsUnavailable

if TYPE_CHECKING:
    from torch import Tensor

_NAMES = {"fp32": "float32", "fp16": "float16", "bf16": "bfloat16"}

_GIVEN_BY_CONFIGURATION = ("position_ids", "attn_mask", "relative_position_index")
"""Ends of names of tensors that some checkpoints hold and networks make by themselves."""


class TorchSession:
    """A tower as a PyTorch module; takes and gives what a graph of it would."""

    def __init__(self, network: Network, device: str, precision: str) -> None:
        """Move the network to where it runs; no weight of it may be missing."""
        import torch

        self._device = device
        self._exact = precision == "fp32"
        self._dtype = getattr(torch, _NAMES[precision])
        self._module = network.module.to(device, self._dtype).eval()
        self._forward = network.forward
        self.runtime = f"PyTorch {device} {precision}"
        self.inputs = (network.input,)
        self.outputs = (Port("vectors", "float32", (None, None)),)

    def run(self, feeds: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Run the tower once; raises `EncoderError` when it cannot be run on these arrays."""
        import torch

        fitting.check(feeds, self.inputs)
        given = torch.from_numpy(np.ascontiguousarray(feeds[self.inputs[0].name]))
        kind = self._dtype if given.is_floating_point() else given.dtype
        try:
            with (
                torch.inference_mode(),
                torch.backends.cudnn.flags(enabled=True, allow_tf32=not self._exact),
            ):
                rows = self._forward(self._module, given.to(self._device, kind))
        except (RuntimeError, IndexError) as error:
            raise EncoderError(f"PyTorch could not run the tower: {error}") from error
        return {"vectors": rows.float().cpu().numpy()}


def wanted(tower: WeightsTower) -> bool:
    """Whether torch is the fastest here for a tower: it, and a graphics processor, are there.

    Loading torch takes seconds; without a sign of a graphics processor it is not even tried.
    """
    if tower.family == "hf-text" or not (_sign_of_gpu() and find_spec("torch")):
        return False
    return _device() != "cpu"


def open_module(tower: WeightsTower, options: RunOptions) -> TorchSession:
    """Load a tower into PyTorch.

    Raises `MissingExtra`, `WeightsUnavailable` where a file or a tensor is missing, `EncoderError`
    for a network that cannot be built from its configuration alone.
    """
    for package in ("torch", "safetensors", "open_clip", "transformers"):
        if find_spec(package) is None:
            raise MissingExtra(package, "torch")
    import torch

    if options.threads:
        torch.set_num_threads(options.threads)
    device = _device()
    chosen = options.precision
    if chosen == "auto":
        chosen = "fp32" if device == "cpu" else "fp16"
    # Random first weights, which are replaced, are drawn many times faster on the device.
    with torch.device(device):
        network = build_network(tower)
    _fill(network, tower)
    return TorchSession(network, device, chosen)


def _fill(network: Network, tower: WeightsTower) -> None:
    state = network.rename(_tensors(tower.files))
    try:
        missing, _ = network.module.load_state_dict(state, strict=False)
    except RuntimeError as error:
        raise WeightsUnavailable(
            f"the weights in {tower.files[0].parent} do not fit their configuration: {error}"
        ) from error
    lacking = [name for name in missing if not name.endswith(_GIVEN_BY_CONFIGURATION)]
    if lacking:
        raise WeightsUnavailable(
            f"the weights in {tower.files[0].parent} lack {lacking[0]!r}"
            + (f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""),
            hint="fetch or copy the files again",
        )


def _tensors(files: Iterable[Path]) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    tensors: dict[str, Tensor] = {}
    for file in files:
        try:
            tensors |= load_file(file)
        except (OSError, SafetensorError) as error:
            raise WeightsUnavailable(f"the weights {file} cannot be read: {error}") from error
    return tensors


def _device() -> str:
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _sign_of_gpu() -> bool:
    if sys.platform == "darwin":
        return True
    driver = "nvcuda" if sys.platform == "win32" else "cuda"
    # A build of torch for AMD's cards answers for CUDA, but brings no such driver.
    return bool(ctypes.util.find_library(driver)) or Path("/dev/kfd").exists()
