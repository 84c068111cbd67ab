"""What a user types becomes terms and filters, or an error that points at the trouble."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mindseye.errors import QueryError
from mindseye.query.model import Like, Link, Picture, Term, Words
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
        ("at 12:30", (words("at 12:30"),)),
        ("http://example.org/a", (Term(Link("http://example.org/a")),)),
        ("see http://example.org/a", (words("see http://example.org/a"),)),
        ('"http://example.org/a"', (words("http://example.org/a"),)),
        ("ftp://example.org/a", (words("ftp://example.org/a"),)),
        ("photo:17", (Term(Like(17)),)),
        ("dog - 2:photo:17", (words("dog"), Term(Like(17), -2.0))),
        ("photo:17 dog", (words("photo:17 dog"),)),
        ("re: hello", (words("re: hello"),)),
        ("camera: canon", (words("camera: canon"),)),
        ("std::vector", (words("std::vector"),)),
        ("主题:海边", (words("主题:海边"),)),
        ('"date:2023"', (words("date:2023"),)),
        ('2:"date:2023 - x"', (words("date:2023 - x", 2.0),)),
        ("say “date:2023” now", (words("say “date:2023” now"),)),
        ("Portland OR", (words("Portland OR"),)),
        ("salt AND pepper NOT sugar", (words("salt AND pepper NOT sugar"),)),
        ("(black and white)", (words("(black and white)"),)),
        ("--camera:x", (words("--camera:x"),)),
        ("lol:)", (words("lol:)"),)),
    ],
)
def test_a_query_has_these_terms(text: str, terms: tuple[Term, ...]) -> None:
    assert parse(text).terms == terms
    assert parse(text).filter is None


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
        ("C:\\no.jpg", 0, "no picture"),
        ("f:/no.jpg", 0, "no picture"),
    ],
)
def test_trouble_is_pointed_at(text: str, offset: int, message: str) -> None:
    with pytest.raises(QueryError, match=message) as caught:
        parse(text)
    assert caught.value.offset == offset


def test_a_path_becomes_a_picture(tmp_path: Path) -> None:
    picture = tmp_path / "my pool.jpg"
    picture.write_bytes(b"")
    assert parse(f"2:{picture} - dog").terms == (Term(Picture(picture), 2.0), words("dog", -1.0))
    assert parse(picture.as_uri()).terms == (Term(Picture(picture)),)


@pytest.mark.parametrize(
    "text", ["dog - people", '2:"dog"', "/no/such/file.jpg", "a + b", "date:2023", "dat:2023"]
)
def test_literal_takes_everything_as_words(text: str) -> None:
    parsed = parse(text, literal=True)
    assert (parsed.terms, parsed.filter) == ((words(text),), None)


@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(
            st.sampled_from(
                ["date:", "2023", "-", "(", ")", " ", " OR ", "NOT ", "AND", '"', "a", ",", "..",
                 "<", "iso:", "f:2", "camera:x", "+", "3:", "near:1,2,3m", "dat:1", "score:>.2",
                 "“", "\x1f"]
            ),
            max_size=14,
        ).map("".join),
    )
)  # fmt: skip
def test_any_text_is_either_understood_or_refused_inside_it(text: str) -> None:
    try:
        parsed = parse(text)
    except QueryError as error:
        assert 0 <= error.offset <= len(text)
        return
    assert all(str(term.value).strip() for term in parsed.terms)
    something = bool(parsed.terms) or parsed.filter is not None or parsed.min_score is not None
    assert something == bool(text.strip())
    for part in parsed.parts:
        assert 0 <= part.start < part.end <= len(text)
