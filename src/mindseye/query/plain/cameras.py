"""Cameras in a sentence: a maker or model that a phrase says photos were taken with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from mindseye.query.model import Field, Operator
from mindseye.query.plain.base import Chip
from mindseye.query.plain.language import Language, Names
from mindseye.query.plain.sentence import Sentence

_MAKERS: Final[Mapping[str, str]] = {
    "Canon": "canon,佳能,キヤノン,キャノン",
    "Nikon": "nikon,尼康,ニコン",
    "Sony": "sony,索尼,ソニー",
    "Fujifilm": "fujifilm,fuji,富士,富士フイルム",
    "Leica": "leica,徕卡,萊卡,ライカ",
    "Olympus": "olympus,奥林巴斯,オリンパス",
    "Panasonic": "panasonic,松下,パナソニック",
    "Pentax": "pentax,宾得,ペンタックス",
    "Hasselblad": "hasselblad,哈苏",
    "Ricoh": "ricoh,理光,リコー",
    "GoPro": "gopro",
    "DJI": "dji,大疆",
    "Samsung": "samsung,三星",
    "Huawei": "huawei,华为,華為",
    "Xiaomi": "xiaomi,小米",
    "Apple": "苹果,蘋果",
    "iPhone": "iphone,アイフォン",
    "iPad": "ipad",
    "Pixel": "google pixel,pixel",
}
"""What cameras call themselves in a file -> how people say it."""

_MODELS: Final = {
    maker: re.compile(rf" ?(?:{model})", re.IGNORECASE | re.ASCII)
    for maker, model in {
        "Canon": r"(?:eos|powershot|ixus) \w*\d\w*(?: mark i{1,3}v?)?",
        "Nikon": r"d\d+\w?|coolpix \w*\d\w*",
        "Fujifilm": r"x-?\w*\d\w*",
        "iPhone": r"(?:\d{1,2}\w?|se|x[rs]?)\b(?: (?:pro max|pro|max|plus|mini)\b)?",
        "Pixel": r"\d\w?\b(?: (?:pro|xl)\b)?",
    }.items()
}
"""Models that files write as people say them; of others the maker is meant."""

_OTHER_MODEL: Final = re.compile(
    r" (?=[\w-]*[a-z])[\w-]*\d[\w-]*(?: (?:i{1,3}v?|pro|black|ultra)\b)?",
    re.IGNORECASE | re.ASCII,
)
"""A model has a letter and a digit: a number alone may be a year, or that of days ago."""


def settle_cameras(sentence: Sentence) -> None:
    """Settle every camera that photos are said to be taken with, from left to right."""
    for spoken in sentence.languages:
        for at in range(len(sentence.said)):
            _settle(sentence, spoken, at)


def _settle(sentence: Sentence, spoken: Language, at: int) -> None:
    """Settle the camera whose name begins at a token, where words around it say it is meant."""
    said = sentence.said
    maker = next((name for name, called in _called().items() if called.past(said, at) > at), None)
    if maker is None:
        return
    end, called = _model(sentence, maker, _called()[maker].past(said, at))
    end = spoken.lists["devices"].past(said, end)
    owned = spoken.lists["holders"].before(said, at)
    done = spoken.lists["done"].past(said, end)
    start = spoken.lists["using"].before(said, owned)
    if done > end and start < owned:
        end = done
    else:
        start = spoken.lists["taken_by"].before(said, owned)
        if not sentence.closed(end, spoken):
            return
    if start == owned or not sentence.free(start, end):
        return
    chip = Chip(
        said[start].start,
        said[end - 1].end,
        f"taken with {called}",
        Field("camera", Operator.IS, called),
    )
    sentence.settle(start, end, chip)


def _model(sentence: Sentence, maker: str, end: int) -> tuple[int, str]:
    """Where a name ends with the model behind it, and what files call that."""
    behind = sentence.said[end - 1].end
    rest = sentence.text[behind:]
    written = _MODELS[maker].match(rest) if maker in _MODELS else None
    found = written or _OTHER_MODEL.match(rest)
    ends = {token.end: at + 1 for at, token in enumerate(sentence.said)}
    last = end if found is None else ends.get(behind + found.end(), end)
    # In "iPhone 3 years ago" the number belongs to the date.
    if found is None or last == end or not sentence.free(end, last):
        return end, maker
    called = maker if written is None else f"{maker} {written[0].strip()}"
    return last, called


@cache
def _called() -> Mapping[str, Names]:
    return {maker: Names.of(words) for maker, words in _MAKERS.items()}
