"""Captioned pictures read from a file: JSONL, CSV, TSV or the JSON of COCO.

{"image": "a/1.jpg", "captions": ["a dog", "a brown dog runs"], "split": "val"}      JSONL
{"image": "a/2.jpg", "caption": "a cat", "grade": 2}                                 JSONL
image,caption                                                                        CSV, TSV
{"images": [{"id", "file_name"}], "annotations": [{"image_id", "caption"}]}          COCO

Rows of one picture are joined. An image lies relative to the folder of the file, or to another one
that is named.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mindseye.analysis.rows import Row, contents, iter_rows
from mindseye.errors import UsageError


@dataclass(frozen=True, slots=True)
class Caption:
    """A text that a picture answers, and how well it does; 1 unless the file grades."""

    text: str
    grade: float = 1.0


@dataclass(frozen=True, slots=True)
class Captioned:
    """A picture and its captions; without any it is only there to be confused with others."""

    image: Path
    captions: tuple[Caption, ...] = ()


@dataclass(frozen=True, slots=True)
class _Line:
    image: str
    captions: tuple[Caption, ...]
    split: str


def read_captions(
    file: Path, images: Path | None = None, *, split: str = "", limit: int = 0, seed: int = 0
) -> list[Captioned]:
    """The pictures of a file in their order, or those of one `split` of it.

    `images` is the folder that paths start from, that of the file where it is None. With `limit` a
    sample of so many pictures is drawn by `seed`. Raises `NotFound`, `UsageError` with the line of
    a row that cannot be understood.
    """
    lines = list(_coco(file) if file.suffix.lower() == ".json" else map(_line, iter_rows(file)))
    if split:
        lines = _of_split(file, lines, split)
    joined: dict[str, list[Caption]] = {}
    for line in lines:
        joined.setdefault(line.image, []).extend(line.captions)
    if not any(joined.values()):
        raise UsageError(
            f"{file} holds no captions", hint="docs/how-to/evaluate.md shows the forms it may have"
        )
    folder = file.parent if images is None else images
    found = [Captioned(folder / image, tuple(said)) for image, said in joined.items()]
    return _sample(found, limit, seed)


def _of_split(file: Path, lines: Sequence[_Line], split: str) -> list[_Line]:
    kept = [line for line in lines if line.split == split]
    if not kept:
        known = ", ".join(sorted({line.split for line in lines if line.split})) or "none"
        raise UsageError(f"{file} has no split {split!r}; it names {known}")
    return kept


def _sample(pictures: list[Captioned], limit: int, seed: int) -> list[Captioned]:
    if not limit or limit >= len(pictures):
        return pictures
    chosen = np.random.default_rng(seed).choice(len(pictures), limit, replace=False)
    return [pictures[place] for place in np.sort(chosen)]


def _line(row: Row) -> _Line:
    split = row.values.get("split") or ""
    return _Line(row.text("image"), tuple(_captions(row)), str(split))


def _captions(row: Row) -> Iterator[Caption]:
    """The captions of a row, graded by `grade` for all or by `grades`, one each."""
    if "captions" not in row.values:
        yield Caption(row.text("caption"), row.grade(row.values.get("grade", 1.0)))
        return
    texts, grades = row.values["captions"], row.values.get("grades")
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise row.wrong("a list of texts under 'captions'", texts)
    if grades is None:
        grades = [row.values.get("grade", 1.0)] * len(texts)
    if not isinstance(grades, list) or len(grades) != len(texts):
        raise row.wrong(f"{len(texts)} numbers under 'grades', one for each caption", grades)
    for text, grade in zip(texts, grades, strict=True):
        if text.strip():
            yield Caption(text.strip(), row.grade(grade))


def _coco(file: Path) -> Iterator[_Line]:
    """The pictures and annotations of a COCO captions file."""
    try:
        whole = json.loads(contents(file))
    except json.JSONDecodeError as error:
        raise UsageError(
            f"{file}, line {error.lineno}: this is not JSON ({error.msg})",
            hint="one object a line is named .jsonl",
        ) from error
    names: dict[object, tuple[str, str]] = {}
    for row in _entries(file, whole, "images"):
        names[row.values.get("id")] = row.text("file_name"), str(row.values.get("split") or "")
    for image, split in names.values():
        yield _Line(image, (), split)
    for row in _entries(file, whole, "annotations"):
        name = names.get(row.values.get("image_id"))
        if name is None:
            raise row.wrong("the id of one of the images under 'image_id'", row.values)
        yield _Line(name[0], (Caption(row.text("caption")),), name[1])


def _entries(file: Path, whole: object, name: str) -> Iterator[Row]:
    entries = whole.get(name) if isinstance(whole, dict) else None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise UsageError(
            f"{file}: expected a list of objects under {name!r}, as COCO captions have it",
            hint="one object a line is named .jsonl",
        )
    for number, entry in enumerate(entries, start=1):
        yield Row(Path(f"{file}: {name}"), number, entry)
