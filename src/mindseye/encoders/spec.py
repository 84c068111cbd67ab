"""The spec of an encoder: the stable text by which a user, a setting or an album names it.

    scheme                                    builtin
    scheme:name                               open-clip:ViT-L-14/dfn2b_s39b
    scheme:name@revision                      siglip:google/siglip2-base-patch16-256@4a3b1c
    scheme:name?option=value&option=value     hub:org/name?dimensions=64&resize=pad

What moves a vector belongs to the spec, and so to the space; how fast it is made does not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal, Self, TypeAlias, cast, get_args

from mindseye.errors import SpecError

ResizeChoice: TypeAlias = Literal["", "pad"]
"""How a picture meets the square: as the checkpoint says, or whole on white (for figures)."""

_OPTIONS = re.compile(r"\?((?:[a-z_]+=[^&?]*)(?:&[a-z_]+=[^&?]*)*)$")
_LEAST_DIMENSIONS = 8


@dataclass(frozen=True, slots=True)
class EncoderSpec:
    """An encoder by name; `str` and `parse` are each other's inverse.

    `dimensions` keeps that many of a vector's first numbers (0: all of them), for encoders trained
    so that those mean the most (Matryoshka representation learning, Kusupati et al. 2022).
    """

    scheme: str
    name: str = ""
    revision: str = ""
    dimensions: int = 0
    resize: ResizeChoice = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a spec; raises `SpecError` for one that cannot be read."""
        scheme, colon, rest = text.strip().partition(":")
        if not scheme or (colon and not rest):
            raise SpecError(f"{text!r} is not an encoder spec", hint=_HINT)
        options: dict[str, str] = {}
        tail = _OPTIONS.search(rest if colon else scheme)
        if tail:
            rest, scheme = (rest[: tail.start()], scheme) if colon else ("", scheme[: tail.start()])
            options = dict(pair.split("=", 1) for pair in tail[1].split("&"))
        name, revision = rest, ""
        if scheme != "local" and "@" in rest:
            name, _, revision = rest.rpartition("@")
        spec = cls(scheme, name, revision)
        return replace(spec, **_read_options(text, options))  # type: ignore[arg-type]

    def __str__(self) -> str:
        name = f":{self.name}" if self.name else ""
        revision = f"@{self.revision}" if self.revision else ""
        options = {"dimensions": self.dimensions, "resize": self.resize}
        tail = "&".join(f"{key}={value}" for key, value in options.items() if value)
        return f"{self.scheme}{name}{revision}{'?' if tail else ''}{tail}"


_HINT = "`mindseye encoders` lists the known ones; local:/path names a model directory"


def _read_options(text: str, options: dict[str, str]) -> dict[str, object]:
    known: dict[str, object] = {}
    for key, value in options.items():
        if key == "dimensions" and value.isdecimal() and int(value) >= _LEAST_DIMENSIONS:
            known[key] = int(value)
        elif key == "resize" and value in get_args(ResizeChoice):
            known[key] = cast("ResizeChoice", value)
        else:
            raise SpecError(
                f"the encoder spec {text!r} has an option that is not known: {key}={value}",
                hint=f"dimensions=N (at least {_LEAST_DIMENSIONS}) and resize=pad are",
            )
    return known
