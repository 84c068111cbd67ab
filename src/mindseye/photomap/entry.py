"""One album of a config.yaml, as one of ours and back.

| theirs | ours |
|---|---|
| `name`, or the key with a capital | name |
| `image_paths` | folders |
| `description` | description |
| `encoder_spec`, `openai-clip:ViT-B/32` where it lacks | encoder |
| `min_search_score` | min_score |
| `max_search_results`, 100 where it lacks | max_results |
| `use_query_optimization`, true where it lacks | optimise |
| `min_image_dimension`, 256 where it lacks | search `width:>=256 height:>=256` |
| `min_image_bytes`, 8192 where it lacks | search `size:>=8192` |

PhotoMapAI takes no picture in that is smaller on either side, or has fewer bytes. Here such a
picture stays in the library, and the album leaves it out. The defaults are those of PhotoMapAI
1.3, `backend/config.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from math import isfinite
from pathlib import Path
from typing import Any, Final

from mindseye import plugins
from mindseye.encoders.spec import EncoderSpec
from mindseye.errors import SpecError, UsageError
from mindseye.photomap.document import text
from mindseye.types import Album

LEGACY: Final = "openai-clip:ViT-B/32"
THEIR_SCHEMES: Final = ("openai-clip", "open-clip", "siglip")

_LEAST_SIDE, _LEAST_BYTES = 256, 8192
_GATE = re.compile(r"(?:width:>=(\d+) height:>=\1)? ?(?:size:>=(\d+))?")
_USED: Final = frozenset({
    "name", "image_paths", "description", "encoder_spec", "min_search_score", "max_search_results",
    "use_query_optimization", "min_image_dimension", "min_image_bytes",
})  # fmt: skip
_NO_CHOICE: Final = frozenset(("source_type", "index"))
"""Keys that every album has and that say nothing a user chose."""


@dataclass(slots=True)
class Reading:
    """Takes values out of an entry; what cannot be used is noted, never with the value itself."""

    entry: Mapping[Any, Any]
    notices: list[str] = field(default_factory=list)

    def value(self, key: str, take: Callable[[object], Any], otherwise: Any) -> Any:
        """The value of a key, `otherwise` where it lacks or `take` raises `ValueError`."""
        given = self.entry.get(key)
        if given is None:
            return otherwise
        try:
            return take(given)
        except ValueError as error:
            self.notices.append(f"{key} {error}")
            return otherwise


def is_of_folders(entry: Mapping[Any, Any]) -> bool:
    """Whether an album's photos come from folders; where it does not say, they do."""
    return entry.get("source_type") in (None, "directory")


def album_of(entry: object, name: str) -> tuple[Album, list[str]]:
    """Our album for one of theirs, and what of it was left out.

    Raises `UsageError` for one that holds no folder of this machine.
    """
    if not isinstance(entry, Mapping):
        raise UsageError("it is no mapping of names to values")
    reading = Reading(entry)
    if not is_of_folders(entry):
        raise UsageError("its photos come from boards of InvokeAI, not from folders")
    folders = reading.value("image_paths", lambda given: _folders(given, reading.notices), ())
    if not folders:
        raise UsageError("it names no folder of this machine")
    side = reading.value("min_image_dimension", _whole, _LEAST_SIDE)
    size = reading.value("min_image_bytes", _whole, _LEAST_BYTES)
    album = Album(
        name,
        folders,
        description=reading.value("description", _text, ""),
        encoder=reading.value("encoder_spec", _encoder, "" if "encoder_spec" in entry else LEGACY),
        min_score=reading.value("min_search_score", _number, None),
        max_results=reading.value("max_search_results", _count, 100),
        optimise=reading.value("use_query_optimization", _truth, True),
        search=gate(side, size),
    )
    unused = sorted(
        str(key)
        for key, value in entry.items()
        if key not in _USED | _NO_CHOICE and value not in (None, "", [])
    )
    if unused:
        reading.notices.append(f"not used here, and kept in the file: {', '.join(unused)}")
    return album, reading.notices


def gate(side: int, size: int) -> str:
    """The search that leaves out pictures smaller than so many pixels or bytes."""
    parts = [f"width:>={side} height:>={side}"] if side > 1 else []
    return " ".join([*parts, *([f"size:>={size}"] if size > 0 else [])])


