"""Evaluations as jobs: what was asked for is checked and kept as a file, and measured later."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from threading import Event
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from mindseye.encoders.spec import EncoderSpec
from mindseye.errors import UsageError
from mindseye.ingest.options import Observer
from mindseye.library import Library
from mindseye.server.folders import Folders


class EvaluateWanted(BaseModel):
    """Measure how well encoders find captioned pictures, or how well the library is searched.

    `rows` are those that `mindseye evaluate` reads, all of one kind: `{"image", "captions"}`, or
    `{"query", "relevant"}` for the library itself. Paths in them start from `folder`.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "kind": "evaluate",
                "folder": "/home/ann/Pictures",
                "rows": [{"query": "our dog", "relevant": ["2023/dog.jpg"]}],
            }
        },
    )

    kind: Literal["evaluate"]
    rows: list[dict[str, Any]] = Field(min_length=1, max_length=200_000)
    folder: str = Field(
        default="", max_length=4000, description="Folder that paths in the rows start from."
    )
    encoders: list[Annotated[str, Field(max_length=500)]] = Field(
        default_factory=list, max_length=10, description="Specs; several are compared."
    )
    ks: list[Annotated[int, Field(ge=1, le=1000)]] = Field(
        default=[1, 5, 10], min_length=1, max_length=10, description="Where recall@k is taken."
    )
    direction: Literal["text-to-image", "image-to-text", "both"] = "text-to-image"


def arguments_of(wanted: EvaluateWanted, folders: Folders, kept: Path) -> dict[str, Any]:
    """What the job is started with: the rows lie in a file below the folder `kept`, told by name.

    Raises `UsageError` with the line of a row that cannot be understood, `SpecError`, and
    `NotPermitted` for pictures that lie where the server may not look.
    """
    for spec in wanted.encoders:
        EncoderSpec.parse(spec)
    above = folders.resolve(wanted.folder) if wanted.folder else None
    text = "\n".join(json.dumps(row, ensure_ascii=False) for row in wanted.rows)
    data = text.encode(errors="surrogatepass")
    file = kept / f"{sha256(data).hexdigest()[:24]}.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    try:
        folders.require(_images(file, above))
    except Exception:
        file.unlink()
        raise
    return {
        "rows": file.name,
        "folder": None if above is None else str(above),
        "encoders": list(dict.fromkeys(wanted.encoders)),
        "ks": sorted(set(wanted.ks)),
        "direction": wanted.direction,
    }


def _images(file: Path, above: Path | None) -> Sequence[Path]:
    """The pictures that an evaluation would open; paths must be whole where no folder is named."""
    from mindseye.analysis.captions import read_captions
    from mindseye.analysis.judged import is_judged, read_judged

    if is_judged(file):
        judged = read_judged(file, above)
        named = [
            path for one in judged if isinstance(one.relevant, Mapping) for path in one.relevant
        ]
        images: list[Path] = []
    else:
        named = images = [one.image for one in read_captions(file, above)]
    if above is None and any(path.is_relative_to(file.parent) for path in named):
        raise UsageError("the rows hold relative paths", hint="name the `folder` they start from")
    return images


def evaluated(
    library: Library, arguments: Mapping[str, Any], observer: Observer, cancel: Event
) -> object:
    """What an evaluation found; None where it was stopped. Raises as `mindseye.evaluation` does."""
    from mindseye.analysis.captions import read_captions
    from mindseye.analysis.judged import is_judged, read_judged
    from mindseye.evaluation import Cancelled, Wish, of_captions, of_library

    file = rows_folder(library) / arguments["rows"]
    above = None if arguments["folder"] is None else Path(arguments["folder"])
    wish = Wish(tuple(arguments["encoders"]), tuple(arguments["ks"]), arguments["direction"])
    try:
        if is_judged(file):
            return of_library(library, read_judged(file, above), wish, cancel)
        captioned = read_captions(file, above)
        return of_captions(captioned, wish, library.settings, observer=observer, cancel=cancel)
    except Cancelled:
        return None


def rows_folder(library: Library) -> Path:
    """Where the rows of evaluations lie, by their content."""
    return library.settings.library / "evaluations"
