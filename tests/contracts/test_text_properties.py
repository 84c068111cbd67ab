"""Any word of any text finds its photo, whatever characters people write with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mindseye.query.segment import segment
from mindseye.stores import open_store
from mindseye.stores.base import Batch, Store
from mindseye.testing.text_contract import found, said

TEXTS = st.text(max_size=20)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder: Path = tmp_path_factory.mktemp("texts")
    opened = open_store(f"sqlite:///{folder / 'catalog.db'}", index_dir=folder / "index")
    with closing(opened) as store:
        yield store


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(title=TEXTS, caption=TEXTS, keyword=TEXTS)
def test_any_word_of_any_text_finds_its_photo(
    store: Store, title: str, caption: str, keyword: str
) -> None:
    root = store.files.add_root("/photos").id
    told = said(root, 1, title=title, caption=caption, keywords=(keyword,))
    [photo_id] = store.put(Batch(photos=[told]))
    for text in (title, caption, keyword):
        for word in segment(text):
            assert found(store, word) == [photo_id], word
    assert list(store.check()) == []
