"""Encoders: pixels or words become unit vectors of one embedding space.

A spec names an encoder: a scheme of `mindseye.plugins.ENCODERS`, and what follows its colon.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from mindseye.encoders.base import Encoder
from mindseye.errors import SpecError
from mindseye.plugins import resolve


def open_encoder(spec: str, *, threads: int = 0) -> Encoder:
    """The encoder a spec names; `threads` 0 is one per processor.

    Raises `SpecError` for a spec nobody knows, `WeightsUnavailable` where files are missing.
    """
    scheme, _, rest = spec.partition(":")
    if scheme == "builtin" and rest:
        raise SpecError(f"the spec 'builtin' takes nothing after it, and {spec!r} has {rest!r}")
    load = cast("Callable[..., Encoder]", resolve("encoders", scheme))
    return load(threads=threads or None) if not rest else load(rest, threads=threads or None)
