"""What a checkpoint itself says of its scores."""

from __future__ import annotations

from mindseye.encoders.base import Calibration, Logistic
from mindseye.encoders.checkpoint import Checkpoint
from mindseye.encoders.generic import IMAGE, generic_calibration

SIGLIP_CUTOFF = 0.005
"""Probabilities of a sigmoid-trained encoder are small: most of what was asked for lies above."""


def calibration_of(checkpoint: Checkpoint, least_score: float | None) -> Calibration:
    """The calibration of a checkpoint; `least_score` is the published minimum cosine, if any.

    Sigmoid-trained encoders tell a text's probability themselves,
    `p = sigmoid(cos * exp(logit_scale) + logit_bias)` (SigLIP: Zhai et al. 2023, eq. 1). Pictures
    were never trained against pictures: their curve is the generic one.
    """
    scale, bias = checkpoint.logit_scale, checkpoint.logit_bias
    if scale is None or bias is None:
        return generic_calibration(least_score)
    text = Logistic(score=scale, bias=bias, cutoff=SIGLIP_CUTOFF)
    return Calibration(None, text, IMAGE, judged_by="probability")
