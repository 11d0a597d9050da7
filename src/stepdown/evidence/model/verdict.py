"""Whether the predictions of left-out studies are good enough: coverage, width, order, baselines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stepdown.evidence.meta.distributions import Floats
from stepdown.evidence.model.calibration import LeftOut

SEED, RESAMPLES = 20261121, 2000
WIDEST_MEAN_WIDTH = 30.0
LEAST_RANK_CORRELATION = 0.6
_MANY_ARMS = 5
_PIT_BINS = 10


@dataclass(frozen=True)
class Figure:
    """A number with its 95 % bootstrap interval over studies."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Group:
    """The same numbers for some of the arms: all, one status, one outcome or one family of drugs."""

    name: str
    studies: int
    arms: int
    coverage80: Figure
    coverage95: Figure
    width80: Figure
    risk_width80: Figure
    log_score: Figure
    log_score_one: float
    log_score_by_drug: float
    rank_correlation: float | None
    one_sided: bool


@dataclass(frozen=True)
class Calibration:
    """What calibration found: each arm, groups of arms, the PIT histogram, and each target reached or not."""

    rows: tuple[LeftOut, ...]
    groups: tuple[Group, ...]
    histogram: tuple[float, ...]
    rank_correlation: Figure
    slope: Figure
    gain_over_one: Figure
    gain_over_drug: Figure
    targets: tuple[tuple[str, bool], ...]

    @property
    def is_reached(self) -> bool:
        """Whether every target is reached."""
        return all(reached for _, reached in self.targets)


def judge_calibration(rows: Sequence[LeftOut]) -> Calibration:
    """The figures of calibration over all arms and by group."""
    everything = tuple(rows)
    groups = [_describe("all", everything)]
    for kind in ("status", "outcome", "family", "strategy"):
        for name in sorted({getattr(row, kind) for row in rows}):
            groups.append(_describe(f"{kind} {name}", [row for row in rows if getattr(row, kind) == name]))
    rank = bootstrap(everything, rank_correlation)
    one = bootstrap_mean(everything, lambda row: row.log_score - row.log_score_one)
    drug = bootstrap_mean(everything, lambda row: row.log_score - row.log_score_by_drug)
    slope = bootstrap(everything, slope_of)
    targets = _find_targets(groups, rank, one, drug)
    return Calibration(everything, tuple(groups), to_histogram(rows), rank, slope, one, drug, targets)


def _describe(name: str, rows: Sequence[LeftOut]) -> Group:
    many = len(rows) >= _MANY_ARMS
    return Group(
        name,
        len({row.study for row in rows}),
        len(rows),
        bootstrap_mean(rows, lambda row: 100 * row.covered(0.8)),
        bootstrap_mean(rows, lambda row: 100 * row.covered(0.95)),
        bootstrap_mean(rows, lambda row: row.width80),
        bootstrap_mean(rows, lambda row: row.risk_width80),
        bootstrap_mean(rows, lambda row: row.log_score),
        _mean(row.log_score_one for row in rows),
        _mean(row.log_score_by_drug for row in rows),
        rank_correlation(rows) if many else None,
        many and (name.startswith(("outcome", "family"))) and is_one_sided(rows),
    )


def _find_targets(
    groups: Sequence[Group], rank: Figure, one: Figure, drug: Figure
) -> tuple[tuple[str, bool], ...]:
    coverage = groups[0].coverage80
    return (
        ("log score better than one risk for all", one.value > 0),
        ("log score better than one risk per drug group", drug.value > 0),
        ("the interval of the 80 % coverage contains 80", coverage.low <= 80 <= coverage.high),
        (f"rank correlation at least {LEAST_RANK_CORRELATION}", rank.value >= LEAST_RANK_CORRELATION),
        (
            "no outcome or drug group with five or more arms off in one direction throughout",
            not any(group.one_sided for group in groups),
        ),
    )


