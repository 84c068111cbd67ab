"""Settings, read once at the edge: flag > environment (`MINDSEYE_*`) > TOML file > default.

Each field below carries its own help text; the reference page and `mindseye doctor` are made from
them. The TOML file is flat: one `name = value` per line.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields, replace
from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path
from typing import Any, get_type_hints
from urllib.parse import parse_qsl, urlencode, urlsplit

import platformdirs

from mindseye.errors import ConfigError

ENVIRONMENT_PREFIX = "MINDSEYE_"


def _setting(default: Any, help_text: str) -> Any:
    return field(default=default, metadata={"help": help_text})


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set; `source` tells where each value came from."""

    library: Path = field(
        default_factory=lambda: platformdirs.user_data_path("mindseye"),
        metadata={
            "help": "Folder of the library: catalog, index files, nothing of your photos; or the "
            "URL of its store."
        },
    )
    store: str = field(
        default="",
        # A URL may hold a password, which must not come to light with a traceback.
        repr=False,
        metadata={
            "help": "URL of the store; empty is SQLite inside the library folder (`sqlite:///...`)."
        },
    )
    index: str = _setting(
        "auto",
        "Kind of the index beside a library: `auto` by its size, `flat`, or a FAISS factory "
        "string (`IVF4096,RaBitQ`).",
    )
    encoder: str = _setting(
        "", "Spec of the encoder; empty is the library's own, and `builtin` for a new library."
    )
    threads: int = _setting(0, "Threads of the encoder; 0 is one per processor.")
    runtime: str = _setting(
        "auto", "What runs an encoder: `auto`, `onnxruntime`, `openvino` or `torch`."
    )
    precision: str = _setting(
        "auto", "How precisely an encoder computes: `auto`, `fp32`, `fp16` or `bf16`."
    )
    idle_seconds: float = _setting(
        300.0, "A loaded encoder gives its memory back after this long without work; 0 keeps it."
    )
    optimise: bool = _setting(
        False, "Whether a text is searched for in several wordings (query optimisation)."
    )
    plain: bool = _setting(
        True, "Whether dates, places and orders said in a sentence become filters."
    )
    southern: bool = _setting(
        False, 'Whether summer is in December: "last summer" as said south of the equator.'
    )
    semantic: bool = _setting(
        True,
        "Whether photos are found by what they show. Off, nothing is encoded or loaded: names, "
        "texts, dates and filters go on finding.",
    )
    balance: float = _setting(
        0.5, "What hits are ranked by, from texts alone (0) to pictures alone (1)."
    )
    models: str = _setting("", "Folder of downloaded encoders; empty is `models` in the library.")
    workers: int = _setting(0, "Processes that decode pictures; 0 is one per processor.")
    batch: int = _setting(32, "Pictures encoded and committed together; 1 to 1024.")
    limit: int = _setting(12, "Hits shown unless `--limit` says otherwise.")
    hidden: bool = _setting(False, "Whether hidden files and folders are taken in.")
    read_text: bool = _setting(
        False, "Whether an ingest reads the text in pictures afterwards, which takes seconds each."
    )
    max_pixels: int = _setting(
        500_000_000, "A picture that declares more pixels than this is skipped."
    )
    decode_seconds: float = _setting(
        60.0, "A picture that takes longer than this to decode is skipped."
    )
    decode_memory: int = _setting(
        4096, "MiB of address space a decoding process may use; 0 is no limit."
    )
    host: str = _setting("127.0.0.1", "Address that `mindseye serve` listens at.")
    port: int = _setting(8123, "Port that `mindseye serve` listens at; 0 is any that is free.")
    hosts: str = _setting(
        "", "Names by which browsers may reach the server besides loopback ones, with commas."
    )
    proxies: str = _setting(
        "", "Addresses of reverse proxies whose X-Forwarded headers are believed, with commas."
    )
    certificate: str = _setting("", "File of the TLS certificate chain (PEM); empty is plain HTTP.")
    key: str = _setting("", "File of its private key (PEM).")
    folders: str = _setting(
        "",
        "Folders below which the server takes photos in and lists folders, separated as in PATH; "
        "empty is the home folder. The roots of the library are always among them.",
    )
    watch: bool = _setting(
        False,
        "Whether the server takes in by itself what changes in the roots of the library; each root "
        "may be switched otherwise.",
    )
    watch_seconds: float = _setting(
        3.0, "A watched folder is looked at when nothing has changed in it for so long."
    )
    upload_mb: int = _setting(64, "Megabytes of a picture that is sent to the server to search.")
    thumbnails_mb: int = _setting(2048, "Megabytes of thumbnails that the server keeps on disk.")
    thumbnails: bool = _setting(
        True, "Whether an ingest of the server makes thumbnails of what it decodes anyway."
    )
    tiles: str = _setting(
        "", "URL of map tiles with {z}, {x} and {y}; empty draws the towns of the gazetteer."
    )
    source: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def store_url(self) -> str:
        """The store's URL, the embedded one inside the library folder where none is set."""
        return self.store or f"sqlite:///{self.library / 'catalog.db'}"

    @property
    def models_folder(self) -> Path:
        """Where downloaded encoders lie."""
        return Path(self.models).expanduser() if self.models else self.library / "models"


