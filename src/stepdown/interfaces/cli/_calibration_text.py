"""What calibration found as plain text: the arms, the groups, the targets."""

from __future__ import annotations

from collections.abc import Iterator

from stepdown.evidence.model.calibration import LeftOut
from stepdown.evidence.model.verdict import WIDEST_MEAN_WIDTH, Calibration, Figure, Group

_BAR = 40


def write_calibration(found: Calibration) -> str:
    """The whole table."""
    return "\n".join(
        [
            *_write_arms(found.rows),
            "",
            *_write_groups(found.groups),
            "",
            *_write_figures(found),
            "",
            *_write_histogram(found.histogram),
            "",
            *_write_targets(found),
        ]
    )


def _write_arms(rows: tuple[LeftOut, ...]) -> Iterator[str]:
    yield "Each arm, predicted without its study (shares and widths in points of 100)"
    yield (
        f"{'study':<22} {'outcome':<20} {'strategy':<9} {'drug':<12} {'status':<13} {'n':>6} {'seen':>5} "
        f"{'told':>5} {'width80':>7} {'PIT':>9}"
    )
    for row in rows:
        yield (
            f"{row.study:<22} {row.outcome:<20} {row.strategy:<9} {row.family:<12} {row.status:<13} "
            f"{row.n:>6.0f} {100 * row.observed:>5.1f} {100 * row.predicted:>5.1f} {row.width80:>7.1f} "
            f"{row.pit_low:.2f}-{row.pit_high:.2f}"
        )


def _write_groups(groups: tuple[Group, ...]) -> Iterator[str]:
    yield (
        f"{'arms':<30} {'studies':>7} {'arms':>4}  {'coverage of 80 %':<19} {'of 95 %':<19} "
        f"{'width 80 %':<18} {'of the risk':<18} {'log score':>9} {'one risk':>8} {'by drug':>8} {'rank':>5}"
    )
    for group in groups:
        rank = "" if group.rank_correlation is None else f"{group.rank_correlation:.2f}"
        yield (
            f"{group.name:<30} {group.studies:>7} {group.arms:>4}  {_show(group.coverage80, 0):<19} "
            f"{_show(group.coverage95, 0):<19} {_show(group.width80, 1):<18} "
            f"{_show(group.risk_width80, 1):<18} {group.log_score.value:>9.2f} {group.log_score_one:>8.2f} "
            f"{group.log_score_by_drug:>8.2f} {rank:>5}"
            + ("  all on one side" if group.one_sided else "")
        )


def _show(figure: Figure, digits: int) -> str:
    """A figure with its interval; without where one study gives none."""
    value = f"{figure.value:.{digits}f}"
    return (
        value
        if figure.low != figure.low
        else f"{value} ({figure.low:.{digits}f} to {figure.high:.{digits}f})"
    )


def _write_figures(found: Calibration) -> Iterator[str]:
    yield f"rank correlation of predicted and seen: {_show(found.rank_correlation, 2)}"
    yield f"slope of seen on predicted log hazard:  {_show(found.slope, 2)}"
    yield f"log score above one risk for all:       {_show(found.gain_over_one, 2)} an arm"
    yield f"log score above one risk per drug:      {_show(found.gain_over_drug, 2)} an arm"


def _write_histogram(shares: tuple[float, ...]) -> Iterator[str]:
    yield "Randomised PIT: where the seen count lies in its prediction; every tenth should hold 10 %"
    for number, share in enumerate(shares):
        bar = "#" * round(share * _BAR / max(shares))
        ends = f"{number / len(shares):.1f} to {(number + 1) / len(shares):.1f}"
        yield f"  {ends}  {100 * share:>5.1f} %  {bar}"


def _write_targets(found: Calibration) -> Iterator[str]:
    for name, reached in found.targets:
        yield f"{'reached' if reached else 'NOT reached':<12} {name}"
    width = next((group for group in found.groups if group.name == "status estimated"), None)
    if width is not None:
        yield (
            f"aim: a mean 80 % interval of at most {WIDEST_MEAN_WIDTH:.0f} points where estimated: "
            f"{_show(width.risk_width80, 1)} for the risk, {_show(width.width80, 1)} for the share of an arm"
        )
