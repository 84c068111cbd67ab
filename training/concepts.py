"""Short queries with known answers: a word, and the captions that use it say which pictures fit."""

from __future__ import annotations

import re

WORDS = {
    "en": (
        "dog cat boy girl man woman baby bicycle horse football basketball car truck motorcycle "
        "snow beach ocean lake river pool grass tree mountain rock street crowd skateboard surfer "
        "swing slide tent boat bus train bird cow sheep flower food cake guitar camera hat helmet "
        "umbrella sunglasses bench bridge fence fountain fire flag kite frisbee stage ice"
    ),
    "de": (
        "Hund Katze Junge Mädchen Mann Frau Baby Fahrrad Pferd Fußball Basketball Auto Motorrad "
        "Schnee Strand Wasser Meer See Fluss Gras Wiese Baum Berg Felsen Straße Skateboard Surfer "
        "Boot Bus Zug Vogel Kuh Blume Gitarre Kamera Hut Helm Sonnenbrille Brücke Zaun Feuer "
        "Kuchen Schaukel Rutsche Menschenmenge"
    ),
    "zh": (
        "狗 猫 男孩 女孩 男人 女人 婴儿 自行车 马 足球 篮球 汽车 摩托车 雪地 海滩 大海 湖 草地 树 "
        "山 岩石 街道 滑板 冲浪 船 公交车 火车 鸟 牛 花 吉他 相机 帽子 头盔 雨伞 眼镜 桥 火 蛋糕 "
        "秋千 滑梯 帐篷 人群"
    ),
}
ARTICLES = {"en": "a {}", "de": "{} auf einem Foto", "zh": "一张{}的照片"}


def queries(language: str) -> list[tuple[str, re.Pattern[str]]]:
    """Return each word, alone and in a phrase, with the pattern of captions that speak of it."""
    found = []
    for word in WORDS[language].split():
        pattern = word if language == "zh" else rf"\b{word}(s|es|e|n|en|er)?\b"
        compiled = re.compile(pattern, re.IGNORECASE)
        found += [(word, compiled), (ARTICLES[language].format(word), compiled)]
    return found


def answers(pattern: re.Pattern[str], texts: list[str], image: list[int], count: int) -> list[int]:
    """Say of each picture: 1 where two of its captions match, 0 where none does, else -1."""
    matched = [0] * count
    for text, owner in zip(texts, image, strict=True):
        matched[owner] += bool(pattern.search(text))
    return [1 if n >= 2 else 0 if n == 0 else -1 for n in matched]
