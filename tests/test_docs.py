"""The docs name everything there is, and what is made from code is up to date."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from mindseye import errors
from mindseye.cli.main import COMMANDS
from mindseye.config import setting_fields
from mindseye.plugins import ENCODERS, STORES
from mindseye.query.fields import BY_NAME, FIELDS
from mindseye.types import Metadata, Source

TOP = Path(__file__).parents[1]
PAGES = "\n".join(path.read_text() for path in sorted((TOP / "docs").rglob("*.md")))


def test_reference_pages_are_up_to_date() -> None:
    script = TOP / "scripts" / "reference.py"
    done = subprocess.run(
        [sys.executable, str(script), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def extras() -> list[str]:
    with (TOP / "pyproject.toml").open("rb") as file:
        return list(tomllib.load(file)["project"]["optional-dependencies"])


@pytest.mark.parametrize(
    "name",
    [
        *(f"mindseye {command}" for command in COMMANDS),
        *(f"`{entry.name}`" for entry in setting_fields()),
        *(f"mindseye[{extra}]" for extra in extras()),
        *(f"{scheme}://" for scheme in STORES),
        *(f"`{scheme}`" for scheme in ENCODERS),
        *(f"`{name}`" for name in Metadata.__dataclass_fields__),
        *(f"`{source}`" for source in Source),
        *(f"`{name}`" for name in BY_NAME),
        *(f"`{choice}`" for spec in FIELDS for choice in spec.choices),
        *(
            f"`{name}`"
            for name, value in vars(errors).items()
            if isinstance(value, type) and issubclass(value, Exception)
        ),
    ],
)
def test_the_docs_name_it(name: str) -> None:
    assert name in PAGES


def links() -> list[tuple[str, str]]:
    found = []
    for page in [*TOP.glob("*.md"), *(TOP / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text()):
            if "://" not in target:
                found.append((str(page.relative_to(TOP)), target))  # noqa: PERF401
    return found


@pytest.mark.parametrize(("page", "target"), links())
def test_a_link_leads_somewhere(page: str, target: str) -> None:
    assert ((TOP / page).parent / target).exists()


def test_every_page_is_in_the_navigation() -> None:
    listed = set(re.findall(r"[\w/.-]+\.md", (TOP / "mkdocs.yml").read_text()))
    pages = {str(path.relative_to(TOP / "docs")) for path in (TOP / "docs").rglob("*.md")}
    assert pages == listed
