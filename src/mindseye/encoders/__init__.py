"""Encoders: pixels or words become unit vectors of one embedding space.

A spec names an encoder (`mindseye.encoders.spec`); its scheme is one of
`mindseye.plugins.ENCODERS`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from mindseye.encoders.base import Encoder
from mindseye.encoders.options import RunOptions
from mindseye.encoders.spec import EncoderSpec
from mindseye.plugins import resolve


def open_encoder(spec: str | EncoderSpec, options: RunOptions | None = None) -> Encoder:
    """The encoder a spec names, run as `options` say; weights are loaded when first needed.

    Raises `SpecError` for a spec nobody knows, `WeightsUnavailable` where files are missing,
    `MissingExtra` where a package is.
    """
    if isinstance(spec, str):
        spec = EncoderSpec.parse(spec)
    load = cast("Callable[[EncoderSpec, RunOptions], Encoder]", resolve("encoders", spec.scheme))
    return load(spec, options or RunOptions())
