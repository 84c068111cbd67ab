"""The fingerprint of a space: equal for two encoders exactly where their vectors may meet.

It hashes the content of every file that decides a vector, and the recipes read from them. To hash
gigabytes takes seconds, so digests are kept, for as long as a file's size and time of change stay.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

from mindseye.encoders.checkpoint import Checkpoint, PixelRecipe, TextRecipe
from mindseye.encoders.spec import EncoderSpec
from mindseye.errors import WeightsUnavailable

CACHE: Final = "digests.json"

_VERSION: Final = 1
"""Of how files are turned into vectors here; raise it when equal files give other vectors."""

_SETTLED_NS: Final = 2_000_000_000
"""A file changed this lately may change again without a new time (FAT counts in two seconds)."""

_MOST_KEPT: Final = 4096

_PLAIN_PIXELS: Final = PixelRecipe((0, 0))
_PLAIN_WORDS: Final = TextRecipe(Path(), 0)


def fingerprint(checkpoint: Checkpoint, spec: EncoderSpec, cache: Path) -> str:
    """32 hexadecimal digits for a checkpoint with the options of a spec.

    The way a folder is called or where it lies does not count. `cache` is a folder for digests; it
    need not exist or be writable. Raises `WeightsUnavailable` for a file that cannot be read.
    """
    digests = digests_of(checkpoint.sources, cache)
    said = {
        "version": _VERSION,
        "files": sorted((_name(path, checkpoint.folder), digests[path]) for path in digests),
        "pixels": _changed(checkpoint.pixels, _PLAIN_PIXELS),
        "words": _changed(replace(checkpoint.words, tokenizer=Path(), padded=True), _PLAIN_WORDS),
        "dimensions": spec.dimensions or checkpoint.dim,
        "resize": spec.resize,
    }
    text = json.dumps(said, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def digests_of(paths: tuple[Path, ...], cache: Path) -> dict[Path, str]:
    """The SHA-256 of each file; those in `cache` are taken where size and time still fit."""
    kept, found, fresh = _kept(cache), dict[Path, str](), dict[str, Any]()
    for path in dict.fromkeys(paths):
        try:
            now = path.stat()
            stamp, key = [now.st_size, now.st_mtime_ns], str(path.resolve())
            before = kept.get(key)
            if isinstance(before, list) and before[:2] == stamp and _is_digest(before[2:]):
                found[path] = before[2]
                continue
            with path.open("rb") as file:
                found[path] = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise WeightsUnavailable(f"{path} cannot be read: {error.strerror}") from error
        if time.time_ns() - now.st_mtime_ns > _SETTLED_NS:
            fresh[key] = [*stamp, found[path]]
    if fresh:
        _keep(cache, {**kept, **fresh})
    return found


def _name(path: Path, folder: Path) -> str:
    """A file's name inside its folder; where it lies elsewhere, its own name has to do."""
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name


def _changed(recipe: PixelRecipe | TextRecipe, plain: PixelRecipe | TextRecipe) -> dict[str, Any]:
    """What a recipe says beyond the defaults: a later field must not change old fingerprints."""
    before = asdict(plain)
    return {name: value for name, value in asdict(recipe).items() if value != before[name]}


def _is_digest(rest: list[Any]) -> bool:
    return len(rest) == 1 and isinstance(rest[0], str) and len(rest[0]) == 64


def _kept(cache: Path) -> dict[str, Any]:
    """The digests of earlier; none where the file is missing or damaged."""
    try:
        found = json.loads((cache / CACHE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _keep(cache: Path, digests: dict[str, Any]) -> None:
    """Replace the file at once; a folder that cannot be written costs time only."""
    text = json.dumps(dict(list(digests.items())[-_MOST_KEPT:]), indent=0)
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", dir=cache, prefix=CACHE, delete=False, encoding="utf-8"
        ) as file:
            file.write(text)
    except OSError:
        return
    try:
        Path(file.name).replace(cache / CACHE)
    except OSError:
        Path(file.name).unlink(missing_ok=True)
