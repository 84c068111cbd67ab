"""The calibration of encoders that bring none: how far a score stands out.

The curves were fitted with the built-in encoder (`training/background_curve.py`): they are in
standard deviations, which mean the same in every space, not in cosines, which do not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mindseye.encoders.base import Calibration, Encoder, Logistic
from mindseye.types import Vectors

TEXT = Logistic(s=3.13, bias=-11.86, cutoff=0.24)
"""Lets one nonsense query in twenty through over 1,334 pictures."""

IMAGE = Logistic(z=1.72, bias=-8.12, cutoff=0.24)

LEAST_SAMPLE = 64
"""Fewer pictures tell nothing of a level or a spread."""


def generic_calibration(least_score: float | None = None) -> Calibration:
    """The calibration of an encoder of which only a published minimum cosine is known, if that."""
    return Calibration(None, TEXT, IMAGE, least_score=least_score)


def grounded(encoder: Encoder, sample: Vectors, unrelated: Callable[[], Vectors]) -> Calibration:
    """The encoder's calibration, completed by a `sample` of the library and `unrelated` texts.

    What a calibration of its own already carries stays. With too small a sample, curves that need
    one are left out, and nothing is known of a probability.
    """
    known = encoder.calibration or generic_calibration()
    if known.background is not None:
        return known
    if len(sample) < LEAST_SAMPLE:
        return replace(known, text=_by_score(known.text), image=_by_score(known.image))
    needs_texts = known.text is not None and known.text.s > 0.0
    return replace(known, background=sample, unrelated=unrelated() if needs_texts else None)


def _by_score(curve: Logistic | None) -> Logistic | None:
    """A curve that needs only the score, or None."""
    return None if curve is None or curve.z or curve.s else curve
