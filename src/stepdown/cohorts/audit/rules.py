"""The rule by which predictions are judged, as numbers with names, from ``rules.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Range:
    """From ``low`` to ``high``, both inside."""

    low: float
    high: float

    def holds(self, low: float, high: float) -> bool:
        """Whether an interval lies wholly inside."""
        return self.low <= low and high <= self.high


@dataclass(frozen=True)
class Rules:
    """What ``rules.toml`` says, field by field; probabilities between 0 and 1."""

    level: float
    tolerated: Range
    agreed: Range
    clinics_level: float
    clinics_drawn: int
    clinics_seed: int
    slope: Range
    slope_level: float
    slope_least_events: int
    cusum_more: float
    cusum_fewer: float
    false_alarms: float
    cusum_runs: int
    cusum_seed: int
    most_groups: int
    group_least_steps: int
    group_least_events: int
    kinds_false_alarms: float
    kinds_least_expected: float
    power: float


@cache
def read_rules() -> Rules:
    """The rule that ships with the program."""
    table = tomllib.loads(files("stepdown.cohorts.audit").joinpath("rules.toml").read_text("utf-8"))
    clinics, slope, cusum, groups, kinds = (
        table[name] for name in ("clinics", "slope", "cusum", "groups", "kinds"))
    return Rules(
        table["interval"]["level"], Range(**table["tolerated"]), Range(**table["agreed"]),
        clinics["level"], clinics["drawn"], clinics["seed"],
        Range(slope["low"], slope["high"]), slope["level"], slope["least_events"],
        cusum["more"], cusum["fewer"], cusum["false_alarms"], cusum["runs"], cusum["seed"],
        groups["most"], groups["least_steps"], groups["least_events"],
        kinds["false_alarms"], kinds["least_expected"], table["power"]["probability"])
