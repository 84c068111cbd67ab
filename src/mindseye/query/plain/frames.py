"""Words that frame a query and say nothing of what is looked for; an order may hide in them."""

from __future__ import annotations

from mindseye.query.model import Sort
from mindseye.query.plain.base import Chip
from mindseye.query.plain.language import Language
from mindseye.query.plain.sentence import Sentence
from mindseye.query.plain.tokens import Token

_FRAMING = "frames the query"


def settle_frames(sentence: Sentence) -> None:
    """Settle what stands before what is looked for ("show me photos of") and behind it."""
    for spoken in sentence.languages:
        before, behind = _before(sentence, spoken), _behind(sentence, spoken)
        if before or behind:
            return


def _loose(sentence: Sentence) -> list[int]:
    return [at for at in range(len(sentence.said)) if at not in sentence.settled]


def _before(sentence: Sentence, spoken: Language) -> bool:
    """`[asks] [determiners] [sort] photos [sort] [links]`, or what it asks with alone."""
    loose = _loose(sentence)
    said = [sentence.said[at] for at in loose]
    asked = spoken.lists["asks"].past(said, 0)
    at = _past_determiners(said, asked, spoken)
    at, sort = _past_order(said, at, spoken)
    at = _past_determiners(said, at, spoken)
    photos = spoken.lists["photos"].past(said, at)
    if photos == at:
        return _settle(sentence, loose[:asked], None) if asked else False
    end, later = _past_order(said, photos, spoken)
    linked = spoken.lists["links"].past(said, end)
    if linked == end and end < len(said) and not _parted(sentence, loose, end):
        # "photo album", "pictures hang on a wall": not a frame.
        return _settle(sentence, loose[:asked], None) if asked else False
    return _settle(sentence, loose[:linked], sort or later)


def _past_determiners(said: list[Token], at: int, spoken: Language) -> int:
    while (end := spoken.lists["determiners"].past(said, at)) > at:
        at = end
    return at


def _past_order(said: list[Token], at: int, spoken: Language) -> tuple[int, Sort | None]:
    for name, sort in (("newest", Sort.NEWEST), ("oldest", Sort.OLDEST)):
        end = spoken.lists[name].past(said, at)
        if end > at:
            return end, sort
    return at, None


def _parted(sentence: Sentence, loose: list[int], at: int) -> bool:
    """Whether a chip or a sign stands between the photos and what follows."""
    return loose[at] > loose[at - 1] + 1 or sentence.said[loose[at]].sign


def _behind(sentence: Sentence, spoken: Language) -> bool:
    """What stands at the end, and with it an order at the beginning: 最新的 ... 的照片."""
    loose = _loose(sentence)
    said = [sentence.said[at] for at in loose]
    start = spoken.lists["trailers"].before(said, len(said))
    if start == len(said):
        return False
    settled = loose[start:]
    first, sort = _past_order(said[:start], 0, spoken)
    return _settle(sentence, [*loose[:first], *settled], sort)


def _settle(sentence: Sentence, taken: list[int], sort: Sort | None) -> bool:
    """Settle tokens, run by run; an order is told with the run it was said in."""
    runs: list[list[int]] = []
    for at in taken:
        if runs and runs[-1][-1] + 1 == at:
            runs[-1].append(at)
        else:
            runs.append([at])
    for number, run in enumerate(runs):
        own = sort if number == 0 else None
        means = _FRAMING if own is None else f"the {own} photos first"
        start, end = sentence.said[run[0]].start, sentence.said[run[-1]].end
        sentence.settle(run[0], run[-1] + 1, Chip(start, end, means, sort=own))
    return bool(runs)
