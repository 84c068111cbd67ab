"""What the HTTP API answers as typed dictionaries of the Python client, made from its document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_HEAD = '''"""What the HTTP API answers. Made by scripts/reference.py from the OpenAPI document."""
# ruff: noqa: D101, E501 - the document says what each of these is.
# fmt: off

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict
'''
_PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}


def answers(document: dict[str, Any]) -> str:
    """A module with a typed dictionary for every answer and every body of the document."""
    schemas = document["components"]["schemas"]
    kept = {name: schema for name, schema in schemas.items() if not name.startswith("Body_")}
    classes = ("\n".join(_class(*entry)) for entry in sorted(kept.items()))
    return "\n\n".join((_HEAD, *classes)) + "\n"


def _class(name: str, schema: dict[str, Any]) -> Iterator[str]:
    if "properties" not in schema:
        yield f"{name} = {_type(schema)}"
        return
    required = set(schema.get("required", ()))
    yield f"class {name}(TypedDict):"
    for field, described in schema["properties"].items():
        kind = _type(described)
        # What has a default is always in an answer, and may be left out of a body.
        yield f"    {field}: {kind if field in required else f'NotRequired[{kind}]'}"


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema or "oneOf" in schema:
        parts = [_type(part) for part in schema.get("anyOf", schema.get("oneOf"))]
        return " | ".join(dict.fromkeys(parts))
    if "enum" in schema:
        return f"Literal[{', '.join(map(_quoted, schema['enum']))}]"
    if "const" in schema:
        return f"Literal[{_quoted(schema['const'])}]"
    if schema.get("type") == "array":
        return f"list[{_type(schema['items'])}]" if "items" in schema else "list[Any]"
    if schema.get("type") == "object":
        inner = schema.get("additionalProperties", True)
        return f"dict[str, {_type(inner) if isinstance(inner, dict) else 'Any'}]"
    return _PLAIN.get(schema.get("type", ""), "Any")


def _quoted(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
