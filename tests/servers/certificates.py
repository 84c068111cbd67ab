"""Certificates for servers of tests."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def certify(folder: Path, user: Mapping[str, Any], name: str = "localhost") -> None:
    """Make `key.pem` and `certificate.pem`, which vouches for itself, as a server of this name."""
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "9"),
            *("-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"),
            *("-keyout", "key.pem", "-out", "certificate.pem"),
        ],
        check=True, capture_output=True, cwd=folder, **user,
    )  # fmt: skip
