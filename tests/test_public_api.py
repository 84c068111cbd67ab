"""What the package names is what there is."""

from __future__ import annotations

import importlib
import pkgutil
from importlib.metadata import version

import pytest

import mindseye


@pytest.mark.parametrize("name", mindseye.__all__)
def test_a_public_name_can_be_used(name: str) -> None:
    assert getattr(mindseye, name) is not None


def test_nothing_else_pretends_to_be_public() -> None:
    assert dir(mindseye) == mindseye.__all__
    with pytest.raises(AttributeError, match="no attribute 'Nonsense'"):
        _ = mindseye.Nonsense


def test_the_version_is_that_of_the_package() -> None:
    assert mindseye.__version__ == version("mindseye")


def modules() -> list[str]:
    skip = ("migrations", "mindseye.testing")
    walked = pkgutil.walk_packages(mindseye.__path__, "mindseye.")
    return [found.name for found in walked if not any(part in found.name for part in skip)]


@pytest.mark.parametrize("name", modules())
def test_every_module_says_what_it_is_and_holds_what_it_lists(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__
    assert module.__doc__ != "TODO"
    for listed in getattr(module, "__all__", ()):
        assert hasattr(module, listed)
