"""The figures of a cohort, each a matplotlib Figure to be restyled; only published numbers are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stepdown.reports.figures import COLOURS, INK, MARKERS, MUTED, open_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Published = dict[str, Any]
#: A covariate is called balanced below this standardised difference (Austin, Stat Med 2009;28:3083).
BALANCED = 0.1


def draw_flow(steps: list[Published]) -> Figure:
    """Who is left after each criterion, who did not meet it, and apart from them of whom it is unknown."""
    figure = open_figure(7.0, 0.75 * len(steps) + 0.3)
    axes = figure.subplots()
    axes.set_axis_off()
    axes.set_xlim(0, 10)
    axes.set_ylim(-len(steps) + 0.4, 0.6)
    for place, step in enumerate(steps):
        _draw_step(axes, -place, step, is_last=place == len(steps) - 1)
    return figure


def _draw_step(axes: Any, height: float, step: Published, *, is_last: bool) -> None:
    box = {"boxstyle": "round,pad=0.35", "facecolor": "white", "edgecolor": INK, "linewidth": 0.9}
    name = step["name"].replace("-", " ")
    axes.text(2.0, height, f"{name}\n{step['trials_left']} days, {step['people_left']} people", ha="center",
              va="center", fontsize=8, color=INK, bbox=box, parse_math=False)
    if not is_last:
        axes.annotate("", (2.0, height - 0.66), (2.0, height - 0.3), arrowprops={"arrowstyle": "->"})
    if step["trials_refused"]:
        axes.text(4.6, height, f"not met: {step['trials_refused']}", va="center", fontsize=8, color=MUTED)
    if step["trials_unknown"]:
        unknown = box | {"edgecolor": COLOURS[1], "linestyle": "--"}
        axes.text(7.3, height, f"unknown: {step['trials_unknown']}", va="center", fontsize=8,
                  color=COLOURS[1], bbox=unknown)


def draw_balance(lines: list[Published]) -> Figure | None:
    """The love plot: standardised differences before (hollow) and after (full) weights; None if withheld."""
    shown = [line for line in lines if not isinstance(line["before"], str)]
    if not shown:
        return None
    figure = open_figure(6.0, 0.26 * len(shown) + 1.0)
    axes = figure.subplots()
    places = range(len(shown), 0, -1)
    axes.plot([abs(line["before"]) for line in shown], places, "o", markerfacecolor="white", color=COLOURS[1],
              label="before")
    axes.plot([abs(line["after"]) for line in shown], places, "s", color=COLOURS[0], label="after")
    axes.axvline(BALANCED, color=MUTED, linewidth=0.8, linestyle=":")
    axes.set_yticks(list(places), [line["name"] for line in shown], fontsize=8)
    axes.set_xlabel("standardised difference, without its sign", fontsize=8)
    axes.set_xlim(left=0)
    axes.legend(frameon=False, fontsize=8)
    return figure


def draw_curves(outcome: Published) -> Figure | None:
    """Weighted cumulative incidence by group, with the numbers still followed below; None if withheld."""
    groups = [group for group in outcome["groups"] if group["curve"]]
    if not groups:
        return None
    figure = open_figure(6.2, 3.4 + 0.2 * len(groups))
    axes = figure.subplots()
    for number, group in enumerate(groups):
        points = group["curve"]
        years = [point["years"] for point in points]
        colour = COLOURS[number]
        axes.step(years, [100 * point["risk"] for point in points], where="post", color=colour,
                  marker=MARKERS[number], markersize=4, label=group["name"])
        bounded = [point for point in points if point["low"] is not None and point["high"] is not None]
        axes.fill_between([point["years"] for point in bounded], [100 * point["low"] for point in bounded],
                          [100 * point["high"] for point in bounded], step="post", color=colour, alpha=0.15)
    axes.set_ylabel("of 100 people", fontsize=8)
    axes.set_xlabel("\n".join(["years after the index day", *map(_write_at_risk, groups)]), fontsize=7.5)
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, fontsize=8)
    return figure


def _write_at_risk(group: Published) -> str:
    whole = [point for point in group["curve"] if float(point["years"]).is_integer()]
    return f"{group['name']}, still followed: " + ", ".join(
        f"{point['at_risk']} at {point['years']:g}" for point in whole)


def draw_subgroups(outcome: Published) -> Figure | None:
    """The difference of risk in each subgroup as a forest; None where all are withheld or there are none."""
    shown = [row for row in outcome["subgroups"] if not isinstance(row["risk_difference"], str)
             and None not in (row["risk_difference"]["value"], row["risk_difference"]["low"],
                              row["risk_difference"]["high"])]
    if not shown:
        return None
    figure = open_figure(6.0, 0.35 * len(shown) + 1.0)
    axes = figure.subplots()
    for place, row in enumerate(shown):
        share = row["risk_difference"]
        axes.plot([100 * share["low"], 100 * share["high"]], [-place, -place], color=COLOURS[0])
        axes.plot(100 * share["value"], -place, "s", color=COLOURS[0])
    axes.axvline(0, color=MUTED, linewidth=0.8)
    axes.set_yticks([-place for place in range(len(shown))],
                    [f"{row['name']}: {row['label']}" for row in shown], fontsize=8)
    axes.set_xlabel("difference of risk, points of 100", fontsize=8)
    return figure


def draw_censoring(outcome: Published) -> Figure | None:
    """Why follow-up ended, year by year, stacked for each group; counts that are hidden are named."""
    groups = [group for group in outcome["groups"] if group["reasons_by_year"]]
    if not groups:
        return None
    figure = open_figure(3.1 * len(groups) + 1.6, 2.8)
    every = figure.subplots(1, len(groups), squeeze=False)[0]
    for axes, group in zip(every, groups, strict=True):
        _draw_reasons(axes, group)
    handles, names = every[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside right upper", frameon=False, fontsize=7)
    return figure


def _draw_reasons(axes: Any, group: Published) -> None:
    """Stacked counts; a year of which a count is not shown says so above its bar: nothing is not zero."""
    years = [str(number) for number in range(1, len(group["reasons_by_year"]) + 1)]
    below = [0.0] * len(years)
    for number, reason in enumerate(group["reasons_by_year"][0]):
        heights = [float(year[reason]) if isinstance(year[reason], int) else 0.0
                   for year in group["reasons_by_year"]]
        axes.bar(years, heights, bottom=below, color=COLOURS[number % len(COLOURS)], label=reason,
                 hatch=("", "//", "..", "xx", "--", "oo")[number % 6], edgecolor="white", linewidth=0.5)
        below = [low + height for low, height in zip(below, heights, strict=True)]
    for place, (year, top) in enumerate(zip(group["reasons_by_year"], below, strict=True)):
        hidden = [name for name, count in year.items() if isinstance(count, str)]
        if hidden:
            axes.text(place, top, "not shown:\n" + "\n".join(hidden), ha="center", va="bottom", fontsize=6,
                      color=INK, parse_math=False)
    axes.margins(y=0.35)
    axes.set_title(group["name"], fontsize=8)
    axes.set_xlabel("year", fontsize=8)
