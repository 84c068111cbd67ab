"""Trained checkpoints, where there are any: ours against their own library, on real photos.

No weights come with the repository. MINDSEYE_WEIGHTS names a folder of model directories
(`mindseye encoders fetch` fills one); each OpenCLIP or Hugging Face directory below it is tried.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mindseye.encoders import open_encoder
from mindseye.encoders.layouts import open_checkpoint
from mindseye.encoders.options import RunOptions

pytestmark = pytest.mark.weights

TEXTS = ("a dog running on a beach", "two children on a red bicycle", "sunset", "雪中的狗")


def folders() -> list[Path]:
    given = os.environ.get("MINDSEYE_WEIGHTS")
    if not given:
        return []
    marks = ("open_clip_config.json", "preprocessor_config.json")
    return sorted({path.parent for mark in marks for path in Path(given).rglob(mark)})


@pytest.fixture(scope="module")
def photos(shared_data: Path) -> list[Image.Image]:
    files = sorted((shared_data / "flickr8k/images").iterdir())[:8]
    return [Image.open(file).convert("RGB") for file in files]


def reference(folder: Path, photos: list[Image.Image]) -> tuple[np.ndarray, np.ndarray]:
    import torch

    with torch.no_grad():
        if (folder / "open_clip_config.json").is_file():
            import open_clip

            model, prepare = open_clip.create_model_from_pretrained(f"local-dir:{folder}")
            tokenize = open_clip.get_tokenizer(f"local-dir:{folder}")
            model.eval()
            pixels = torch.stack([prepare(photo) for photo in photos])
            return model.encode_image(pixels).numpy(), model.encode_text(
                tokenize(list(TEXTS))
            ).numpy()
        import transformers

        model = transformers.AutoModel.from_pretrained(folder).eval()
        processor = transformers.AutoProcessor.from_pretrained(folder, use_fast=False)
        given = processor(
            images=photos, text=list(TEXTS), padding="max_length", return_tensors="pt"
        )
        found = model(**given)
        return found.image_embeds.numpy(), found.text_embeds.numpy()


@pytest.mark.parametrize("folder", folders() or [None], ids=str)
def test_trained_weights_give_the_vectors_of_their_own_library(
    folder: Path | None, photos: list[Image.Image], tmp_path: Path
) -> None:
    if folder is None:
        pytest.skip("no trained weights here: MINDSEYE_WEIGHTS names a folder of them")
    pytest.importorskip("open_clip", reason="the reference libraries are not installed: make dev")
    open_checkpoint(folder)
    images, texts = reference(folder, photos)
    for precision, least in (("fp32", 0.99999), ("auto", 0.999)):
        options = RunOptions(models=tmp_path, precision=precision)
        encoder = open_encoder(f"local:{folder}", options)
        ours = encoder.encode_images([np.asarray(photo) for photo in photos])
        for rows, theirs in ((ours, images), (encoder.encode_texts(TEXTS), texts)):
            unit = theirs / np.linalg.norm(theirs, axis=1, keepdims=True)
            assert (rows * unit).sum(1).min() >= least
