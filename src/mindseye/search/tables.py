"""Hits as a table: one row a hit, one column a fact, typed; extras `arrow` and `pandas`.

`taken_at` is the wall clock of the place and `offset` its distance from UTC; `added_at` is in UTC.
What is not known is null. Paths are text as the library keeps it (`mindseye.media.paths`).
docs/how-to/use-from-python.md lists the columns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from mindseye.errors import MissingExtra
from mindseye.query.facts import FACTS
from mindseye.types import Hit

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_Read = Callable[[Hit], object]


def _fact(name: str) -> _Read:
    """A fact of the photo under the name that filters have for it."""
    read = FACTS[name]
    return lambda hit: read(hit.photo)


def _generated(name: str) -> _Read:
    return lambda hit: getattr(hit.photo.metadata.generation, name, None)


def _altitude(hit: Hit) -> object:
    return None if hit.photo.metadata.gps is None else hit.photo.metadata.gps.altitude


def _why(hit: Hit) -> object:
    return [{"term": one.term, "weight": one.weight, "score": one.score} for one in hit.why]


_COLUMNS: Final[Mapping[str, tuple[str, _Read]]] = {
    "score": ("float64", lambda hit: hit.score),
    "probability": ("float64", lambda hit: hit.probability),
    "id": ("int64", lambda hit: hit.photo.id),
    "path": ("string", lambda hit: hit.photo.path),
    "frame": ("int64", lambda hit: hit.frame),
    "taken_at": ("moment", _fact("taken_at")),
    "offset": ("duration", lambda hit: hit.photo.metadata.offset),
    "precision": ("string", _fact("precision")),
    **{name: ("string", _fact(name)) for name in ("city", "region", "country", "country_code")},
    **{name: ("float64", _fact(name)) for name in ("latitude", "longitude")},
    "altitude": ("float64", _altitude),
    **{name: ("string", _fact(name)) for name in ("camera", "lens")},
    "exposure_seconds": ("float64", _fact("exposure_seconds")),
    "f_number": ("float64", _fact("f_number")),
    "iso": ("int64", _fact("iso")),
    **{name: ("float64", _fact(name)) for name in ("focal_length", "focal_length_35mm")},
    **{name: ("string", _fact(name)) for name in ("title", "caption", "text")},
    "keywords": ("texts", _fact("keywords")),
    "people": ("texts", _fact("people")),
    "colours": ("texts", _fact("colours")),
    "rating": ("int32", _fact("rating")),
    "tool": ("string", _generated("tool")),
    "prompt": ("string", _generated("prompt")),
    "model": ("string", _generated("model")),
    "format": ("string", _fact("format")),
    "width": ("int32", _fact("width")),
    "height": ("int32", _fact("height")),
    "frames": ("int32", lambda hit: hit.photo.picture.frames),
    "size": ("int64", _fact("size")),
    "copies": ("int32", lambda hit: hit.photo.copies),
    "digest": ("string", lambda hit: hit.photo.digest),
    "added_at": ("moment", _fact("added_at")),
    "why": ("reasons", _why),
}
"""Column -> the name of its type and how it is read; rank and relevant are told by the order."""


def to_arrow(hits: Sequence[Hit], relevant: int) -> pa.Table:
    """A table of hits, best first, of which the first `relevant` lie above the cut-off.

    Raises `MissingExtra` without pyarrow.
    """
    arrow = _arrow()
    types = _types(arrow)
    columns = {
        "rank": arrow.array(range(1, len(hits) + 1), arrow.int64()),
        "relevant": arrow.array([place < relevant for place in range(len(hits))], arrow.bool_()),
    }
    for name, (kind, read) in _COLUMNS.items():
        columns[name] = arrow.array([_plain(read(hit)) for hit in hits], types[kind])
    return arrow.table(columns)


def to_pandas(hits: Sequence[Hit], relevant: int) -> pd.DataFrame:
    """The same as a data frame; whole numbers that may be missing are pandas' nullable ones.

    Raises `MissingExtra` without pandas and pyarrow.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise MissingExtra("pandas", "pandas") from error
    arrow = _arrow("pandas")
    nullable = {arrow.int64(): pd.Int64Dtype(), arrow.int32(): pd.Int32Dtype()}
    return to_arrow(hits, relevant).to_pandas(types_mapper=nullable.get)


def _arrow(extra: str = "arrow") -> Any:
    try:
        import pyarrow as pa
    except ImportError as error:
        raise MissingExtra("pyarrow", extra) from error
    return pa


def _types(arrow: Any) -> Mapping[str, Any]:
    reason = [("term", arrow.string()), ("weight", arrow.float64()), ("score", arrow.float64())]
    return {
        "int32": arrow.int32(),
        "int64": arrow.int64(),
        "float64": arrow.float64(),
        "string": arrow.string(),
        "texts": arrow.list_(arrow.string()),
        "moment": arrow.timestamp("us"),
        "duration": arrow.duration("s"),
        "reasons": arrow.list_(arrow.struct(reason)),
    }


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
