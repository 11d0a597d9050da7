"""Every result of one outcome: groups, contrasts, subgroups, predictors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np

from stepdown.cohorts.analysis.comparing import Prepared, Weighed, find_weights, prepare
from stepdown.cohorts.analysis.covariates import Design, build_design, impute
from stepdown.cohorts.analysis.follow_up import (
    DAYS_PER_YEAR,
    EVENT,
    Followed,
    Mask,
    Numbers,
    count_reasons,
    follow,
)
from stepdown.cohorts.analysis.hazard import find_hazard_ratio
from stepdown.cohorts.analysis.intervals import LEAST_EVENTS, Estimates, find_proportion, find_rate
from stepdown.cohorts.analysis.panel import Seen, find_seen
from stepdown.cohorts.analysis.relapse_rates import find_relapse_rates
from stepdown.cohorts.analysis.results import (
    BalanceLine,
    Contrast,
    CurvePoint,
    Estimated,
    GroupResult,
    Interval,
    OutcomeResult,
    Predictor,
    SubgroupResult,
)
from stepdown.cohorts.population.analysis_table import AnalysisTable
from stepdown.cohorts.population.words import Words
from stepdown.cohorts.protocol.model import Outcome, Protocol
from stepdown.cohorts.survival import compare_survival, fit_cox
from stepdown.cohorts.weighting import check_overlap
from stepdown.cohorts.weighting.balance import measure_groups
from stepdown.cohorts.weighting.logistic import Table

#: A strategy that a smaller share than this began is told as rare.
RARE = 0.05
#: A hazard ratio beyond this, or below one over it, is a sign that events are on one side only.
FARTHEST = 1000.0
#: How people are called of whom it is not known to which subgroup they belong.
UNKNOWN = "unknown"


def estimate_outcome(data: AnalysisTable, outcome: Outcome, protocol: Protocol,
                     report: Callable[[str], None] = lambda _: None,
                     marked: Design | None = None) -> Estimated:
    """All results of an outcome; what cannot be estimated is NaN and says why.

    ``marked`` is the design of all trials (``build_design``), where it is known.
    """
    followed = follow(data, outcome, protocol)
    compares = len(protocol.strategies) == 2 and len(np.unique(followed.target)) == 2
    log_rank = _find_log_rank(followed, protocol) if compares else None
    seen = find_seen(data, followed, protocol)
    every = [prepare(data, followed, design, protocol, seen)
             for design in _find_designs(data, followed, protocol, marked)]
    report(f"{outcome.name}: risks and intervals")
    first = _estimate_all(data, outcome, every, compares)
    balance, sizes = _find_balance(every[0], find_weights(every[0])) if compares else ((), None)
    rest = every.pop(0).leave_rows()
    every.clear()  # of many people, the rows of others would not fit beside them
    has_gaps = not rest.design.complete.all()
    result = replace(
        first, log_rank_p=log_rank,
        complete_cases=_find_complete(data, rest, seen) if compares and has_gaps else None,
        subgroups=tuple(_find_subgroups(data, rest, seen, report)) if compares else (),
        relapse_rates=find_relapse_rates(data, outcome, rest) if outcome.kind == "relapse" else None)
    return Estimated(result, balance, sizes)


def _estimate_all(data: AnalysisTable, outcome: Outcome, every: list[Prepared],
                  compares: bool) -> OutcomeResult:
    """The results of everybody, of ``every`` imputation."""
    prepared, estimates = every[0], Estimates.of(*every)
    protocol, followed = prepared.protocol, prepared.followed
    weighed = find_weights(prepared) if compares else None
    groups = tuple(_describe_group(prepared, name, side, estimates, data)
                   for name, side in _find_groups(protocol))
    return OutcomeResult(
        outcome.name, outcome.kind, followed.left_out, groups,
        tuple(_contrast(prepared, place, estimates) for place in _find_places(prepared)) if compares else (),
        find_hazard_ratio(prepared, weighed, followed.events) if weighed else None,
        estimates.find_difference(-1) if compares else None,
        None, None, (),
        tuple(_find_predictors(prepared)), tuple(_find_warnings(prepared, weighed)), None,
        outcome.negative_control)


def _find_places(prepared: Prepared) -> list[int]:
    """The places of the protocol's times among the days of results."""
    years = prepared.protocol.follow_up
    asked = np.array(sorted({*years.report_years, years.years})) * DAYS_PER_YEAR
    return [int(place) for place in np.searchsorted(prepared.days, asked - 1e-6)]


def _find_designs(data: AnalysisTable, followed: Followed, protocol: Protocol,
                  marked: Design | None) -> list[Design]:
    """One design with what is missing marked, or one for each imputation."""
    marked = build_design(data.covariates, protocol) if marked is None else marked
    if protocol.missing.method == "indicator" or marked.complete.all():
        return [marked]
    rng = np.random.default_rng(protocol.bootstrap.seed)
    target, event = np.zeros((2, len(data.trial)), dtype=np.bool_)
    target[followed.row[followed.target]] = True
    event[followed.row[followed.reason == EVENT]] = True
    return [build_design(data.covariates, protocol, impute(data.covariates, target, event, rng))
            for _ in range(protocol.missing.imputations)]


