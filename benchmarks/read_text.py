"""Measure the reader of text in pictures: what it costs, and how much of a text is read.

    python benchmarks/read_text.py [texts.jsonl]

Cost is told on pages drawn here and on pictures of noise, which show no text: in seconds of
processors, all threads together, and as a multiple of what the built-in encoder takes. Quality is
told on pictures of yours: each line of the file names one, what is written in it, and of what kind
it is: {"image": "a.jpg", "text": "Invoice 4711", "kind": "English"}. A character counts as read
when it stands in the same order in what was read; blanks, case and width do not count.
"""

from __future__ import annotations

import json
import sys
import time
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from machine import describe
from mindseye.encoders import open_encoder
from mindseye.fold import fold
from mindseye.media.base import DecodeLimits
from mindseye.media.take import take
from mindseye.recognition import open_text_reader
from mindseye.recognition.base import TextReader
from mindseye.types import Pixels

PICTURES = 5
SIZE = (1600, 1200)
"""Width and height: what decoding leaves of a photo of 12 megapixels for the reader."""


def main() -> None:
    """Print a table of costs, and one of quality where a file is given."""
    print(f"Measured on {describe()}.\n")
    reader = open_text_reader()
    print("| picture of 1600 × 1200 | processor seconds | seconds | encoder × |\n|---|---|---|---|")
    for lines in (0, 3, 25):
        pictures = [page(lines, seed) for seed in range(PICTURES)]
        print(f"| {lines} lines of text | {costs(reader, pictures)} |")
    for file in sys.argv[1:]:
        print("\n| kind | pictures | characters | read |\n|---|---|---|---|")
        for kind, texts in by_kind(reader, Path(file)).items():
            there = sum(len(text) for text, _ in texts)
            found = sum(in_order(text, read) for text, read in texts)
            print(f"| {kind} | {len(texts)} | {there} | {found / there:.1%} |")


def page(lines: int, seed: int) -> Pixels:
    """Words of random letters on faint noise."""
    random = np.random.default_rng(seed)
    noise = random.integers(150, 250, (SIZE[1] // 8, SIZE[0] // 8, 3), dtype=np.uint8)
    picture = Image.fromarray(noise).resize(SIZE)
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(28)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz      "))
    for line in range(lines):
        pen.text((100, 60 + 44 * line), "".join(random.choice(letters, 70)), "black", font)
    return np.asarray(picture)


def costs(reader: TextReader, pictures: Sequence[Pixels]) -> str:
    """Cells: seconds of processors and of the clock for a picture, and the multiple."""
    encoder = open_encoder("builtin")
    encoder.encode_images(pictures[:1])
    reader.read(pictures[0])
    reading = [seconds(partial(reader.read, pixels)) for pixels in pictures]
    encoding = [seconds(partial(encoder.encode_images, [pixels])) for pixels in pictures]
    busy, clock = (median(column) for column in zip(*reading, strict=True))
    return f"{busy:.2f} | {clock:.2f} | {busy / median(one for one, _ in encoding):.0f}"


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """What something takes: seconds of processors, and of the clock."""
    busy, clock = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - busy, time.perf_counter() - clock


def by_kind(reader: TextReader, file: Path) -> dict[str, list[tuple[str, str]]]:
    """By kind, what is written in each picture of a file, and what was read there."""
    kinds = defaultdict(list)
    for line in file.read_text("utf-8").splitlines():
        row = json.loads(line)
        taken = take(str(file.parent / row["image"]), DecodeLimits(resolution=reader.resolution))
        assert taken.decoded is not None
        read = " ".join(region.text for region in reader.read(taken.decoded.pixels))
        kinds[row.get("kind", "")].append((plain(row["text"]), plain(read)))
    return kinds


def plain(text: str) -> str:
    """A text without what does not count."""
    return "".join((fold(unicodedata.normalize("NFKC", text)) or "").split())


def in_order(text: str, read: str) -> int:
    """How many characters of a text stand in another in the same order."""
    matcher = SequenceMatcher(None, text, read, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks())


if __name__ == "__main__":
    sys.exit(main())
