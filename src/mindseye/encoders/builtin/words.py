"""What is done to a text before the built-in text tower reads it."""

from __future__ import annotations

import unicodedata

_SENTENCE_ENDS = " .。．"


def tidy(text: str) -> str:
    """Return `text` in the one form that the text head was trained on.

    Composed (NFC), control characters and runs of white space folded to one space (the engine
    reads C strings, so a NUL would cut the text short), lone surrogates replaced, the full stop of
    a caption dropped: a query has none, and the embedding moves by some hundredths with it.
    """
    composed = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode("utf-8"))
    spaced = "".join(" " if unicodedata.category(c) == "Cc" else c for c in composed)
    return " ".join(spaced.split()).rstrip(_SENTENCE_ENDS)
