"""What a study may report: counts, rates, survival probabilities, ratios, differences; checked on entry.

Every report names its study and its finding, so that each pooled number leads back to them.
Times are in years, rates per person-year, probabilities between 0 and 1. A report that contradicts
itself raises ReportError when it is made.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from stepdown.evidence.meta.distributions import critical_value
from stepdown.evidence.meta.refusals import ReportError, check_choice

RATIO_MEASURES = ("HR", "RR", "OR", "IRR")
# How far the two arms of an interval may differ, as a share of its width, before it is called asymmetric.
SYMMETRY_TOLERANCE = 0.1


@dataclass(frozen=True)
class Report:
    """One reported number of one finding of one study."""

    study: str
    finding: str

    @property
    def source(self) -> str:
        """Where the number stands: ``study#finding``."""
        return f"{self.study}#{self.finding}"

    def _require(self, holds: bool, sentence: str) -> None:
        if not holds:
            raise ReportError(f"{self.source}: {sentence}")


@dataclass(frozen=True)
class Counts(Report):
    """How many of n people had the event within a number of years."""

    events: int
    n: int
    years: float

    def __post_init__(self) -> None:
        self._require(self.n > 0, f"n is {self.n}; it must be at least 1")
        self._require(0 <= self.events <= self.n,
                      f"{self.events} events among {self.n} people; events must lie between 0 and n")
        self._require(_is_positive(self.years), f"years is {self.years}; it must be more than 0")


@dataclass(frozen=True)
class Rate(Report):
    """Events per person-year: as events with person-years, as a value with person-years, or as a value
    with its interval; ``n`` is the number of people where it is known."""

    events: float | None = None
    person_years: float | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    n: int | None = None

    def __post_init__(self) -> None:
        self._require(self.has_exposure or self.has_interval,
                      "a rate needs events (or value) with person_years, or value with low or high")
        self._require(self.person_years is None or _is_positive(self.person_years),
                      f"person_years is {self.person_years}; it must be more than 0")
        self._require((self.events or 0.0) >= 0 and (self.value or 0.0) >= 0, "a rate cannot be negative")
        if not self.has_exposure:
            self._require(bool(self.value), "a rate of 0 with an interval cannot be used; give person_years")
            _check_interval(self, self.value, self.low, self.high, self.level)

    @property
    def has_exposure(self) -> bool:
        """Whether the person-years behind the rate are known."""
        return self.person_years is not None and (self.events is not None or self.value is not None)

    @property
    def has_interval(self) -> bool:
        """Whether the rate can be used through its interval."""
        return self.value is not None and (bool(self.low) or self.high is not None)

    @property
    def event_count(self) -> float | None:
        """The events, reported or as value times person-years; None when only an interval is known."""
        if self.events is not None or self.value is None or self.person_years is None:
            return self.events
        return self.value * self.person_years


@dataclass(frozen=True)
class SurvivalProbability(Report):
    """The probability p of being free of the event at a number of years, with its interval.

    ``high`` may be 1 and ``low`` may be 0: then only the other side tells the spread.
    ``n`` is the number of people where it is known.
    """

    p: float
    low: float
    high: float
    years: float
    level: float = 0.95
    n: int | None = None

    def __post_init__(self) -> None:
        self._require(0 < self.p < 1, f"p is {self.p}; report a survival probability of 0 or 1 as counts")
        self._require(0 <= self.low <= self.p <= self.high <= 1 and self.low < self.high,
                      f"p {self.p} must lie in its interval {self.low} to {self.high}, within 0 to 1")
        self._require(self.low > 0 or self.high < 1, "an interval from 0 to 1 says nothing")
        self._require(_is_positive(self.years), f"years is {self.years}; it must be more than 0")
        _check_level(self, self.level)


@dataclass(frozen=True)
class Ratio(Report):
    """A hazard ratio, risk ratio, odds ratio or rate ratio with its interval."""

    measure: str
    value: float
    low: float
    high: float
    level: float = 0.95

    def __post_init__(self) -> None:
        check_choice(f"{self.source}: measure", self.measure, RATIO_MEASURES)
        self._require(_is_positive(self.value), f"the ratio is {self.value}; it must be more than 0")
        _check_interval(self, self.value, self.low, self.high, self.level)

    @property
    def log_value(self) -> float:
        """The natural logarithm of the ratio."""
        return math.log(self.value)

    @property
    def se(self) -> float:
        """The standard error of the log ratio, from the width of the interval."""
        return se_from_interval(self.log_value, math.log(self.low) if self.low > 0 else None,
                                math.log(self.high), self.level)

    @property
    def is_log_symmetric(self) -> bool:
        """Whether the two arms of the interval agree on the log scale, allowing for two printed decimals."""
        if self.low <= 0:
            return False
        below, above = self.log_value - math.log(self.low), math.log(self.high) - self.log_value
        rounding = 0.005 / self.low + 0.01 / self.value + 0.005 / self.high
        return abs(below - above) <= SYMMETRY_TOLERANCE * (below + above) + rounding


@dataclass(frozen=True)
class Difference(Report):
    """A difference of risks or rates between two arms, with its interval."""

    value: float
    low: float
    high: float
    level: float = 0.95

    def __post_init__(self) -> None:
        self._require(self.low <= self.value <= self.high and self.low < self.high,
                      f"the difference {self.value} must lie in its interval {self.low} to {self.high}")
        _check_level(self, self.level)

    @property
    def se(self) -> float:
        """The standard error, from the width of the interval."""
        return se_from_interval(self.value, self.low, self.high, self.level)


@dataclass(frozen=True)
class MeanDifference(Report):
    """Means and standard deviations of two groups, as printed."""

    mean1: float
    sd1: float
    n1: int
    mean2: float
    sd2: float
    n2: int

    def __post_init__(self) -> None:
        self._require(self.n1 > 0 and self.n2 > 0, "both groups need at least one person")
        self._require(self.sd1 > 0 and self.sd2 > 0, "both standard deviations must be more than 0")

    @property
    def value(self) -> float:
        """The first mean less the second."""
        return self.mean1 - self.mean2

    @property
    def se(self) -> float:
        """The standard error with unequal variances."""
        return math.sqrt(self.sd1**2 / self.n1 + self.sd2**2 / self.n2)


def se_from_interval(value: float, low: float | None, high: float | None, level: float) -> float:
    """The standard error behind an interval; with one side missing, from the other side alone."""
    z = critical_value(level)
    if low is not None and high is not None:
        return (high - low) / (2 * z)
    if high is not None:
        return (high - value) / z
    if low is not None:
        return (value - low) / z
    raise ReportError("an interval needs at least one side")


def _is_positive(number: float) -> bool:
    return math.isfinite(number) and number > 0


def _check_level(report: Report, level: float) -> None:
    report._require(0.5 < level < 1, f"level is {level}; write 0.95 for a 95 % interval")


def _check_interval(report: Report, value: float | None, low: float | None, high: float | None,
                    level: float) -> None:
    below = value if low is None else low
    above = value if high is None else high
    in_order = value is not None and below is not None and above is not None and 0 <= below <= value <= above
    report._require(in_order and below != above, f"{value} must lie in its interval {low} to {high}, above 0")
    _check_level(report, level)
