"""A line of text with a mark under one of its characters."""

from __future__ import annotations

from unicodedata import combining, east_asian_width

_AROUND = 60
"""So many characters before and after the mark are shown."""


def pointed_at(text: str, offset: int) -> tuple[str, str]:
    """The text on one line, cut where it is long, and a line with "^" under the character."""
    start = max(0, offset - _AROUND)
    before = _on_one_line(text[start:offset])
    after = _on_one_line(text[offset : offset + _AROUND])
    left = "..." if start else ""
    right = "..." if offset + _AROUND < len(text) else ""
    columns = len(left) + sum(map(_columns, before))
    return f"{left}{before}{after}{right}", " " * columns + "^"


def _on_one_line(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)


def _columns(character: str) -> int:
    """How many columns of a terminal a character takes: two for those of East Asia."""
    return 0 if combining(character) else 2 if east_asian_width(character) in "WF" else 1
