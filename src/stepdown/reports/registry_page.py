"""A registry on a page: what became of each row, which rules are broken, and a picture of what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from stepdown.cohorts.registry.checking import CheckedRegistry
from stepdown.cohorts.registry.completeness import Completeness
from stepdown.cohorts.registry.importing.account import Imported
from stepdown.reports.html.page import render_page

#: More years than this make cells too narrow to read: the earliest are shown as one.
YEARS_SHOWN = 15


@dataclass(frozen=True)
class Cell:
    """A share of rows with a value: as text, and as one of five shades; no rows is no share."""

    text: str
    shade: int | None
    spoken: str


@dataclass(frozen=True)
class Picture:
    """What is known of one table: its columns down, all rows and then years across."""

    table: str
    rows: int
    years: tuple[str, ...]
    lines: tuple[tuple[str, tuple[Cell, ...]], ...]


def write_registry_page(checked: CheckedRegistry, imported: Imported | None = None) -> str:
    """The whole page; with ``imported`` also what became of each row of the sources."""
    return render_page(
        "registry.html",
        lang="en",
        audience="registry",
        sheet="registry.css",
        skip="To the content",
        checked=checked,
        imported=imported,
        pictures=draw_missing(checked.completeness),
    )


def draw_missing(completeness: Sequence[Completeness]) -> tuple[Picture, ...]:
    """A picture of what is missing for each table that has rows."""
    tables = [list(rows) for _, rows in groupby(completeness, key=lambda one: one.table)]
    return tuple(_draw_table(columns) for columns in tables if columns[0].rows)


def _draw_table(columns: Sequence[Completeness]) -> Picture:
    years = _group_years([year for year, _, _ in columns[0].by_year])
    lines = tuple(
        (one.column, (_draw_cell(one.rows, one.known), *_draw_years(one, years))) for one in columns
    )
    return Picture(columns[0].table, columns[0].rows, tuple(name for name, _ in years), lines)


def _group_years(years: Sequence[int]) -> list[tuple[str, tuple[int, ...]]]:
    """The years to show, each with those it stands for."""
    if len(years) <= YEARS_SHOWN:
        return [(str(year), (year,)) for year in years]
    cut = len(years) - YEARS_SHOWN + 1
    return [(f"to {years[cut - 1]}", tuple(years[:cut])), *((str(year), (year,)) for year in years[cut:])]


def _draw_years(one: Completeness, years: Sequence[tuple[str, tuple[int, ...]]]) -> list[Cell]:
    counts = {year: (rows, known) for year, rows, known in one.by_year}
    sums = [[counts[year] for year in members] for _, members in years]
    return [_draw_cell(sum(rows for rows, _ in each), sum(known for _, known in each)) for each in sums]


def _draw_cell(rows: int, known: int) -> Cell:
    """The share in whole per cent, never rounded to all or to none."""
    if not rows:
        return Cell("", None, "no rows")
    percent = 100 if known == rows else 0 if not known else min(max(round(100 * known / rows), 1), 99)
    return Cell(str(percent), min(percent // 20, 4), f"{percent} % known")
