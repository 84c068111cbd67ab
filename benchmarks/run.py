"""Runs every benchmark and keeps what it printed.

python benchmarks/run.py --out build/bench [name ...]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

NAMES = (
    "startup",
    "vectors",
    "filters",
    "query",
    "texts",
    "places",
    "ingest",
    "encoders",
    "read_text",
)


def main() -> int:
    """Run the benchmarks one after another; 1 when one of them failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("names", nargs="*", default=NAMES)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    failed = 0
    for name in options.names:
        script = Path(__file__).with_name(f"{name}.py")
        done = subprocess.run(
            [sys.executable, str(script)], check=False, stdout=subprocess.PIPE, text=True
        )
        print(done.stdout)
        (options.out / f"{name}.md").write_text(done.stdout)
        failed |= done.returncode
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
