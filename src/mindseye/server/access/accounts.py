"""Users: a name, a role and a password, of which only an Argon2id hash is kept (RFC 9106)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import ColumnElement, RowMapping, select

from mindseye.errors import NotFound, UsageError
from mindseye.server.access.roles import Role
from mindseye.server.records import Records
from mindseye.server.schema import tickets, users
from mindseye.stores.albums import name_key

LEAST_CHARACTERS: Final = 8
"""Of a password (NIST SP 800-63B); nothing else is asked of it."""

MOST_CHARACTERS: Final = 1000
_LONGEST_NAME: Final = 100


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may sign in."""

    id: int
    name: str
    role: Role
    created_at: float


class Accounts:
    """The users of a server; a name is found however its letters are written, large or small."""

    def __init__(self, records: Records, clock: Callable[[], float] = time.time) -> None:
        self._records = records
        self._clock = clock
        # A hash takes 64 MiB while it is made: one at a time.
        self._hashing = Lock()

    @property
    def any(self) -> bool:
        """Whether there are users."""
        with self._records.read() as connection:
            return connection.execute(select(users.c.id).limit(1)).scalar() is not None

    def all(self) -> list[User]:
        """All users, by name."""
        with self._records.read() as connection:
            rows = connection.execute(select(users).order_by(users.c.name)).mappings().all()
        return [_user(row) for row in rows]

    def get(self, name: str) -> User:
        """The user of this name; raises `NotFound`."""
        return _user(self._row(name))

    def add(self, name: str, role: Role, password: str) -> User:
        """A new user; raises `UsageError` for a name that is taken or a password too short.

        The first one must be an admin: with it everybody has to sign in.
        """
        name = name.strip()
        if not 1 <= len(name) <= _LONGEST_NAME or not name.isprintable():
            raise UsageError(f"the name of a user has 1 to {_LONGEST_NAME} printable characters")
        if role is not Role.ADMIN and not self.any:
            raise UsageError("the first user must be an admin", hint="--role admin")
        row = {"name": name, "key": name_key(name), "role": role.label}
        facts = {"password": self._hashed(password), "created_at": self._clock()}
        with self._records.write() as connection:
            if connection.execute(select(users.c.id).where(_named(name))).first() is not None:
                raise UsageError(f"there is a user {name!r} already")
            connection.execute(users.insert().values(**row, **facts))
        return self.get(name)

    def change_role(self, name: str, role: Role) -> User:
        """Give a user another role; raises `NotFound`, `UsageError` for the last admin."""
        user = self.get(name)
        if role is not Role.ADMIN:
            self._require_another_admin(user)
        with self._records.write() as connection:
            connection.execute(users.update().where(users.c.id == user.id).values(role=role.label))
        return self.get(name)

    def change_password(self, name: str, password: str) -> User:
        """Give a user another password and sign them out everywhere; raises as `add` does."""
        user, hashed = self.get(name), self._hashed(password)
        with self._records.write() as connection:
            connection.execute(users.update().where(users.c.id == user.id).values(password=hashed))
            connection.execute(tickets.delete().where(tickets.c.user_id == user.id))
        return user

    def remove(self, name: str) -> User:
        """Remove a user with all that lets them in.

        Raises `NotFound`, and `UsageError` for the last admin while there are others.
        """
        user = self.get(name)
        if len(self.all()) > 1:
            self._require_another_admin(user)
        with self._records.write() as connection:
            connection.execute(users.delete().where(users.c.id == user.id))
        return user

    def verified(self, name: str, password: str) -> User | None:
        """The user of this name, if that is the password; an unknown name takes as long."""
        try:
            row = self._row(name)
        except NotFound:
            row = None
        hashed = self._nobody if row is None else str(row["password"])
        with self._hashing:
            try:
                self._hasher.verify(hashed, password[:MOST_CHARACTERS])
            except (VerificationError, InvalidHashError):
                return None
        return None if row is None else _user(row)

    @cached_property
    def _hasher(self) -> PasswordHasher:
        return PasswordHasher()

    @cached_property
    def _nobody(self) -> str:
        """What the password of an unknown user is compared with."""
        with self._hashing:
            return self._hasher.hash("nobody has this password")

    def _hashed(self, password: str) -> str:
        if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
            raise UsageError(
                f"a password has {LEAST_CHARACTERS} to {MOST_CHARACTERS} characters, "
                f"found {len(password)}"
            )
        with self._hashing:
            return self._hasher.hash(password)

    def _row(self, name: str) -> RowMapping:
        with self._records.read() as connection:
            row = connection.execute(select(users).where(_named(name.strip()))).mappings().first()
        if row is None:
            raise NotFound(f"there is no user {name!r}", hint="`mindseye users list` shows all")
        return row

    def _require_another_admin(self, user: User) -> None:
        others = [one for one in self.all() if one.role is Role.ADMIN and one.id != user.id]
        if user.role is Role.ADMIN and not others:
            raise UsageError(f"{user.name!r} is the last admin", hint="make another one first")


def _named(name: str) -> ColumnElement[bool]:
    return users.c.key == name_key(name)


def _user(row: RowMapping) -> User:
    return User(row["id"], row["name"], Role[row["role"].upper()], row["created_at"])
