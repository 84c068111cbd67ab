"""A mark stands under the character it means, however wide the characters before it are."""

from __future__ import annotations

import pytest

from mindseye.cli.pointer import pointed_at


@pytest.mark.parametrize(
    ("text", "offset", "line", "mark"),
    [
        ("dog dat:1", 4, "dog dat:1", "    ^"),
        ("dog +", 5, "dog +", "     ^"),
        ("海边 x", 3, "海边 x", "     ^"),
        ("e\u0301 x", 3, "e\u0301 x", "  ^"),
        ("a\n\tb", 3, "a  b", "   ^"),
        (
            "a" * 100 + "!" + "b" * 100,
            100,
            "..." + "a" * 60 + "!" + "b" * 59 + "...",
            " " * 63 + "^",
        ),
    ],
)
def test_a_mark_stands_under_the_character(text: str, offset: int, line: str, mark: str) -> None:
    assert pointed_at(text, offset) == (line, mark)
