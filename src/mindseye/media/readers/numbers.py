"""Numbers in metadata: rationals with a zero below the line, lists of one, text."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Final

from mindseye.types import Gps

_HIGHEST: Final = 100_000.0
"""Metres; a picture from higher up is not placed by its GPS receiver."""

_DEEPEST: Final = -11_500.0


def number(value: object) -> float | None:
    """The value as a finite number, or None; of a list the first, of text "n" or "n/d"."""
    if isinstance(value, str):
        match = re.fullmatch(r"\s*(-?\d+(?:\.\d+)?)\s*(?:/\s*(\d+(?:\.\d+)?))?\s*", value)
        if match is None:
            return None
        below = float(match[2] or 1)
        return float(match[1]) / below if below else None
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return number(value[0]) if value else None
    try:
        result = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return result if math.isfinite(result) else None


def positive(value: object) -> float | None:
    """The value as a number above zero, or None."""
    result = number(value)
    return result if result is not None and result > 0 else None


def position(
    latitude: float | None, longitude: float | None, altitude: float | None = None
) -> Gps | None:
    """A position in degrees and metres; None when it is not on Earth or exactly at 0, 0.

    Receivers without a fix write 0, 0; no photo was ever taken there to the last digit.
    """
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
        return None
    if not (math.isfinite(latitude) and math.isfinite(longitude)):
        return None
    if abs(latitude) > 90 or abs(longitude) > 180:
        return None
    if altitude is not None and not _DEEPEST <= altitude <= _HIGHEST:
        altitude = None
    return Gps(round(latitude, 7), round(longitude, 7), altitude)
