"""The server that the tests of the pages share; left out where the extra ``web`` is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="session")
def served() -> Iterator[Any]:
    """The pages, served for the whole run without a limit to how often a form is sent."""
    pytest.importorskip("fastapi", reason="the extra 'web' is not installed")
    from functional.web.served import serving

    with serving() as running:
        yield running


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """A new page in a browser that reaches this machine."""
    context = chromium.new_context()
    yield context.new_page()
    context.close()
