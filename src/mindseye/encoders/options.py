"""How an encoder is run on this machine; nothing here may move a vector beyond rounding."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

import platformdirs

Runtime: TypeAlias = Literal["auto", "onnxruntime", "openvino", "torch"]
Precision: TypeAlias = Literal["auto", "fp32", "fp16", "bf16"]


@dataclass(frozen=True, slots=True)
class RunOptions:
    """Threads (0: one per processor), the runtime and precision, and the folder of models.

    "auto" takes what is fastest here with a cosine of at least 0.999 to fp32.
    """

    threads: int = 0
    runtime: Runtime = "auto"
    precision: Precision = "auto"
    models: Path = field(default_factory=lambda: platformdirs.user_data_path("mindseye") / "models")
