"""Whether arrays fit the inputs of a graph: said once, in the same words for every runtime."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

from mindseye.encoders.sessions.base import Port
from mindseye.errors import EncoderError


def check(feeds: Mapping[str, NDArray[Any]], inputs: Sequence[Port]) -> None:
    """Raise `EncoderError` when an input is missing, unknown, or of another type or shape."""
    wanted = {port.name: port for port in inputs}
    if feeds.keys() != wanted.keys():
        raise EncoderError(
            f"the graph takes {', '.join(sorted(wanted))}, given are {', '.join(sorted(feeds))}"
        )
    for name, array in feeds.items():
        port = wanted[name]
        fits = len(array.shape) == len(port.shape) and all(
            side in (None, given) for side, given in zip(port.shape, array.shape, strict=True)
        )
        if array.dtype.name != port.dtype or not fits:
            shape = ", ".join("any" if side is None else str(side) for side in port.shape)
            raise EncoderError(
                f"the graph takes {name} as {port.dtype} ({shape}), "
                f"given is {array.dtype.name} {array.shape}"
            )