def _find_groups(protocol: Protocol) -> Iterator[tuple[str, bool]]:
    for strategy in protocol.strategies:
        yield strategy.name, strategy.name == protocol.target.name


def _describe_group(prepared: Prepared, name: str, side: bool, estimates: Estimates,
                    data: AnalysisTable) -> GroupResult:
    followed, last = prepared.followed, len(prepared.days) - 1
    inside = followed.target == side
    events = int((inside & (followed.reason == EVENT)).sum())
    years = float(followed.time[inside].sum() / DAYS_PER_YEAR)
    reasons, by_year = count_reasons(followed, inside, prepared.protocol.follow_up.years)
    return GroupResult(
        name, int(inside.sum()), len(np.unique(data.person[followed.row[inside]])), events,
        int((inside & followed.follows).sum()), followed.events[int(side)], years,
        find_proportion(events, int(inside.sum())), find_rate(events, years),
        estimates.find_risk(side, last), estimates.find_risk(side, last, crude=True),
        estimates.find_value(side, -1), tuple(_find_curve(prepared, side, estimates)), reasons, by_year)


def _find_curve(prepared: Prepared, side: bool, estimates: Estimates) -> Iterator[CurvePoint]:
    """The weighted curve each quarter of a year and at the times of the protocol."""
    panel = prepared.panels[int(side)]
    time, events = panel.time, np.sort(panel.time[panel.reason == EVENT])
    if len(time):
        yield CurvePoint(0.0, 0.0, 0.0, 0.0, len(time), 0)
    for place, day in enumerate(prepared.days):
        risk = estimates.find_risk(side, place)
        if np.isfinite(risk.value):
            still = int(np.searchsorted(-time, -day, side="right"))
            so_far = int(np.searchsorted(events, day, side="right"))
            yield CurvePoint(float(day / DAYS_PER_YEAR), risk.value, risk.low, risk.high, still, so_far)


def _contrast(prepared: Prepared, place: int, estimates: Estimates) -> Contrast:
    return Contrast(float(prepared.days[place] / DAYS_PER_YEAR), estimates.find_difference(place),
                    estimates.find_ratio(place), estimates.find_difference(place, crude=True))


def _find_log_rank(followed: Followed, protocol: Protocol) -> float | None:
    """The unweighted log-rank test; it has no meaning for copies of the same people."""
    if protocol.target.grace_days > 0 or not (followed.cause == 1).any():
        return None
    return float(compare_survival(followed.target, followed.time, followed.cause == 1).p_value)


def _find_complete(data: AnalysisTable, prepared: Prepared, seen: Seen) -> Contrast | None:
    """The contrast among trials of which every covariate is known."""
    chosen = prepared.design.complete[prepared.followed.row]
    if len(np.unique(prepared.followed.target[chosen])) < 2:
        return None
    followed = prepared.followed.take(chosen)
    part = prepare(data, followed, prepared.design, prepared.protocol, seen.take(chosen), only_last=True,
                   like=prepared.models)
    return _contrast(part, 0, Estimates.of(part))


def _find_subgroups(data: AnalysisTable, prepared: Prepared, seen: Seen,
                    report: Callable[[str], None]) -> Iterator[SubgroupResult]:
    if prepared.protocol.subgroups:
        report("subgroups")
    for each in prepared.protocol.subgroups:
        labels = _to_labels(data.subgroups[each.name], each.cuts)[prepared.followed.row]
        for label in sorted(labels.labels, key=lambda label: label or UNKNOWN):
            chosen = labels.mark(label)
            found = _find_subgroup(data, prepared, chosen, seen) if chosen.any() else None
            if found is not None:
                yield SubgroupResult(each.name, label or UNKNOWN, *found)


def _to_labels(values: Numbers | Words, cuts: tuple[float, ...]) -> Words:
    """The subgroup of each trial; the label of those of whom it is unknown is ""."""
    if isinstance(values, Words):
        return values
    if not cuts:
        return Words.of("" if np.isnan(value) else f"{value:g}" for value in values)
    between = (f"{low:g} to under {high:g}" for low, high in pairwise(cuts))
    names = [f"under {cuts[0]:g}", *between, f"{cuts[-1]:g} and over"]
    places = np.where(np.isnan(values), 0, 1 + np.digitize(values, cuts))
    return Words(places.astype(np.int16), ("", *names))


