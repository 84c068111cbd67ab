"""Query optimisation: one text said in several ways, so that no single wording decides.

The mean of several prompts is a better query than a bare word (prompt ensembling: Radford et al.
2021, section 3.1.4). Whoever asks says so with each call; an encoder never remembers it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from mindseye.encoders.base import Encoder
from mindseye.types import Vectors

TEMPLATES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "": (
            "{}",
            "a photo of {}",
            "a close-up photo of {}",
            "a picture that shows {}",
            "a drawing of {}",
            "a painting of {}",
        ),
        "\u3040-\u30ff": ("{}", "{}の写真", "{}の画像", "{}の絵"),
        "\uac00-\ud7af": ("{}", "{} 사진", "{} 그림"),
        "\u4e00-\u9fff": ("{}", "一张{}的照片", "{}的图片", "一幅{}的画"),
    }
)
"""Range of letters -> the prompts for a text that holds one of them; "" is every other text.

The first range that fits counts: kana tell Japanese from Chinese.
"""


def prompts_of(text: str) -> tuple[str, ...]:
    """The ways to say `text`, the bare text first."""
    for letters, templates in TEMPLATES.items():
        if letters and re.search(f"[{letters}]", text):
            return tuple(template.format(text) for template in templates)
    return tuple(template.format(text) for template in TEMPLATES[""])


def encode_optimised(encoder: Encoder, text: str) -> Vectors:
    """The mean of the text's prompts, scaled to length 1; `(1, dim)`."""
    mean = encoder.encode_texts(prompts_of(text)).mean(axis=0, keepdims=True)
    return np.asarray(mean / np.maximum(np.linalg.norm(mean), 1e-6), np.float32)
