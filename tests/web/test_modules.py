"""The page's own tests in Node, and the types of its modules, where the tools for it are there."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from mindseye.server.work import KINDS

REPOSITORY = Path(__file__).parents[2]
WEB = REPOSITORY / "src/mindseye/server/web"
MODULES = sorted((WEB / "js").glob("*.js"))
TYPESCRIPT = REPOSITORY / "build/node/node_modules/.bin/tsc"
_MOST_LINES = 400
_CHECKED = {
    "allowJs": True, "checkJs": True, "strict": True, "noEmit": True, "skipLibCheck": True,
    "target": "ES2022", "module": "ESNext", "moduleResolution": "bundler",
    "lib": ["ES2023", "DOM", "DOM.Iterable"], "types": [],
}  # fmt: skip


def _node() -> str:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node.js is not on this machine")
    return node


def test_the_logic_of_the_page_is_right() -> None:
    tests = Path(__file__).with_name("modules.test.mjs")
    run = subprocess.run([_node(), "--test", tests], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


def test_the_types_of_the_page_are_right(tmp_path: Path) -> None:
    _node()
    if not TYPESCRIPT.exists():
        pytest.skip(f"{TYPESCRIPT} is not there (make dev installs it)")
    config = tmp_path / "tsconfig.json"
    config.write_text(json.dumps({"compilerOptions": _CHECKED, "include": [f"{WEB}/js"]}))
    run = subprocess.run([TYPESCRIPT, "-p", config], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_a_module_is_short_says_what_it_is_and_reads_no_text_as_html(module: Path) -> None:
    text = module.read_text()
    assert len(text.splitlines()) <= _MOST_LINES
    assert text.startswith(("/**", "//"))
    for forbidden in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "eval(",
        "http://",
        "https://",
    ):
        said = text.replace("http://www.w3.org/2000/svg", "")
        assert forbidden not in said


def test_the_shell_has_nothing_inline() -> None:
    text = (WEB / "index.html").read_text()
    assert "<style" not in text
    assert "style=" not in text
    assert "<script>" not in text
    assert " on" not in text.replace(" one", "")


def test_every_kind_of_job_has_words_of_its_own() -> None:
    ask = f"import('{WEB / 'js/job-words.js'}').then(m => console.log(Object.keys(m.DOING).join()))"
    run = subprocess.run([_node(), "-e", ask], capture_output=True, text=True, check=True)
    assert set(run.stdout.strip().split(",")) >= set(KINDS)
