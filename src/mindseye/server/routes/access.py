"""Signing in, and for admins: users, links and the audit log."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from mindseye.errors import NotFound
from mindseye.server.access.accounts import LEAST_CHARACTERS, MOST_CHARACTERS, User
from mindseye.server.access.roles import Role
from mindseye.server.access.tickets import Kind, Ticket
from mindseye.server.asked import Name
from mindseye.server.context import MOST_ID, Admin, Editor, Here, Viewer
from mindseye.server.models import Model
from mindseye.server.problems import documented

router = APIRouter(tags=["access"], responses=documented(400, 401, 403, 404, 422, 503))

RoleName = Literal["viewer", "editor", "admin"]
Password = Annotated[str, Field(min_length=LEAST_CHARACTERS, max_length=MOST_CHARACTERS)]
UserName = Annotated[str, Field(min_length=1, max_length=100)]
UserPath = Annotated[str, Path(min_length=1, max_length=100, description="The name of a user.")]
TicketId = Annotated[int, Path(ge=1, le=MOST_ID)]
Days = Annotated[float, Field(gt=0, le=36_500, description="Days until it expires.")]

_DAY = 86_400.0


class UserFacts(Model):
    """Somebody who may sign in. Moments are seconds since 1970."""

    name: str
    role: RoleName
    created_at: float


class SignIn(BaseModel):
    """A name and a password."""

    model_config = ConfigDict(extra="forbid")

    name: UserName
    password: Annotated[str, Field(max_length=MOST_CHARACTERS)]


@router.post("/login", responses=documented(429))
def login(request: Request, response: Response, context: Here, who: SignIn) -> UserFacts:
    """Sign in; the answer sets a cookie. After ten wrong guesses an address must wait."""
    return _user(context.gate.sign_in(request, response, who.name, who.password))


@router.post("/logout", status_code=204)
def logout(request: Request, context: Here) -> Response:
    """Sign out."""
    response = Response(status_code=204)
    context.gate.sign_out(request, response)
    return response


class NewPassword(BaseModel):
    """One's own password, and the next one."""

    model_config = ConfigDict(extra="forbid")

    old: Annotated[str, Field(max_length=MOST_CHARACTERS)]
    new: Password


@router.post("/me/password", status_code=204, responses=documented(429))
def change_own_password(
    request: Request, context: Here, caller: Viewer, passwords: NewPassword
) -> Response:
    """Change one's own password; every browser and program of one's own is signed out."""
    user = context.gate.user_of(caller)
    response = Response(status_code=204)
    context.gate.sign_in(request, response, user.name, passwords.old)
    context.gate.accounts.change_password(user.name, passwords.new)
    context.gate.sign_in(request, response, user.name, passwords.new)
    context.gate.note(caller, "password", "changed their own")
    return response


@router.get("/users")
def users(context: Here, caller: Admin) -> list[UserFacts]:
    """All users, by name."""
    del caller
    return [_user(user) for user in context.gate.accounts.all()]


class NewUser(BaseModel):
    """A new user."""

    model_config = ConfigDict(extra="forbid")

    name: UserName
    role: RoleName = "viewer"
    password: Password


@router.post("/users", status_code=201)
def add_user(context: Here, caller: Admin, wanted: NewUser) -> UserFacts:
    """Add a user. The first one must be an admin; from then on everybody has to sign in."""
    made = context.gate.accounts.add(wanted.name, _role(wanted.role), wanted.password)
    context.gate.note(caller, "user", f"added {made.name} as {made.role.label}")
    return _user(made)


class UserChange(BaseModel):
    """Another role, another password, or both."""

    model_config = ConfigDict(extra="forbid")

    role: RoleName | None = None
    password: Password | None = None


@router.patch("/users/{name}")
def change_user(context: Here, caller: Admin, name: UserPath, change: UserChange) -> UserFacts:
    """Change a user; with another password they are signed out everywhere."""
    accounts = context.gate.accounts
    user = accounts.get(name)
    if change.role is not None:
        user = accounts.change_role(name, _role(change.role))
    if change.password is not None:
        accounts.change_password(name, change.password)
    context.gate.note(caller, "user", f"changed {user.name}")
    return _user(user)


@router.delete("/users/{name}", status_code=204)
def remove_user(context: Here, caller: Admin, name: UserPath) -> Response:
    """Remove a user with all that lets them in."""
    gone = context.gate.accounts.remove(name)
    context.gate.note(caller, "user", f"removed {gone.name}")
    return Response(status_code=204)


class TokenFacts(Model):
    """A token of a program."""

    id: int
    name: str
    holder: str
    role: RoleName
    created_at: float
    used_at: float | None
    expires_at: float | None


