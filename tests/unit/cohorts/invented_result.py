"""An invented result of a cohort: two groups of given sizes and events, nothing else."""

from __future__ import annotations

from stepdown.cohorts.analysis.intervals import find_proportion, find_rate
from stepdown.cohorts.analysis.results import (
    CohortResult,
    Contrast,
    CurvePoint,
    GroupResult,
    Interval,
    OutcomeResult,
)
from stepdown.cohorts.population.attrition import AttritionStep


def invent_group(name: str, trials: int, events: int) -> GroupResult:
    risk = Interval(events / trials, max(0.0, events / trials - 0.05), events / trials + 0.05)
    rising = [CurvePoint(year / 4, events / trials * year / 8, 0.0, 0.5, trials - year * events,
                         events * year // 8)
              for year in range(9)]
    years = 2.0 * trials - events / 2
    reasons = {"event": events, "end of follow-up": trials - events}
    return GroupResult(name, trials, trials, events, trials, events, years, find_proportion(events, trials),
                       find_rate(events, years), risk, risk, 1.9, tuple(rising), reasons, (reasons,))


def invent(events: tuple[int, int], trials: tuple[int, int] = (200, 400)) -> CohortResult:
    groups = tuple(invent_group(name, size, count)
                   for name, size, count in zip(("stop", "continue"), trials, events, strict=True))
    low, high = (group.risk.value for group in reversed(groups))
    difference = Interval(high - low, high - low - 0.05, high - low + 0.05)
    contrast = Contrast(2.0, difference, Interval(high / low, 0.5, 2.0), difference)
    outcome = OutcomeResult("relapse", "relapse", {"no time": events[0]}, groups, (contrast,),
                            Interval(high / low, 0.5, 2.0), difference, 0.04, contrast, (), (), ())
    step = AttritionStep("aged-50", sum(trials), sum(trials), sum(events), events[0], events[0], 0)
    return CohortResult("p", "t", "q", "hash", "mark", {}, "duckdb", "2026-01-01", (step,),
                        ("stop", "continue"), "att", {"age": events[0]}, (), None, (outcome,), ())
