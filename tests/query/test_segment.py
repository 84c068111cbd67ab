"""Texts are cut to words the same way for an index and for what is asked of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mindseye.fold import fold
from mindseye.query.function_words import FUNCTION_WORDS
from mindseye.query.segment import MOST_SOUGHT, Sought, plain, runs, segment, sought


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("IMG_2041.jpg", ["img", "2041", "jpg"]),
        ("2023-Urlaub_Italien", ["2023", "urlaub", "italien"]),
        ("BirthdayParty2023", ["birthdayparty2023", "birthday", "party", "2023"]),
        ("HTMLParser", ["htmlparser", "html", "parser"]),
        ("dog dog DOG", ["dog"]),
        ("Café CRÈME straße", ["cafe", "creme", "strasse"]),
        ("ﬁn ＩＭＧ ½", ["fin", "img", "1", "2"]),
        ("e\N{COMBINING ACUTE ACCENT}te\N{COMBINING ACUTE ACCENT}", ["ete"]),
        ("生日蛋糕", ["生", "日", "蛋", "糕", "生日", "日蛋", "蛋糕"]),
        ("iPhone拍摄", ["iphone", "i", "phone", "拍", "摄", "拍摄"]),
        ("서울에서", ["서", "울", "에", "서울", "울에", "에서"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("🎂️ party", ["🎂", "party"]),
        ("\U0010fee9 \ud800 \0 \N{COMBINING ACUTE ACCENT} _ ...", []),
    ],
)
def test_a_text_is_looked_up_by_these_words(text, words):
    assert segment(text) == words


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("IMG_2041", (Sought("img"), Sought("2041"))),
        ("img2041", (Sought("img2041", ("img", "2041")),)),
        ("the dog and the cat", (Sought("dog"), Sought("cat"))),
        ("the who", (Sought("the"), Sought("who"))),
        ("ein Hund am Strand", (Sought("hund"), Sought("strand"))),
        ("生日蛋糕", (Sought("生日"), Sought("日蛋"), Sought("蛋糕"))),
        ("狗", (Sought("狗"),)),
        ("", ()),
        ("!?", ()),
    ],
)
def test_a_query_looks_for_these_words(query, expected):
    assert sought(query) == expected


def test_a_long_query_is_looked_up_by_its_first_words():
    many = [f"word{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(200)]
    assert [one.whole for one in sought(" ".join(many))] == many[:MOST_SOUGHT]


@given(st.text())
def test_words_are_folded_and_hold_nothing_that_a_query_could_be_broken_by(text):
    for word in segment(text):
        assert fold(word) == word
        assert not set(word) & set(" \"'*():^-+\0{}")


@given(st.text(), st.text())
def test_every_word_of_a_text_is_among_its_words_whatever_stands_beside(text, other):
    assert set(segment(text)) <= set(segment(f"{text} {other}"))


@given(st.text())
def test_runs_stand_where_they_say(text):
    text = plain(text)
    for run in runs(text):
        assert fold(text[run.start : run.end]) == run.whole


def test_function_words_are_written_as_words_are_looked_up():
    assert all(fold(word) == word for word in FUNCTION_WORDS)
