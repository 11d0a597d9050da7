"""Events and expected events day by day over the calendar, and the charts that watch them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
from numpy.typing import NDArray

from stepdown.cohorts.analysis.follow_up import DAYS_PER_YEAR
from stepdown.cohorts.audit.comparing import Ratio, compare
from stepdown.cohorts.audit.drift import Series, draw_chart
from stepdown.cohorts.audit.following import Watched
from stepdown.cohorts.audit.looks import Looks
from stepdown.cohorts.audit.predicting import Predicted
from stepdown.cohorts.audit.results import Drift
from stepdown.cohorts.audit.rules import Rules

Days = NDArray[np.int64]
#: Expected events are laid on the calendar in steps of so many days after each person's step.
_STEP_DAYS = 7


def find_drift(predicted: Predicted, watched: Watched, index_day: NDArray[np.int64], looks: Looks | None,
               years: int, rules: Rules) -> Drift | None:
    """Both charts and the ratio of each calendar year; None where nobody was followed."""
    if not len(watched.row):
        return None
    series = lay_on_calendar(predicted, watched, index_day, looks)
    each = rules.false_alarms / 2
    return Drift(years, series, draw_chart(series, rules.cusum_more, each, rules),
                 draw_chart(series, rules.cusum_fewer, each, rules), _compare_years(series, rules.level))


def lay_on_calendar(predicted: Predicted, watched: Watched, index_day: NDArray[np.int64],
                    looks: Looks | None = None) -> Series:
    """Each event on its day, and the expected ones on the days on which they would have been seen.

    That is the end of each week after a step; or, where somebody has to look, the day of each look: laid
    before it, expected events would run ahead of those that are seen.
    """
    days = np.rint(watched.time * DAYS_PER_YEAR).astype(np.int64)
    first = int(index_day.min())
    count = int((index_day + days).max()) - first + 1
    observed = np.bincount((index_day + days)[watched.event] - first, minlength=count)
    expected = np.zeros(count)
    steps = _list_weeks(days) if looks is None else _list_looks(looks, watched, days)
    so_far = np.zeros(len(days))
    for who, until in steps:
        by_then = predicted.at(np.minimum(until / DAYS_PER_YEAR, watched.time[who]), watched.row[who])
        expected += np.bincount(index_day[who] + until - first, by_then - so_far[who], count)
        so_far[who] = by_then
    return Series(first, observed, np.maximum(expected, 0.0))


def _list_weeks(days: Days) -> Iterator[tuple[NDArray[np.intp], Days]]:
    """Week after week: who is still followed, and until which day."""
    for stop in range(_STEP_DAYS, int(days.max()) + _STEP_DAYS, _STEP_DAYS):
        going = np.flatnonzero(days > stop - _STEP_DAYS)
        yield going, np.minimum(stop, days[going])


def _list_looks(looks: Looks, watched: Watched, days: Days) -> Iterator[tuple[NDArray[np.intp], Days]]:
    """The first look of everybody, then the second and so on; last the end of follow-up."""
    place, after = looks.of(watched.row, days.astype(np.float64))
    begins = np.flatnonzero(np.diff(place, prepend=-1))
    number = np.arange(len(place)) - np.repeat(begins, np.diff(np.append(begins, len(place))))
    for turn in range(int(number.max(initial=-1)) + 1):
        chosen = number == turn
        who = place[chosen]
        yield who, np.minimum(after[chosen].astype(np.int64), days[who])
    yield np.arange(len(days)), days


def _compare_years(series: Series, level: float) -> tuple[tuple[int, Ratio], ...]:
    """Observed over expected events of each calendar year in which people were at risk."""
    days = (np.arange(len(series)) + series.first_day).astype("datetime64[D]")
    years = days.astype("datetime64[Y]").astype(int) + date(1970, 1, 1).year
    return tuple(
        (int(year), compare(int(series.observed[years == year].sum()),
                            float(series.expected[years == year].sum()), level))
        for year in np.unique(years) if series.expected[years == year].sum() > 0)
