"""The figures of an audit, each a matplotlib Figure to be restyled. What may be published is drawn, but for
``draw_charts``, which shows each event as a step and stays where the registry is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from stepdown.cohorts.audit.results import AuditResult, Drift, PartResult
from stepdown.reports.audit.words import read_wording
from stepdown.reports.figures import COLOURS, INK, MARKERS, MUTED, open_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Published = Mapping[str, Any]
_SMALL = 8
_VERDICTS = {"agrees": (COLOURS[2], "o"), "not trusted": (COLOURS[1], "s"), "cannot tell": (MUTED, "D")}
#: Ratios beyond these are drawn at the edge, with an arrow.
_LEAST, _MOST = 0.1, 10.0
_TICKS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


def draw_all(published: Published) -> Figure:
    """Every ratio, then calibration and drift of each step and outcome below one another."""
    parts = [part for part in published["parts"] if part["horizons"]]
    rows = list_ratios(published)
    heights = [0.34 * max(len(rows), 1) + 1.5, *(3.4 for _ in parts)]
    figure = open_figure(9.0, sum(heights))
    places = figure.subfigures(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
    _fill_ratios(places[0].subplots(), rows, published["rule"])
    for place, part in zip(places[1:], parts, strict=True):
        left, right = place.subplots(1, 2)
        place.suptitle(f"{part['step']}: {part['outcome'].replace('_', ' ')}", fontsize=9, color=INK)
        _fill_calibration(left, part["horizons"][-1])
        _fill_years(right, part["drift"])
    return figure


def list_ratios(published: Published) -> list[tuple[str, Published]]:
    """Each verdict's row with its label."""
    return [(f"{part['step']}, {part['outcome'].replace('_', ' ')}, {row['years']} y", row)
            for part in published["parts"] for row in part["horizons"]]


def draw_ratios(published: Published) -> Figure | None:
    """Observed over expected of every step, outcome and time, with what is tolerated; None without any."""
    rows = list_ratios(published)
    if not rows:
        return None
    figure = open_figure(5.6, 0.34 * len(rows) + 1.5)
    _fill_ratios(figure.subplots(), rows, published["rule"])
    return figure


def _fill_ratios(axes: Any, rows: Sequence[tuple[str, Published]], rule: Published) -> None:
    axes.set_xscale("log")
    axes.axvspan(*rule["tolerated"], color=COLOURS[2], alpha=0.12, linewidth=0)
    axes.axvline(1, color=MUTED, linewidth=0.8)
    for place, (_, row) in enumerate(rows):
        _mark_ratio(axes, -place, row)
    axes.set_xlim(_LEAST * 0.85, _MOST / 0.85)
    axes.set_xticks(_TICKS, [f"{tick:g}" for tick in _TICKS])
    axes.minorticks_off()
    axes.set_yticks([-place for place in range(len(rows))], [label for label, _ in rows])
    axes.tick_params(labelsize=_SMALL)
    axes.set_ylim(-len(rows) + 0.4, 0.6)
    axes.set_xlabel("observed over expected events\nthin line: where clinics may lie; green: tolerated",
                    fontsize=_SMALL)
    axes.spines[["top", "right"]].set_visible(False)


def _mark_ratio(axes: Any, height: float, row: Published) -> None:
    """One ratio with its interval, and that of clinics behind it."""
    ratio = row["ratio"]
    if isinstance(ratio, str) or ratio["value"] is None:
        axes.text(1.05, height, "too few events to show", fontsize=_SMALL, color=MUTED, va="center")
        return
    colour, marker = _VERDICTS[row["verdict"]["word"]]
    if row["clinics"] is not None:
        axes.plot([_hold(row["clinics"]["low"]), _hold(row["clinics"]["high"])], [height, height],
                  color=MUTED, linewidth=0.8)
    axes.plot([_hold(ratio["low"]), _hold(ratio["high"])], [height, height], color=colour, linewidth=2.6,
              solid_capstyle="butt")
    axes.plot([_hold(ratio["value"])], [height], marker=marker, color=colour, markersize=6,
              markeredgecolor="white")


def _hold(value: float | None) -> float:
    return min(max(_MOST if value is None else value, _LEAST), _MOST)


def draw_calibration(horizon: Published) -> Figure | None:
    """The share seen over the risk told, by groups of risk; None where there are too few events."""
    if not horizon["risk_groups"]:
        return None
    figure = open_figure(3.6, 3.4)
    _fill_calibration(figure.subplots(), horizon)
    return figure


