"""An audit as one page that needs nothing else: the verdicts first, then numbers and pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from stepdown.ms.errors import MissingExtra
from stepdown.reports.audit.figures import draw_calibration, draw_ratios, draw_years
from stepdown.reports.audit.words import (
    find_exceptions,
    find_leaders,
    read_wording,
    say_chance,
    say_grounds,
    say_number,
    say_power,
    say_question,
    say_ratio,
    say_unseen,
    say_verdict,
)
from stepdown.reports.figures import embed_figure
from stepdown.reports.html.page import render_page

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Published = Mapping[str, Any]
#: The look of a verdict: that of the standings of one person's answer.
_BADGES = {"agrees": "reasonable", "not trusted": "not-advised", "cannot tell": "cannot-say"}
_NO_PICTURES = MappingProxyType({"calibration": None, "years": None})


def write_audit_page(published: Published) -> str:
    """The page, of published numbers only; without the extra ``plots`` it has no figures and says so."""
    try:
        ratios = _draw(draw_ratios, published)
        has_plots = True
    except MissingExtra:
        ratios, has_plots = None, False
    figures = [_draw_part(part) if has_plots else _NO_PICTURES for part in published["parts"]]
    return render_page(
        "audit.html", lang="en", audience="registry", sheet="registry.css", skip="To the content",
        published=published, ratios=ratios, figures=figures, has_plots=has_plots, badges=_BADGES,
        words=read_wording(), say_question=say_question, say_verdict=say_verdict, say_grounds=say_grounds,
        say_power=say_power, say_ratio=say_ratio, say_number=say_number, say_chance=say_chance,
        find_exceptions=find_exceptions, find_leaders=find_leaders,
        say_unseen=say_unseen)


def _draw_part(part: Published) -> dict[str, str | None]:
    """The pictures of one step and outcome: calibration at the longest time, and drift."""
    if not part["horizons"]:
        return dict(_NO_PICTURES)
    return {"calibration": _draw(draw_calibration, part["horizons"][-1]),
            "years": _draw(draw_years, part["drift"]) if part["drift"] else None}


def _draw(draw: Callable[[Any], Figure | None], content: Any) -> str | None:
    figure = draw(content)
    return None if figure is None else embed_figure(figure)
