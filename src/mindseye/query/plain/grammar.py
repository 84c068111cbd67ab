"""Phrases as templates: what is said, with slots for what varies.

    "[in|during] <season> [of] <year>"     blanks between words, brackets for what may be missing,
    "<year>年(<season>|<holiday>)"          bars for what may stand instead, names for slots

A slot is a lexicon (names -> values), a number, or a template of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from mindseye.query.plain.tokens import Token, tokens

Values: TypeAlias = Mapping[str, Any]
"""Slot -> what was said in it."""

Fill: TypeAlias = Callable[[Sequence[Token], int], Iterator[tuple[int, Any]]]
"""From a place among tokens, every end at which a slot is filled, and its value."""

Element: TypeAlias = str | tuple[str]
"""A token as it is said, or the name of a slot."""

_PIECE = re.compile(r"<(\w+)>|([\[\]()|])|([^<>\[\]()|]+)")


@dataclass(frozen=True, slots=True)
class Match:
    """Tokens `start` to `end` say what the rule's template says."""

    start: int
    end: int
    values: Values
    rule: Rule


@dataclass(frozen=True, slots=True)
class Rule:
    """A template and what it means; `needs` names what must be around it."""

    template: str
    reading: Callable[..., Any]
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """What varies in a template; only these tokens, or any number, may begin it."""

    fill: Fill
    firsts: frozenset[str]
    numbers: bool = False

    def starts(self, token: Token) -> bool:
        """Whether this token may begin it."""
        return token.text in self.firsts or (self.numbers and token.text.isdecimal())


def lexicon(entries: Mapping[str, Any]) -> Slot:
    """A slot for any of these names, which may be several words, parted by commas."""
    by_first: dict[str, list[tuple[tuple[str, ...], Any]]] = {}
    for names, value in entries.items():
        for name in names.split(","):
            said = tuple(token.text for token in tokens(name))
            by_first.setdefault(said[0], []).append((said, value))

    def fill(said: Sequence[Token], at: int) -> Iterator[tuple[int, Any]]:
        for name, value in by_first.get(said[at].text, ()):
            end = at + len(name)
            if tuple(token.text for token in said[at:end]) == name:
                yield end, value

    return Slot(fill, frozenset(by_first))


def number(least: int, most: int, *, digits: int = 0) -> Slot:
    """A slot for a number in digits; where `digits` is given it has just so many."""

    def fill(said: Sequence[Token], at: int) -> Iterator[tuple[int, Any]]:
        text = said[at].text
        if text.isdecimal() and (not digits or len(text) == digits) and len(text) <= 4:
            value = int(text)
            if least <= value <= most:
                yield at + 1, value

    return Slot(fill, frozenset(), numbers=True)


def any_of(*slots: Slot) -> Slot:
    """A slot that any of these fills."""

    def fill(said: Sequence[Token], at: int) -> Iterator[tuple[int, Any]]:
        for slot in slots:
            yield from slot.fill(said, at)

    firsts = frozenset().union(*(slot.firsts for slot in slots))
    return Slot(fill, firsts, any(slot.numbers for slot in slots))


@dataclass(slots=True)
class _Node:
    """What may come next after the same beginning of templates, and those that end here."""

    words: dict[str, _Node] = field(default_factory=dict)
    slots: dict[str, _Node] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)

    def next(self, element: Element) -> _Node:
        """The node behind an element, made where it is not there."""
        if isinstance(element, str):
            return self.words.setdefault(element, _Node())
        return self.slots.setdefault(element[0], _Node())


class Grammar:
    """Rules as a tree of their templates, so that a shared beginning is looked at once."""

    def __init__(self, slots: Mapping[str, Slot], rules: Sequence[Rule]) -> None:
        self._slots = slots
        self._root = _Node()
        for rule in rules:
            for elements in expanded(rule.template):
                node = self._root
                for element in elements:
                    node = node.next(element)
                node.rules.append(rule)

    def as_slot(self, *, without: str = "") -> Slot:
        """A slot that any of its rules fills, but for those that need `without`."""

        def fill(said: Sequence[Token], at: int) -> Iterator[tuple[int, Match]]:
            for match in self.matches(said, at):
                if not without or match.rule.needs != without:
                    yield match.end, match

        slots = [self._slots[name] for name in self._root.slots]
        firsts = frozenset(self._root.words).union(*(slot.firsts for slot in slots))
        return Slot(fill, firsts, any(slot.numbers for slot in slots))

    def matches(self, said: Sequence[Token], at: int) -> Iterator[Match]:
        """Every rule that fits from `at` on, in no order."""
        for end, values, rule in self._walk(self._root, said, at):
            yield Match(at, end, values, rule)

    def _walk(
        self, node: _Node, said: Sequence[Token], at: int
    ) -> Iterator[tuple[int, dict[str, Any], Rule]]:
        for rule in node.rules:
            yield at, {}, rule
        if at == len(said):
            return
        token = said[at]
        if token.text in node.words:
            yield from self._walk(node.words[token.text], said, at + 1)
        for name, behind in node.slots.items():
            slot = self._slots[name]
            if not slot.starts(token):
                continue
            for middle, value in slot.fill(said, at):
                for end, values, rule in self._walk(behind, said, middle):
                    yield end, {name: value, **values}, rule


def expanded(template: str) -> list[tuple[Element, ...]]:
    """Every sequence of elements that a template stands for."""
    pieces = list(_PIECE.finditer(template))
    found, end = _alternatives(pieces, 0)
    if end != len(pieces):
        raise ValueError(f"a bracket is closed twice in {template!r}")
    return found


def _alternatives(
    pieces: Sequence[re.Match[str]], at: int
) -> tuple[list[tuple[Element, ...]], int]:
    """What stands between brackets, or in the whole: sequences parted by bars."""
    done: list[tuple[Element, ...]] = []
    current: list[tuple[Element, ...]] = [()]
    while at < len(pieces) and pieces[at][2] not in ("]", ")"):
        name, mark, words = pieces[at].groups()
        if mark == "|":
            done, current = done + current, [()]
        elif mark:
            inner, at = _alternatives(pieces, at + 1)
            optional: list[tuple[Element, ...]] = [()] if mark == "[" else []
            current = [left + right for left in current for right in (*inner, *optional)]
        else:
            tail: tuple[Element, ...] = (
                ((name,),) if name else tuple(token.text for token in tokens(words))
            )
            current = [left + tail for left in current]
        at += 1
    return done + current, at
