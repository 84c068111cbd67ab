"""One gazetteer for all tests of places, compiled where it is not there or not up to date."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mindseye.places.gazetteer import Gazetteer


@pytest.fixture(scope="session")
def gazetteer() -> Iterator[Gazetteer]:
    with Gazetteer.open() as found:
        yield found
