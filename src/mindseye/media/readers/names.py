"""Names of cameras and lenses as people say them."""

from __future__ import annotations

import re
from typing import Final

from mindseye.media.readers.text import name

_COMPANY_WORDS: Final = re.compile(
    r"(?:[\s,.]+(?:corporation|corp|company|co|ltd|inc|gmbh|ag|optical|imaging|camera|electronics"
    r"|computer|photo film|techwin|digital|s\.?p\.?a)\b\.?)+[\s,.]*$",
    re.IGNORECASE,
)

_NO_LENS: Final = re.compile(r"[-\s.0/fmn]*|unknown.*|n/?a|none|manual lens.*", re.IGNORECASE)


def camera(make: object, model: object) -> str | None:
    """Make and model as one name, the make once and without "Corporation" and its like."""
    maker, type_ = name(make), name(model)
    if type_ is None:
        return _short(maker) if maker else None
    if maker is None:
        return type_
    makers = re.split(r"[\s\-_]+", _short(maker).casefold())
    first = re.split(r"[\s\-_]+", type_.casefold())[0]
    if first in makers or type_.casefold().startswith(_short(maker).casefold()):
        return type_
    return f"{_short(maker)} {type_}"


def lens(*values: object) -> str | None:
    """The first of the values that names a lens."""
    names = (name(value) for value in values)
    return next((text for text in names if text and not _NO_LENS.fullmatch(text)), None)


def _short(maker: str) -> str:
    return _COMPANY_WORDS.sub("", maker).strip(" ,.") or maker
