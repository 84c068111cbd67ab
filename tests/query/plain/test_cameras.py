"""A camera is meant where words say that photos were taken with it."""

from __future__ import annotations

from datetime import date

import pytest

from mindseye.query.model import as_typed
from mindseye.query.parse import parse
from mindseye.query.plain.base import Plain

PLAIN = Plain(date(2026, 11, 21))


@pytest.mark.parametrize(
    ("text", "filter_"),
    [
        ("shot on iPhone XS Max", 'camera:"iPhone XS Max"'),
        ("shot on an iphone 3 years ago", "date:2023 camera:iPhone"),
        ("taken with Nikon D850", 'camera:"Nikon D850"'),
        ("taken with Pixel 7 Pro last summer", 'camera:"Pixel 7 Pro" date:2026-06..2026-08'),
        ("shot with a Sony A7 III", "camera:Sony"),
        ("Fotos mit iPhone 15 Pro gemacht", 'camera:"iPhone 15 Pro"'),
        ("用iPhone 13拍的日落", 'camera:"iPhone 13"'),
        ("a photo taken with a Nikon camera lens", ""),
        ("a dog with a Canon", ""),
        ("pie made with apple", ""),
        ("用富士山拍的照片", ""),
        ("用小米做的粥", ""),
    ],
)
def test_a_camera_is_read_where_photos_were_taken_with_it(text: str, filter_: str) -> None:
    found = parse(text, plain=PLAIN).filter
    assert sorted(("" if found is None else as_typed(found)).split()) == sorted(filter_.split())
