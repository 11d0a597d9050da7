"""The hazard ratio of the target to the comparator, weighted: a Cox model of the group alone.

Cox, J R Stat Soc B 1972;34:187, ties after Efron; robust variance by person of Lin and Wei, J Am Stat Assoc
1989;84:1074. With the group as the only covariate, sums by group at each moment are all that it needs: the
numbers are those of ``survival.fit_cox`` on follow-up cut into intervals.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stepdown.cohorts.analysis.comparing import Prepared, Weighed
from stepdown.cohorts.analysis.follow_up import Codes, Numbers
from stepdown.cohorts.analysis.influence import Spending, Spent, move_rows
from stepdown.cohorts.analysis.paths import Path, find_at_risk, find_path
from stepdown.cohorts.analysis.results import Interval
from stepdown.cohorts.survival.influence import at_place

_WIDTH = 1.959964
_MOST_STEPS, _TOLERANCE = 50, 1e-12


@dataclass(frozen=True)
class _Steps:
    """Terms of the likelihood, one for each outcome: those at risk in each group, less the share of ties."""

    moment: Codes
    share: Numbers
    weight: Numbers
    at_risk: Numbers
    events: Numbers

    def find_mean(self, log_ratio: float) -> tuple[Numbers, Numbers]:
        """The weight at risk at each step, and the share of it in the target."""
        target = np.exp(log_ratio) * self.at_risk[1]
        return self.at_risk[0] + target, target / (self.at_risk[0] + target)


def find_hazard_ratio(prepared: Prepared, weighed: Weighed, events: tuple[int, int]) -> Interval:
    """The ratio with its interval; not a number where a group has no outcome.

    ``events`` counts those of people who did what the strategy of their group says.
    """
    paths = tuple(find_path(panel, moments, weighed.rows[None, panel.row], stays) for panel, moments, stays in
                  zip(prepared.panels, prepared.moments, weighed.staying, strict=True))
    if min(*events, *(float(path.own.sum()) for path in paths)) == 0:
        return Interval(float("nan"), float("nan"), float("nan"), "a group without an event")
    time = np.unique(np.concatenate([path.time for path in paths]))
    steps = _list_steps(prepared, weighed, paths, time)
    log_ratio, information = _climb(steps)
    if not information > 0:
        return Interval(float("nan"), float("nan"), float("nan"), "no group was at risk beside the other")
    variance = 0.0
    people = np.zeros(int(prepared.person.max()) + 1)
    for side, panel in enumerate(prepared.panels):
        spent = _build_spent(steps, log_ratio, side, time, paths[side])
        spending = Spending.of(panel, paths[side], spent, weighed.rows[panel.row], weighed.staying[side])
        for part, moved in move_rows(spending):
            people += np.bincount(prepared.person[panel.row[part]], moved[:, 0], len(people))
    variance = float((people**2).sum()) / information**2
    ratio, reach = float(np.exp(log_ratio)), float(np.exp(_WIDTH * np.sqrt(variance)))
    return Interval(ratio, ratio / reach, ratio * reach)


def _list_steps(prepared: Prepared, weighed: Weighed, paths: tuple[Path, ...], time: Numbers) -> _Steps:
    counts = np.zeros(len(time), dtype=np.int64)
    for panel in prepared.panels:
        counts += np.bincount(np.searchsorted(time, panel.time[panel.cause == 1]), minlength=len(time))
    at_risk, events = np.zeros((2, len(time))), np.zeros((2, len(time)))
    for side, path in enumerate(paths):
        panel = prepared.panels[side]
        at_risk[side] = find_at_risk(panel, time, weighed.rows[panel.row], weighed.staying[side])
        events[side, np.searchsorted(time, path.time)] = path.own[0]
    moment = np.repeat(np.arange(len(time)), counts)
    share = (np.arange(len(moment)) - (counts.cumsum() - counts)[moment]) / counts[moment]
    return _Steps(moment, share, events.sum(axis=0)[moment] / counts[moment],
                  at_risk[:, moment] - share * events[:, moment], events[1])


def _climb(steps: _Steps) -> tuple[float, float]:
    """The logarithm of the ratio at which the likelihood is greatest, and the information there."""
    here = 0.0
    for _ in range(_MOST_STEPS):
        _, mean = steps.find_mean(here)
        slope = float(steps.events.sum() - steps.weight @ mean)
        information = float(steps.weight @ (mean * (1 - mean)))
        if not information > 0:
            return here, 0.0
        move = float(np.clip(slope / information, -2.0, 2.0))
        here += move
        if abs(move) < _TOLERANCE * (1 + abs(here)):
            break
    return here, information


def _build_spent(steps: _Steps, log_ratio: float, side: int, time: Numbers, path: Path) -> Spent:
    """What time at risk and an outcome add to the score of a row of one group."""
    total, mean = steps.find_mean(log_ratio)
    each, size = steps.weight / total, len(time)
    risk = np.exp(log_ratio * side)

    def sum_up(values: Numbers) -> Numbers:
        return np.asarray(np.bincount(steps.moment, values, size), dtype=np.float64)

    lived = (risk * sum_up(each * (side - mean))).cumsum()
    counts = np.maximum(np.bincount(steps.moment, minlength=size), 1)
    at_event = (side - sum_up(mean) / counts) + risk * sum_up(each * steps.share * (side - mean))
    # Places are among the moments of the group; here they are asked among those of both.
    after = np.append(0, np.searchsorted(time, path.time, side="right"))

    def spent(enters: Codes, leaves: Codes, begin: Numbers, end: Numbers, cause: Codes) -> Numbers:
        first = np.searchsorted(time, begin, side="right")
        last = np.searchsorted(time, end, side="right")
        del enters
        event = np.where(cause == 1, at_event[after[leaves] - 1], 0.0)
        return np.asarray(event - (at_place(lived, last) - at_place(lived, first)))[:, None]

    return spent
