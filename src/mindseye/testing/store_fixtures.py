"""What the contracts of a store need: a way to open one and the same library."""
# The names of the tests are their documentation.
# ruff: noqa: D102

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from mindseye.stores.base import Store

Opener = Callable[[], Store]
"""Opens one and the same library each time it is called."""


class StoreFixtures:
    """What the contracts of a store need; subclasses say how to open one."""

    @pytest.fixture
    @abstractmethod
    def opener(self) -> Opener:
        """Opens one and the same, at first empty, library each time it is called."""

    @pytest.fixture
    def store(self, opener: Opener) -> Iterator[Store]:
        with closing(opener()) as store:
            yield store
