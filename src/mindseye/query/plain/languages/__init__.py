"""The languages that sentences are read in."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from mindseye.query.plain.language import Language

LATIN = ("en", "de", "fr", "es")
WIDE = ("zh", "ja")


@cache
def language(code: str) -> Language:
    """A language by its code."""
    found: Language = import_module(f"{__name__}.{code}").LANGUAGE
    return found
