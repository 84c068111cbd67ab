"""Measure how words in texts and words about pictures are best joined to one ranking.

    python benchmarks/hybrid.py ../shared/data/flickr8k --vectors build/bench/val.npz

The pictures of the validation split get names as cameras give them and folders by year and trip;
one in five carries one of its captions, in one of three languages. Queries: other captions of the
photo, in the language of the caption it carries and in another; file names; a rare word of a
caption that is carried; short common words; and nonsense. Every way to join sees the same two
lists: the probabilities of the built-in encoder and the evidence of the store's texts.

R@1, R@10 and MRR count the one photo that a query was made from; for common words P@10 is the share
of the first ten whose captions, seen or not, say the word. `false` is the mean number of hits above
the cut-off per query of nonsense, and how many such queries have any. The names are drawn anew for
each seed; in brackets are the least and the most.
"""

from __future__ import annotations

import argparse
import json
import random
import string
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from machine import describe
from mindseye.encode import load_pixels
from mindseye.encoders import open_encoder
from mindseye.encoders.base import Encoder
from mindseye.media.base import DecodeLimits
from mindseye.query.function_words import FUNCTION_WORDS
from mindseye.query.model import Term, Words
from mindseye.query.segment import segment
from mindseye.search.fuse import fused, text_chance, told
from mindseye.stores import open_store
from mindseye.stores.base import Batch, PhotoRecord, Store
from mindseye.types import FileStamp, Location, Metadata, PictureFacts, Vectors

CAPTIONS = {
    "en": "captions.jsonl",
    "zh": "captions_zh_human.jsonl",
    "de": "captions_de.jsonl",
}
COMMON = {
    "en": ("dog", "beach", "snow", "boy", "water", "bike", "football", "mountain", "car", "tree"),
    "zh": ("狗", "海滩", "雪", "男孩", "水", "自行车", "足球", "山", "红色", "树"),
    "de": ("Hund", "Strand", "Schnee", "Junge", "Wasser", "Fahrrad", "Ball", "Mann", "rot", "Baum"),
}
ABSTRACT = (
    "annual interest rate exceeds expectations", "null pointer exception in the library",
    "photo of the invisible hand", "a quantum chromodynamics lecture", "die Steuererklärung für",
    "Kündigungsfrist nach neuem Recht", "die Inflation und der Haushalt", "数据库迁移失败",
    "年度财务报告", "公司法第三条", "the meaning of irony", "pension reform explained",
)  # fmt: skip
YEARS, TRIPS = range(2012, 2025), 60
CARRYING = 0.2
RRF_K = 60

Scores = NDArray[np.float32]


@dataclass(frozen=True)
class Picture:
    """A photograph with the captions that people wrote of it, by language."""

    path: Path
    captions: dict[str, list[str]]


@dataclass(frozen=True)
class Asked:
    """A query, its kind, and the numbers of the photos that answer it."""

    kind: str
    words: str
    answers: frozenset[int]


@dataclass
class Lists:
    """What the two ways of looking say of every photo for one query."""

    asked: Asked
    chances: Scores
    evidence: Scores
    cutoff: float


Joined = tuple[Scores, Scores]
"""A score to rank by and a probability to cut by, of every photo."""


def by_vector(lists: Lists) -> Joined:
    """What pictures show, and nothing else."""
    return lists.chances, lists.chances


def by_text(lists: Lists) -> Joined:
    """What is written about them, and nothing else."""
    return lists.evidence, text_chance(lists.evidence)


def by_ranks(lists: Lists) -> Joined:
    """Reciprocal rank fusion (Cormack, Clarke and Büttcher, 2009); it knows no probability.

    What either list would show is shown.
    """
    shown, said = _ranks(lists.chances), _ranks(lists.evidence)
    score = 1 / (RRF_K + shown) + np.where(lists.evidence > 0, 1 / (RRF_K + said), 0)
    return score, np.maximum(lists.chances, text_chance(lists.evidence))


def by_logits(lists: Lists, weight: float, power: float) -> Joined:
    """Evidence added to the logit: calibrated as if one witness were to be believed."""
    shown = np.clip(lists.chances, 1e-9, 1 - 1e-9)
    chance = 1 / (1 + np.exp(-np.log(shown / (1 - shown)) - weight * lists.evidence**power))
    return chance, chance


def by_either(lists: Lists, power: float) -> Joined:
    """Either of two witnesses is believed alone."""
    chance = 1 - (1 - lists.chances) * (1 - 0.95 * lists.evidence**power)
    return chance, chance


def by_fusion(lists: Lists) -> Joined:
    """As Mindseye does it."""
    chance = fused(lists.chances, lists.evidence)
    return chance, chance


