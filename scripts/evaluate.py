"""Evaluates the built-in encoder, and others, on captioned photographs that are held out.

    python scripts/evaluate.py --build FOLDER [--captions FILE] [SPEC ...]

Without --captions the photographs of `shared/data/flickr8k` beside the repository are taken (or of
MINDSEYE_SHARED), in English, Chinese and German: their `val` split, on which nothing is trained or
tuned. A language that lacks some pictures is searched among all of them.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

LANGUAGES = ("captions.jsonl", "captions_zh_human.jsonl", "captions_de.jsonl")


def main() -> int:
    """Evaluate file by file; the exit code is that of the first that fails."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--captions", type=Path)
    parser.add_argument("encoders", nargs="*", metavar="SPEC")
    options = parser.parse_args()
    options.build.mkdir(parents=True, exist_ok=True)
    if options.captions:
        return evaluate(options.captions, options.build, options.encoders)
    beside = Path(__file__).resolve().parents[2] / "shared"
    folder = Path(os.environ.get("MINDSEYE_SHARED", beside)) / "data" / "flickr8k"
    if not (folder / LANGUAGES[0]).is_file():
        print(
            "no captioned photographs are here; name yours: make evaluate CAPTIONS=captions.jsonl"
        )
        print("docs/how-to/evaluate.md shows the forms that such a file may have")
        return 2
    of_val = ("--split", "val", "--among", str(folder / LANGUAGES[0]))
    codes = (
        evaluate(folder / name, options.build, options.encoders, *of_val) for name in LANGUAGES
    )
    return next((code for code in codes if code), 0)


def evaluate(captions: Path, build: Path, encoders: list[str], *more: str) -> int:
    """Run the command line as a user would, saying so; the report goes into the build folder."""
    named = [word for spec in encoders for word in ("--encoder", spec)]
    report = str(build / f"{captions.stem}.md")
    arguments = ["evaluate", str(captions), *more, *named, "--out", report]
    print("\n$ mindseye", *arguments, flush=True)
    program = Path(sys.executable).with_name("mindseye")
    return subprocess.run([str(program), *arguments], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
