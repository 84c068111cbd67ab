"""Tells who a request comes from, and turns those away who may not do what they ask."""

from __future__ import annotations

from fastapi import Request

from mindseye.errors import NotPermitted
from mindseye.server.access.roles import OWNER, Caller, Role
from mindseye.server.records import Records


class Gate:
    """Knows callers; while there are no accounts, everybody who gets here owns the machine."""

    def __init__(self, records: Records) -> None:
        self._records = records

    @property
    def has_accounts(self) -> bool:
        """Whether anybody can sign in."""
        return False

    async def caller(self, request: Request, role: Role) -> Caller:
        """Who asks, with at least this role; raises `NotAuthenticated`, `NotPermitted`."""
        del request
        if OWNER.role < role:
            raise NotPermitted(f"this takes the role {role.label}")
        return OWNER

    def note(self, caller: Caller, did: str, what: str) -> None:
        """Record what somebody changed."""
        del caller, did, what