def _ranks(scores: Scores) -> Scores:
    return np.asarray(np.argsort(np.argsort(-scores, kind="stable")) + 1, np.float32)


WAYS: dict[str, Callable[[Lists], Joined]] = {
    "vectors alone": by_vector,
    "texts alone": by_text,
    "reciprocal ranks": by_ranks,
    "either, e": partial(by_either, power=1.0),
    "either, e^3": partial(by_either, power=3.0),
    "logit + 4 e": partial(by_logits, weight=4.0, power=1.0),
    "logit + 8 e": partial(by_logits, weight=8.0, power=1.0),
    "logit + 4 e^2": partial(by_logits, weight=4.0, power=2.0),
    "chosen": by_fusion,
}


def main() -> None:
    """Make the libraries, ask them, and print a table for each kind of query."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("data", type=Path, help="the folder of Flickr8k with its captions")
    parser.add_argument("--vectors", type=Path, help="keep the pictures' vectors here")
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    pictures = read_pictures(options.data)
    encoder = open_encoder("builtin")
    vectors = encode(encoder, pictures, options.vectors)
    print(describe(), f"\n{len(pictures)} pictures, {options.seeds} seeds\n")
    runs = [lists_of(pictures, vectors, encoder, seed) for seed in range(options.seeds)]
    report(runs)


def read_pictures(data: Path, split: str = "val") -> list[Picture]:
    """The pictures of a split that have captions in every language."""
    found: dict[str, dict[str, list[str]]] = {}
    for language, name in CAPTIONS.items():
        for line in (data / name).read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["split"] == split and len(row["captions"]) > 1:
                found.setdefault(row["image"], {})[language] = row["captions"]
    whole = {image: said for image, said in found.items() if len(said) == len(CAPTIONS)}
    return [Picture(data / image, said) for image, said in sorted(whole.items())]


def encode(encoder: Encoder, pictures: Sequence[Picture], kept: Path | None) -> Vectors:
    """The vectors of the pictures, from the file `kept` where it has them."""
    names = [picture.path.name for picture in pictures]
    if kept is not None and kept.is_file():
        stored = np.load(kept)
        if stored["names"].tolist() == names:
            vectors: Vectors = stored["vectors"]
            return vectors
    limits = DecodeLimits(encoder.resolution, 10**8)
    rows = [encoder.encode_images([load_pixels(one.path, limits)]) for one in pictures]
    vectors = np.concatenate(rows)
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.savez(kept, names=np.array(names), vectors=vectors)
    return vectors


def lists_of(
    pictures: Sequence[Picture], vectors: Vectors, encoder: Encoder, seed: int
) -> list[Lists]:
    """Ask one library, drawn by a seed, everything."""
    rng = random.Random(seed)
    carried = {
        number: (language := rng.choice(list(CAPTIONS)), rng.choice(picture.captions[language]))
        for number, picture in enumerate(pictures)
        if rng.random() < CARRYING
    }
    names = [f"{rng.choice(('IMG', 'DSC', 'PXL'))}_{1000 + n}.jpg" for n in range(len(pictures))]
    rng.shuffle(names)
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/catalog.db", index_dir=Path(folder) / "index")
        ids = fill(store, names, carried, rng)
        queries = ask(pictures, names, carried, rng)
        library = Filled(store, ids, vectors, encoder)
        lists = [library.look_up(asked) for asked in queries]
        store.close()
    return lists


def fill(
    store: Store, names: Sequence[str], carried: dict[int, tuple[str, str]], rng: random.Random
) -> list[int]:
    """Write the photos; returns their ids."""
    root = store.files.add_root("/pictures").id
    records = [
        PhotoRecord(
            Location(root, f"{rng.choice(YEARS)}/Trip {rng.randrange(TRIPS)}", name),
            FileStamp(number, number),
            f"{number:064x}",
            PictureFacts(224, 224, "jpeg"),
            Metadata(caption=carried[number][1] if number in carried else None),
        )
        for number, name in enumerate(names)
    ]
    return store.put(Batch(photos=records))


def ask(
    pictures: Sequence[Picture],
    names: Sequence[str],
    carried: dict[int, tuple[str, str]],
    rng: random.Random,
) -> list[Asked]:
    """All queries: those of photos with a caption, as many without, and those of no photo."""
    silent = rng.sample(sorted(set(range(len(pictures))) - set(carried)), len(carried))
    queries = [*_nonsense(rng), *_common(pictures)]
    rare = _rare_words({number: said for number, (_, said) in carried.items()})
    for number, (language, said) in carried.items():
        other = rng.choice([one for one in CAPTIONS if one != language])
        captions = pictures[number].captions
        same = rng.choice([one for one in captions[language] if one != said])
        queries.append(_one(f"caption, {language}, carried", same, number))
        queries.append(_one("caption, another language", rng.choice(captions[other]), number))
        if number in rare:
            queries.append(_one(f"rare word, {language}", rare[number], number))
    for number in silent:
        language = rng.choice(list(CAPTIONS))
        said = rng.choice(pictures[number].captions[language])
        queries.append(_one(f"caption, {language}, not carried", said, number))
        queries.append(_one("file name", names[number].removesuffix(".jpg"), number))
        queries.append(_one("number of a file name", names[number][4:8], number))
    return queries


def _one(kind: str, words: str, answer: int) -> Asked:
    return Asked(kind, words, frozenset([answer]))


def _common(pictures: Sequence[Picture]) -> list[Asked]:
    return [
        Asked(
            f"common word, {language}",
            word,
            frozenset(
                number
                for number, picture in enumerate(pictures)
                if any(_says(said, word) for said in picture.captions[language])
            ),
        )
        for language, words in COMMON.items()
        for word in words
    ]


def _says(caption: str, word: str) -> bool:
    return set(segment(word)) <= set(segment(caption))


def _rare_words(carried: dict[int, str]) -> dict[int, str]:
    """Per photo a word that no other carried caption says, where there is one."""
    words = {
        number: [word for word in segment(said) if len(word) > 1]
        for number, said in carried.items()
    }
    counts = Counter(word for said in words.values() for word in said)
    found = {
        number: [word for word in said if counts[word] == 1 and word not in FUNCTION_WORDS]
        for number, said in words.items()
    }
    return {number: max(rare, key=len) for number, rare in found.items() if rare}


def _nonsense(rng: random.Random) -> list[Asked]:
    def letters() -> str:
        return "".join(rng.choices(string.ascii_lowercase, k=rng.randint(3, 9)))

    gibberish = [" ".join(letters() for _ in range(rng.randint(1, 4))) for _ in range(40)]
    return [Asked("nonsense", words, frozenset()) for words in (*gibberish, *ABSTRACT)]


@dataclass(frozen=True)
class Filled:
    """A library with the vectors of its photos, in the order of their ids."""

    store: Store
    ids: Sequence[int]
    vectors: Vectors
    encoder: Encoder

    def look_up(self, asked: Asked) -> Lists:
        """Ask both ways."""
        calibration = self.encoder.calibration
        assert calibration is not None
        query = self.encoder.encode_texts([asked.words])[0]
        scores = np.asarray(self.vectors @ query, np.float32)
        chances = calibration.probability(query, scores, self.vectors, kind="text")
        curve = calibration.curve("text")
        assert chances is not None
        assert curve is not None
        said = told(self.store.texts, [Term(Words(asked.words))])
        return Lists(asked, chances, said.of(np.array(self.ids)), curve.cutoff)


@dataclass
class Tally:
    """What one way made of the queries of one kind."""

    first: list[float] = field(default_factory=list)
    ten: list[float] = field(default_factory=list)
    rank: list[float] = field(default_factory=list)
    hits: list[int] = field(default_factory=list)

    def add(self, lists: Lists, joined: Joined) -> None:
        """Count one query."""
        order = np.argsort(-joined[0], kind="stable")
        right = np.isin(order, list(lists.asked.answers))
        self.hits.append(int(np.sum(joined[1] >= lists.cutoff)))
        self.first.append(float(right[0]))
        self.rank.append(1 / (1 + int(right.argmax())) if right.any() else 0.0)
        one = len(lists.asked.answers) == 1
        self.ten.append(float(right[:10].any() if one else right[:10].mean()))


def report(runs: Sequence[Sequence[Lists]]) -> None:
    """Print a line for each kind of query and way."""
    print("| queries | way | R@1 | R@10 (P@10) | MRR | hits | with any |")
    print("|---|---|---|---|---|---|---|")
    kinds = sorted({lists.asked.kind for lists in runs[0]})
    for kind in kinds:
        for name, way in WAYS.items():
            tallies = [_tally(run, kind, way) for run in runs]
            cells = [
                _spread([float(np.mean(getattr(tally, column))) for tally in tallies])
                for column in ("first", "ten", "rank", "hits")
            ]
            share = _spread([float(np.mean(np.array(tally.hits) > 0)) for tally in tallies])
            print(f"| {kind} | {name} | {' | '.join(cells)} | {share} |")


def _tally(run: Sequence[Lists], kind: str, way: Callable[[Lists], Joined]) -> Tally:
    tally = Tally()
    for lists in run:
        if lists.asked.kind == kind:
            tally.add(lists, way(lists))
    return tally


def _spread(values: Sequence[float]) -> str:
    return f"{np.mean(values):.3f} ({min(values):.3f}-{max(values):.3f})"


if __name__ == "__main__":
    main()
