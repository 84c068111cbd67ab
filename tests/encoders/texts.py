"""Texts that tokenizers read differently, and what of them two tokenizers do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mindseye.encoders.checkpoint import TextRecipe
from mindseye.encoders.towers.tokens import Tokenizer

WHOLE = {
    "empty": "",
    "a blank": "   ",
    "plain English": "a photo of a dog playing in the snow",
    "capitals": "A Photo Of THE DOG",
    "contractions": "don't, it's I'LL they've we'd 'twas",
    "numbers": "1234567890 3.14 1,000,000 ½ ² Ⅷ ٣",
    "punctuation only": "!?.,;:-_#@()[]{}<>/\\|~^*&%$\"'`+=",
    "underscores": "snake_case_name __init__",
    "German": "Ein Foto von einem Hund im Schnee, Straße, GROẞ",
    "Greek capitals": "ΟΔΟΣ ΑΘΗΝΑΣ Σ",
    "Turkish": "İstanbul ISPARTA ığdır",
    "Vietnamese": "ảnh chụp con chó đang chơi trong tuyết",
    "composed and decomposed": "café cafe\u0301 Å A\u030a \u212b",
    "Russian": "на фотографии собака играет в снегу",
    "Chinese": "一只狗在雪地里玩耍的照片",
    "Japanese": "雪の中で遊ぶ犬の写真 ﾊﾝｶｸ カ\u3099",
    "Korean": "눈 속에서 노는 개의 사진 \u1112\u1161\u11ab",
    "Arabic": "صورة لكلب يلعب في الثلج",
    "Hebrew, marked": "\u200fתמונה של כלב\u200e בשלג",
    "Hindi": "बर्फ़ में खेलते कुत्ते की तस्वीर",
    "Thai": "รูปถ่ายของสุนัขเล่นในหิมะ",
    "emoji": "a dog 🐶❤️ 🙂",
    "joined emoji": "👩‍👩‍👧‍👦 👩🏽‍🚀 🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    "flags": "🇩🇪🇯🇵 🏳️‍🌈",
    "HTML": "fish &amp; chips &amp;amp; &lt;b&gt; &eacute; &#39;",
    "mojibake": "cafÃ© â€œquotedâ€\x9d schÃ¶n",
    "typographic": "“a”—‘b’… ﬁne ﬂag",
    "full width": "Ｆｕｌｌ　ｗｉｄｔｈ １２３",
    "white space": "\ta \n\n b\r\n\u00a0c\u2003d\u200be\ufefff",
    "control letters": "dog\x00cat\x01\x1c\x1f\x7f\x85end",
    "far planes": "𝔸𝕓𝕔 𠜎𠜱 🜚",
    "CLIP's end token": "dog <|endoftext|> cat",
    "OpenCLIP's end token": "dog <end_of_text> cat <start_of_text>",
    "other end tokens": "dog </s> cat [SEP] <eos> <pad>",
    "one long word": "pneumono" * 60,
    "ten thousand letters": "the quick brown fox, 雪 and a dog; " * 300,
}
BROKEN = {
    "a lone surrogate": "dog \ud800 cat",
    "two halves of a pair": "dog \ud83d\ude00 cat",
    "a pair in the wrong order": "dog \ude00\ud83d cat",
    "a surrogate at the end": "dog \udfff",
    "NULs": "\x00\x00dog\x00",
}


Theirs = Callable[[str], list[int]]


def differing(recipe: TextRecipe, theirs: Theirs, texts: dict[str, str]) -> dict[str, Any]:
    """What of the texts is read differently, to be shown by the test that fails."""
    tokenizer = Tokenizer(recipe)
    rows = {name: (tokenizer.encode([text])[0][0].tolist(), theirs(text))
            for name, text in texts.items()}  # fmt: skip
    return {name: row for name, row in rows.items() if row[0] != row[1]}


def of_open_clip(tokenizer: Any) -> Theirs:
    return lambda text: tokenizer([text])[0].tolist()
