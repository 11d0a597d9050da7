"""The server that the tests of the pages share; left out where the extra ``web`` is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest


@pytest.fixture(scope="session")
def served() -> Iterator[Any]:
    """The pages, served for the whole run without a limit to how often a form is sent."""
    pytest.importorskip("fastapi", reason="the extra 'web' is not installed")
    from functional.web.served import serving

    draw_each_curve_once()
    with serving() as running:
        yield running


def draw_each_curve_once() -> None:
    """Draw a curve for real the first time and show it again after: most tests post the same person."""
    from stepdown.reports import number_pictures
    from stepdown.reports.html import patient

    for module in (number_pictures, patient):
        module.draw_curves = cache(module.draw_curves)
        module.embed_figure = cache(module.embed_figure)


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """A new page in a browser that reaches this machine."""
    context = chromium.new_context()
    yield context.new_page()
    context.close()
