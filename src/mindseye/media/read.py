"""Reading metadata: every reader is asked, and the strongest answer to each field wins.

A time and its precision and offset are one answer. A weaker source may still say the same time more
exactly, or know the offset of a time that a stronger one gives without.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Final

from mindseye.media.base import FileContent, MetadataReader
from mindseye.media.container import open_blocks
from mindseye.media.formats import HEAD_BYTES, suffix_of
from mindseye.media.readers.exif import ExifReader
from mindseye.media.readers.generation import GenerationReader
from mindseye.media.readers.iptc import IptcReader
from mindseye.media.readers.moments import Moment, cut
from mindseye.media.readers.name import MtimeReader, NameReader
from mindseye.media.readers.xmp import SidecarReader, XmpReader
from mindseye.types import Exposure, Metadata, Precision, Source

READERS: Final[tuple[tuple[Source, MetadataReader], ...]] = (
    (Source.SIDECAR, SidecarReader()),
    (Source.XMP, XmpReader()),
    (Source.IPTC, IptcReader()),
    (Source.GENERATION, GenerationReader()),
    (Source.EXIF, ExifReader()),
    (Source.NAME, NameReader()),
    (Source.MTIME, MtimeReader()),
)
"""The readers from the strongest source to the weakest, as `Source` lists them."""

_TIME_FIELDS: Final = ("taken_at", "offset", "precision")
_SINGLE_FIELDS: Final = tuple(
    entry.name for entry in fields(Metadata) if entry.name not in (*_TIME_FIELDS, "sources")
)

_SIDECAR_SUFFIXES: Final = (".xmp", ".XMP", ".Xmp")

_Layers = Sequence[tuple[Source, Metadata]]


def read(content: FileContent) -> Metadata:
    """Everything the file, its name and its sidecar tell; never raises for damaged metadata.

    `sources` names for each field the reader whose answer won.
    """
    if content.blocks is None:
        content = replace(content, blocks=open_blocks(content.path, content.data))
    head, suffix = content.data[:HEAD_BYTES], suffix_of(content.path)
    return merge(
        [
            (source, reader.read(content))
            for source, reader in READERS
            if reader.accepts(head, suffix)
        ]
    )


def merge(layers: _Layers) -> Metadata:
    """One answer out of many, given from the strongest to the weakest."""
    chosen: dict[str, object] = {}
    sources: dict[str, Source] = {}
    for name in _SINGLE_FIELDS:
        for source, layer in layers:
            value = getattr(layer, name)
            if value is not None and value != ():
                chosen[name], sources[name] = value, source
                break
    if "exposure" in chosen:
        chosen["exposure"] = _exposure(layers)
    time, time_sources = _time(layers)
    return Metadata(
        **{**chosen, **time},  # type: ignore[arg-type]
        # A plain dict, because this goes from process to process and a proxy cannot be pickled.
        sources={**sources, **time_sources},
    )


def find_sidecar(path: str) -> str | None:
    """The XMP file beside the photo at `path`: "a.jpg.xmp" before "a.xmp"; None without one.

    Takes and gives paths for `open` and `os`.
    """
    folder, separator, name = path.rpartition(os.sep)
    stem = name.rpartition(".")[0] or name
    for base in dict.fromkeys((name, stem)):
        for suffix in _SIDECAR_SUFFIXES:
            beside = Path(f"{folder}{separator}{base}{suffix}")
            if beside.is_file():
                return str(beside)
    return None


def _exposure(layers: _Layers) -> Exposure:
    """Exposures are filled up from weaker sources: XMP often repeats only a part of EXIF."""
    merged: dict[str, object] = {}
    for _, layer in layers:
        if layer.exposure is not None:
            for entry in fields(Exposure):
                value = getattr(layer.exposure, entry.name)
                if value is not None:
                    merged.setdefault(entry.name, value)
    return Exposure(**merged)  # type: ignore[arg-type]


def _time(layers: _Layers) -> tuple[dict[str, object], dict[str, Source]]:
    moments = [
        (source, Moment(layer.taken_at, layer.precision, layer.offset))
        for source, layer in layers
        if layer.taken_at is not None and layer.precision is not None
    ]
    if not moments:
        return {}, {}
    source, best = moments[0]
    # A date of change says nothing of a photo that has another date already.
    for weaker, moment in moments[1:]:
        if weaker is not Source.MTIME and moment.refines(best):
            source, best = weaker, moment
    offset_source, offset = source, best.offset
    for weaker, moment in moments:
        if offset is None and weaker is not Source.MTIME and _same_time(moment, best):
            offset_source, offset = weaker, moment.offset
    time = {"taken_at": best.wall, "precision": best.precision, "offset": offset}
    sources = {"taken_at": source, "precision": source}
    return time, sources if offset is None else {**sources, "offset": offset_source}


def _same_time(one: Moment, other: Moment) -> bool:
    """Whether two moments name the same minute of the clock."""
    return cut(one.wall, Precision.MINUTE) == cut(other.wall, Precision.MINUTE)