def shown_url(url: str) -> str:
    """The URL of a store as people may see it: without the password."""
    return _PASSWORD.sub(r"\1***", url)


_PASSWORD = re.compile(r"(://[^/?#@:]*:(?=[^/?#]*@)|[?&]password=)(?:[^/?#]*(?=@)|[^&]*)")


def setting_fields() -> list[Field[Any]]:
    """The fields a user may set, in order."""
    return [entry for entry in fields(Settings) if entry.name != "source"]


def config_path() -> Path:
    """Where the TOML file is looked for unless `--config` or `MINDSEYE_CONFIG` says otherwise."""
    return platformdirs.user_config_path("mindseye") / "config.toml"


def load_settings(
    flags: Mapping[str, object] | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    file: Path | None = None,
) -> Settings:
    """Settings merged from all layers; flags that are None count as not given.

    Raises `ConfigError` for an unknown name or a value of the wrong kind, naming the layer.
    """
    environment = os.environ if environment is None else environment
    chosen = file or (Path(given) if (given := environment.get("MINDSEYE_CONFIG")) else None)
    layers: list[tuple[str, Mapping[str, object]]] = [
        *_file_layer(chosen),
        ("environment", _environment_layer(environment)),
        ("flag", {name: value for name, value in (flags or {}).items() if value is not None}),
    ]
    values: dict[str, object] = {}
    source: dict[str, str] = {}
    for layer, entries in layers:
        for name, value in _with_store(entries).items():
            values[name] = _parse(name, value, layer)
            source[name] = layer
    settings = Settings(**values, source=source)  # type: ignore[arg-type]
    _check_ranges(settings)
    return settings


def overlaid(settings: Settings, changes: Mapping[str, object], layer: str) -> Settings:
    """The settings with these values, which come from `layer`; raises `ConfigError`."""
    values = {name: _parse(name, value, layer) for name, value in changes.items()}
    source = {**settings.source, **dict.fromkeys(values, layer)}
    changed = replace(settings, **values, source=source)  # type: ignore[arg-type]
    _check_ranges(changed)
    return changed


def _with_store(entries: Mapping[str, object]) -> dict[str, object]:
    """The settings of a layer; a store has a folder of its own unless the layer names one."""
    url = str(entries.get("library", ""))
    if "://" in url:
        return {"store": url, **entries, "library": _folder_of(url)}
    if store := entries.get("store"):
        return {"library": _folder_of(str(store)), **entries}
    return dict(entries)


