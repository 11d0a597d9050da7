"""Every result of one outcome: groups, contrasts, subgroups, predictors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from stepdown.cohorts.analysis.comparing import Prepared, Risks, find_risks, find_weights, prepare, resample
from stepdown.cohorts.analysis.covariates import Design, build_design, impute
from stepdown.cohorts.analysis.follow_up import DAYS_PER_YEAR, EVENT, Followed, Mask, count_reasons, follow
from stepdown.cohorts.analysis.intervals import find_proportion, find_rate, from_replicates
from stepdown.cohorts.analysis.results import (
    BalanceLine,
    Contrast,
    CurvePoint,
    GroupResult,
    Interval,
    OutcomeResult,
    Predictor,
    SubgroupResult,
)
from stepdown.cohorts.population.analysis_table import AnalysisTable
from stepdown.cohorts.protocol.model import Outcome, Protocol
from stepdown.cohorts.survival import compare_survival, estimate_incidence, fit_cox
from stepdown.cohorts.weighting import check_overlap, find_effective_size, fit_logistic, measure_balance

_NONE = float("nan")
#: With fewer events than this among those who did what the strategy says there is no model and no interval
#: by resampling: the samples would hardly differ, and the interval would look sure of what nobody saw.
LEAST_EVENTS = 5
#: A strategy that a smaller share than this began is told as rare.
RARE = 0.05


@dataclass(frozen=True)
class Estimated:
    """The results of one outcome, and how well the groups were balanced for it."""

    outcome: OutcomeResult
    balance: tuple[BalanceLine, ...]
    effective_sizes: tuple[float, float] | None


def estimate_outcome(data: AnalysisTable, outcome: Outcome, protocol: Protocol,
                     report: Callable[[str], None] = lambda _: None) -> Estimated:
    """All results of an outcome; what cannot be estimated is NaN and says why."""
    followed = follow(data, outcome, protocol)
    designs = _find_designs(data, followed, protocol)
    every = [prepare(data, followed, design, protocol) for design in designs]
    report(f"{outcome.name}: resampling")
    ones = np.ones(len(followed.row))
    compares = len(protocol.strategies) == 2 and len(np.unique(followed.target)) == 2
    risks = _average([find_risks(each, ones) for each in every])
    replicates = [part for each in every for part in resample(each)]
    prepared = every[0]
    weights = find_weights(prepared, ones)[1] if compares else np.ones(len(prepared.pieces.row))
    groups = tuple(_describe_group(prepared, name, side, risks, replicates, weights, data)
                   for name, side in _find_groups(protocol))
    result = OutcomeResult(
        outcome.name, outcome.kind, followed.left_out, groups,
        tuple(_contrast(prepared, place, risks, replicates) for place in range(len(prepared.times)))
        if compares else (),
        _find_hazard_ratio(prepared, weights) if compares else None,
        _find_time_difference(prepared, risks, replicates) if compares else None,
        _find_log_rank(prepared) if compares else None,
        _find_complete(data, prepared) if compares and not prepared.design.complete.all() else None,
        tuple(_find_subgroups(data, prepared)) if compares else (),
        tuple(_find_predictors(prepared)), tuple(_find_warnings(prepared, compares)))
    balance, sizes = _find_balance(prepared) if compares else ((), None)
    return Estimated(result, balance, sizes)


def _find_designs(data: AnalysisTable, followed: Followed, protocol: Protocol) -> list[Design]:
    """One design with what is missing marked, or one for each imputation."""
    marked = build_design(data.covariates, protocol)
    if protocol.missing.method == "indicator" or marked.complete.all():
        return [marked]
    rng = np.random.default_rng(protocol.bootstrap.seed)
    target, event = np.zeros((2, len(data.trial)), dtype=np.bool_)
    target[followed.row[followed.target]] = True
    event[followed.row[followed.reason == EVENT]] = True
    return [build_design(data.covariates, protocol, impute(data.covariates, target, event, rng))
            for _ in range(protocol.missing.imputations)]


def _average(risks: list[Risks]) -> Risks:
    """The mean over imputations (Rubin's rule for the estimate)."""
    def mean(name: str, side: int) -> np.ndarray:
        return np.asarray(np.mean([getattr(each, name)[side] for each in risks], axis=0))

    return Risks((mean("weighted", 0), mean("weighted", 1)), (mean("crude", 0), mean("crude", 1)),
                 (float(mean("event_free", 0)), float(mean("event_free", 1))))


def _find_groups(protocol: Protocol) -> Iterator[tuple[str, bool]]:
    for strategy in protocol.strategies:
        yield strategy.name, strategy.name == protocol.target.name


def _describe_group(prepared: Prepared, name: str, side: bool, risks: Risks, replicates: list[Risks],
                    weights: np.ndarray, data: AnalysisTable) -> GroupResult:
    followed, number = prepared.followed, int(side)
    inside = followed.target == side
    events = int((inside & (followed.reason == EVENT)).sum())
    years = float(followed.time[inside].sum() / DAYS_PER_YEAR)
    reasons, by_year = count_reasons(followed, inside, prepared.protocol.follow_up.years)
    enough = _count_events(followed)[number] >= LEAST_EVENTS
    spread = np.array([each.weighted[number][-1] for each in replicates if enough])
    crude = np.array([each.crude[number][-1] for each in replicates if enough])
    return GroupResult(
        name, int(inside.sum()), len(np.unique(data.person[followed.row[inside]])), events,
        int((inside & followed.follows).sum()), _count_events(followed)[number], years,
        find_proportion(events, int(inside.sum())), find_rate(events, years),
        _bound(from_replicates(float(risks.weighted[number][-1]), spread)),
        _bound(from_replicates(float(risks.crude[number][-1]), crude)), risks.event_free[number],
        tuple(_find_curve(prepared, inside, weights)), reasons, by_year)


def _count_events(followed: Followed) -> tuple[int, int]:
    """Events among those who did what the strategy says, comparator first."""
    event = (followed.reason == EVENT) & followed.follows
    return int((event & ~followed.target).sum()), int((event & followed.target).sum())


def _bound(found: Interval) -> Interval:
    """A risk whose interval stays between 0 and 1."""
    return Interval(found.value, max(found.low, 0.0), min(found.high, 1.0), found.why)


def _find_curve(prepared: Prepared, inside: Mask, weights: np.ndarray) -> Iterator[CurvePoint]:
    """The weighted curve each quarter of a year, with robust bounds."""
    pieces = prepared.pieces
    used = inside[pieces.row] & (pieces.stop > 0)
    if not used.any():
        return
    curves = estimate_incidence(pieces.stop[used], pieces.cause[used],
                                entry=np.maximum(pieces.start[used], 0), weights=weights[used],
                                cluster=prepared.person[pieces.row[used]])
    days = np.arange(0, prepared.times[-1] + 1, DAYS_PER_YEAR / 4)
    points = curves.at(days)
    for place, day in enumerate(days):
        followed = int((prepared.followed.time[inside] >= day).sum())
        if np.isfinite(points.probability[0, place]):
            yield CurvePoint(float(day / DAYS_PER_YEAR), float(points.probability[0, place]),
                             float(points.lower[0, place]), float(points.upper[0, place]), followed)


def _contrast(prepared: Prepared, place: int, risks: Risks, replicates: list[Risks]) -> Contrast:
    def both(each: Risks, crude: bool = False) -> tuple[float, float]:
        parts = each.crude if crude else each.weighted
        return float(parts[0][place]), float(parts[1][place])

    if min(_count_events(prepared.followed)) < LEAST_EVENTS:
        replicates = []
    with np.errstate(divide="ignore", invalid="ignore"):
        (low, high), (low_crude, high_crude) = both(risks), both(risks, True)
        differences = np.array([b - a for a, b in map(both, replicates)])
        ratios = np.array([np.float64(b) / a for a, b in map(both, replicates)])
        crude = np.array([b - a for a, b in (both(each, True) for each in replicates)])
        ratio = float(np.float64(high) / low)
    return Contrast(
        float(prepared.times[place] / DAYS_PER_YEAR), from_replicates(high - low, differences),
        from_replicates(ratio, ratios, ratio=True), from_replicates(high_crude - low_crude, crude))


def _find_time_difference(prepared: Prepared, risks: Risks, replicates: list[Risks]) -> Interval:
    if min(_count_events(prepared.followed)) < LEAST_EVENTS:
        replicates = []
    differences = np.array([each.event_free[1] - each.event_free[0] for each in replicates])
    return from_replicates(risks.event_free[1] - risks.event_free[0], differences)


def _find_hazard_ratio(prepared: Prepared, weights: np.ndarray) -> Interval:
    """Weighted Cox model with the group alone, errors robust and by person."""
    pieces, followed = prepared.pieces, prepared.followed
    events = [int((followed.reason[followed.target == side] == EVENT).sum()) for side in (False, True)]
    if min(*events, *_count_events(followed)) < 1:
        return Interval(_NONE, _NONE, _NONE, "a group without an event")
    used = pieces.stop > 0
    fit = fit_cox(pieces.stop[used], pieces.cause[used] == 1,
                  {"target": followed.target[pieces.row[used]].astype(float)},
                  entry=np.maximum(pieces.start[used], 0), weights=weights[used],
                  cluster=prepared.person[pieces.row[used]])
    return Interval(float(fit.hazard_ratios[0]), float(fit.lower[0]), float(fit.upper[0]))


def _find_log_rank(prepared: Prepared) -> float | None:
    """The unweighted log-rank test; it has no meaning for copies of the same people."""
    followed = prepared.followed
    if prepared.protocol.target.grace_days > 0 or not (followed.cause == 1).any():
        return None
    return float(compare_survival(followed.target, followed.time, followed.cause == 1).p_value)


def _find_complete(data: AnalysisTable, prepared: Prepared) -> Contrast | None:
    """The contrast among trials of which every covariate is known."""
    chosen = prepared.design.complete[prepared.followed.row]
    target = prepared.followed.target[chosen]
    if len(np.unique(target)) < 2:
        return None
    part = prepare(data, prepared.followed.take(chosen), prepared.design, prepared.protocol)
    return _contrast(part, len(part.times) - 1, find_risks(part, np.ones(int(chosen.sum()))), resample(part))


def _find_subgroups(data: AnalysisTable, prepared: Prepared) -> Iterator[SubgroupResult]:
    for each in prepared.protocol.subgroups:
        labels = _to_labels(data.subgroups[each.name][prepared.followed.row], each.cuts)
        for label in sorted(set(labels)):
            found = _find_subgroup(data, prepared, labels == label)
            if found is not None:
                yield SubgroupResult(each.name, str(label), *found)


def _to_labels(values: np.ndarray, cuts: tuple[float, ...]) -> np.ndarray:
    if values.dtype.kind == "U":
        return np.where(values == "", "unknown", values)
    if not cuts:
        return np.array(["unknown" if np.isnan(value) else f"{value:g}" for value in values])
    between = (f"{low:g} to under {high:g}" for low, high in pairwise(cuts))
    names = [f"under {cuts[0]:g}", *between, f"{cuts[-1]:g} and over"]
    return np.where(np.isnan(values), "unknown", np.array(names)[np.digitize(values, cuts)])


def _find_subgroup(data: AnalysisTable, prepared: Prepared,
                   chosen: Mask) -> tuple[tuple[int, int], tuple[int, int], Interval, float] | None:
    """Sizes, events, difference of risk and imbalance within a subgroup; weights are fitted within it."""
    followed = prepared.followed
    sizes = [int((chosen & (followed.target == side)).sum()) for side in (False, True)]
    if min(sizes) == 0:
        return None
    events = [int((chosen & (followed.target == side) & (followed.reason == EVENT)).sum())
              for side in (False, True)]
    part = prepare(data, followed.take(chosen), prepared.design, prepared.protocol)
    contrast = _contrast(part, len(part.times) - 1, find_risks(part, np.ones(int(chosen.sum()))),
                         resample(part))
    lines, _ = _find_balance(part)
    worst = max((abs(line.after) for line in lines), default=0.0)
    return (sizes[0], sizes[1]), (events[0], events[1]), contrast.risk_difference, worst


def _find_balance(prepared: Prepared) -> tuple[tuple[BalanceLine, ...], tuple[float, float] | None]:
    """Of the groups on the index day; of copies, which are alike then, at the end of the grace period."""
    rows, weights = _find_compared(prepared)
    target = prepared.followed.target[rows]
    if len(np.unique(target)) < 2:
        return (), None
    sizes = tuple(find_effective_size(weights[target == side]) for side in (False, True))
    places = prepared.followed.row[rows]
    columns = {name: column[places] for name, column in prepared.design.columns.items()}
    if not columns:
        return (), (sizes[0], sizes[1])
    found = measure_balance(target, columns, weights)
    lines = tuple(BalanceLine(line.name, float(line.difference_before), float(line.difference_after))
                  for line in found.covariates)
    return lines, (sizes[0], sizes[1])


def _find_compared(prepared: Prepared) -> tuple[np.ndarray, np.ndarray]:
    """The rows whose groups should be alike, and their weights."""
    rows, weights = find_weights(prepared, np.ones(len(prepared.followed.row)))
    grace = prepared.protocol.target.grace_days
    if not grace:
        return np.arange(len(rows)), rows
    at = prepared.pieces.start == grace
    return prepared.pieces.row[at], weights[at]


def _find_predictors(prepared: Prepared) -> Iterator[Predictor]:
    """Hazard ratios of the covariates in the target group, all in one model; none with few events."""
    followed = prepared.followed
    inside = followed.target & followed.follows
    if _count_events(followed)[1] < LEAST_EVENTS:
        return
    columns = {name: column[followed.row[inside]] for name, column in prepared.design.columns.items()}
    columns = {name: column for name, column in columns.items() if np.ptp(column) > 0}
    if not columns:
        return
    fit = fit_cox(followed.time[inside], followed.reason[inside] == EVENT, columns,
                  cluster=prepared.person[inside])
    for place, name in enumerate(fit.names):
        yield Predictor(name, Interval(float(fit.hazard_ratios[place]), float(fit.lower[place]),
                                       float(fit.upper[place])))


def _find_warnings(prepared: Prepared, compares: bool) -> Iterator[str]:
    """What speaks against the comparison: groups that do not overlap, weights that few people carry."""
    protocol, followed = prepared.protocol, prepared.followed
    if len(protocol.strategies) == 2 and not compares:
        yield "one of the two groups has nobody in it: nothing is compared"
    if compares and protocol.target.grace_days > 0:
        yield from _find_rare(prepared)
    if not compares or protocol.target.grace_days > 0 or not prepared.design.columns:
        return
    columns = {name: column[followed.row] for name, column in prepared.design.columns.items()}
    fit = fit_logistic(followed.target, columns)
    rows, _ = find_weights(prepared, np.ones(len(followed.row)))
    yield from fit.warnings
    yield from check_overlap(followed.target, fit.probabilities, rows).warnings


def _find_rare(prepared: Prepared) -> Iterator[str]:
    """Whether few entries did what the strategy says, so that each stands for many."""
    followed, name = prepared.followed, prepared.protocol.target.name
    share = float(followed.follows[followed.target].mean())
    if share < RARE:
        yield (f"Fewer than one entry in {round(1 / RARE)} began {name} within the grace period: they stand "
               "for all others, and what is said of the strategy rests on them.")
    if _count_events(followed)[1] < LEAST_EVENTS:
        yield f"Fewer than {LEAST_EVENTS} events among those who began {name}: no interval can be given."
