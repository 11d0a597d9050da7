"""Curves over the years, as a Figure that a researcher can restyle."""

from __future__ import annotations

import builtins
from typing import Any

import pytest

from stepdown.ms.errors import MissingExtra
from stepdown.reports import to_html
from stepdown.reports.curves import draw_curves, has_curve
from stepdown.reports.figures import embed_figure
from unit.reports.invented_answers import injectable

NAMES = ("A", "B", "C", "D", "E")


def test_a_curve_needs_one_option_with_two_times() -> None:
    """Only stopping has relapse at 2 and at 5 years; any activity has one time."""
    options = injectable().options
    assert has_curve(options, "relapse")
    assert not has_curve(options, "any_activity")


def test_lines_start_at_none_and_end_at_the_numbers() -> None:
    axes = draw_curves(injectable().options, "relapse", NAMES, ("Years", "of every 100")).axes[0]
    stop = next(line for line in axes.lines if len(line.get_xdata()) == 3)
    assert list(stop.get_ydata()) == [0.0, 2.3, 9.6]
    assert stop.get_linestyle() == "--"


def test_an_embedded_figure_is_the_same_each_time() -> None:
    first, second = (
        embed_figure(draw_curves(injectable().options, "relapse", NAMES, ("Years", "n"))) for _ in range(2)
    )
    assert first == second
    assert first.startswith("data:image/svg+xml;base64,")


@pytest.fixture
def no_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    found = builtins.__import__

    def refuse(name: str, *rest: Any, **named: Any) -> Any:
        if name.partition(".")[0] == "matplotlib":
            raise ImportError(name)
        return found(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", refuse)


@pytest.mark.usefixtures("no_matplotlib")
def test_without_matplotlib_the_figure_names_the_extra() -> None:
    with pytest.raises(MissingExtra, match=r"pip install 'stepdown\[plots\]'"):
        draw_curves(injectable().options, "relapse", NAMES, ("Years", "n"))


@pytest.mark.usefixtures("no_matplotlib")
def test_without_matplotlib_the_pages_keep_their_numbers() -> None:
    page = to_html(injectable(), "patient")
    assert "10 (2 to 34)" in page
    assert "data:image" not in page
