"""Values from the JSON files of a model directory, each checked before anybody relies on it.

Such files come from strangers: a size of 10**9 or a list where a number belongs must end in an
error that names the file and the field.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NoReturn

from mindseye.errors import SpecError, WeightsUnavailable

MOST_SIDE: Final = 4096
"""Pixels of an input's side; published towers take at most 768."""

MOST_CONTEXT: Final = 8192
"""Tokens of a text; published towers take at most 512."""

MOST_DIM: Final = 1 << 16
"""Numbers of a vector; published towers give at most 4096."""

_MOST_BYTES: Final = 16 << 20
_AGAIN: Final = "fetch or copy the file again"


def read_json(path: Path, most_bytes: int = _MOST_BYTES) -> dict[str, Any]:
    """The object in a JSON file; raises `WeightsUnavailable` for anything else."""
    try:
        if path.stat().st_size > most_bytes:
            raise WeightsUnavailable(
                f"{path} is larger than such a file can be ({most_bytes} bytes)", hint=_AGAIN
            )
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise WeightsUnavailable(f"{path} cannot be read: {error.strerror}", hint=_AGAIN) from error
    except (ValueError, RecursionError) as error:
        raise WeightsUnavailable(f"{path} is not JSON: {error}", hint=_AGAIN) from error
    if not isinstance(found, dict):
        raise WeightsUnavailable(f"{path} holds no JSON object", hint=_AGAIN)
    return found


def read_fields(path: Path) -> Fields:
    """The fields of a JSON file; raises `WeightsUnavailable`."""
    return Fields(path, read_json(path))


class Fields:
    """The fields of a JSON object; a null counts as absent, as it does for those who write them.

    Every getter raises `WeightsUnavailable`, naming file and field, for a value of another type or
    beyond what is sensible, and for an absent one that has no default.
    """

    def __init__(self, path: Path, values: Mapping[str, Any], at: str = "") -> None:
        self.path = path
        self.values = values
        self._at = at

    def __contains__(self, name: str) -> bool:
        return self.values.get(name) is not None

    def part(self, name: str, *, required: bool = False) -> Fields:
        """The object in a field; an empty one where it is absent and may be."""
        found = self._found(name, None if required else {})
        if not isinstance(found, dict):
            self._wrong(name, "an object")
        return Fields(self.path, found, f"{self._at}{name}.")

    def text(self, name: str, default: str | None = None) -> str:
        """A text."""
        found = self._found(name, default)
        if not isinstance(found, str):
            self._wrong(name, "a text")
        return found

    def flag(self, name: str, default: bool) -> bool:
        """True or false."""
        found = self._found(name, default)
        if not isinstance(found, bool):
            self._wrong(name, "true or false")
        return found

    def integer(self, name: str, default: int | None = None, *, most: int, least: int = 1) -> int:
        """A whole number of `least` to `most`."""
        found = self._found(name, default)
        if not _is_whole(found) or not least <= found <= most:
            self._wrong(name, f"a whole number of {least} to {most}")
        return int(found)

    def number(self, name: str, default: float | None = None) -> float:
        """A finite number."""
        found = self._found(name, default)
        if not _is_number(found):
            self._wrong(name, "a number")
        return float(found)

    def side_pair(self, name: str, default: int | None = None) -> tuple[int, int]:
        """(height, width) in pixels, written as one number, a list of them, or named."""
        found = self._found(name, default)
        if isinstance(found, dict):
            found = [found.get("height"), found.get("width")]
        sides = found if isinstance(found, list) else [found, found]
        if len(sides) == 1:
            sides = sides * 2
        if len(sides) != 2 or not all(_is_whole(s) and 1 <= s <= MOST_SIDE for s in sides):
            self._wrong(name, f"a side or two in pixels, 1 to {MOST_SIDE}")
        return int(sides[0]), int(sides[1])

    def three(
        self, name: str, default: Sequence[float] | None = None
    ) -> tuple[float, float, float]:
        """A number per channel, written as three or as one for all."""
        found = self._found(name, default)
        values = [found] * 3 if _is_number(found) else found
        if (
            not isinstance(values, list | tuple)
            or len(values) != 3
            or not all(_is_number(value) for value in values)
        ):
            self._wrong(name, "a number or three of them")
        return float(values[0]), float(values[1]), float(values[2])

    def choice(self, name: str, default: str, among: Mapping[str, str]) -> str:
        """What `among` makes of a text; raises `SpecError` for one it does not know."""
        found = self.text(name, default)
        if found not in among:
            raise SpecError(
                f"{self.path}: {self._at}{name} is {found!r}, which is not supported",
                hint=f"supported are {', '.join(among)}",
            )
        return among[found]

    def check_sizes(self, *names: str) -> None:
        """Look at sizes of a network that are not needed here, but are relied on later."""
        for name in names:
            if name in self:
                self.integer(name, most=MOST_DIM)

    def reject(self, name: str, expected: str) -> NoReturn:
        """Raise for a field whose value does not go with others; `expected` says what would."""
        self._wrong(name, expected)

    def _found(self, name: str, default: object) -> Any:
        found = self.values.get(name)
        if found is None:
            found = default
        if found is None:
            raise WeightsUnavailable(f"{self.path} lacks {self._at}{name}", hint=_AGAIN)
        return found

    def _wrong(self, name: str, expected: str) -> NoReturn:
        shown = repr(self.values.get(name))
        if len(shown) > 60:
            shown = f"{shown[:57]}..."
        raise WeightsUnavailable(
            f"{self.path}: {self._at}{name} should be {expected}, but is {shown}", hint=_AGAIN
        )


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False
