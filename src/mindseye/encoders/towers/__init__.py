"""Two-tower encoders read from a model directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mindseye.encoders.options import RunOptions
from mindseye.encoders.spec import EncoderSpec

if TYPE_CHECKING:
    from mindseye.encoders.towers.encoder import TowerEncoder


def load(spec: EncoderSpec, options: RunOptions) -> TowerEncoder:
    """Find the model directory a spec names and read its configuration; no weights yet.

    Raises `WeightsUnavailable` where the directory or a file is missing, `SpecError` for a spec
    that names nothing, `MissingExtra`.
    """
    from mindseye.encoders.known import minimum_score
    from mindseye.encoders.known.download import locate
    from mindseye.encoders.layouts import open_checkpoint
    from mindseye.encoders.layouts.fingerprint import fingerprint
    from mindseye.encoders.towers.calibration import calibration_of
    from mindseye.encoders.towers.encoder import TowerEncoder

    checkpoint = open_checkpoint(locate(spec, options))
    space = fingerprint(checkpoint.space_of or checkpoint, spec, options.models)
    calibration = calibration_of(checkpoint, minimum_score(spec))
    return TowerEncoder(spec, checkpoint, space, options=options, calibration=calibration)
