"""Writes the table of OpenCLIP's pretrained pairs from the installed `open_clip` (`make dev`).

python scripts/known_encoders.py          write src/mindseye/encoders/known/openclip.tsv
python scripts/known_encoders.py --check  exit 1 when it is stale

Parameters and multiplications of an architecture are counted on tensors without memory
(`device="meta"`): no weights are needed, and none are loaded.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

TABLE = Path(__file__).parents[1] / "src/mindseye/encoders/known/openclip.tsv"
COLUMNS = (
    "arch", "tag", "repository", "dim", "size", "context", "tokenizer",
    "image_mparams", "text_mparams", "image_gflops",
)  # fmt: skip
TEXT_MPARAMS = {
    "roberta-base": 124.87,
    "xlm-roberta-base": 278.27,
    "xlm-roberta-large": 560.94,
    "facebook/nllb-200-distilled-600M": 414.04,
    "facebook/nllb-200-distilled-1.3B": 767.14,
}
"""Millions of parameters of text towers whose shape only a model hub knows: OpenCLIP's own count
(docs/model_profile.csv of that project)."""


def main() -> int:
    """Write the table, or compare it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    text = "\n".join("\t".join(row) for row in (COLUMNS, *rows())) + "\n"
    if not check:
        TABLE.write_text(text)
    elif TABLE.read_text() != text:
        print(f"{TABLE} is stale: run python scripts/known_encoders.py")
        return 1
    return 0


def rows() -> Iterator[tuple[str, ...]]:
    """Every pair that sees pictures and lies in a repository, in OpenCLIP's order."""
    import_open_clip()
    from open_clip import get_model_config, list_pretrained
    from open_clip.pretrained import get_pretrained_cfg

    for arch, tag in list_pretrained():
        config = get_model_config(arch)
        # A "-quickgelu" name is a second one for the same weights; the repository tells which
        # activation they want.
        if arch.endswith("-quickgelu") or "vision_cfg" not in config:
            continue
        repository = "/".join(get_pretrained_cfg(arch, tag).get("hf_hub", "").split("/")[:2])
        if repository:
            yield (arch, tag, repository, *of_architecture(arch))


@cache
def of_architecture(arch: str) -> tuple[str, ...]:
    """What the weights do not change: sizes and costs."""
    from open_clip import get_model_config

    config = get_model_config(arch)
    vision, text = config["vision_cfg"], config["text_cfg"]
    size = vision.get("image_size", 224)
    image_mparams, gflops = image_cost(config, size)
    return (
        str(config["embed_dim"]),
        str(max(size) if isinstance(size, list | tuple) else size),
        str(text.get("context_length", 77)),
        text.get("hf_tokenizer_name", ""),
        f"{image_mparams:.1f}",
        f"{text_mparams(config):.1f}",
        f"{gflops:.1f}",
    )


def image_cost(config: dict[str, Any], size: Any) -> tuple[float, float]:
    """Millions of parameters and billions of operations (2 a multiply-add) of one picture."""
    import torch
    from open_clip.model import _build_vision_tower
    from torch.utils.flop_counter import FlopCounterMode

    vision = config["vision_cfg"]
    with torch.device("meta"):
        tower = _build_vision_tower(config["embed_dim"], vision, config.get("quick_gelu", False))
    tower.eval().requires_grad_(False)
    height, width = size if isinstance(size, list | tuple) else (size, size)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        tower(torch.zeros(1, 3, height, width, device="meta"))
    return millions(tower), counter.get_total_flops() / 1e9


def text_mparams(config: dict[str, Any]) -> float:
    """Millions of parameters of the text tower."""
    import torch
    from open_clip.model import _build_text_tower

    text = dict(config["text_cfg"])
    if "hf_model_name" in text:
        return TEXT_MPARAMS[text["hf_model_name"]]
    with torch.device("meta"):
        tower = _build_text_tower(config["embed_dim"], text, config.get("quick_gelu", False))
    return millions(tower)


def millions(tower: Any) -> float:
    """Millions of parameters."""
    return float(sum(part.numel() for part in tower.parameters())) / 1e6


def import_open_clip() -> object:
    """Import OpenCLIP also where torchvision's compiled half does not fit torch."""
    import torch

    global _declared  # noqa: PLW0603 - the declaration lives as long as the object
    try:
        import open_clip  # noqa: F401
    except RuntimeError:
        _declared = torch.library.Library("torchvision", "DEF")
        for operator in ("nms", "qnms"):
            _declared.define(f"{operator}(Tensor dets, Tensor scores, float iou) -> Tensor")
    return _declared


_declared: Any = None

if __name__ == "__main__":
    sys.exit(main())
