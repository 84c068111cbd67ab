"""Orders, pages, facets and feedback: what a search answers beside its first hits."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PIL import Image

from mindseye.config import load_settings
from mindseye.errors import NotFound, QueryError
from mindseye.library import Library
from mindseye.query.model import Feedback, Like, Query, Sort, Term, Words
from mindseye.search.cursor import Cursor
from mindseye.stores.base import Count
from mindseye.testing.encoder import COLOURS
from mindseye.types import Hit

DAY = 86_400


def fill(folder: Path) -> Library:
    """A library of ten photos from other days, each bluer than the one before, and three others."""
    photos = folder / "photos"
    photos.mkdir()
    for number in range(10):
        picture = Image.new("RGB", (65, 16), COLOURS["red"][0])
        picture.paste(COLOURS["blue"][0], (0, 0, 3 * number + 6, 16))
        picture.save(photos / f"20240{1 + number * 7 % 9}{10 + number}_120000.png")
    for name in ("green", "blue", "yellow"):
        Image.new("RGB", (65, 16), COLOURS[name][0]).save(photos / f"{name}.png")
        os.utime(photos / f"{name}.png", (DAY, DAY))
    settings = {"library": folder / "library", "encoder": "test-colours", "workers": 1}
    library = Library.open(settings=load_settings(settings))
    library.ingest([photos])
    return library


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """One library for all tests that only look."""
    with fill(tmp_path_factory.mktemp("filled")) as library:
        yield library


@pytest.fixture
def changing(tmp_path: Path) -> Iterator[Library]:
    with fill(tmp_path) as library:
        yield library


def path(library: Library, name: str) -> Path:
    return Path(library.store.files.roots()[0].path) / name


def names(hits: tuple[Hit, ...]) -> list[str]:
    return [Path(hit.photo.path).name for hit in hits]


def paged(library: Library, query: str, limit: int, sort: Sort | None = None) -> list[str]:
    found = library.search(query, limit=limit, sort=sort)
    shown = names(found.hits)
    while found.more is not None:
        assert len(found.hits) == limit
        found = library.search(query, limit=limit, sort=sort, after=found.more)
        shown += names(found.hits)
    return shown


@pytest.mark.parametrize("sort", [None, *Sort])
@pytest.mark.parametrize("limit", [1, 3, 4])
@pytest.mark.parametrize("query", ["red", "", "ext:png", "red ext:png"])
def test_pages_make_up_the_whole(
    filled: Library, query: str, limit: int, sort: Sort | None
) -> None:
    if sort is Sort.RELEVANCE and "red" not in query:
        return
    whole = names(filled.search(query, limit=99, sort=sort).hits)
    assert paged(filled, query, limit, sort) == whole
    assert len(whole) > 4


def test_photos_added_meanwhile_shift_no_page(changing: Library) -> None:
    filled = changing
    whole = names(filled.search("red", limit=99).hits)
    first = filled.search("red", limit=3)
    pure = path(filled, "pure.png")
    Image.new("RGB", (65, 16), COLOURS["red"][0]).save(pure)
    filled.ingest([pure.parent])
    assert names(filled.search("red", limit=1).hits) == ["pure.png"]
    rest = filled.search("red", limit=99, after=first.more)
    assert names(first.hits) + names(rest.hits) == whole


def test_a_page_goes_on_although_its_last_photo_is_gone(changing: Library) -> None:
    filled = changing
    whole = names(filled.search("red", limit=99).hits)
    first = filled.search("red", limit=3)
    last = Path(first.hits[-1].photo.path)
    last.unlink()
    filled.ingest([last.parent])
    rest = filled.search("red", limit=99, after=first.more)
    assert names(rest.hits) == whole[3:]


@pytest.mark.parametrize("text", ["", "rubbish", "bnVsbA", "WzFd", "ÿ", "W" * 9999])
def test_what_is_no_cursor_is_refused(filled: Library, text: str) -> None:
    with pytest.raises(QueryError, match="no cursor"):
        filled.search("red", after=text)


def test_a_cursor_of_another_order_is_refused(filled: Library) -> None:
    more = filled.search("red", limit=2).more
    with pytest.raises(QueryError, match="sorted by relevance, not by newest"):
        filled.search("red", sort=Sort.NEWEST, after=more)


@pytest.mark.parametrize("order", Sort)
def test_a_cursor_is_read_as_it_was_written(order: Sort) -> None:
    cursor = Cursor(order, 17, 40, 0.25)
    assert Cursor.parse(str(cursor), order) == cursor


@pytest.mark.parametrize(("sort", "reverse"), [(Sort.NEWEST, True), (Sort.OLDEST, False)])
def test_only_what_is_relevant_is_sorted_by_date(
    filled: Library, sort: Sort, reverse: bool
) -> None:
    relevant = names(filled.search("red", limit=99).hits)
    found = filled.search("red", sort=sort, limit=99)
    assert names(found.hits) == sorted(relevant, reverse=reverse)
    assert 1 < found.relevant == found.total == len(relevant) < 13
    assert all(hit.why and hit.probability for hit in found.hits)


def test_what_lies_below_the_cut_off_has_no_date_order(filled: Library) -> None:
    with pytest.raises(QueryError, match="below the cut-off"):
        filled.search("red", sort=Sort.NEWEST, everything=True)


def test_the_total_is_told_once_the_end_is_seen(filled: Library) -> None:
    relevant = len(filled.search("red", limit=99).hits)
    first = filled.search("red", limit=relevant - 1)
    assert (first.total, first.more is None) == (None, False)
    last = filled.search("red", limit=5, after=first.more)
    assert (last.total, last.more, len(last.hits)) == (relevant, None, 1)


def test_hits_come_in_groups_by_day(filled: Library) -> None:
    found = filled.search("ext:png", limit=99)
    days = list(found.by_day())
    assert [hit for day in days for hit in day.hits] == list(found.hits)
    assert days[-1].date == date(1970, 1, 2)
    assert len(days[-1].hits) == 3


def test_facets_count_the_relevant_photos(filled: Library) -> None:
    relevant = filled.search("red", limit=99).hits
    years = filled.facets("red", ["year"])["year"]
    assert years == [Count("2024", len(relevant))]
    assert filled.facets(names=["year"])["year"] == [Count("2024", 10), Count("1970", 3)]
    assert filled.facets("date:1970", ["year", "camera"]) == {
        "year": [Count("1970", 3)],
        "camera": [],
    }


def test_an_unknown_facet_is_refused_before_anything_is_searched(filled: Library) -> None:
    with pytest.raises(QueryError, match="no facet 'yaer'"):
        filled.facets("red", ["yaer"])


def test_every_hit_says_which_filters_it_passed(filled: Library) -> None:
    hit = filled.search("red name:2024 date:2024 -name:green").hits[0]
    assert [reason.filter for reason in hit.passed] == ["name:2024", "date:2024"]
    assert hit.passed[0].known == Path(hit.photo.path).name
    assert hit.passed[1].known.startswith("2024-")


def test_liked_photos_pull_and_disliked_ones_push(filled: Library) -> None:
    blue, red = (
        filled.photo(path(filled, name)).id for name in ("blue.png", "20240110_120000.png")
    )
    plain = names(filled.search("red", limit=99, everything=True).hits)
    liked = filled.search("red", limit=99, everything=True, feedback=Feedback(liked=(blue,)))
    assert names(liked.hits).index(plain[0]) > 0
    assert [reason.term for reason in liked.hits[0].why] == ["red", f"photo {blue}"]
    disliked = filled.search("red", limit=99, everything=True, feedback=Feedback((), (red,)))
    assert "20240110_120000.png" not in names(disliked.hits)
    assert len(disliked.hits) == len(plain) - 1


def test_a_liked_photo_alone_finds_what_looks_like_it(filled: Library) -> None:
    blue = filled.photo(path(filled, "blue.png")).id
    assert names(filled.search("", feedback=Feedback(liked=(blue,))).hits)[0] == "blue.png"


def test_dislike_alone_is_refused(filled: Library) -> None:
    with pytest.raises(QueryError, match="only photos to push away"):
        filled.search("", feedback=Feedback(disliked=(1,)))


def test_a_photo_of_the_library_is_a_term(filled: Library) -> None:
    blue = filled.photo(path(filled, "blue.png")).id
    typed = filled.search(f"photo:{blue} + 2:red")
    made = filled.search(Query((Term(Like(blue)), Term(Words("red"), 2.0))))
    assert names(typed.hits) == names(made.hits) != []


def test_more_from_the_same_day(filled: Library) -> None:
    found = filled.more_from(path(filled, "green.png"), "day")
    assert sorted(names(found.hits)) == ["blue.png", "green.png", "yellow.png"]
    with pytest.raises(NotFound, match="no place is known"):
        filled.more_from(path(filled, "green.png"), "place")
