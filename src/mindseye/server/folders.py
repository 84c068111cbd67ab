"""The folders of this machine that clients may name; every path is resolved inside one of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from mindseye.errors import NotFound, NotPermitted
from mindseye.media import paths


@dataclass(frozen=True, slots=True)
class Folders:
    """Resolves paths inside `configured` folders and the roots of the library."""

    configured: tuple[Path, ...]
    roots: Callable[[], list[str]]
    """The roots of the library, absolute text."""

    @classmethod
    def of(cls, setting: str, roots: Callable[[], list[str]]) -> Folders:
        """Those of the setting `folders`; where it is empty, the home folder."""
        named = [Path(part).expanduser() for part in setting.split(os.pathsep) if part]
        return cls(tuple(named or [Path.home()]), roots)

    @property
    def allowed(self) -> list[Path]:
        """The folders below which everything may be named, with links resolved."""
        known = [Path(paths.from_text(root)) for root in self.roots()]
        return list(dict.fromkeys(folder.resolve() for folder in (*self.configured, *known)))

    def resolve(self, named: str) -> Path:
        """The folder a client names, absolute text, with links resolved.

        Raises `NotPermitted` for whatever lies elsewhere, be it there or not, and `NotFound`.
        """
        try:
            folder = Path(paths.from_text(named)).resolve()
        except (OSError, ValueError, RuntimeError):
            raise NotFound("this is the path of no folder") from None
        self._require_inside([folder])
        if not folder.is_dir():
            raise NotFound(f"there is no folder {named}")
        return folder

    def require(self, files: Iterable[Path]) -> None:
        """Raise `NotPermitted` for files that lie elsewhere, be they there or not."""
        try:
            self._require_inside([file.resolve() for file in files])
        except (OSError, ValueError, RuntimeError):
            raise NotFound("this is the path of no file") from None

    def _require_inside(self, resolved: Iterable[Path]) -> None:
        allowed = self.allowed
        for path in resolved:
            if not any(path.is_relative_to(above) for above in allowed):
                raise NotPermitted(
                    f"{path.name!r} lies outside of what the server may look at",
                    hint="the setting `folders` lists it",
                )

    def inside(self, folder: Path) -> list[Path]:
        """The folders directly in a folder that was resolved, by name, hidden ones left out."""
        try:
            with os.scandir(folder) as entries:
                names = [
                    entry.name
                    for entry in entries
                    if not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False)
                ]
        except OSError as error:
            raise NotPermitted(f"the folder cannot be read: {error.strerror}") from error
        return [folder / name for name in sorted(names, key=str.casefold)]
