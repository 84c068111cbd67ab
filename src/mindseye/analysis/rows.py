"""Files of rows, one object a line, read so that a mistake in one is named with its line."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mindseye.errors import NotFound, UsageError

_DELIMITERS = {".csv": ",", ".tsv": "\t"}


@dataclass(frozen=True, slots=True)
class Row:
    """One object of a file and the line it stands on, counted from 1."""

    file: Path
    line: int
    values: Mapping[str, object]

    def wrong(self, expected: str, found: object) -> UsageError:
        """The error that says what was expected on this line."""
        return UsageError(f"{self.file}, line {self.line}: expected {expected}, found {found!r}")

    def text(self, name: str) -> str:
        """The text under a name; raises `UsageError` where there is none."""
        value = self.values.get(name)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(f"a text under {name!r}", value)
        return value.strip()

    def grade(self, value: object) -> float:
        """A grade of relevance: a number of at least 0, also one written as text."""
        try:
            grade = float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            grade = -1.0
        # Each step of a grade doubles its gain, so that 64 already outweighs everything.
        if not 0.0 <= grade <= 64.0:
            raise self.wrong("a grade from 0 to 64", value)
        return grade


def contents(file: Path) -> str:
    """The text of a file in UTF-8; raises `NotFound` or `UsageError`."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise NotFound(f"the file {file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"the file {file} is not UTF-8: {error.reason}") from error


def iter_rows(file: Path) -> Iterator[Row]:
    """The rows of a JSONL, CSV or TSV file, by its suffix; empty lines are passed over.

    CSV and TSV name their columns in the first line. Raises `NotFound` for a file that cannot be
    read, `UsageError` with the line of a row that is none.
    """
    delimiter = _DELIMITERS.get(file.suffix.lower())
    text = contents(file)
    yield from _objects(file, text) if delimiter is None else _table(file, text, delimiter)


def _objects(file: Path, text: str) -> Iterator[Row]:
    # Not splitlines: a text inside JSON may hold U+2028, which is no end of a line there.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except json.JSONDecodeError as error:
            raise UsageError(
                f"{file}, line {number}: this is not JSON ({error.msg}, column {error.colno})",
                hint="JSONL holds one object a line; COCO captions are named .json",
            ) from error
        if not isinstance(values, dict):
            raise UsageError(f"{file}, line {number}: expected an object, found {line[:40]}")
        yield Row(file, number, values)


def _table(file: Path, text: str, delimiter: str) -> Iterator[Row]:
    reader = csv.DictReader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    try:
        for values in reader:
            row = Row(file, reader.line_num, values)
            if None in values or None in values.values():
                columns = len(reader.fieldnames or ())
                raise row.wrong(f"{columns} columns", delimiter.join(map(str, values.values())))
            yield row
    except csv.Error as error:
        raise UsageError(f"{file}, line {reader.reader.line_num}: {error}") from error
