"""Paths as text that any database can hold, and back again.

A POSIX file name is bytes and need not be UTF-8. Every byte that is not part of valid UTF-8 is
written as one code point of a small private-use block, U+10FE00 + byte, so the text is valid
Unicode, unique to its path and reversible. A name that already uses that block is refused rather
than confused with another.

Text always separates folders with "/".
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from mindseye.errors import UnsupportedMedia, UsageError
from mindseye.types import Location

_BLOCK: Final = 0x10FE00
_SURROGATES: Final = 0xDC00
_RAW_BYTES: Final = range(0x80, 0x100)

_TO_TEXT: Final = {_SURROGATES + byte: _BLOCK + byte for byte in _RAW_BYTES}
_FROM_TEXT: Final = {_BLOCK + byte: _SURROGATES + byte for byte in _RAW_BYTES}

_RESERVED: Final = re.compile(f"[{chr(_BLOCK + 0x80)}-{chr(_BLOCK + 0xFF)}]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def to_text(path: str | bytes | os.PathLike[str] | os.PathLike[bytes]) -> str:
    """The path as valid Unicode text; `from_text` gives the path back.

    Raises `UnsupportedMedia` for a name that uses the code points reserved for stray bytes, or
    that holds a lone UTF-16 surrogate which no byte explains.
    """
    name = os.fsdecode(path)
    if os.sep != "/":
        name = name.replace(os.sep, "/")
    if name.isascii():
        return name
    if _RESERVED.search(name):
        raise UnsupportedMedia(
            ascii(name),
            "the file name uses code points U+10FE80 to U+10FEFF, which stand for stray bytes here",
            hint="rename the file",
        )
    text = name.translate(_TO_TEXT)
    if _SURROGATE.search(text):
        raise UnsupportedMedia(
            ascii(name), "the file name holds half a UTF-16 pair", hint="rename the file"
        )
    return text


def from_text(text: str) -> str:
    """The path for `open` and `os`, stray bytes as surrogate escapes; the inverse of `to_text`."""
    return text if text.isascii() else text.translate(_FROM_TEXT)


def absolute(path: str | bytes | os.PathLike[str] | os.PathLike[bytes]) -> str:
    """The absolute path for `open` and `os`, "~" and ".." resolved; links are left as they are."""
    # Path.resolve would replace a link by its target, which the user did not name.
    return os.path.abspath(Path(os.fsdecode(path)).expanduser())  # noqa: PTH100


def is_folder(text: str) -> bool:
    """Whether a folder lies at this path, given as text."""
    return Path(from_text(text)).is_dir()


def covers(root: str, path: str) -> bool:
    """Whether `path` is the folder `root` or lies below it, both absolute and text."""
    base = root.rstrip("/")
    return path in (base, root) or path.startswith(base + "/")


def join(root: str, location: Location) -> str:
    """The absolute path, as text, of a location below the root at `root`."""
    parts = (root.rstrip("/"), location.folder, location.name)
    # An empty root part is the root of the file system, whose "/" was just taken off.
    return "/".join(part for index, part in enumerate(parts) if part or index == 0)


def split(root: str, path: str) -> tuple[str, str]:
    """The folder below `root` ("" is the root) and the name of the file at `path`, all text.

    Raises `UsageError` when the path does not lie below the root.
    """
    base = root.rstrip("/") + "/"
    if not path.startswith(base):
        raise UsageError(f"{path} does not lie in {root}")
    folder, _, name = path[len(base) :].rpartition("/")
    return folder, name
