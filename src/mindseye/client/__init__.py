"""A Python client of the HTTP API: `Client` asks a server as `Library` asks a library.

    from mindseye.client import Client

    with Client("http://nas:8123", token="...") as client:
        for hit in client.search("dog on a beach")["hits"]:
            print(hit["score"], hit["name"])

Answers are typed dictionaries (`mindseye.client.answers`), made from the server's own description.
Failures are raised as the errors of `mindseye.errors` that the server met.
"""

from __future__ import annotations

from mindseye.client.client import Client

__all__ = ["Client"]
