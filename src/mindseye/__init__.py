"""Mindseye finds photos by what they show, on your own machine.

    from mindseye import Library

    with Library.open("~/my-library") as library:
        library.ingest(["~/Pictures"])
        for hit in library.search("dog running on a beach").hits:
            print(f"{hit.score:.3f}", hit.photo.path)

Importing the package loads nothing heavy: each name below is fetched when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mindseye.config import Settings
    from mindseye.encode import encode_image, encode_text
    from mindseye.errors import MindseyeError
    from mindseye.library import Library, Status
    from mindseye.query.build import Ask, ask
    from mindseye.query.given import above, at_least, at_most, below, between
    from mindseye.query.model import Query, Term
    from mindseye.search.found import Found
    from mindseye.types import Album, Edit, Hit, IngestReport, Metadata, Photo, ReencodeReport

_HOMES = {
    "Album": "mindseye.types",
    "Ask": "mindseye.query.build",
    "Edit": "mindseye.types",
    "Found": "mindseye.search.found",
    "Hit": "mindseye.types",
    "IngestReport": "mindseye.types",
    "Library": "mindseye.library",
    "Metadata": "mindseye.types",
    "MindseyeError": "mindseye.errors",
    "Photo": "mindseye.types",
    "Query": "mindseye.query.model",
    "ReencodeReport": "mindseye.types",
    "Settings": "mindseye.config",
    "Status": "mindseye.library",
    "Term": "mindseye.query.model",
    "ask": "mindseye.query.build",
    **dict.fromkeys(("above", "at_least", "at_most", "below", "between"), "mindseye.query.given"),
    "encode_image": "mindseye.encode",
    "encode_text": "mindseye.encode",
}

__version__ = "0.1.0"
__all__ = [
    "Album",
    "Ask",
    "Edit",
    "Found",
    "Hit",
    "IngestReport",
    "Library",
    "Metadata",
    "MindseyeError",
    "Photo",
    "Query",
    "ReencodeReport",
    "Settings",
    "Status",
    "Term",
    "__version__",
    "above",
    "ask",
    "at_least",
    "at_most",
    "below",
    "between",
    "encode_image",
    "encode_text",
]


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return __all__