def sizes_of(search: str) -> tuple[int, int] | None:
    """Least side and least bytes that a search asks for; None where it asks for more than that."""
    match = _GATE.fullmatch(search.strip())
    return None if match is None else (int(match[1] or 1), int(match[2] or 0))


def write(entry: MutableMapping[Any, Any], album: Album, shown: Callable[[str], str]) -> list[str]:
    """Bring an entry to our album; returns what could not be said there.

    Only keys whose meaning differs are touched. `shown` spells a folder as the file system does.
    Raises `UsageError` for an album that is more than folders.
    """
    if not is_of_folders(entry):
        raise UsageError("the album of this name there comes from boards of InvokeAI")
    sizes = sizes_of(album.search)
    if sizes is None or not album.folders:
        raise UsageError("PhotoMapAI keeps albums of folders only, without searches")
    known = _known(entry, album.name)
    notices = []
    if not entry:
        entry["name"] = text(album.name)
        entry["source_type"] = text("directory")
    if known.folders != tuple(shown(folder) for folder in album.folders):
        entry["image_paths"] = [text(shown(folder)) for folder in album.folders]
    if "index" not in entry:
        first = Path(shown(album.folders[0])) / "photomap_index" / "embeddings.npz"
        entry["index"] = text(first.as_posix())
    if known.description != album.description:
        entry["description"] = text(album.description)
    if album.encoder and album.encoder != known.encoder:
        if _is_theirs(album.encoder):
            entry["encoder_spec"] = text(album.encoder)
        else:
            notices.append(f"the encoder {album.encoder} is unknown to PhotoMapAI")
    _put(entry, "min_search_score", album.min_score, known.min_score)
    _put(entry, "max_search_results", album.max_results, known.max_results)
    _put(entry, "use_query_optimization", album.optimise, known.optimise)
    before = sizes_of(known.search) or (_LEAST_SIDE, _LEAST_BYTES)
    _put(entry, "min_image_dimension", sizes[0], before[0])
    _put(entry, "min_image_bytes", sizes[1], before[1])
    return notices


def _known(entry: Mapping[Any, Any], name: str) -> Album:
    """What an entry says already, without folders where it has none."""
    try:
        return album_of(entry, name)[0]
    except UsageError:
        return replace(album_of({**entry, "image_paths": ["/"]}, name)[0], folders=())


def _put(entry: MutableMapping[Any, Any], key: str, value: object, known: object) -> None:
    if value == known:
        return
    if value is None:
        # What no one has chosen PhotoMapAI decides by its defaults.
        entry.pop(key, None)
    else:
        entry[key] = value


def _is_theirs(spec: str) -> bool:
    parsed = EncoderSpec.parse(spec)
    return parsed.scheme in THEIR_SCHEMES and parsed == EncoderSpec(parsed.scheme, parsed.name)


def _folders(given: object, notices: list[str]) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(path, str) for path in given):
        raise ValueError("is no list of folders")
    paths = [Path(path).expanduser() for path in given]
    usable = tuple(str(path) for path in paths if path.is_absolute())
    if len(usable) < len(paths):
        notices.append(f"{len(paths) - len(usable)} of image_paths are no whole paths here")
    return usable


def _encoder(given: object) -> str:
    try:
        spec = EncoderSpec.parse(_text(given))
        known = spec.scheme in plugins.names("encoders")
    except SpecError:
        known = False
    if not known:
        raise ValueError(
            "names an encoder that is unknown here: the library's own searches the album"
        )
    return str(spec)


def _text(given: object) -> str:
    if isinstance(given, str | int | float):
        return str(given)
    raise ValueError("is no text")


def _number(given: object) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not isfinite(given):
        raise ValueError("is no number")
    return float(given)


def _whole(given: object) -> int:
    number = _number(given)
    if number != int(number) or number < 0:
        raise ValueError("is no whole number")
    return int(number)


def _count(given: object) -> int:
    if (number := _whole(given)) < 1:
        raise ValueError("must be one or more")
    return number


def _truth(given: object) -> bool:
    # Their reader knows the words of YAML 1.1.
    word = str(given).lower()
    if word in {"true", "yes", "on", "1"}:
        return True
    if word in {"false", "no", "off", "0"}:
        return False
    raise ValueError("is neither true nor false")
