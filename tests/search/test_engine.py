"""Search: ranked photos, an honest end, and no encoder where none is needed."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.conftest import Paint

from mindseye.errors import MediaError, NotFound, QueryError, SpaceMismatch
from mindseye.library import Library
from mindseye.query.model import Field, Like, Operator, Picture, Query, Term, Words
from mindseye.testing.encoder import ColourEncoder
from mindseye.types import Album, EmbeddingSpace, Hit

NAMED_GREEN = Field("name", Operator.IS, "green")


@pytest.fixture
def filled(library: Library, paint: Paint, photos: Path) -> Library:
    paint("red.png", "red")
    paint("red-blue.png", "red", "blue")
    paint("blue.png", "blue")
    paint("green.png", "green")
    library.ingest([photos])
    return library


def names(hits: tuple[Hit, ...]) -> list[str]:
    return [Path(hit.photo.path).name for hit in hits]


def words(text: str, weight: float = 1.0) -> Term:
    return Term(Words(text), weight)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("red", ["red.png", "red-blue.png"]),
        ("红色的花", ["red.png", "red-blue.png"]),
        ("red and blue", ["red-blue.png"]),
        ("2:red + blue", ["red-blue.png", "red.png"]),
        ("green", ["green.png"]),
        ("something else entirely", []),
    ],
)
def test_a_query_finds_these_photos_in_this_order(
    filled: Library, query: str, expected: list[str]
) -> None:
    assert names(filled.search(query).hits)[: len(expected)] == expected
    assert bool(filled.search(query).hits) == bool(expected)


def test_a_negative_term_removes_what_it_names(filled: Library) -> None:
    assert names(filled.search("red - blue").hits) == ["red.png"]


def test_everything_is_shown_on_request_with_the_cut_off_named(filled: Library) -> None:
    found = filled.search(Query((words("red"),), everything=True))
    assert len(found.hits) == 4
    assert found.relevant == 2
    assert found.cutoff == 0.5
    chances = [hit.probability for hit in found.hits]
    assert chances == sorted(chances, reverse=True)


def test_a_least_score_replaces_the_cut_off(filled: Library) -> None:
    found = filled.search(Query((words("red"),), min_score=0.99))
    assert names(found.hits) == ["red.png"]
    assert found.cutoff == 0.99


def test_a_limit_counts_photos(filled: Library) -> None:
    assert len(filled.search(Query((words("red"),), limit=1, everything=True)).hits) == 1


def test_every_hit_says_what_each_term_gave(filled: Library) -> None:
    hit = filled.search("red - blue").hits[0]
    assert [(reason.term, reason.weight) for reason in hit.why] == [("red", 1.0), ("blue", -1.0)]
    assert hit.why[0].score == pytest.approx(1.0, abs=0.02)
    assert hit.why[1].score == pytest.approx(0.0, abs=0.02)


def test_a_picture_finds_what_looks_like_it(filled: Library, photos: Path) -> None:
    found = filled.search(Query((Term(Picture(photos / "blue.png")),)))
    assert names(found.hits)[:2] == ["blue.png", "red-blue.png"]


def test_similar_photos_leave_out_the_photo_itself(filled: Library, photos: Path) -> None:
    assert names(filled.similar(photos / "blue.png").hits) == ["red-blue.png"]


def test_similar_photos_need_no_encoder(
    filled: Library, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("nothing may be encoded")

    monkeypatch.setattr(ColourEncoder, "encode_images", refuse)
    monkeypatch.setattr(ColourEncoder, "encode_texts", refuse)
    assert filled.similar(photos / "red.png").hits


def test_without_terms_the_newest_photos_come_first(filled: Library) -> None:
    found = filled.search("", limit=3)
    assert len(found.hits) == 3
    taken = [hit.photo.metadata.taken_at for hit in found.hits]
    assert taken == sorted(taken, reverse=True)


def test_an_empty_library_says_so(library: Library) -> None:
    with pytest.raises(NotFound, match="empty"):
        library.search("red")


def test_a_photo_that_is_not_there_is_not_found(filled: Library) -> None:
    with pytest.raises(NotFound, match="no photo 999"):
        filled.search(Query((Term(Like(999)),)))


def test_photos_of_another_space_are_announced_not_searched(filled: Library) -> None:
    other = ColourEncoder(space=EmbeddingSpace("other", "another", 10))
    changed = Library(filled.store, filled.settings, other)
    with pytest.raises(SpaceMismatch, match="encoded by test-colours, not by other"):
        changed.search("red")
    assert [info.space.encoder for info in filled.store.spaces()] == ["test-colours"]


def test_a_query_picture_that_is_no_picture_is_refused(filled: Library, tmp_path: Path) -> None:
    text = tmp_path / "notes.jpg"
    text.write_text("shopping list")
    with pytest.raises(MediaError, match="does not start like a picture"):
        filled.search(f"{text}")


def test_terms_that_cancel_out_are_refused(filled: Library) -> None:
    with pytest.raises(QueryError, match="cancel"):
        filled.search("red - red")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("red name:blue", ["red-blue.png"]),
        ("red -name:blue", ["red.png"]),
        ("name:blue", ["blue.png", "red-blue.png"]),
        ("name:red-blue OR name:green", ["green.png", "red-blue.png"]),
        ("red name:none", []),
        ("name:none", []),
        ("red width:<64", []),
    ],
)
def test_only_what_passes_a_filter_is_ranked(
    filled: Library, query: str, expected: list[str]
) -> None:
    found = filled.search(query)
    assert sorted(names(found.hits)) == expected
    assert found.candidates == len(found.hits) or found.cutoff is not None


def test_all_that_passes_is_considered_not_what_is_left_of_the_best(filled: Library) -> None:
    found = filled.search(Query((words("red"),), limit=1, everything=True, filter=NAMED_GREEN))
    assert names(found.hits) == ["green.png"]
    assert found.candidates == 1


def test_a_filter_is_asked_within_an_album(filled: Library, photos: Path, paint: Paint) -> None:
    paint("more/red.png", "red")
    filled.ingest([photos])
    filled.put_album(Album("More", (str(photos / "more"),)))
    found = filled.search("name:red", album="More")
    assert [Path(hit.photo.path).parent.name for hit in found.hits] == ["more"]
    assert filled.search("red name:green", album="More").candidates == 0


def test_a_score_in_the_query_ends_the_list(filled: Library) -> None:
    found = filled.search("red score:>0.99")
    assert (names(found.hits), found.cutoff) == (["red.png"], 0.99)


def test_a_filter_that_cannot_be_typed_is_refused(filled: Library) -> None:
    mood = Field("mood", Operator.IS, "good")
    with pytest.raises(QueryError, match="no field 'mood'"):
        filled.search(Query(filter=mood))
