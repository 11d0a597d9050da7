"""Which findings stand behind a number? A forest plot: each study's own result, then the pooled one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from stepdown.decisions.answer import Option, Risk
from stepdown.evidence.study import Finding, Study
from stepdown.reports.comparison import find_known
from stepdown.reports.figures import COLOURS, INK, MUTED, open_figure
from stepdown.reports.rounding import show_risk
from stepdown.reports.wording import name_option, name_time, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROW_INCHES = 0.44
#: How many rows the heading of a group takes.
TITLE_ROWS = 0.7
TITLE_LETTERS = 60


@dataclass(frozen=True)
class ForestRow:
    """One line: a study's result or the pooled one, per 100, with its 95 % interval."""

    label: str
    estimate: float
    low: float
    high: float
    pooled: bool = False


@dataclass(frozen=True)
class ForestGroup:
    """One number of the answer and the findings behind it."""

    title: str
    rows: tuple[ForestRow, ...]


def find_forest(
    options: tuple[Option, ...], outcome: str, studies: Mapping[str, Study]
) -> tuple[ForestGroup, ...]:
    """The groups for one outcome: the same findings and numbers once, however many options share them."""
    shared: dict[object, tuple[list[str], list[Risk]]] = {}
    for option in options:
        for sources, risks in _group_by_sources(option, outcome).items():
            key = (sources, tuple((risk.time_years, risk.per_100) for risk in risks))
            shared.setdefault(key, ([], risks))[0].append(name_option(option))
    groups = (_build_group(names, risks, studies) for names, risks in shared.values())
    return tuple(group for group in groups if group is not None)


def _group_by_sources(option: Option, outcome: str) -> dict[tuple[str, ...], list[Risk]]:
    """The numbers of one option for an outcome, those from the same findings together."""
    found: dict[tuple[str, ...], list[Risk]] = {}
    for risk in find_known(option, outcome):
        found.setdefault(risk.sources, []).append(risk)
    return found


def _build_group(names: list[str], risks: list[Risk], studies: Mapping[str, Study]) -> ForestGroup | None:
    rows = find_rows(risks[0], studies)
    if not rows:
        return None
    title = shorten("; ".join(names), TITLE_LETTERS, placeholder=" ...")
    return ForestGroup(title, (*rows, *map(_pooled_row, risks)))


def find_rows(risk: Risk, studies: Mapping[str, Study]) -> tuple[ForestRow, ...]:
    """The findings behind one risk that report counts, a proportion with its interval, or a rate."""
    if risk.per_100 is None:
        return ()
    rows = (_find_row(source, risk, studies) for source in risk.sources)
    return tuple(row for row in rows if row is not None)


def exact_interval(events: int, people: int) -> tuple[float, float]:
    """The exact 95 % interval of a proportion, per 100 (Clopper and Pearson 1934)."""
    from scipy.special import betaincinv

    low = float(betaincinv(events, people - events + 1, 0.025)) if events else 0.0
    high = float(betaincinv(events + 1, people - events, 0.975)) if events < people else 1.0
    return 100.0 * low, 100.0 * high


def draw_forest(groups: tuple[ForestGroup, ...], axis: str) -> Figure:
    """A forest plot: a square a study, a diamond a pooled number, the label above each line."""
    lines = sum(len(group.rows) + TITLE_ROWS for group in groups)
    figure = open_figure(4.6, 0.7 + ROW_INCHES * lines)
    axes = figure.subplots()
    height = lines
    for group in groups:
        axes.text(0.0, height - 0.45, group.title, fontsize=9.5, weight="bold", color=INK, parse_math=False)
        height -= TITLE_ROWS
        for row in group.rows:
            _draw_row(axes, row, height)
            height -= 1.0
    _finish(axes, lines, axis, max(row.high for group in groups for row in group.rows))
    return figure


def _find_row(source: str, risk: Risk, studies: Mapping[str, Study]) -> ForestRow | None:
    study_id, _, finding_id = source.partition("#")
    study = studies.get(study_id)
    found = [finding for finding in study.findings if finding.id == finding_id] if study else []
    return _read_row(study_id, found[0], risk.time_years) if found else None


def _read_row(study_id: str, finding: Finding, years: float) -> ForestRow | None:
    time = name_time(finding.time_years) if finding.time_years else say("line.not_said")
    if finding.events is not None and finding.n:
        low, high = exact_interval(finding.events, finding.n)
        label = say("forest.counts", study=study_id, events=finding.events, people=finding.n, time=time)
        return ForestRow(label, 100.0 * finding.events / finding.n, low, high)
    shares = (finding.proportion, finding.proportion_low, finding.proportion_high)
    if all(share is not None for share in shares):
        label = say("forest.proportion", study=study_id, time=time)
        best, low, high = (100.0 * share for share in shares if share is not None)
        return ForestRow(label, best, low, high)
    rates = (finding.rate, finding.rate_low, finding.rate_high)
    if all(rate is not None for rate in rates):
        label = say("forest.rate", study=study_id, rate=finding.rate, time=name_time(years))
        best, low, high = (_risk_of_rate(rate, years) for rate in rates if rate is not None)
        return ForestRow(label, best, low, high)
    return None


def _risk_of_rate(per_100_years: float, years: float) -> float:
    """The share per 100 with an event by so many years at a constant rate: 100 (1 - exp(-rate x years))."""
    return 100.0 * -math.expm1(-per_100_years / 100.0 * years)


def _pooled_row(risk: Risk) -> ForestRow:
    shown, per_100 = show_risk(risk), risk.per_100
    if shown is None or per_100 is None:
        raise ValueError("only a risk with a number has a pooled row")
    label = say(f"forest.{risk.speaks_for}", time=name_time(risk.time_years), shown=shown.words)
    return ForestRow(label, per_100.estimate, per_100.low, per_100.high, pooled=True)


def _draw_row(axes: Any, row: ForestRow, top: float) -> None:
    colour, line = (COLOURS[1] if row.pooled else COLOURS[0]), top - 0.72
    axes.text(0.0, top - 0.42, row.label, fontsize=8.5, color=INK if row.pooled else MUTED, parse_math=False)
    axes.plot([row.low, row.high], [line, line], color=colour, linewidth=1.6, solid_capstyle="butt")
    axes.plot(
        [row.estimate],
        [line],
        marker="D" if row.pooled else "s",
        markersize=6,
        color=colour,
        linestyle="none",
    )


def _finish(axes: Any, lines: float, axis: str, widest: float) -> None:
    axes.set_ylim(0, lines)
    axes.set_xlim(-1, min(100.0, max(20.0, 10.0 * math.ceil(widest / 10.0 + 0.2))) + 1)
    axes.set_yticks([])
    axes.set_xlabel(axis, fontsize=9, color=INK)
    axes.tick_params(colors=MUTED, labelsize=8.5)
    axes.grid(axis="x", color="#e4e8ed", linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
