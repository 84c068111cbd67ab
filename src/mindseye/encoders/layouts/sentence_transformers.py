"""sentence-transformers' directories: a CLIP in a folder of its own, or a text tower beside one.

A text tower that shares the space of a CLIP does not say of which: `mindseye.json` beside its
`modules.json` does, by the way to that CLIP's folder:

    {"image": "../clip-ViT-B-32"}
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from mindseye.encoders.checkpoint import Checkpoint, TextRecipe, WeightsTower
from mindseye.encoders.layouts.fields import MOST_CONTEXT, MOST_DIM, Fields, read_fields
from mindseye.encoders.layouts.hugging_face import (
    WEIGHTS,
    checkpoint_of,
    two_tower_config,
)
from mindseye.encoders.layouts.vocabulary import Vocabulary, read_vocabulary
from mindseye.encoders.layouts.weights import weights_of
from mindseye.errors import SpecError, WeightsUnavailable

Opener: TypeAlias = Callable[[Path], Checkpoint]

MODULES: Final = "modules.json"
LINK: Final = "mindseye.json"

_LAYOUT: Final = "sentence-transformers"
_POOLINGS: Final = MappingProxyType(
    {"mean": "mean", "cls": "cls", "pooling_mode_mean_tokens": "mean",
     "pooling_mode_cls_token": "cls"}
)  # fmt: skip
_ACTIVATIONS: Final = ("Identity", "Tanh")


def read_sentence_transformers(folder: Path, open_other: Opener) -> Checkpoint | None:
    """The checkpoint of a sentence-transformers directory; None where it is none.

    `open_other` reads the directory of the CLIP that a text tower lies beside, of any layout.
    Raises `SpecError` for modules that no CLIP has, `WeightsUnavailable` for a missing link.
    """
    if not (folder / MODULES).is_file():
        return None
    modules = _modules(folder)
    first = modules[0][1]
    if [kind for kind, _ in modules] in (["CLIPModel"], ["Transformer"]):
        config = two_tower_config(first)
        if config is not None:
            whole = checkpoint_of(first, config)
            sources = (folder / MODULES, *whole.sources)
            return replace(whole, folder=folder, layout=_LAYOUT, sources=sources)
    kinds = [kind for kind, _ in modules]
    if kinds not in (["Transformer", "Pooling", "Dense"], ["Transformer", "Pooling"]):
        raise SpecError(
            f"{folder / MODULES}: a model of {', '.join(kinds)} is not supported",
            hint="a CLIP is, and a Transformer with Pooling and Dense beside one",
        )
    return _beside_a_clip(folder, dict(modules), _linked(folder, open_other))


def _modules(folder: Path) -> list[tuple[str, Path]]:
    """Kinds and folders of the modules; scaling to length 1, which is done anyway, is left out."""
    path = folder / MODULES
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise WeightsUnavailable(f"{path} cannot be read: {error}") from error
    found = list[tuple[str, Path]]()
    for entry in entries if isinstance(entries, list) else ():
        module = Fields(path, entry if isinstance(entry, dict) else {})
        kind, place = module.text("type").rpartition(".")[2], module.text("path", "")
        if ".." in Path(place).parts or Path(place).is_absolute():
            module.reject("path", "a folder below")
        if kind != "Normalize":
            found.append((kind, folder / place))
    if not found:
        raise WeightsUnavailable(f"{path} lists no modules", hint="fetch or copy the file again")
    return found


def _beside_a_clip(folder: Path, modules: Mapping[str, Path], image: Checkpoint) -> Checkpoint:
    start = modules["Transformer"]
    config = read_fields(start / "config.json")
    config.check_sizes("num_attention_heads", "n_heads")
    pooling = read_fields(modules["Pooling"] / "config.json")
    files = [*weights_of(start, WEIGHTS)]
    sources = [folder / MODULES, config.path, pooling.path]
    dense: Mapping[str, Any] = {}
    if "Dense" in modules:
        dense = _dense(read_fields(modules["Dense"] / "config.json"), image.dim)
        files += weights_of(modules["Dense"], WEIGHTS)
        sources.append(modules["Dense"] / "config.json")
    said = {"transformer": config.values, "pooling": _pooling(pooling), "dense": dense}
    words, beside = _words(start, config)
    return replace(
        image,
        folder=folder,
        layout=_LAYOUT,
        text=WeightsTower("hf-text", "text", tuple(files), said),
        words=words,
        sources=(*sources, *beside, *files, *image.sources),
        logit_scale=None,
        logit_bias=None,
        notes={**image.notes, "image side": str(image.folder)},
        space_of=image,
    )


def _linked(folder: Path, open_other: Opener) -> Checkpoint:
    """The checkpoint of the CLIP whose space a text tower shares."""
    link = folder / LINK
    if not link.is_file():
        raise WeightsUnavailable(
            f"{folder} holds a text tower only; nothing says whose space it shares",
            hint=f'write {link} with the folder of that CLIP: {{"image": "../clip-ViT-B-32"}}',
        )
    fields = read_fields(link)
    place = (folder / fields.text("image")).resolve()
    if (place / LINK).is_file() or place == folder.resolve():
        fields.reject("image", "the folder of a CLIP with both towers")
    return open_other(place)


def _words(start: Path, config: Fields) -> tuple[TextRecipe, tuple[Path, ...]]:
    """Padding is masked in these towers, so a row is as long as the longest of its batch."""
    vocabulary = read_vocabulary(start)
    said = start / "sentence_bert_config.json"
    options = read_fields(said) if said.is_file() else Fields(said, {})
    recipe = TextRecipe(
        vocabulary.path,
        _longest(options, vocabulary, config),
        vocabulary.pad_id(),
        padded=False,
        cleaning="lowercase" if options.flag("do_lower_case", False) else "none",
    )
    return recipe, (*vocabulary.sources, *((said,) if said.is_file() else ()))


def _longest(options: Fields, vocabulary: Vocabulary, config: Fields) -> int:
    """How many tokens the tower takes; RoBERTa's positions start after the padding's."""
    room = config.integer("max_position_embeddings", 512, most=MOST_CONTEXT, least=8)
    if "roberta" in config.text("model_type", ""):
        room -= config.integer("pad_token_id", 1, least=0, most=room - 2) + 1
    return options.integer("max_seq_length", vocabulary.longest(room), most=MOST_CONTEXT, least=2)


def _pooling(config: Fields) -> Mapping[str, Any]:
    """The configuration of a pooling by mean or class token; raises `SpecError` for others."""
    said = config.values.get("pooling_mode")
    chosen = {said} if isinstance(said, str) else set[str]()
    if said is None:
        chosen = {
            name
            for name, value in config.values.items()
            if name.startswith("pooling_mode_") and value is True
        } or {"mean"}
    if len(chosen) != 1 or not chosen <= _POOLINGS.keys():
        raise SpecError(f"{config.path}: this pooling is not supported", hint="mean and cls are")
    return {"pooling_mode": _POOLINGS[chosen.pop()]}


def _dense(config: Fields, dim: int) -> Mapping[str, Any]:
    """The configuration of a linear layer that ends in the space of the pictures."""
    activation = config.text("activation_function", "torch.nn.modules.activation.Tanh")
    if activation.rpartition(".")[2] not in _ACTIVATIONS or config.flag("use_residual", False):
        raise SpecError(f"{config.path}: the activation {activation} is not supported")
    found = config.integer("out_features", most=MOST_DIM)
    if found != dim:
        raise WeightsUnavailable(
            f"{config.path} gives vectors of {found} numbers, the image side those of {dim}",
            hint=f"let {LINK} name the CLIP that the text tower was trained for",
        )
    return {
        "in_features": config.integer("in_features", most=MOST_DIM),
        "out_features": found,
        "bias": config.flag("bias", True),
        "activation_function": activation,
    }
