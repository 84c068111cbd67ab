"""The page asks for all its modules at once."""

from __future__ import annotations

from tests.web.conftest import Look, Served, shown

from mindseye.server.routes.page import modules_of


def test_every_module_that_the_page_loads_is_named_ahead(served: Served, look: Look) -> None:
    page = look(served)
    shown(page)
    loaded = page.evaluate(
        "performance.getEntriesByType('resource').map((one) => one.name)"
        ".filter((name) => name.includes('/js/')).map((name) => name.split('/').pop())"
    )
    assert set(loaded) == {*modules_of("main.js"), "early.js"}
    named = page.evaluate(
        "[...document.querySelectorAll('link[rel=modulepreload]')]"
        ".map((link) => link.href.split('/').pop())"
    )
    assert named == modules_of("main.js")