def _find_subgroup(data: AnalysisTable, prepared: Prepared, chosen: Mask,
                   seen: Seen) -> tuple[tuple[int, int], tuple[int, int], Interval, float] | None:
    """Sizes, events, difference of risk and imbalance within a subgroup; weights are fitted within it."""
    followed = prepared.followed
    sizes = [int((chosen & (followed.target == side)).sum()) for side in (False, True)]
    if min(sizes) == 0:
        return None
    events = [int((chosen & (followed.target == side) & (followed.reason == EVENT)).sum())
              for side in (False, True)]
    part = prepare(data, followed.take(chosen), prepared.design, prepared.protocol, seen.take(chosen),
                   only_last=True, like=prepared.models)
    difference = Estimates.of(part).find_difference(0)
    lines, _ = _find_balance(part, find_weights(part))
    worst = max((abs(line.after) for line in lines), default=0.0)
    return (sizes[0], sizes[1]), (events[0], events[1]), difference, worst


def _find_balance(prepared: Prepared, weighed: Weighed) -> tuple[tuple[BalanceLine, ...],
                                                                 tuple[float, float] | None]:
    """Of the groups on the index day; of copies, which are alike then, at the end of the grace period."""
    tables, weights = zip(*_find_compared(prepared, weighed), strict=True)
    if not all(map(len, weights)):
        return (), None
    found = measure_groups(tuple(prepared.design.columns), tables, weights)
    return tuple(BalanceLine(line.name, line.difference_before, line.difference_after,
                             _count_rarest([table[:, place] for table in tables]))
                 for place, line in enumerate(found.covariates)), found.effective_sizes


def _count_rarest(groups: list[Table]) -> int | None:
    """Of a column of noughts and ones the least count of either in either group that is not nought."""
    if not all(((values == 0) | (values == 1)).all() for values in groups):
        return None
    having = [(int(values.sum()), len(values)) for values in groups]
    return min((count for ones, size in having for count in (ones, size - ones) if count), default=None)


def _find_compared(prepared: Prepared, weighed: Weighed) -> Iterator[tuple[Table, Numbers]]:
    """Of each group the covariates of the rows that should be alike with the other's, and the weights."""
    grace = prepared.protocol.target.grace_days
    for panel, staying in zip(prepared.panels, weighed.staying, strict=True):
        if not grace:
            yield panel.base[:, 1:], weighed.rows[panel.row]
            continue
        k = int(np.searchsorted(panel.begins, grace))
        size = int(panel.sizes[k])
        yield panel.base[:size, 1:], staying[k][0] if size else np.empty(0)


def _find_predictors(prepared: Prepared) -> Iterator[Predictor]:
    """Hazard ratios of the covariates in the target group, all in one model; none with few events."""
    followed = prepared.followed
    inside = followed.target & followed.follows
    if followed.events[1] < LEAST_EVENTS:
        return
    columns = {name: column[followed.row[inside]] for name, column in prepared.design.columns.items()}
    columns = {name: column for name, column in columns.items() if (column != column[0]).any()}
    if not columns:
        return
    fit = fit_cox(followed.time[inside], followed.reason[inside] == EVENT, columns,
                  cluster=prepared.person[inside])
    for place, name in enumerate(fit.names):
        yield Predictor(name, _to_hazard_ratio(float(fit.hazard_ratios[place]), float(fit.lower[place]),
                                               float(fit.upper[place])))


def _to_hazard_ratio(value: float, low: float, high: float) -> Interval:
    """A hazard ratio; none where a covariate tells the events apart, so that it runs to 0 or to infinity."""
    if np.isfinite([value, low, high]).all() and 1 / FARTHEST < value < FARTHEST:
        return Interval(value, low, high)
    nothing = float("nan")
    return Interval(nothing, nothing, nothing, "no events on one side of it")


def _find_warnings(prepared: Prepared, weighed: Weighed | None) -> Iterator[str]:
    """What speaks against the comparison: groups that do not overlap, weights that few people carry."""
    model = prepared.models.treatment
    if len(prepared.protocol.strategies) == 2 and weighed is None:
        yield "one of the two groups has nobody in it: nothing is compared"
    if weighed is not None and prepared.protocol.target.grace_days > 0:
        yield from _find_rare(prepared)
    if weighed is None or model is None:
        return
    yield from model.fit.warnings
    yield from check_overlap(model.target, model.fit.probabilities, weighed.rows).warnings


def _find_rare(prepared: Prepared) -> Iterator[str]:
    """Whether few entries did what the strategy says, so that each stands for many."""
    followed, name = prepared.followed, prepared.protocol.target.name
    share = float(followed.follows[followed.target].mean())
    if share < RARE:
        yield (f"Fewer than one entry in {round(1 / RARE)} began {name} within the grace period: they stand "
               "for all others, and what is said of the strategy rests on them.")
    if followed.events[1] < LEAST_EVENTS:
        yield (f"Fewer than {LEAST_EVENTS} events among those who began {name}: their risk rests on so few "
               "people that its interval must be wide.")
