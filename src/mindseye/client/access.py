"""Users, tokens, links and the audit log of a server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from mindseye.client.answers import (
    AuditFacts,
    LinkFacts,
    LinkSecret,
    NewLink,
    NewToken,
    NewUser,
    TokenFacts,
    UserChange,
    UserFacts,
)
from mindseye.client.connection import Connection


@dataclass(frozen=True, slots=True)
class Access:
    """Says who may do what."""

    connection: Connection

    def users(self) -> list[UserFacts]:
        """All users."""
        return cast("list[UserFacts]", self.connection.get("users"))

    def add_user(self, user: NewUser) -> UserFacts:
        """Add a user."""
        return cast("UserFacts", self.connection.send("POST", "users", dict(user)))

    def change_user(self, name: str, change: UserChange) -> UserFacts:
        """Give a user another role or password."""
        return cast("UserFacts", self.connection.send("PATCH", f"users/{name}", dict(change)))

    def remove_user(self, name: str) -> None:
        """Remove a user."""
        self.connection.send("DELETE", f"users/{name}")

    def change_own_password(self, old: str, new: str) -> None:
        """Change one's own password; every token of one's own ends."""
        self.connection.send("POST", "me/password", {"old": old, "new": new})

    def tokens(self) -> list[TokenFacts]:
        """One's own tokens."""
        return cast("list[TokenFacts]", self.connection.get("tokens"))

    def add_token(self, token: NewToken) -> str:
        """Make a token; returns its secret, which is told this once."""
        return str(self.connection.send("POST", "tokens", dict(token))["secret"])

    def remove_token(self, token_id: int) -> None:
        """End a token."""
        self.connection.send("DELETE", f"tokens/{token_id}")

    def links(self) -> list[LinkFacts]:
        """All links to albums."""
        return cast("list[LinkFacts]", self.connection.get("links"))

    def add_link(self, link: NewLink) -> LinkSecret:
        """Share an album."""
        return cast("LinkSecret", self.connection.send("POST", "links", dict(link)))

    def remove_link(self, link_id: int) -> None:
        """End a link."""
        self.connection.send("DELETE", f"links/{link_id}")

    def audit(self, *, limit: int = 200, before: int | None = None) -> list[AuditFacts]:
        """Who changed what, the latest first."""
        found = self.connection.get("audit", {"limit": limit, "before": before})
        return cast("list[AuditFacts]", found)
