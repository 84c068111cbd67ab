"""Texts are compared without case and accents, and no word becomes another one by that."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mindseye.fold import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Canon EOS", "canon eos"),
        ("  two\n lines ", "two lines"),
        ("Zürich", "zurich"),
        ("ZU\N{COMBINING DIAERESIS}RICH", "zurich"),
        ("Straße", "strasse"),
        ("İstanbul", "istanbul"),
        ("Kraków Łódź", "krakow lodz"),
        ("Smørrebrød", "smorrebrod"),
        ("Cœur", "coeur"),
        ("Ｎｉｋｏｎ", "nikon"),
        ("ΑΘΉΝΑ", "αθηνα"),
        ("東京", "東京"),
        ("ガス", "ガス"),
        ("हिन्दी", "हिन्दी"),
        ("한국", "한국"),
        ("", ""),
        (None, None),
    ],
)
def test_a_text_folds_to_this(text: str | None, folded: str | None) -> None:
    assert fold(text) == folded


def test_a_voiced_kana_stays_another_word() -> None:
    assert fold("ガス") != fold("カス")


@given(st.text(max_size=30))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=30))
def test_nothing_that_sql_takes_for_the_same_letter_is_left_in_two_cases(text: str) -> None:
    folded = fold(text) or ""
    assert not any("A" <= letter <= "Z" for letter in folded)
