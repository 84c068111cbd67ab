"""What lets somebody in without a password: sessions of browsers, tokens of programs, links.

Only the SHA-256 of a secret is kept: whoever reads the file gets in by none of them. The secrets
are 256 random bits, so that a slow hash would gain nothing.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import RowMapping, select

from mindseye.errors import NotFound
from mindseye.server.access.accounts import User
from mindseye.server.access.roles import Role
from mindseye.server.records import Records
from mindseye.server.schema import tickets, users

SESSION_SECONDS: Final = 30 * 86_400
"""How long a browser stays signed in."""

_NOTED_EVERY: Final = 300.0
"""Seconds within which another use is not written down again."""


class Kind(StrEnum):
    """What a ticket is for."""

    SESSION = "session"
    TOKEN = "token"  # noqa: S105 - a kind, no secret
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Ticket:
    """Lets in as `holder` with a role, a link to one album only; `name` is for people to read."""

    id: int
    kind: Kind
    name: str
    holder: str
    role: Role
    album_id: int | None
    originals: bool
    created_at: float
    used_at: float | None
    expires_at: float | None


class Tickets:
    """The tickets of a server."""

    def __init__(self, records: Records, clock: Callable[[], float] = time.time) -> None:
        self._records = records
        self._clock = clock

    def session(self, user: User, name: str) -> str:
        """The secret of a new session; `name` tells the browser."""
        row = {"name": name[:200], "user_id": user.id, "role": user.role.label}
        return self._issue(Kind.SESSION, row, SESSION_SECONDS)

    def token(self, user: User, name: str, role: Role, seconds: float | None) -> str:
        """The secret of a new token, which may do what `role` may, and never more than the user."""
        row = {"name": name, "user_id": user.id, "role": min(role, user.role).label}
        return self._issue(Kind.TOKEN, row, seconds)

    def link(
        self, user: User | None, album_id: int, name: str, *, originals: bool, seconds: float | None
    ) -> str:
        """The secret of a new link to an album."""
        row = {
            "name": name,
            "user_id": None if user is None else user.id,
            "role": Role.GUEST.label,
            "album_id": album_id,
            "originals": originals,
        }
        return self._issue(Kind.LINK, row, seconds)

    def find(self, secret: str, *kinds: Kind) -> Ticket | None:
        """The ticket of a secret, None where there is none of these kinds or it has expired."""
        listed = _listed.where(tickets.c.digest == _digest(secret))
        with self._records.read() as connection:
            row = connection.execute(listed).mappings().first()
        if row is None or row["kind"] not in kinds:
            return None
        now = self._clock()
        if row["expires_at"] is not None and row["expires_at"] <= now:
            return None
        if row["used_at"] is None or now - row["used_at"] > _NOTED_EVERY:
            with self._records.write() as connection:
                used = tickets.update().where(tickets.c.id == row["id"]).values(used_at=now)
                connection.execute(used)
        return _ticket(row)

    def all(self, kind: Kind, user: User | None = None) -> list[Ticket]:
        """The tickets of a kind that have not expired, latest first; of one user where named."""
        listed = _listed.where(tickets.c.kind == kind.value).order_by(tickets.c.id.desc())
        if user is not None:
            listed = listed.where(tickets.c.user_id == user.id)
        with self._records.read() as connection:
            rows = connection.execute(listed).mappings().all()
        now = self._clock()
        found = [_ticket(row) for row in rows]
        return [one for one in found if one.expires_at is None or one.expires_at > now]

    def get(self, ticket_id: int, kind: Kind) -> Ticket:
        """The ticket of an id; raises `NotFound`."""
        found = next((one for one in self.all(kind) if one.id == ticket_id), None)
        if found is None:
            raise NotFound(f"there is no {kind} {ticket_id}")
        return found

    def revoke(self, ticket: Ticket) -> None:
        """Let nobody in by this any more."""
        with self._records.write() as connection:
            connection.execute(tickets.delete().where(tickets.c.id == ticket.id))

    def _issue(self, kind: Kind, row: dict[str, Any], seconds: float | None) -> str:
        secret, now = secrets.token_urlsafe(32), self._clock()
        facts = {"originals": True, "album_id": None, **row, "kind": kind.value}
        facts |= {"digest": _digest(secret), "created_at": now}
        facts["expires_at"] = None if seconds is None else now + seconds
        with self._records.write() as connection:
            connection.execute(tickets.delete().where(tickets.c.expires_at <= now))
            connection.execute(tickets.insert().values(**facts))
        return secret


_listed = select(
    tickets, users.c.name.label("holder"), users.c.role.label("holder_role")
).select_from(tickets.outerjoin(users, users.c.id == tickets.c.user_id))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _ticket(row: RowMapping) -> Ticket:
    role = Role[row["role"].upper()]
    if row["holder_role"] is not None:
        holder = Role[row["holder_role"].upper()]
        # Whoever was given another role has it in every browser at once.
        role = holder if row["kind"] == Kind.SESSION else min(role, holder)
    return Ticket(
        id=row["id"],
        kind=Kind(row["kind"]),
        name=row["name"],
        holder=row["holder"] or "",
        role=role,
        album_id=row["album_id"],
        originals=row["originals"],
        created_at=row["created_at"],
        used_at=row["used_at"],
        expires_at=row["expires_at"],
    )