def bootstrap(rows: Sequence[LeftOut], value: Callable[[Sequence[LeftOut]], float]) -> Figure:
    """A figure with its interval: studies are drawn again and again, each with all its arms."""
    studies = _by_study(rows)
    drawn = _draw(len(studies))
    values = [value([row for number in numbers for row in studies[number]]) for numbers in drawn]
    return _to_figure(float(value(rows)), np.array(values), len(studies))


def bootstrap_mean(rows: Sequence[LeftOut], number: Callable[[LeftOut], float]) -> Figure:
    """The mean of a number of each arm, with the interval of ``bootstrap``: all draws at once, from sums."""
    arms = [[number(row) for row in study] for study in _by_study(rows)]
    sums, counts = np.array([sum(study) for study in arms]), np.array([len(study) for study in arms])
    drawn = _draw(len(arms))
    values = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    return _to_figure(float(sums.sum() / counts.sum()), values, len(arms))


def _by_study(rows: Sequence[LeftOut]) -> list[list[LeftOut]]:
    by_study: dict[str, list[LeftOut]] = {}
    for row in rows:
        by_study.setdefault(row.study, []).append(row)
    return list(by_study.values())


def _draw(studies: int) -> npt.NDArray[np.int64]:
    """Which studies each resample holds: as many as there are, by their number."""
    return np.random.default_rng(SEED).integers(0, studies, (RESAMPLES, studies))


def _to_figure(value: float, values: Floats, studies: int) -> Figure:
    known = values[np.isfinite(values)]
    low, high = np.quantile(known, [0.025, 0.975]) if known.size and studies > 1 else (np.nan, np.nan)
    return Figure(value, float(low), float(high))


def _mean(values: Iterable[float]) -> float:
    return float(np.mean(list(values)))


def rank_correlation(rows: Sequence[LeftOut]) -> float:
    """Spearman's correlation of the predicted and the observed share; NaN where all are alike."""
    predicted, observed = (
        _ranks(np.array(values))
        for values in ([row.predicted for row in rows], [row.observed for row in rows])
    )
    spread = predicted.std() * observed.std()
    return (
        float(np.mean((predicted - predicted.mean()) * (observed - observed.mean())) / spread)
        if spread
        else np.nan
    )


def _ranks(values: Floats) -> Floats:
    """Ranks from 0, equal values sharing their mean rank."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    first = np.cumsum(count) - count
    return np.asarray((first + (count - 1) / 2)[place])


def slope_of(rows: Sequence[LeftOut]) -> float:
    """How the observed log hazard rises with the predicted one: 1 is right, below 1 is spread too far."""
    x = np.array([_log_hazard(row.predicted) for row in rows])
    y = np.array([_log_hazard((row.events + 0.5) / (row.n + 1)) for row in rows])
    return float(np.sum((x - x.mean()) * (y - y.mean())) / np.sum((x - x.mean()) ** 2)) if x.std() else np.nan


def _log_hazard(risk: float) -> float:
    return float(np.log(-np.log1p(-risk)))


def is_one_sided(rows: Sequence[LeftOut]) -> bool:
    """Whether every arm lies on the same side of its prediction; a PIT over the middle lies on neither."""
    return all(row.pit_low > 0.5 for row in rows) or all(row.pit_high < 0.5 for row in rows)


def to_histogram(rows: Sequence[LeftOut]) -> tuple[float, ...]:
    """The share of the randomised PIT in each tenth, its steps spread evenly: even where calibrated."""
    edges = np.linspace(0, 1, _PIT_BINS + 1)
    shares = np.zeros(_PIT_BINS)
    for row in rows:
        width = max(row.pit_high - row.pit_low, 1e-9)
        overlap = np.minimum(row.pit_low + width, edges[1:]) - np.maximum(row.pit_low, edges[:-1])
        shares += np.maximum(overlap, 0) / width
    return tuple(float(share) for share in shares / len(rows))
