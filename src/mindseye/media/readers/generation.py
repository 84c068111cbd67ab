"""How an image generator was asked: AUTOMATIC1111, ComfyUI, InvokeAI, Fooocus and NovelAI.

The formats are known to `sd-parsers`; it is handed the text found in the file. Parameters hidden
in the pixels themselves are not looked for: that would mean decoding every PNG at full size.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, cast

from PIL.ExifTags import Base

from mindseye.media.base import Blocks, FileContent
from mindseye.media.readers import text
from mindseye.media.readers.exif import user_comment
from mindseye.types import Generation, Metadata

if TYPE_CHECKING:
    from sd_parsers.data import PromptInfo
    from sd_parsers.parsers import Parser

_SIGNS: Final = frozenset(
    {"parameters", "prompt", "Dream", "sd-metadata", "invokeai_metadata", "Comment"}
)
"""PNG keywords under which generators write; without one of them no parser is loaded."""

_LONGEST_VALUE: Final = 500
_MOST_PARAMETERS: Final = 40

_LET_THROUGH: Final = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What the parsers raise on odd input besides their own error."""


class GenerationReader:
    """Reads the prompt, the model and the settings an image was generated with."""

    def accepts(self, head: bytes, suffix: str) -> bool:  # noqa: ARG002
        """Any file: the text in it decides."""
        return True

    def read(self, content: FileContent) -> Metadata:
        """`generation`, where a generator left its parameters."""
        found = _parameters(content.blocks or Blocks())
        return Metadata(generation=_generation(found)) if found else Metadata()


def _parameters(blocks: Blocks) -> dict[str, Any]:
    """What generators write, under the keyword that the parsers expect it."""
    if not _SIGNS.isdisjoint(blocks.text):
        return dict(blocks.text)
    comment = user_comment(blocks.exif_photo.get(Base.UserComment))
    if comment and ("Steps: " in comment or comment.lstrip().startswith("{")):
        return {"parameters": comment}
    return {}


def _generation(parameters: dict[str, Any]) -> Generation | None:
    # Not through ParserManager: it remembers the last picture by its id(), which the next may get.
    from sd_parsers.exceptions import ParserError
    from sd_parsers.parsers import MANAGED_PARSERS

    for make in cast("Sequence[Callable[[], Parser]]", MANAGED_PARSERS):
        try:
            return _from_info(make().parse(dict(parameters)))
        except (ParserError, *_LET_THROUGH):
            continue
    return None


def _from_info(info: PromptInfo) -> Generation:
    settings: dict[str, object] = {}
    for sampler in info.samplers:
        settings.setdefault("sampler", sampler.name)
        for key, value in sampler.parameters.items():
            settings.setdefault(str(key), value)
    models = {str(model): None for sampler in info.samplers if (model := sampler.model)}
    named = ", ".join(models) or _invokeai_model(info.raw_parameters)
    return Generation(
        tool=info.generator.value,
        prompt=text.clean(_joined(info.full_prompt)),
        negative_prompt=text.clean(_joined(info.full_negative_prompt)),
        model=text.name(named),
        parameters=_as_text({**settings, **_plain(info.metadata)}),
    )


def _invokeai_model(raw: Mapping[str, Any]) -> str | None:
    """The model of InvokeAI 4 and later: its key is `name`, and the parser expects `model_name`."""
    try:
        model = json.loads(raw["invokeai_metadata"])["model"]
        return str(model.get("name") or model.get("model_name") or "") or None
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        return None


def _joined(value: object) -> str:
    """A prompt as one text: Fooocus gives a list of variants, the user's own first."""
    if isinstance(value, str):
        return value
    return "\n".join(map(str, value)) if isinstance(value, Iterable) else ""


def _plain(metadata: Mapping[Any, Any]) -> dict[str, object]:
    """The entries that are single values; the prompts in it are kept elsewhere."""
    return {
        str(key): value
        for key, value in metadata.items()
        if isinstance(value, (str, int, float)) and not str(key).startswith("full_")
    }


def _as_text(values: Mapping[str, object]) -> dict[str, str]:
    pairs = ((key, text.clean(str(value), _LONGEST_VALUE)) for key, value in values.items())
    return {key: value for key, value in list(pairs)[:_MOST_PARAMETERS] if value is not None}