def _fill_calibration(axes: Any, horizon: Published) -> None:
    groups = [group for group in horizon["risk_groups"] if group["observed"] is not None]
    seen = [100 * group["observed"] for group in groups]
    told = [100 * group["predicted"] for group in groups]
    highs = [100 * (group["high"] or 0) for group in groups]
    top = 1.08 * max([*told, *highs, 5])
    axes.plot([0, top], [0, top], color=MUTED, linestyle="--", linewidth=0.8)
    for x, group in zip(told, groups, strict=True):
        axes.plot([x, x], [100 * (group["low"] or 0), 100 * (group["high"] or 0)], color=COLOURS[0],
                  linewidth=1.2)
    axes.plot(told, seen, MARKERS[0], color=COLOURS[0], markersize=5)
    if not groups:
        axes.text(top / 2, top / 2, "too few events\nfor groups of risk", ha="center", va="center",
                  fontsize=_SMALL, color=MUTED, backgroundcolor="white")
    axes.set_xlim(0, top)
    axes.set_ylim(0, top)
    within = "1 year" if horizon["years"] == 1 else f"{horizon['years']} years"
    axes.set_xlabel(f"risk told, of 100 within {within}", fontsize=_SMALL)
    axes.set_ylabel("seen, of 100", fontsize=_SMALL)
    axes.tick_params(labelsize=_SMALL)
    axes.spines[["top", "right"]].set_visible(False)


def draw_years(drift: Published) -> Figure | None:
    """Events and expected events added up by the end of each year; None where there are too few."""
    if not drift["charts"]:
        return None
    figure = open_figure(3.6, 3.4)
    _fill_years(figure.subplots(), drift)
    return figure


def _fill_years(axes: Any, drift: Published | None) -> None:
    if drift is None or not drift["charts"]:
        axes.set_axis_off()
        axes.text(0.5, 0.5, "no drift is shown:\nits parts have their own" if drift is None else
                  "too few events to show", ha="center", va="center", fontsize=_SMALL, color=MUTED)
        return
    rows = drift["by_year"]
    years = [row["year"] for row in rows]
    shown = [row for row in rows if not isinstance(row["observed_so_far"], str)]
    told = [row["year"] for row in shown]
    axes.plot(told, [row["expected_so_far"] for row in shown], linestyle="--", color=MUTED, marker="x",
              markersize=4, label="expected")
    axes.plot(told, [row["observed_so_far"] for row in shown], color=COLOURS[1], marker=MARKERS[1],
              markersize=4, label="observed")
    for chart in drift["charts"]:
        if chart["signal"] is not None:
            year, quarter = chart["signal"]["seen"].split("-Q")
            axes.axvline(int(year) + (int(quarter) - 4) / 4, color=COLOURS[1], linewidth=0.9, linestyle=":")
    axes.set_xlabel("end of the year; dotted: the chart of drift spoke", fontsize=_SMALL)
    axes.set_ylabel("events so far", fontsize=_SMALL)
    step = max(1, -(-len(years) // 6))
    axes.set_xticks(years[::-1][::step][::-1])
    axes.set_ylim(bottom=0)
    axes.tick_params(labelsize=_SMALL)
    axes.legend(frameon=False, fontsize=_SMALL, loc="upper left")
    axes.spines[["top", "right"]].set_visible(False)


def draw_charts(result: AuditResult) -> Figure | None:
    """Both CUSUM charts of each step and outcome with their limits, exactly; None where there is none."""
    parts = [part for part in result.parts if part.drift is not None]
    if not parts:
        return None
    figure = open_figure(9.0, 2.6 * len(parts) + 0.6)
    rows = figure.subplots(len(parts), 2, squeeze=False)
    for axes, part in zip(rows, parts, strict=True):
        _fill_charts(axes, part)
    figure.suptitle("Not for release: each step is one event", fontsize=9, color=COLOURS[1])
    return figure


def _fill_charts(row: Sequence[Any], part: PartResult) -> None:
    drift: Drift | None = part.drift
    assert drift is not None
    first = date(1970, 1, 1) + timedelta(days=drift.series.first_day)
    days = [first + timedelta(days=place) for place in range(len(drift.series))]
    title = f"{read_wording()['title'][part.strategy]}: {part.outcome.replace('_', ' ')}"
    for axes, chart in zip(row, (drift.more, drift.fewer), strict=True):
        axes.plot(days, chart.height, color=COLOURS[0], linewidth=0.9)
        axes.axhline(chart.limit, color=COLOURS[1], linestyle="--", linewidth=0.9)
        axes.set_ylim(0, 1.1 * max(chart.limit, float(chart.height.max(initial=0)), 0.1))
        axes.set_title(f"{title}\n{chart.ratio:g} times the predicted hazard", fontsize=_SMALL)
        axes.tick_params(labelsize=7)
        years = range(days[0].year, days[-1].year + 1)
        axes.set_xticks([date(year, 1, 1) for year in years][:: max(1, round(len(years) / 6))])
        axes.xaxis.set_major_formatter(_write_year)
        axes.spines[["top", "right"]].set_visible(False)


def _write_year(day: float, _: object) -> str:
    return str((date(1970, 1, 1) + timedelta(days=round(day))).year)