def _folder_of(url: str) -> Path:
    """Where what lies beside a store is kept on this machine: models, index files, locks."""
    if url.startswith("sqlite:///"):
        return Path(url.removeprefix("sqlite:///")).parent
    place = sha256(_place_of(url).encode()).hexdigest()[:16]
    return platformdirs.user_data_path("mindseye") / "stores" / place


def _place_of(url: str) -> str:
    """What of a URL tells which database it is, whoever opens it and with which options."""
    parts = urlsplit(url)
    server = parts.netloc.rpartition("@")[2]
    chosen = [(name, value) for name, value in parse_qsl(parts.query) if name in _PLACES]
    return f"{parts.scheme}://{server}{parts.path}?{urlencode(sorted(chosen))}"


_PLACES = ("host", "port", "unix_socket", "service", "dbname")
"""Options of a URL that lead to another server or another database."""


def _file_layer(file: Path | None) -> list[tuple[str, Mapping[str, object]]]:
    path = file or config_path()
    try:
        with path.open("rb") as stream:
            return [(str(path), tomllib.load(stream))]
    except FileNotFoundError:
        if file is None:
            return []
        raise ConfigError(
            f"the settings file {path} is not there", hint="check --config or MINDSEYE_CONFIG"
        ) from None
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"the settings file {path} cannot be read: {error}") from error


def _environment_layer(environment: Mapping[str, str]) -> dict[str, object]:
    layer: dict[str, object] = {}
    for entry in setting_fields():
        value = environment.get(ENVIRONMENT_PREFIX + entry.name.upper())
        if value:
            layer[entry.name] = value
    return layer


_KINDS: dict[str, type] = {
    name: kind for name, kind in get_type_hints(Settings).items() if name != "source"
}
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


def _parse(name: str, value: object, layer: str) -> object:
    kind = _KINDS.get(name)
    if kind is None:
        near = get_close_matches(name, _KINDS, n=1)
        raise ConfigError(
            f"there is no setting {name!r} (given by {layer})",
            hint=f"did you mean {near[0]!r}?" if near else "docs/reference/settings.md lists them",
        )
    try:
        return _convert(kind, value)
    except (TypeError, ValueError):
        raise ConfigError(
            f"the setting {name!r} (given by {layer}) must be {kind.__name__}, and {value!r} is not"
        ) from None


def _convert(kind: type, value: object) -> object:
    if kind is Path:
        return Path(os.fspath(value)).expanduser().absolute()  # type: ignore[call-overload]
    if kind is bool:
        word = str(value).lower()
        if word not in _TRUE | _FALSE:
            raise ValueError(word)
        return word in _TRUE
    if kind is str and not isinstance(value, str):
        raise TypeError(value)
    if kind is int and isinstance(value, float):
        raise TypeError(value)
    return kind(value)


_RANGES: dict[str, tuple[float, float]] = {
    "batch": (1, 1024),
    "threads": (0, 1024),
    "workers": (0, 1024),
    "limit": (1, 1_000_000),
    "balance": (0, 1),
    "idle_seconds": (0, 10**9),
    "max_pixels": (1, 10**12),
    "decode_seconds": (0.1, 86_400),
    "decode_memory": (0, 10**9),
    "port": (0, 65_535),
    "watch_seconds": (0.1, 3600),
    "upload_mb": (1, 1024),
    "thumbnails_mb": (1, 10**6),
}


_CHOICES: dict[str, tuple[str, ...]] = {
    "runtime": ("auto", "onnxruntime", "openvino", "torch"),
    "precision": ("auto", "fp32", "fp16", "bf16"),
}


def _check_ranges(settings: Settings) -> None:
    for name, choices in _CHOICES.items():
        if getattr(settings, name) not in choices:
            raise ConfigError(
                f"the setting {name!r} must be one of {', '.join(choices)}, "
                f"not {getattr(settings, name)!r}"
            )
    for name, (least, most) in _RANGES.items():
        value = getattr(settings, name)
        if not least <= value <= most:
            raise ConfigError(f"the setting {name!r} must lie in {least:g}..{most:g}, not {value}")
