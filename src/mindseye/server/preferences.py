"""Settings that were chosen in a browser: kept beside the library, under flags and environment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import select

from mindseye.config import Settings, overlaid
from mindseye.errors import NotPermitted, UsageError
from mindseye.server.records import Records
from mindseye.server.schema import preferences

LAYER: Final = "page"
"""Where a setting that was chosen in a browser comes from, as `Settings.source` says it."""

AT_ONCE: Final = frozenset(
    {
        "batch", "decode_seconds", "hidden", "read_text", "thumbnails", "thumbnails_mb", "watch",
        "watch_seconds", "workers",
    }
)  # fmt: skip
"""Settings that hold for whatever begins after they were changed."""

AFTER_RESTART: Final = frozenset(
    {"balance", "idle_seconds", "limit", "optimise", "plain", "southern", "upload_mb"}
)
"""Settings that are read when the server starts."""

CHANGEABLE: Final = AT_ONCE | AFTER_RESTART
"""All others say where the library lies, who may reach it and see what: those are set where the
server is started."""

_FIRM: Final = frozenset({"flag", "environment"})


class Preferences:
    """What was chosen, by the name of the setting."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def all(self) -> dict[str, Any]:
        """Every setting that was chosen."""
        with self._records.read() as connection:
            rows = connection.execute(select(preferences)).mappings().all()
        return {row["name"]: json.loads(row["value"]) for row in rows}

    def over(self, settings: Settings) -> Settings:
        """The settings with what was chosen, where no flag and no environment says otherwise."""
        chosen = {name: value for name, value in self.all().items() if name in CHANGEABLE}
        return overlaid(settings, _under(settings, chosen), LAYER)

    def choose(self, settings: Settings, changes: Mapping[str, Any]) -> Settings:
        """Keep these, and forget those that are None; the settings that hold from now on.

        Raises `NotPermitted` for what no browser may change, `UsageError` for what a flag or the
        environment says, `ConfigError` for a value that cannot be; nothing is changed then.
        """
        for name in changes:
            if name not in CHANGEABLE:
                raise NotPermitted(
                    f"the setting {name[:60]!r} is changed where the server is started",
                    hint=f"here may be changed: {', '.join(sorted(CHANGEABLE))}",
                )
            if settings.source.get(name) in _FIRM:
                raise UsageError(
                    f"the setting {name!r} was given by {settings.source[name]}, which wins",
                    hint="start the server without it",
                )
        wanted = {name: value for name, value in changes.items() if value is not None}
        all_held = overlaid(settings, wanted, LAYER)
        parsed = {name: getattr(all_held, name) for name in wanted}
        with self._records.write() as connection:
            connection.execute(preferences.delete().where(preferences.c.name.in_(list(changes))))
            for name, value in parsed.items():
                connection.execute(preferences.insert().values(name=name, value=json.dumps(value)))
        return overlaid(settings, {name: parsed[name] for name in parsed if name in AT_ONCE}, LAYER)


def preferred(settings: Settings) -> Settings:
    """The settings a server of this library is to be started with; raises `ConfigError`."""
    records = Records(settings.library)
    try:
        return Preferences(records).over(settings)
    finally:
        records.close()


def held_at_once(library: Settings, settings: Settings) -> Settings:
    """The settings of a library, with those of the server that hold at once."""
    return replace(library, **{name: getattr(settings, name) for name in AT_ONCE})


def _under(settings: Settings, chosen: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in chosen.items() if settings.source.get(name) not in _FIRM}
