"""Roles, and who a request comes from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final


class Role(IntEnum):
    """What somebody may do; each role may do what those before it may.

    A guest follows a link to one album and sees nothing else; a viewer sees and searches all; an
    editor says what is so of photos and keeps albums; an admin takes photos in and keeps users.
    """

    GUEST = 0
    VIEWER = 1
    EDITOR = 2
    ADMIN = 3

    @property
    def label(self) -> str:
        """The name as it is typed."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a request comes from; `album` is the only one a guest may see.

    `originals` says whether the files themselves may be read, with all they hold; `ticket` is the
    id of what let them in, None for the owner.
    """

    name: str
    role: Role
    album: str | None = None
    originals: bool = True
    ticket: int | None = None


OWNER: Final = Caller("owner", Role.ADMIN)
"""Whoever sits at this machine, while there are no accounts."""
