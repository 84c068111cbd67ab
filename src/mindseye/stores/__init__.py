"""Stores: where photos and their vectors live; the URL's scheme picks the database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, cast

from mindseye.config import shown_url
from mindseye.errors import ConfigError
from mindseye.plugins import names, resolve
from mindseye.stores.base import Store

_MEANT: Final = {
    "mysql": "MySQL lacks what Mindseye needs; for a MariaDB server write mariadb://",
    "postgres": "write postgresql://",
}
"""Schemes that people may try -> what will do."""


def open_store(url: str, *, index_dir: Path, create: bool = True) -> Store:
    """The store behind a URL, brought up to date if need be, and made unless `create` is False.

    `index_dir` is where a store without vector search of its own keeps index files. Raises
    `ConfigError` for a scheme no store has, `NotFound` where there is none and none is to be made,
    `StoreUnavailable` and its kin where it cannot open.
    """
    scheme, found, _ = url.partition("://")
    if not found or scheme not in names("stores"):
        known = ", ".join(f"{name}://" for name in sorted(names("stores")))
        raise ConfigError(
            f"{shown_url(url)!r} is no store URL: expected one that starts with {known}",
            hint=_MEANT.get(scheme, ""),
        )
    opener = cast("Callable[..., Store]", resolve("stores", scheme))
    return opener(url, index_dir=index_dir, create=create)
