"""The demo: photographs are ingested, searched in several languages and by picture, and shown.

    python scripts/demo.py --build FOLDER [--photos FOLDER]

Without --photos it brings photographs that lie inside packages (see demo_photos.py). The library
it makes lies below --build, apart from the user's own.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

QUERIES = (
    "a cat",
    "a man with a camera",
    "flowers",
    "一只猫",
    "中国古代建筑",
    "一朵黄色的花",
    "ein Motorrad in der Garage",
    "une fleur rouge",
    "quarterly tax compliance report",
)
OWN_QUERIES = ("people", "a dog", "the sea", "夜晚的城市", "食物", "ein Kind", "des fleurs")


def main() -> int:
    """Run the demo; the exit code is that of the first step that fails."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--photos", type=Path)
    options = parser.parse_args()
    photos = options.photos.expanduser() if options.photos else options.build / "photos"
    library = options.build / ("library-of-yours" if options.photos else "library")
    if not options.photos:
        fetch = Path(__file__).with_name("demo_photos.py")
        subprocess.run([sys.executable, str(fetch), str(photos)], check=True)
    code = mindseye("ingest", str(photos), "--library", str(library))
    return code or search(library, photos, own=bool(options.photos), build=options.build)


def mindseye(*arguments: str) -> int:
    """Run the command line as a user would, saying so."""
    print("\n$ mindseye", " ".join(f'"{word}"' if " " in word else word for word in arguments))
    sys.stdout.flush()
    program = Path(sys.executable).with_name("mindseye")
    return subprocess.run([str(program), *arguments], check=False).returncode


def search(library: Path, photos: Path, *, own: bool, build: Path) -> int:
    """Search by words and by a picture, and draw the contact sheet of all answers."""
    from mindseye import Library, Query, Term
    from mindseye.cli.sheet import write_sheet
    from mindseye.query.model import Picture, Words

    with Library.open(library, create=False) as opened:
        queries = [
            Query((Term(Words(text)),), limit=6) for text in (OWN_QUERIES if own else QUERIES)
        ]
        newest = opened.search("").hits
        picture = photos / "flower.jpg" if not own else Path(newest[0].photo.path)
        queries.append(Query((Term(Picture(picture)),), limit=6))
        answers = [
            (f"{place}. {query.terms[0].value}", opened.search(query))
            for place, query in enumerate(queries, start=1)
        ]
    for label, found in answers:
        print(f"\n{label}   ({found.seconds * 1000:.0f} ms)")
        for hit in found.hits[:3]:
            print(f"   {hit.score:.3f}  {hit.probability or 0:4.0%}  {Path(hit.photo.path).name}")
        if not found.hits:
            print("   nothing relevant: the honest answer")
    sheet = build / "contact-sheet.jpg"
    write_sheet(sheet, answers)
    print(f"\nContact sheet of all answers: {sheet.absolute()}")
    print("Look at it in a browser:")
    print(f"   .venv/bin/mindseye serve --open --library {library}")
    print("Go on with your own photos:")
    print("   .venv/bin/mindseye ingest ~/Pictures")
    print('   .venv/bin/mindseye search "dog running on a beach" --sheet hits.jpg')
    print("   .venv/bin/mindseye --help")
    return 0


if __name__ == "__main__":
    sys.exit(main())
