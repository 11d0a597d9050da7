"""The report of a cohort as one page that needs nothing else: words, figures, tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from stepdown.cohorts.protocol.model import Protocol
from stepdown.ms.errors import MissingExtra
from stepdown.reports.cohort.choices import list_choices, say_control, say_how_strong
from stepdown.reports.cohort.figures import (
    draw_balance,
    draw_censoring,
    draw_curves,
    draw_flow,
    draw_subgroups,
)
from stepdown.reports.cohort.methods import write_methods
from stepdown.reports.figures import embed_figure
from stepdown.reports.html.page import render_page

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Published = dict[str, Any]
Draw = Callable[..., "Figure | None"]


def write_cohort_page(published: Published, protocol: Protocol) -> str:
    """The page, of published numbers only; without the extra ``plots`` it has no figures and says so."""
    try:
        flow = _draw(draw_flow, published["attrition"])
    except MissingExtra:
        flow = None
    has_plots = flow is not None
    figures = {outcome["name"]: {name: _draw(draw, outcome) for name, draw in (
        ("curves", draw_curves), ("subgroups", draw_subgroups), ("censoring", draw_censoring))}
        if has_plots else {} for outcome in published["outcomes"]}
    return render_page(
        "cohort.html", lang="en", audience="registry", sheet="registry.css", skip="To the content",
        published=published, methods=write_methods(protocol), flow=flow, figures=figures,
        balance=_draw(draw_balance, published["balance"]) if has_plots else None, has_plots=has_plots,
        show_share=show_share, show_ratio=show_ratio, list_choices=lambda outcome: list_choices(
            outcome, protocol), say_how_strong=say_how_strong, say_control=say_control)


def _draw(draw: Draw, content: Any) -> str | None:
    figure = draw(content)
    return None if figure is None else embed_figure(figure)


def show_share(share: Any) -> str:
    """A share in points of 100 with its interval, or why there is none."""
    if isinstance(share, str):
        return share
    if share["value"] is None:
        return f"not known: {share['why']}"
    if share["low"] is None or share["high"] is None:
        return f"{100 * share['value']:.1f} (no interval: {share['why']})"
    return f"{100 * share['value']:.1f} ({100 * share['low']:.1f} to {100 * share['high']:.1f})"


def show_ratio(ratio: Any) -> str:
    """A ratio with its interval, or why there is none."""
    if ratio is None:
        return "not asked"
    if isinstance(ratio, str):
        return ratio
    if ratio["value"] is None:
        least = "" if ratio["low"] is None else f", at least {ratio['low']:g}"
        return f"not known{least}: {ratio['why']}"
    if ratio["low"] is None or ratio["high"] is None:
        return f"{ratio['value']:g} (no interval: {ratio['why']})"
    return f"{ratio['value']:g} ({ratio['low']:g} to {ratio['high']:g})"
