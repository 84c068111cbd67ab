"""How a server and its library are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from mindseye.client.answers import (
    AdviceFacts,
    Appearance,
    EncoderFacts,
    FolderCount,
    FoldersAnswer,
    IndexFacts,
    PaceFacts,
    RootFacts,
    SettingFacts,
    SkippedFacts,
    StatusAnswer,
)
from mindseye.client.connection import Connection


@dataclass(frozen=True, slots=True)
class State:
    """Asks about the library as a whole."""

    connection: Connection

    def status(self) -> StatusAnswer:
        """How complete the library is."""
        return cast("StatusAnswer", self.connection.get("status"))

    def skipped(self, limit: int = 1000) -> list[SkippedFacts]:
        """Files that could not be taken in."""
        return cast("list[SkippedFacts]", self.connection.get("skipped", {"limit": limit}))

    def index(self) -> list[IndexFacts]:
        """What the index of each encoder is made of."""
        return cast("list[IndexFacts]", self.connection.get("index"))

    def encoders(self, *, everything: bool = False) -> list[EncoderFacts]:
        """Encoders worth a look, or all that are known."""
        return cast("list[EncoderFacts]", self.connection.get("encoders", {"all": everything}))

    def encoder_advice(self, photos: int | None = None) -> list[AdviceFacts]:
        """Which encoder suits the server's machine, and how long it would take."""
        found = self.connection.get("encoders/advice", {"photos": photos})
        return cast("list[AdviceFacts]", found)

    def encoder_pace(self) -> PaceFacts:
        """How fast the encoder in use is on the server's machine, as measured there."""
        return cast("PaceFacts", self.connection.get("encoders/pace"))

    def settings(self) -> list[SettingFacts]:
        """The settings the server runs by."""
        return cast("list[SettingFacts]", self.connection.get("settings"))

    def change_settings(
        self, changes: Mapping[str, bool | float | str | None]
    ) -> list[SettingFacts]:
        """Choose settings by name; None takes a choice back."""
        return cast("list[SettingFacts]", self.connection.send("PATCH", "settings", changes))

    def me(self) -> Appearance:
        """Who asks, and what they may do."""
        return cast("Appearance", self.connection.get("me"))

    def folders(self, below: str | None = None) -> FoldersAnswer:
        """Folders from which photos may be taken in."""
        return cast("FoldersAnswer", self.connection.get("folders", {"below": below}))

    def count_folder(self, below: str) -> FolderCount:
        """How many pictures a folder holds, as far as two seconds tell."""
        return cast("FolderCount", self.connection.get("folders/count", {"below": below}))

    def healthz(self) -> bool:
        """Whether the process lives."""
        return bool(self.connection.get("/healthz")["status"] == "ok")

    def readyz(self) -> bool:
        """Whether the library can be read."""
        return bool(self.connection.get("/readyz")["status"] == "ok")

    def roots(self) -> list[RootFacts]:
        """The folders the library covers, and whether each is watched."""
        return cast("list[RootFacts]", self.connection.get("roots"))

    def change_root(self, root_id: int, *, watched: bool | None) -> RootFacts:
        """Watch a root for changes or not; None leaves that to the setting `watch`."""
        body = {"watched": watched}
        return cast("RootFacts", self.connection.send("PATCH", f"roots/{root_id}", body))

    def metrics(self) -> str:
        """Numbers in the text format of Prometheus."""
        return self.connection.bytes_of("/metrics").decode()
