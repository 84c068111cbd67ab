"""The user whom servers run as where tests run as root: nothing else belongs to it."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

NOBODY: dict[str, Any] = {"user": 65534, "group": 65534, "extra_groups": []}


def may_run(program: Path, user: Mapping[str, Any]) -> bool:
    """Whether that user can run a program: it may lie in a private folder."""
    command = [program, "--version"]
    try:
        done = subprocess.run(command, check=False, capture_output=True, cwd="/", **user)
    except PermissionError:
        return False
    return done.returncode == 0
