"""Captions in every form they come in, and mistakes that are named with their line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mindseye.analysis.captions import Caption, Captioned, read_captions
from mindseye.errors import MindseyeError, NotFound, UsageError

DOG, CAT = Caption("a dog"), Caption("a cat")
COCO = {
    "images": [{"id": 1, "file_name": "1.jpg"}, {"id": 2, "file_name": "2.jpg"}],
    "annotations": [
        {"image_id": 2, "caption": "a cat"},
        {"image_id": 1, "caption": "a dog"},
        {"image_id": 1, "caption": "runs"},
    ],
}


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.jsonl", '{"image": "1.jpg", "captions": ["a dog", " a cat "]}', {"1.jpg": (DOG, CAT)}),
        ("a.jsonl", '{"image": "1.jpg", "caption": "a dog"}\n\n', {"1.jpg": (DOG,)}),
        (
            "a.jsonl",
            '{"image": "1.jpg", "caption": "a dog"}\n{"image": "1.jpg", "captions": ["a cat"]}',
            {"1.jpg": (DOG, CAT)},
        ),
        (
            "a.jsonl",
            '{"image": "1.jpg", "captions": ["a dog", "a cat"], "grades": [3, 1]}',
            {"1.jpg": (Caption("a dog", 3.0), CAT)},
        ),
        (
            "a.jsonl",
            '{"image": "1.jpg", "captions": []}\n{"image": "2.jpg", "captions": ["a dog"]}',
            {"1.jpg": (), "2.jpg": (DOG,)},
        ),
        ("a.jsonl", '{"image": "1.jpg", "caption": "a\u2028b"}', {"1.jpg": (Caption("a\u2028b"),)}),
        ("a.csv", 'image,caption\n1.jpg,a dog\n2.jpg,"x, y"', None),
        ("a.tsv", "\ufeffcaption\timage\na dog\t1.jpg\n", {"1.jpg": (DOG,)}),
        ("a.csv", "image,caption,grade\n1.jpg,a dog,2", {"1.jpg": (Caption("a dog", 2.0),)}),
        ("a.json", json.dumps(COCO), {"1.jpg": (DOG, Caption("runs")), "2.jpg": (CAT,)}),
    ],
)
def test_a_file_holds_these_captions(
    tmp_path: Path, name: str, text: str, expected: dict[str, tuple[Caption, ...]] | None
) -> None:
    expected = expected or {"1.jpg": (DOG,), "2.jpg": (Caption("x, y"),)}
    found = read_captions(written(tmp_path, name, text))
    assert found == [Captioned(tmp_path / image, said) for image, said in expected.items()]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.jsonl", '{"image": "1.jpg", "caption": "x"}\n{"image"', "line 2: this is not JSON"),
        ("a.jsonl", "[1]", "line 1: expected an object"),
        ("a.jsonl", '{"caption": "x"}', "line 1: expected a text under 'image'"),
        ("a.jsonl", '{"image": 3, "caption": "x"}', "line 1: .*'image', found 3"),
        ("a.jsonl", '{"image": "1.jpg"}', "line 1: expected a text under 'caption'"),
        ("a.jsonl", '{"image": "1.jpg", "captions": "x"}', "list of texts"),
        ("a.jsonl", '{"image": "1.jpg", "captions": ["x"], "grades": [1, 2]}', "1 numbers"),
        ("a.jsonl", '{"image": "1.jpg", "caption": "x", "grade": "good"}', "grade from 0"),
        ("a.jsonl", '{"image": "1.jpg", "caption": "x", "grade": NaN}', "grade from 0"),
        ("a.jsonl", '{"image": "1.jpg", "captions": []}', "holds no captions"),
        ("a.jsonl", "", "holds no captions"),
        ("a.csv", "image,caption\n1.jpg\n", "line 2: expected 2 columns"),
        ("a.csv", "image,caption\n1.jpg,a,b\n", "line 2: expected 2 columns"),
        ("a.csv", 'image,caption\n1.jpg,"a', "line 2"),
        ("a.json", '{"images": []', "line 1: this is not JSON"),
        ("a.json", '{"images": []}', "list of objects under 'annotations'"),
        ("a.json", "[]", "list of objects under 'images'"),
        (
            "a.json",
            json.dumps({**COCO, "annotations": [{"image_id": 9, "caption": "x"}]}),
            "annotations, line 1: expected the id of one of the images",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        read_captions(written(tmp_path, name, text))


@pytest.mark.parametrize(
    ("make", "kind"),
    [(lambda path: None, NotFound), (lambda path: path.write_bytes(b"\xff\xfe\xfa"), UsageError)],
    ids=["absent", "not UTF-8"],
)
def test_a_file_that_cannot_be_read_is_said(
    tmp_path: Path, make: object, kind: type[MindseyeError]
) -> None:
    path = tmp_path / "a.jsonl"
    make(path)  # type: ignore[operator]
    with pytest.raises(kind, match=r"a\.jsonl"):
        read_captions(path)


def many(folder: Path) -> Path:
    rows = [
        {"image": f"{number}.jpg", "caption": "x", "split": "val" if number % 2 else "train"}
        for number in range(40)
    ]
    return written(folder, "many.jsonl", "\n".join(map(json.dumps, rows)))


def test_a_split_is_kept_and_an_unknown_one_is_answered_with_those_there_are(
    tmp_path: Path,
) -> None:
    found = read_captions(many(tmp_path), split="val")
    assert [one.image.name for one in found[:2]] == ["1.jpg", "3.jpg"]
    assert len(found) == 20
    with pytest.raises(UsageError, match="no split 'test'; it names train, val"):
        read_captions(many(tmp_path), split="test")


def test_a_sample_is_drawn_by_its_seed_and_keeps_the_order(tmp_path: Path) -> None:
    first, again, other = (
        [int(one.image.stem) for one in read_captions(many(tmp_path), limit=10, seed=seed)]
        for seed in (0, 0, 1)
    )
    assert first == again == sorted(first)
    assert first != other
    assert len(read_captions(many(tmp_path), limit=100)) == 40


def test_images_lie_in_the_folder_that_is_named(tmp_path: Path) -> None:
    found = read_captions(many(tmp_path), Path("/elsewhere"))
    assert found[0].image == Path("/elsewhere/0.jpg")
