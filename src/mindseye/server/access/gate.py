"""Tells who a request comes from, and turns those away who may not do what they ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from fastapi import Request, Response

from mindseye.errors import NotAuthenticated, NotPermitted
from mindseye.server.access.accounts import Accounts, User
from mindseye.server.access.attempts import Attempts
from mindseye.server.access.audit import Audit
from mindseye.server.access.roles import OWNER, Caller, Role
from mindseye.server.access.tickets import SESSION_SECONDS, Kind, Ticket, Tickets
from mindseye.server.guard import is_loopback
from mindseye.server.records import Records

SESSION_COOKIE: Final = "mindseye_session"
LINK_COOKIE: Final = "mindseye_link"

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_FORWARDED: Final = ("x-forwarded-for", "forwarded", "x-real-ip", "x-forwarded-host")


class Gate:
    """Knows callers. While there are no accounts whoever sits at this machine is its owner.

    `album_of` gives the name of an album by its id, None where it is gone.
    """

    def __init__(self, records: Records, album_of: Callable[[int], str | None]) -> None:
        self.accounts = Accounts(records)
        self.tickets = Tickets(records)
        self.audit = Audit(records)
        self._attempts = Attempts()
        self._album_of = album_of

    @property
    def has_accounts(self) -> bool:
        """Whether anybody can sign in."""
        return self.accounts.any

    def caller(self, request: Request, role: Role) -> Caller:
        """Who asks, with at least this role; raises `NotAuthenticated`, `NotPermitted`."""
        caller = self._known(request) if self.has_accounts else self._owner(request)
        if caller.role < role:
            raise NotPermitted(
                f"this takes the role {role.label}, and {caller.name} has {caller.role.label}"
            )
        return caller

    def note(self, caller: Caller, did: str, what: str) -> None:
        """Record what somebody changed."""
        self.audit.note(caller.name, did, what)

    def sign_in(self, request: Request, response: Response, name: str, password: str) -> User:
        """Let a browser in; raises `NotAuthenticated`, `TooManyAttempts`."""
        address = _address(request)
        self._attempts.require_few(address, name)
        user = self.accounts.verified(name, password)
        if user is None:
            self._attempts.note(address, name)
            self.audit.note(name[:100], "sign-in failed", f"from {address}")
            raise NotAuthenticated("the name or the password is wrong")
        self.audit.note(user.name, "signed in", f"from {address}")
        secret = self.tickets.session(user, request.headers.get("user-agent", ""))
        _set_cookie(request, response, SESSION_COOKIE, secret)
        return user

    def sign_out(self, request: Request, response: Response) -> None:
        """Let a browser in no more."""
        ticket = self.tickets.find(request.cookies.get(SESSION_COOKIE, ""), Kind.SESSION)
        if ticket is not None:
            self.tickets.revoke(ticket)
        response.delete_cookie(SESSION_COOKIE, path="/")

    def follow(self, request: Request, response: Response, secret: str) -> bool:
        """Let a browser see the album of a link; whether there is such a link."""
        if self.tickets.find(secret, Kind.LINK) is None:
            return False
        _set_cookie(request, response, LINK_COOKIE, secret)
        return True

    def user_of(self, caller: Caller) -> User:
        """The account of a caller; raises `NotPermitted` where they have none."""
        if caller.ticket is None or caller.album is not None:
            raise NotPermitted("this takes an account", hint="`mindseye users add` makes one")
        return self.accounts.get(caller.name)

    def _owner(self, request: Request) -> Caller:
        """Whoever sits at this machine; a proxy that speaks for others does not."""
        forwarded = any(name in request.headers for name in _FORWARDED)
        if forwarded or not is_loopback(_address(request)):
            raise NotAuthenticated(
                "there are no accounts, and the request comes from another machine",
                hint="`mindseye users add NAME --role admin` makes one",
            )
        return OWNER

    def _known(self, request: Request) -> Caller:
        ticket = self._ticket(request)
        if ticket is None:
            raise NotAuthenticated(
                "this takes an account, a token or a link",
                hint="sign in by POST /api/v1/login, or send Authorization: Bearer TOKEN",
            )
        if ticket.kind is Kind.TOKEN:
            return Caller(ticket.holder, ticket.role, ticket=ticket.id)
        if request.method not in _SAFE and "origin" not in request.headers:
            # The guard has seen to it that an origin is this server's own.
            raise NotPermitted(
                "a browser that changes something says its Origin", hint="programs take a token"
            )
        if ticket.kind is Kind.SESSION:
            return Caller(ticket.holder, ticket.role, ticket=ticket.id)
        return self._guest(ticket)

    def _ticket(self, request: Request) -> Ticket | None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if token:
            # A wrong token is not made up for by a cookie.
            bearer = scheme.lower() == "bearer"
            return self.tickets.find(token.strip(), Kind.TOKEN) if bearer else None
        for cookie, kind in ((SESSION_COOKIE, Kind.SESSION), (LINK_COOKIE, Kind.LINK)):
            secret = request.cookies.get(cookie)
            found = None if secret is None else self.tickets.find(secret, kind)
            if found is not None:
                return found
        return None

    def _guest(self, ticket: Ticket) -> Caller:
        assert ticket.album_id is not None, "every link leads to an album"
        album = self._album_of(ticket.album_id)
        if album is None:
            raise NotAuthenticated("the album of the link is gone")
        guest = Caller(f"link {ticket.id}", Role.GUEST, album, ticket.originals)
        return replace(guest, ticket=ticket.id)


def _address(request: Request) -> str:
    return "" if request.client is None else request.client.host


def _set_cookie(request: Request, response: Response, name: str, secret: str) -> None:
    response.set_cookie(
        name,
        secret,
        max_age=SESSION_SECONDS,
        path="/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
