"""What was fetched into a folder: written last, so that a half download can be told from a whole.

A folder without a manifest may have been filled by hand; only one in which a download has begun
and not ended is unfinished.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

NAME: Final = "fetched.json"
UNFINISHED: Final = ".fetching"
"""Folder beside the files in which a download keeps what is not whole yet."""

_FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """A file as it was when its digest had been compared with the hub's."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Where the files of a folder came from; `fetched_at` is ISO 8601."""

    spec: str
    repository: str
    revision: str
    commit: str
    fetched_at: str
    files: tuple[FetchedFile, ...]

    @property
    def bytes(self) -> int:
        """The size of all files."""
        return sum(file.size for file in self.files)


def read(folder: Path) -> Manifest | None:
    """The manifest of a folder; None where there is none that can be read."""
    try:
        said = json.loads((folder / NAME).read_text(encoding="utf-8"))
        if said.pop("format") != _FORMAT:
            return None
        files = tuple(FetchedFile(**file) for file in said.pop("files"))
        return Manifest(**said, files=files)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def write(folder: Path, manifest: Manifest) -> None:
    """Write the manifest whole or not at all."""
    text = json.dumps({"format": _FORMAT, **asdict(manifest)}, indent=1, ensure_ascii=False)
    unfinished = folder / f"{NAME}.{os.getpid()}"
    unfinished.write_text(text + "\n", encoding="utf-8")
    unfinished.replace(folder / NAME)


def problems(folder: Path, manifest: Manifest) -> Iterator[str]:
    """What of a folder is no longer as it was fetched; reads every byte."""
    for file in manifest.files:
        path = folder / file.name
        if not path.is_file():
            yield f"{file.name} is missing"
        elif path.stat().st_size != file.size:
            yield f"{file.name} has {path.stat().st_size} bytes, not {file.size}"
        elif sha256_of(path) != file.sha256:
            yield f"{file.name} is damaged: its sha256 is another one"


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def git_blob_of(path: Path) -> str:
    """The name git gives to a file: SHA-1 over its length and its bytes."""
    digest = hashlib.sha1(f"blob {path.stat().st_size}\0".encode(), usedforsecurity=False)
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            digest.update(part)
    return digest.hexdigest()
