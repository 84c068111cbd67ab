"""What is done to a text before its tokenizer, as the checkpoint's training did it."""

from __future__ import annotations

import html
import re
import string
from collections.abc import Callable, Mapping
from types import MappingProxyType

from mindseye.encoders.checkpoint import Cleaning
from mindseye.errors import MissingExtra

_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)


def clean(text: str, how: Cleaning) -> str:
    """The text as `how` says, always one that can be encoded in UTF-8.

    Two surrogates that make a pair become the character they stand for, a lone one becomes U+FFFD.
    Raises `MissingExtra`.
    """
    return _CLEANINGS[how](_whole_characters(text))


def _whole_characters(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _repaired(text: str) -> str:
    """Mojibake and HTML entities repaired (twice: some captions were escaped twice)."""
    try:
        import ftfy
    except ImportError as error:
        raise MissingExtra("ftfy", "encoders") from error
    repaired: str = ftfy.fix_text(text)
    # An entity can stand for a surrogate no more than a byte can: html.unescape gives U+FFFD.
    return html.unescape(html.unescape(repaired)).strip()


def _folded(text: str) -> str:
    """Runs of white space as one space."""
    return " ".join(text.split())


def _canonical(text: str) -> str:
    """Lower case without punctuation (big_vision's canonicalisation)."""
    return _folded(text.replace("_", " ").translate(_NO_PUNCTUATION).lower())


def _siglip(text: str) -> str:
    return re.sub(r"\s+", " ", text.lower().translate(_NO_PUNCTUATION)).strip()


_CLEANINGS: Mapping[Cleaning, Callable[[str], str]] = MappingProxyType(
    {
        "none": str,
        "whitespace": lambda text: _folded(_repaired(text)),
        "lower": lambda text: _folded(_repaired(text)).lower(),
        "canonicalize": lambda text: _canonical(_repaired(text)),
        # By the tokenizer, between its special tokens: see `Tokenizer`.
        "lowercase": str,
        "siglip": _siglip,
    }
)