class NewToken(BaseModel):
    """A token that may do what `role` may, and never more than whoever makes it."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    role: RoleName = "viewer"
    days: Days | None = None


class Secret(BaseModel):
    """What lets in; it is told this once and kept nowhere."""

    secret: str


@router.get("/tokens")
def tokens(context: Here, caller: Viewer) -> list[TokenFacts]:
    """One's own tokens."""
    user = context.gate.user_of(caller)
    return [_token(one) for one in context.gate.tickets.all(Kind.TOKEN, user)]


@router.post("/tokens", status_code=201)
def add_token(context: Here, caller: Viewer, wanted: NewToken) -> Secret:
    """Make a token for a program, which sends it as `Authorization: Bearer SECRET`."""
    user = context.gate.user_of(caller)
    role = min(_role(wanted.role), caller.role)
    secret = context.gate.tickets.token(user, wanted.name, role, _seconds(wanted.days))
    context.gate.note(caller, "token", f"made {wanted.name}")
    return Secret(secret=secret)


@router.delete("/tokens/{ticket_id}", status_code=204)
def remove_token(context: Here, caller: Viewer, ticket_id: TicketId) -> Response:
    """Let a program in no more: one's own, or for an admin anybody's."""
    user = context.gate.user_of(caller)
    ticket = context.gate.tickets.get(ticket_id, Kind.TOKEN)
    if ticket.holder != user.name and caller.role is not Role.ADMIN:
        raise NotFound(f"there is no token {ticket_id}")
    context.gate.tickets.revoke(ticket)
    context.gate.note(caller, "token", f"removed {ticket.name}")
    return Response(status_code=204)


class LinkFacts(Model):
    """A link by which anybody sees one album."""

    id: int
    name: str
    album_id: int
    originals: bool
    created_at: float
    used_at: float | None
    expires_at: float | None


class NewLink(BaseModel):
    """A link to an album; `originals` lets guests read the files with all they hold."""

    model_config = ConfigDict(extra="forbid")

    album_id: int = Field(ge=1, le=MOST_ID)
    name: Annotated[str, Field(max_length=200)] = ""
    originals: bool = False
    days: Days | None = 30.0


class LinkSecret(Secret):
    """Where the link leads."""

    path: str = Field(examples=["/shared/Zr3..."])


@router.get("/links")
def links(context: Here, caller: Editor) -> list[LinkFacts]:
    """All links, the latest first."""
    del caller
    return [LinkFacts.model_validate(one) for one in context.gate.tickets.all(Kind.LINK)]


@router.post("/links", status_code=201)
def add_link(context: Here, caller: Editor, wanted: NewLink) -> LinkSecret:
    """Share an album: whoever has the link sees and searches its photos, and nothing else."""
    if context.album_name(wanted.album_id) is None:
        raise NotFound(f"there is no album {wanted.album_id}")
    user = context.gate.user_of(caller)
    secret = context.gate.tickets.link(
        user,
        wanted.album_id,
        wanted.name,
        originals=wanted.originals,
        seconds=_seconds(wanted.days),
    )
    context.gate.note(caller, "link", f"shared album {wanted.album_id}")
    return LinkSecret(secret=secret, path=f"/shared/{secret}")


@router.delete("/links/{ticket_id}", status_code=204)
def remove_link(context: Here, caller: Editor, ticket_id: TicketId) -> Response:
    """Let nobody in by a link any more."""
    context.gate.tickets.revoke(context.gate.tickets.get(ticket_id, Kind.LINK))
    context.gate.note(caller, "link", f"removed {ticket_id}")
    return Response(status_code=204)


class AuditFacts(Model):
    """Somebody did something."""

    id: int
    at: float
    who: str
    did: str
    what: str


@router.get("/audit")
def audit(
    context: Here,
    caller: Admin,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 200,
    before: Annotated[int | None, Query(ge=1, le=MOST_ID)] = None,
) -> list[AuditFacts]:
    """Who changed what, the latest first; `before` is the id of the last entry of a page."""
    del caller
    latest = context.gate.audit.latest(limit, before)
    return [AuditFacts.model_validate(entry) for entry in latest]


def _user(user: User) -> UserFacts:
    return UserFacts.model_validate(
        {"name": user.name, "role": user.role.label, "created_at": user.created_at}
    )


def _token(ticket: Ticket) -> TokenFacts:
    facts = {name: getattr(ticket, name) for name in TokenFacts.model_fields}
    return TokenFacts.model_validate({**facts, "role": ticket.role.label})


def _role(name: str) -> Role:
    return Role[name.upper()]


def _seconds(days: float | None) -> float | None:
    return None if days is None else days * _DAY
