"""Estimates with their intervals in the one form that results have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincinv

from stepdown.cohorts.analysis.comparing import Prepared, Sample, sample_risks
from stepdown.cohorts.analysis.follow_up import Numbers
from stepdown.cohorts.analysis.results import Interval
from stepdown.cohorts.estimates import estimate_proportion, estimate_rate
from stepdown.cohorts.survival.intervals import find_bounds

_NONE = float("nan")
_WIDTH = 1.959964
#: With fewer events than this among those who did what the strategy says, an interval for weighted counts:
#: samples would hardly differ, and theirs would look sure of what nobody saw.
LEAST_EVENTS = 5
#: Half of what lies outside an interval of 95 %.
_TAIL = 0.025
_NO_UPPER = "nobody in the comparator had the event: a lower bound from both intervals, and none above"
_UNKNOWN = "no estimate: nobody followed so long, or no events"
_NO_INTERVAL = "too few events for an interval"
_FEW = "few events: an interval for weighted counts (Fay and Feuer 1997), wide because it must be"
_EXACT = "no event: the upper bound is the exact one of those still followed"


def find_proportion(events: int, people: int) -> Interval:
    """A proportion with its exact interval."""
    if people == 0:
        return Interval(_NONE, _NONE, _NONE, "nobody in this group")
    found = estimate_proportion(events, people)
    return Interval(found.value, found.lower, found.upper)


def find_rate(events: int, years: float) -> Interval:
    """A rate per person-year with its exact interval."""
    if not years > 0:
        return Interval(_NONE, _NONE, _NONE, "no time was observed")
    found = estimate_rate(events, years)
    return Interval(found.value, found.lower, found.upper)


@dataclass(frozen=True)
class Estimates:
    """The risks of two groups (0 comparator, 1 target), from one sample or from one for each imputation.

    A place is that of a day among ``Prepared.days``; -1 stands for the years without any event. ``events``
    counts those of people who did what the strategy says; with few of them intervals are those of counts.
    """

    samples: tuple[Sample, ...]
    events: tuple[int, int]

    @classmethod
    def of(cls, *every: Prepared) -> Estimates:
        """The estimates of an outcome, prepared once or with each imputation."""
        return cls(tuple(map(sample_risks, every)), every[0].followed.events)

    def find_value(self, side: int, place: int, crude: bool = False) -> float:
        """A risk, or the mean years without an event: the mean over imputations."""
        return float(np.mean([sample.values[int(crude), int(side), place] for sample in self.samples]))

    def find_risk(self, side: int, place: int, crude: bool = False) -> Interval:
        """A risk with its interval, on the scale log(-log); of counts where few or none had the event."""
        value = self.find_value(side, place, crude)
        if not np.isfinite(value):
            return Interval(_NONE, _NONE, _NONE, _UNKNOWN)
        size = float(np.mean([sample.still[int(crude), int(side), place] for sample in self.samples]))
        if value == 0:
            return Interval(0.0, 0.0, 1 - _TAIL ** (1 / size) if size > 0 else 1.0, _EXACT)
        error = self._find_error(lambda sample: _take(sample, side, place, crude))
        if self.events[int(side)] < LEAST_EVENTS and size > 0 and np.isfinite(error) and value < 1:
            return Interval(value, *bound_few(value, error**2, 1 / size), _FEW)
        if not error > 0 or value >= 1 or self.events[int(side)] < LEAST_EVENTS:
            return Interval(value, _NONE, _NONE, _NO_INTERVAL)
        low, high = (1 - float(bound[0]) for bound in reversed(
            find_bounds(np.array([1 - value]), np.array([error]), "log-log", 1 - 2 * _TAIL)))
        return Interval(value, low, high)

    def find_difference(self, place: int, crude: bool = False) -> Interval:
        """The risk of the target less that of the comparator; where events are few from both intervals."""
        low, high = (self.find_value(side, place, crude) for side in (0, 1))
        if not np.isfinite(high - low):
            return Interval(_NONE, _NONE, _NONE, _UNKNOWN)
        if place >= 0 and (min(low, high) == 0 or min(self.events) < LEAST_EVENTS):
            return _join(self.find_risk(0, place, crude), self.find_risk(1, place, crude))
        error = self._find_error(lambda sample: _subtract(_take(sample, 1, place, crude),
                                                         _take(sample, 0, place, crude)))
        if not error > 0 or min(self.events) < LEAST_EVENTS:
            return Interval(high - low, _NONE, _NONE, _NO_INTERVAL)
        return Interval(high - low, high - low - _WIDTH * error, high - low + _WIDTH * error)

    def find_ratio(self, place: int) -> Interval:
        """The risk of the target over that of the comparator, with its interval on the log scale."""
        low, high = (self.find_value(side, place) for side in (0, 1))
        if not np.isfinite(high - low) or (low == 0 and high == 0):
            return Interval(_NONE, _NONE, _NONE, _UNKNOWN)
        if low == 0:
            first, second = self.find_risk(0, place), self.find_risk(1, place)
            return Interval(_NONE, second.low / first.high, _NONE, _NO_UPPER)
        if high == 0:
            first, second = self.find_risk(0, place), self.find_risk(1, place)
            return Interval(0.0, 0.0, second.high / first.low if first.low > 0 else _NONE, _EXACT)
        if min(self.events) < LEAST_EVENTS:
            return _divide(self.find_risk(0, place), self.find_risk(1, place))
        error = self._find_error(lambda sample: _subtract(
            *(_to_logs(sample, _take(sample, side, place, False)) for side in (1, 0))))
        if not error > 0:
            return Interval(high / low, _NONE, _NONE, _NO_INTERVAL)
        factor = float(np.exp(_WIDTH * error))
        return Interval(high / low, high / low / factor, high / low * factor)

    def _find_error(self, take: Callable[[Sample], Taken]) -> float:
        """The standard error of what is taken of each sample; over imputations by Rubin's rules (1987)."""
        taken = [take(sample) for sample in self.samples]
        within = float(np.mean([_find_variance(sample, lines) for sample, (_, lines) in
                                zip(self.samples, taken, strict=True)]))
        count = len(taken)
        between = float(np.var([value for value, _ in taken], ddof=1)) if count > 1 else 0.0
        return float(np.sqrt(within + (1 + 1 / count) * between))


