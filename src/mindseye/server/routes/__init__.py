"""Requests become calls of `Library`, and what it gives becomes answers."""

from __future__ import annotations

from typing import Final

API: Final = "/api/v1"
"""Where the routes of this version of the API begin."""
