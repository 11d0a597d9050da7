"""Predicted against observed in groups: by predicted risk, by kind of people; the slope between them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from stepdown.cohorts.audit.comparing import Ratio, compare
from stepdown.cohorts.audit.results import Kind, RiskGroup, Share, Split
from stepdown.cohorts.audit.rules import Rules

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]
Words = NDArray[np.str_]
#: The label of people of whom a fact is not known.
UNKNOWN = "not known"
#: So many years before the end of the time asked for a last look is still one at its end.
_LAST_LOOK = 0.25


@dataclass(frozen=True, eq=False)
class Counted:
    """Followed steps: years, event or not, the hazard over that time, and over the whole time ``until``."""

    time: Numbers
    event: Flags
    expected: Numbers
    whole: Numbers
    until: float

    def take(self, chosen: Flags | NDArray[np.intp]) -> Counted:
        """Some of them."""
        return Counted(self.time[chosen], self.event[chosen], self.expected[chosen], self.whole[chosen],
                       self.until)

    def compare(self, level: float) -> Ratio:
        """Their observed over expected events."""
        return compare(int(self.event.sum()), float(self.expected.sum()), level)


def group_by_risk(counted: Counted, rules: Rules) -> tuple[RiskGroup, ...]:
    """As many groups of predicted risk as have enough steps and events each; none where there are few.

    Neighbours in risk fill a group until it has enough; equal risks are never parted.
    """
    if counted.event.sum() < rules.group_least_events:
        return ()
    order = np.argsort(counted.whole, kind="stable")
    for number in range(rules.most_groups, 0, -1):
        parts = [order[part] for part in _cut(counted.whole[order], number)]
        if all(len(part) >= rules.group_least_steps
               and counted.event[part].sum() >= rules.group_least_events for part in parts):
            return tuple(_describe(counted.take(part), rules) for part in parts)
    return ()


def _cut(ordered: Numbers, number: int) -> Iterator[slice]:
    """Equal parts of ordered values, moved so that equal values stay together."""
    edges = [round(len(ordered) * place / number) for place in range(1, number)]
    moved = [int(np.searchsorted(ordered, ordered[edge], side="left")) for edge in edges]
    bounds = [0, *moved, len(ordered)]
    for first, stop in pairwise(bounds):
        yield slice(first, stop)


def _describe(part: Counted, rules: Rules) -> RiskGroup:
    risk = -np.expm1(-part.whole)
    return RiskGroup(len(risk), float(risk.mean()), float(risk.min()), float(risk.max()),
                     find_share(part, rules.level), part.compare(rules.level))


def find_share(part: Counted, level: float) -> Share:
    """The share with the event by the whole time (Kaplan and Meier); NaN if nobody was watched so long.

    Where somebody has to look, the last look may come a little before it.
    """
    from stepdown.cohorts.survival import estimate_survival

    last = float(part.time.max())
    if last < part.until - _LAST_LOOK:
        return Share(math.nan, math.nan, math.nan)
    curve = estimate_survival(part.time, part.event, interval="log-log", level=level)
    at = curve.at([min(last, part.until)])
    return Share(*(float(1 - values[0]) for values in (at.survival, at.upper, at.lower)))


def find_slope(counted: Counted, rules: Rules) -> Share | None:
    """By how much the log hazard rises for each unit of the predicted one; None with few events.

    A Poisson model of the events with the expected ones as offset (Crowson, Atkinson and Therneau, 2016).
    """
    with np.errstate(divide="ignore"):
        score = np.log(counted.whole)
    usable = np.isfinite(score) & (counted.expected > 0)
    if counted.event[usable].sum() < rules.slope_least_events or np.ptp(score[usable]) < 0.1:
        return None
    events, expected = counted.event[usable].astype(float), counted.expected[usable]
    score = score[usable] - np.average(score[usable], weights=expected)
    beta, covariance = _fit_poisson(score, events, expected)
    return _to_share(1 + beta[1], math.sqrt(covariance[1, 1]), rules.slope_level)


def _fit_poisson(score: Numbers, events: Numbers, expected: Numbers) -> tuple[Numbers, Numbers]:
    """Newton's method for log(mean) = log(expected) + b0 + b1 * score; halved steps keep it from straying."""
    columns = np.column_stack([np.ones_like(score), score])
    beta = np.array([math.log(events.sum() / expected.sum()), 0.0])
    for _ in range(50):
        mean = expected * np.exp(np.clip(columns @ beta, -30, 30))
        step = np.linalg.solve(columns.T @ (columns * mean[:, None]), columns.T @ (events - mean))
        beta = beta + step / max(1.0, float(np.abs(step).max()))
        if float(np.abs(step).max()) < 1e-9:
            break
    mean = expected * np.exp(np.clip(columns @ beta, -30, 30))
    return beta, np.linalg.inv(columns.T @ (columns * mean[:, None]))


def _to_share(value: float, error: float, level: float) -> Share:
    from statistics import NormalDist

    reach = NormalDist().inv_cdf((1 + level) / 2) * error
    return Share(value, value - reach, value + reach)


def split(counted: Counted, facts: Mapping[str, Words], rules: Rules) -> tuple[Split, ...]:
    """The same steps by each fact that tells at least two kinds apart, or that is known of nobody."""
    found = (_split_by(counted, name, labels, rules) for name, labels in facts.items())
    return tuple(each for each in found
                 if len(each.kinds) > 1 or [kind.label for kind in each.kinds] == [UNKNOWN])


def _split_by(counted: Counted, name: str, labels: Words, rules: Rules) -> Split:
    names = sorted(set(labels.tolist()))
    level = 1 - rules.kinds_false_alarms / max(len(names), 1)
    kinds = []
    for label in names:
        part = counted.take(labels == label)
        strict = part.compare(level)
        off = strict.low > rules.tolerated.high or strict.high < rules.tolerated.low
        enough = strict.expected >= rules.kinds_least_expected
        kinds.append(Kind(label, len(part.time), part.compare(rules.level), off and enough))
    return Split(name, tuple(kinds), find_heterogeneity([kind.ratio for kind in kinds]))


def find_heterogeneity(ratios: list[Ratio]) -> float:
    """P for one ratio in all kinds (Pearson's chi-square); NaN where a kind expects fewer than 5 events."""
    from scipy.special import chdtrc

    observed, expected = (np.array([getattr(each, name) for each in ratios]) for name in
                          ("observed", "expected"))
    if len(ratios) < 2 or observed.sum() == 0:
        return math.nan
    common = expected * observed.sum() / expected.sum()
    if (common < 5).any():
        return math.nan
    return float(chdtrc(len(ratios) - 1, ((observed - common) ** 2 / common).sum()))