def bound_few(value: float, variance: float, weight: float) -> tuple[float, float]:
    """The bounds of a risk from few weighted events: those of a count of so many events of one weight.

    The gamma interval of Fay and Feuer (Stat Med 1997;16:791) where every event weighs as the heaviest.
    ``weight`` is what one more event would add to the risk; the variance may tell of heavier ones. With equal
    weights the bounds are Garwood's exact ones of a count.
    """
    weight = max(weight, variance / value)
    count = value / weight
    low = weight * float(gammaincinv(count, _TAIL))
    high = weight * float(gammaincinv(count + 1, 1 - _TAIL))
    return low, min(high, 1.0)


#: A value, and the same in each resample or the influence of each person on it.
Taken = tuple[float, Numbers]


def _take(sample: Sample, side: int, place: int, crude: bool) -> Taken:
    return float(sample.values[int(crude), int(side), place]), sample.lines[:, int(crude), int(side), place]


def _subtract(first: Taken, second: Taken) -> Taken:
    return first[0] - second[0], first[1] - second[1]


def _to_logs(sample: Sample, taken: Taken) -> Taken:
    value, lines = taken
    with np.errstate(divide="ignore", invalid="ignore"):
        moved = np.where(lines > 0, np.log(lines), np.nan) if sample.is_resampled else lines / value
        return float(np.log(value)), np.asarray(moved)


def _find_variance(sample: Sample, lines: Numbers) -> float:
    """The squared standard error; not a number where more than one in ten resamples gave no value.

    Of resamples from the width of their middle 95 %: in one of some hundred nearly all weight may fall on one
    person, and that one would decide a standard deviation.
    """
    if not sample.is_resampled:
        return float((lines**2).sum())
    known = lines[np.isfinite(lines)]
    if len(known) < max(2, 0.9 * len(lines)):
        return _NONE
    low, high = np.quantile(known, [_TAIL, 1 - _TAIL])
    return float((high - low) / (2 * _WIDTH)) ** 2


def _join(first: Interval, second: Interval) -> Interval:
    """The second less the first, from the interval of each (Newcombe, Stat Med 1998;17:873)."""
    apart = second.value - first.value
    low = apart - float(np.hypot(second.value - second.low, first.high - first.value))
    high = apart + float(np.hypot(second.high - second.value, first.value - first.low))
    return Interval(apart, low, high, _say_how(first, second))


def _divide(first: Interval, second: Interval) -> Interval:
    """The second over the first, from the interval of each (Zou and Donner, Stat Med 2008;27:1693)."""
    below, above = np.log([second.low / second.value, first.high / first.value]), np.log(
        [second.high / second.value, first.low / first.value])
    ratio = second.value / first.value
    low, high = ratio * np.exp([-float(np.hypot(*below)), float(np.hypot(*above))])
    return Interval(ratio, float(low), float(high), _say_how(first, second))


def _say_how(first: Interval, second: Interval) -> str:
    """How the interval of two groups came about: as that of the group with fewer events."""
    return next((how for how in (_NO_INTERVAL, _EXACT, _FEW) if how in (first.why, second.why)), "")
