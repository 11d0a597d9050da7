"""The drugs of the catalogue by efficacy and burden, as a picture of our own; it recommends none."""

from __future__ import annotations

from html import escape

from stepdown.ms.drug_words import plain_drug
from stepdown.ms.therapies import Therapy, read_therapies
from stepdown.reports.care_plan.words import say

TIERS = ("high", "moderate", "none")
COLUMNS = ("course", "half-year", "month", "week", "day")
_LEFT, _CELL, _LINE, _HEAD = 80, 164, 17, 30
#: The longest interval, in days, of each column from the right; what is longer stands in the next.
_LONGEST = (("day", 1.0), ("week", 7.0), ("month", 60.0), ("half-year", 366.0))


def find_column(therapy: Therapy) -> str:
    """How often a drug is given: in courses, or by the interval of its rarest form."""
    if therapy.kind in ("course", "once"):
        return "course"
    intervals = [dose.interval_days for dose in therapy.dosing if dose.interval_days is not None]
    days = therapy.usual_interval_days or max(intervals, default=0.0)
    return next((column for column, longest in _LONGEST if days <= longest), "course")


def find_cells() -> dict[tuple[str, str], list[Therapy]]:
    """The drugs of each tier and column, in the order of their names."""
    cells: dict[tuple[str, str], list[Therapy]] = {}
    for _, therapy in sorted(read_therapies().items()):
        cells.setdefault((therapy.efficacy_tier or "none", find_column(therapy)), []).append(therapy)
    return cells


def draw_landscape(current: str | None, name: str = "landscape") -> str:
    """The grid as SVG, the drug taken now in a frame; ``name`` is unique on the page."""
    cells = find_cells()
    heights = [max(len(cells.get((tier, column), ())) for column in COLUMNS) * _LINE + 14 for tier in TIERS]
    tops = [_HEAD + sum(heights[:place]) for place in range(len(TIERS))]
    width, height = _LEFT + len(COLUMNS) * _CELL, _HEAD + sum(heights)
    drawn = [_draw_heads()]
    for tier, top, tall in zip(TIERS, tops, heights, strict=True):
        drawn.append(_draw_tier(tier, top, tall, width))
        for place, column in enumerate(COLUMNS):
            x = _LEFT + place * _CELL
            for line, therapy in enumerate(cells.get((tier, column), ())):
                drawn.append(_draw_drug(therapy, x + 6, top + 18 + line * _LINE, therapy.name == current))
    title = say("picture.landscape_alt", cells=tell_cells())
    return (
        f'<svg class="landscape" role="img" aria-labelledby="{name}-title" viewBox="0 0 {width} {height}" '
        f'font-family="sans-serif" font-size="12" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{name}-title">{escape(title)}</title>{"".join(drawn)}</svg>'
    )


def tell_cells() -> str:
    """What stands in each cell, in words."""
    cells = find_cells()
    return " ".join(
        say(
            "picture.landscape_cell",
            tier=say(f"picture.tier_{tier}"),
            column=say(f"picture.column_{column}"),
            names=", ".join(plain_drug(each.name) for each in cells[tier, column]),
        )
        for tier in TIERS
        for column in COLUMNS
        if (tier, column) in cells
    )


def _draw_heads() -> str:
    return "".join(
        f'<text x="{_LEFT + place * _CELL + 6}" y="19" font-weight="600" fill="#1b2530">'
        f"{escape(say(f'picture.column_{column}'))}</text>"
        for place, column in enumerate(COLUMNS)
    )


def _draw_tier(tier: str, top: int, tall: int, width: int) -> str:
    shade = {"high": "#eaf2f9", "moderate": "#f4f6f8", "none": "#ffffff"}[tier]
    return (
        f'<rect x="0" y="{top}" width="{width}" height="{tall}" fill="{shade}" stroke="#d5dbe2"/>'
        f'<text x="6" y="{top + 19}" font-weight="600" fill="#1b2530">'
        f"{escape(say(f'picture.tier_{tier}'))}</text>"
    )


def _draw_drug(therapy: Therapy, x: int, y: int, is_current: bool) -> str:
    """The sign of how it is given, and the name; a frame around the drug that is taken."""
    disputed = "*" if "isputed" in (therapy.efficacy_tier_note or "") else ""
    words = f"{plain_drug(therapy.name)}{disputed}"
    frame = (
        f'<rect x="{x - 3}" y="{y - 13}" width="{_CELL - 6}" height="17" rx="3" fill="#ffffff" '
        f'stroke="#1b2530" stroke-width="2"/>' if is_current else ""
    )  # fmt: skip
    weight = "700" if is_current else "400"
    return (
        f'{frame}{_draw_route(therapy, x + 4, y - 4)}<text x="{x + 14}" y="{y}" fill="#1b2530" '
        f'font-weight="{weight}">{escape(words)}</text>'
    )


def _draw_route(therapy: Therapy, x: int, y: int) -> str:
    if "oral" in therapy.routes:
        return f'<circle cx="{x}" cy="{y}" r="4" fill="#1b4f7d"/>'
    if {"subcutaneous", "intramuscular"} & set(therapy.routes) and "intravenous" not in therapy.routes:
        return f'<path d="M{x} {y - 5}l5 9h-10z" fill="#6b4a00"/>'
    return f'<rect x="{x - 4}" y="{y - 4}" width="8" height="8" fill="#8b1f1f"/>'
