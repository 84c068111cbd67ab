"""The reference libraries, made importable where torch and torchvision are of different builds."""

from __future__ import annotations

from importlib.util import find_spec


def _declare_what_torchvision_lacks() -> object:
    """Declare the compiled operators that torchvision asks for, while the result lives.

    Beside a processor build of torch, the published torchvision cannot load its compiled half.
    OpenCLIP needs only the other: its picture transforms.
    """
    if find_spec("torch") is None or find_spec("torchvision") is None:
        return None
    import torch

    try:
        import torchvision  # noqa: F401 - whether it can be imported is the question
    except RuntimeError:
        library = torch.library.Library("torchvision", "DEF")
        for operator in ("nms", "qnms"):
            library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        return library
    return None


DECLARED = _declare_what_torchvision_lacks()
