"""Where the vectors of a library on a server are compared: an option of its URL that is ours."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sqlalchemy import URL

from mindseye.errors import ConfigError

OPTION: Final = "vectors"
"""The name of the option: `vectors=server` or `vectors=files`."""

BY_CHOICE: Final = "compared through index files on this machine, as the URL says"
"""How vectors are compared where somebody insists on files that the database could do without."""


class Comparing(StrEnum):
    """A way to compare vectors that somebody insists on."""

    SERVER = "server"
    """In the database; one that cannot is refused."""

    FILES = "files"
    """Through index files on the machine that searches, even if the database could."""


def insisted(url: URL) -> Comparing | None:
    """What the URL insists on, None where it leaves that to the server; raises `ConfigError`."""
    said = url.query.get(OPTION)
    if said is None:
        return None
    try:
        return Comparing(str(said))
    except ValueError:
        raise ConfigError(
            f"the URL of the store has {OPTION}={said}, which is no way to compare them",
            hint=f"write {OPTION}={Comparing.SERVER} to insist on a database that compares them, "
            f"{OPTION}={Comparing.FILES} to compare them on this machine, or nothing",
        ) from None
