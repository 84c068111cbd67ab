"""A config.yaml: read without trusting it, and written back with its comments and unknown keys.

The file may hold passwords and keys of services. So no message tells what stands in it, only on
which line trouble is.
"""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import platformdirs

from mindseye.errors import ConfigError, MissingExtra, NotFound

if TYPE_CHECKING:
    from ruamel.yaml import YAML

_MOST_BYTES: Final = 512 << 10
_DEEPEST: Final = 20
_MOST_ALIASES: Final = 100
"""A configuration is far smaller; what is larger is meant to exhaust whoever reads it."""

_VERSION: Final = "1.0.0"
"""What PhotoMapAI 1.3 writes as the version of the format."""


def config_path(environment: Mapping[str, str]) -> Path:
    """Where PhotoMapAI keeps its configuration: `PHOTOMAP_CONFIG`, else its platform folder."""
    named = environment.get("PHOTOMAP_CONFIG")
    if named:
        return Path(named).expanduser()
    return platformdirs.user_config_path("photomap", appauthor="photomap") / "config.yaml"


@dataclass(frozen=True, slots=True)
class Document:
    """The contents of a config.yaml; `before` is what was read, None for a file to be made."""

    path: Path
    content: MutableMapping[Any, Any]
    before: bytes | None = None

    @classmethod
    def load(cls, path: Path) -> Document:
        """Read a file; raises `NotFound`, `ConfigError`, `MissingExtra`."""
        try:
            with path.open("rb") as file:
                data = file.read(_MOST_BYTES + 1)
        except FileNotFoundError:
            raise NotFound(
                f"there is no configuration of PhotoMapAI at {path}",
                hint="name its config.yaml, or set PHOTOMAP_CONFIG",
            ) from None
        except OSError as error:
            raise ConfigError(f"{path} cannot be read: {error.strerror or error}") from error
        if len(data) > _MOST_BYTES:
            raise ConfigError(
                f"{path} has more than {_MOST_BYTES >> 10} KiB, too much for a configuration"
            )
        return cls(path, _parsed(path, data), data)

    @classmethod
    def open(cls, path: Path) -> Document:
        """The same for a file that is to be written; one that is not there is begun."""
        try:
            return cls.load(path)
        except NotFound:
            content: Any = _yaml().map(config_version=_VERSION, albums=_yaml().map())
            return cls(path, content)

    @property
    def albums(self) -> MutableMapping[Any, Any]:
        """The albums by key, made where there are none; raises `ConfigError` for something else."""
        if self.content.get("albums") is None:
            self.content["albums"] = _yaml().map()
        albums = self.content["albums"]
        if not isinstance(albums, MutableMapping):
            raise ConfigError(f"albums in {self.path} must be a mapping of keys to albums")
        return albums

    def add(self, key: str) -> MutableMapping[Any, Any]:
        """A new and empty album."""
        self.albums[key] = _yaml().map()
        entry: MutableMapping[Any, Any] = self.albums[key]
        return entry

    def save(self) -> None:
        """Write the file as a whole or not at all, readable by whoever could read it before.

        Raises `ConfigError` where it has changed since it was read, or cannot be written.
        """
        stream = io.BytesIO()
        _yaml().dump(self.content, stream)
        path = self.path.resolve()
        try:
            if (path.read_bytes() if path.exists() else None) != self.before:
                raise ConfigError(f"{path} has changed meanwhile", hint="run it again")
            _replace(path, stream.getvalue())
        except OSError as error:
            raise ConfigError(f"{path} cannot be written: {error.strerror or error}") from error


def text(value: str) -> str:
    """A text for the file, in quotes: what stands bare can mean a number, a date or yes and no."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    quoted: str = DoubleQuotedScalarString(value)
    return quoted


def _yaml() -> YAML:
    try:
        from ruamel.yaml import YAML
        from ruamel.yaml.representer import RoundTripRepresenter
    except ImportError as error:
        raise MissingExtra("ruamel.yaml", "photomap") from error

    class Representer(RoundTripRepresenter):
        """Writes nothing as "null", as PhotoMapAI does, and numbers as it can read them."""

    Representer.add_representer(
        type(None), lambda self, _: self.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    Representer.add_representer(
        float, lambda self, value: self.represent_scalar("tag:yaml.org,2002:float", _decimal(value))
    )
    yaml = YAML(typ="rt", pure=True)
    yaml.Representer = Representer
    yaml.preserve_quotes = True
    yaml.width = _MOST_BYTES  # no line is folded
    return yaml


def _decimal(value: float) -> str:
    """A number with a point and without an exponent: by YAML 1.1 "1e-05" is a text."""
    exact = f"{Decimal(repr(value)):f}"
    return exact if "." in exact else f"{exact}.0"


def _parsed(path: Path, data: bytes) -> MutableMapping[Any, Any]:
    yaml = _yaml()
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        read = data.decode("utf-8-sig")
        _refuse_traps(path, yaml, read)
        if all(not line.strip() or line.lstrip().startswith("#") for line in read.splitlines()):
            read += "\nalbums:\n"  # Comments stand beside something, or are lost.
        content = yaml.load(read)
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8") from error
    except MarkedYAMLError as error:
        # The text of the error shows the line, and a password may stand on it.
        mark = error.problem_mark or error.context_mark
        where = "" if mark is None else f" (line {mark.line + 1})"
        raise ConfigError(f"{path} is no YAML that can be read{where}") from None
    except (YAMLError, ValueError):
        raise ConfigError(f"{path} is no YAML that can be read") from None
    if not isinstance(content, MutableMapping):
        raise ConfigError(f"{path} is no configuration of PhotoMapAI: it must hold a mapping")
    return content


def _refuse_traps(path: Path, yaml: YAML, read: str) -> None:
    """Look at the events alone, before anything is built: what is deep, repeats or is typed."""
    from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent

    around: list[str | None] = []
    aliases = 0
    for event in yaml.parse(io.StringIO(read)):
        if isinstance(event, CollectionStartEvent):
            around.append(event.anchor)
        elif isinstance(event, CollectionEndEvent):
            around.pop()
        aliases += isinstance(event, AliasEvent)
        trouble = (
            "is nested too deeply" if len(around) > _DEEPEST
            else "repeats itself too often" if aliases > _MOST_ALIASES
            else "holds itself" if isinstance(event, AliasEvent) and event.anchor in around
            else "holds a type of its own" if getattr(event, "tag", None) is not None
            else ""
        )  # fmt: skip
        if trouble:
            line = event.start_mark.line + 1
            raise ConfigError(
                f"{path} {trouble} (line {line})", hint="PhotoMapAI writes plain values only"
            )


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    beside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            beside.chmod(path.stat().st_mode & 0o777)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
