"""The spec of an encoder: a stable text, read and written without loss."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mindseye.encoders.spec import EncoderSpec
from mindseye.errors import SpecError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("builtin", EncoderSpec("builtin")),
        ("openai-clip:ViT-B/32", EncoderSpec("openai-clip", "ViT-B/32")),
        ("open-clip:ViT-L-14/dfn2b_s39b", EncoderSpec("open-clip", "ViT-L-14/dfn2b_s39b")),
        (
            "siglip:google/siglip2-large-patch16-256@4a3b1c",
            EncoderSpec("siglip", "google/siglip2-large-patch16-256", "4a3b1c"),
        ),
        (
            "uform:unum-cloud/uform3-image-text-english-large?dimensions=64",
            EncoderSpec("uform", "unum-cloud/uform3-image-text-english-large", dimensions=64),
        ),
        ("hub:org/name@v1?resize=pad", EncoderSpec("hub", "org/name", "v1", resize="pad")),
        ("local:/models/me@home", EncoderSpec("local", "/models/me@home")),
        ("local:/what?/b", EncoderSpec("local", "/what?/b")),
        ("builtin?resize=pad", EncoderSpec("builtin", resize="pad")),
    ],
)
def test_a_spec_reads_as_this_and_is_written_as_it_was(text: str, expected: EncoderSpec) -> None:
    assert EncoderSpec.parse(text) == expected
    assert str(expected) == text


@pytest.mark.parametrize(
    "text",
    ["", " ", ":", "hub:", "hub:a/b?dimensions=no", "hub:a/b?dimensions=4", "hub:a/b?size=3"],
)
def test_what_is_no_spec_is_refused(text: str) -> None:
    with pytest.raises(SpecError, match="spec"):
        EncoderSpec.parse(text)


NAMES = st.from_regex(r"[A-Za-z0-9_./-]+", fullmatch=True)


@given(
    scheme=st.sampled_from(["open-clip", "siglip", "hub", "local", "uform"]),
    name=NAMES,
    revision=st.from_regex(r"[A-Za-z0-9_.-]*", fullmatch=True),
    dimensions=st.one_of(st.just(0), st.integers(8, 4096)),
)
def test_any_spec_survives_being_written_down(
    scheme: str, name: str, revision: str, dimensions: int
) -> None:
    spec = EncoderSpec(scheme, name, "" if scheme == "local" else revision, dimensions)
    assert EncoderSpec.parse(str(spec)) == spec
