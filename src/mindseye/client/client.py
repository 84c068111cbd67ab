"""The client: searching here, the rest in rooms of its own that hang off it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TypedDict, Unpack, cast

import numpy as np
from numpy.typing import NDArray

from mindseye.client.access import Access
from mindseye.client.albums import Albums
from mindseye.client.answers import (
    Explained,
    FacetsAnswer,
    FieldsAnswer,
    HitFacts,
    LocatedFacts,
    PlaceFound,
    SearchAnswer,
    Suggestion,
)
from mindseye.client.connection import Connection
from mindseye.client.jobs import Jobs
from mindseye.client.photos import Photos
from mindseye.client.state import State

if TYPE_CHECKING:
    from httpx import BaseTransport

BINARY: Final = "application/vnd.mindseye.columns"


class Asked(TypedDict, total=False):
    """What is looked for beside the text of a query, as the parameters of `GET /search`."""

    album: str
    literal: bool
    plain: bool
    within: Sequence[int]
    like: Sequence[int]
    unlike: Sequence[int]
    min_score: float
    balance: float
    sort: str
    everything: bool
    limit: int
    after: str


class Columns(TypedDict):
    """Many photos at once: arrays of one length by name, and what else there is to say."""

    columns: dict[str, NDArray[Any]]
    meta: dict[str, Any]


class Client:
    """Asks a server; use it as a context manager or call `close`."""

    def __init__(
        self,
        address: str = "http://127.0.0.1:8123",
        *,
        token: str = "",
        timeout: float = 60.0,
        transport: BaseTransport | None = None,
    ) -> None:
        self._connection = Connection.open(address, token, timeout, transport)
        self.photos = Photos(self._connection)
        self.albums = Albums(self._connection)
        self.jobs = Jobs(self._connection)
        self.access = Access(self._connection)
        self.state = State(self._connection)

    def search(
        self, query: str = "", *, pictures: Sequence[bytes | Path] = (), **asked: Unpack[Asked]
    ) -> SearchAnswer:
        """A page of hits, for words, filters and pictures; raises as `Library.search` does."""
        params = {"q": query, **asked}
        return cast("SearchAnswer", self._asked("search", params, pictures))

    def hits(self, query: str = "", **asked: Unpack[Asked]) -> Iterator[HitFacts]:
        """All hits, page by page."""
        while True:
            page = self.search(query, **asked)
            yield from page["hits"]
            more = page["more"]
            if more is None:
                return
            asked["after"] = more

    def explain(self, query: str, *, literal: bool = False) -> Explained:
        """How a query is understood."""
        return cast("Explained", self._connection.get("explain", {"q": query, "literal": literal}))

    def facets(
        self,
        query: str = "",
        names: Sequence[str] = (),
        *,
        pictures: Sequence[bytes | Path] = (),
        **asked: Unpack[Asked],
    ) -> FacetsAnswer:
        """How many of the relevant photos have which value of each facet."""
        params = {"q": query, "names": ",".join(names), **asked}
        return cast("FacetsAnswer", self._asked("facets", params, pictures))

    def _asked(
        self, path: str, params: Mapping[str, Any], pictures: Sequence[bytes | Path]
    ) -> object:
        """What is answered to a query, with pictures sent along where there are some."""
        if not pictures:
            return self._connection.get(path, params)
        sent = [one if isinstance(one, bytes) else one.read_bytes() for one in pictures]
        return self._connection.upload(path, params, sent)

    def suggest(self, query: str) -> list[Suggestion]:
        """Ways to go on with a query."""
        return cast("list[Suggestion]", self._connection.get("suggest", {"q": query}))

    def fields(self) -> FieldsAnswer:
        """The language of queries."""
        return cast("FieldsAnswer", self._connection.get("fields"))

    def timeline(self, query: str = "", **asked: Unpack[Asked]) -> Columns:
        """All photos, or those relevant to a query, newest first."""
        return self._columns("timeline", {"q": query, **asked})

    def positions(self, query: str = "", **asked: Unpack[Asked]) -> Columns:
        """Where photos were taken."""
        return self._columns("positions", {"q": query, **asked})

    def towns(self) -> Columns:
        """Where the largest towns of the Earth lie, with the names of the first of them."""
        return self._columns("towns", {})

    def places(self, name: str, limit: int = 10) -> list[PlaceFound]:
        """The places that have this name in any language, with counts of photos."""
        found = self._connection.get("places", {"name": name, "limit": limit})
        return cast("list[PlaceFound]", found)

    def place_at(self, latitude: float, longitude: float) -> LocatedFacts:
        """What lies at a point."""
        found = self._connection.get("places/at", {"latitude": latitude, "longitude": longitude})
        return cast("LocatedFacts", found)

    def semantic_map(self, album: str | None = None) -> Columns:
        """A place on a flat map for every photo."""
        return self._columns("map", {"album": album})

    def themes(self, album: str | None = None) -> Columns:
        """The theme of every photo, as a place among the themes that `meta` names."""
        return self._columns("themes", {"album": album})

    def close(self) -> None:
        """Release the connections."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _columns(self, path: str, params: dict[str, Any]) -> Columns:
        body = self._connection.bytes_of(path, params, accept=BINARY)
        begin = 4 + int.from_bytes(body[:4], "little")
        header = json.loads(body[4:begin])
        columns = {
            name: np.frombuffer(body, f"<{kind}", count, begin + start)
            for name, (kind, count, start) in header["columns"].items()
        }
        return {"columns": columns, "meta": header["meta"]}
