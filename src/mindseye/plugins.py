"""Names of plug-ins and where their code is: "module:attribute", imported when first asked for.

Third parties add a name through an entry point in the group `mindseye.<seam>`; a name that two
packages claim is refused rather than guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import entry_points
from types import MappingProxyType

from mindseye.errors import ConfigError, SpecError

ENCODERS: Mapping[str, str] = MappingProxyType(
    {
        "builtin": "mindseye.encoders.builtin:load",
        "hub": "mindseye.encoders.towers:load",
        "local": "mindseye.encoders.towers:load",
        "open-clip": "mindseye.encoders.towers:load",
        "openai-clip": "mindseye.encoders.towers:load",
        "siglip": "mindseye.encoders.towers:load",
        "uform": "mindseye.encoders.towers:load",
        "test-colours": "mindseye.testing.encoder:load",
    }
)
"""Scheme of an encoder spec -> the function `(EncoderSpec, RunOptions) -> Encoder`."""

STORES: Mapping[str, str] = MappingProxyType(
    {
        "sqlite": "mindseye.stores.embedded:open_store",
        "postgresql": "mindseye.stores.postgresql:open_store",
        "mariadb": "mindseye.stores.mariadb:open_store",
    }
)
"""Scheme of a store URL -> the function that opens such a store."""

_BUILT_IN: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {"encoders": ENCODERS, "stores": STORES}
)


def names(seam: str) -> dict[str, str]:
    """Every name known for a seam ("encoders", "stores") and where its code is."""
    known = dict(_BUILT_IN[seam])
    for entry in entry_points(group=f"mindseye.{seam}"):
        if known.get(entry.name, entry.value) != entry.value:
            raise ConfigError(
                f"{entry.name!r} is claimed as one of the {seam} by both {known[entry.name]} "
                f"and {entry.value}",
                hint="uninstall one of the two packages",
            )
        known[entry.name] = entry.value
    return known


def resolve(seam: str, name: str) -> object:
    """The object behind a name; raises `SpecError` with the nearest names for an unknown one."""
    # The built-in table first: asking for entry points reads every installed package's metadata.
    where = _BUILT_IN[seam].get(name) or names(seam).get(name)
    if where is None:
        known = sorted(names(seam))
        near = get_close_matches(name, known, n=1)
        raise SpecError(
            f"{name!r} is none of the {seam} known here: {', '.join(known)}",
            hint=f"did you mean {near[0]!r}?" if near else "the reference pages list them",
        )
    module, _, attribute = where.partition(":")
    return getattr(import_module(module), attribute)
