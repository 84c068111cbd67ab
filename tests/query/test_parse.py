"""Words typed by a user become terms."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mindseye.errors import QueryError
from mindseye.query.model import Picture, Term, Words
from mindseye.query.parse import parse


def words(text: str, weight: float = 1.0) -> Term:
    return Term(Words(text), weight)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", ()),
        ("   ", ()),
        ("dog on a beach", (words("dog on a beach"),)),
        ("  dog  ", (words("dog"),)),
        ("海边的日落", (words("海边的日落"),)),
        ("dog + cat", (words("dog"), words("cat"))),
        ("dog - people", (words("dog"), words("people", -1.0))),
        ("- people + dog", (words("people", -1.0), words("dog"))),
        ("2:dog + .5:cat", (words("dog", 2.0), words("cat", 0.5))),
        ('2:"a lake" - 0.5:people', (words("a lake", 2), words("people", -0.5))),
        ('"a - b" + c', (words("a - b"), words("c"))),
        ("“海 - 边” + 山", (words("海 - 边"), words("山"))),
        ("t-shirt black-and-white", (words("t-shirt black-and-white"),)),
        ("16:9 poster", (words("16:9 poster"),)),
        ("open 24/7", (words("open 24/7"),)),
        ('a 12" record', (words('a 12" record'),)),
        ("c++ book", (words("c++ book"),)),
        ("3: dog", (words("dog", 3.0),)),
    ],
)
def test_a_query_has_these_terms(text: str, terms: tuple[Term, ...]) -> None:
    assert parse(text) == terms


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("dog +", 5, "missing"),
        ("dog + - cat", 6, "missing"),
        ("- people", 0, "nothing to look for"),
        ('dog + "cat', 5, "never closed"),
        ('""', 0, "nothing between"),
        ("dog + ./no-such-picture.jpg", 6, "no picture"),
        ("2:/no/such.jpg", 2, "no picture"),
    ],
)
def test_trouble_is_pointed_at(text: str, offset: int, message: str) -> None:
    with pytest.raises(QueryError, match=message) as caught:
        parse(text)
    assert caught.value.offset == offset


def test_a_path_becomes_a_picture(tmp_path: Path) -> None:
    picture = tmp_path / "my pool.jpg"
    picture.write_bytes(b"")
    assert parse(f"2:{picture} - dog") == (Term(Picture(picture), 2.0), words("dog", -1.0))
    assert parse(picture.as_uri()) == (Term(Picture(picture)),)


@pytest.mark.parametrize("text", ["dog - people", '2:"dog"', "/no/such/file.jpg", "a + b"])
def test_literal_takes_everything_as_words(text: str) -> None:
    assert parse(text, literal=True) == (words(text),)


@given(st.text(max_size=60))
def test_any_text_is_either_understood_or_refused_inside_it(text: str) -> None:
    try:
        terms = parse(text)
    except QueryError as error:
        assert 0 <= error.offset <= len(text)
    else:
        assert all(str(term.value).strip() for term in terms)
        assert bool(terms) == bool(text.strip())
