"""The risk of a cause at given times with the influence of each row on it, in time linear in the rows.

The same influence as in ``incidence``, read at a few times: with it the error of any comparison of risks
follows, also when one person has rows in both groups.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stepdown.cohorts.survival.follow_up import FollowUp, Numbers
from stepdown.cohorts.survival.influence import at_place
from stepdown.cohorts.survival.risk_table import RiskTable, count_at_risk


@dataclass(frozen=True)
class RiskPath:
    """What the influence on the risk of one cause is made of, at each time of a risk table.

    ``step`` is 1 / (at risk x surviving), ``summed`` the running sum of step x hazard; ``moves`` are the
    jumps of the risk and ``probability`` their running sum; ``drift`` is the running sum of moves x (summed
    before - 1/n); ``own`` is what an event of the cause adds.
    """

    step: Numbers
    summed: Numbers
    moves: Numbers
    probability: Numbers
    drift: Numbers
    own: Numbers


def find_path(table: RiskTable, cause: int) -> RiskPath:
    """The path of one cause, counted from 1."""
    survivors = 1 - table.hazard
    before = np.concatenate([[1.0], np.cumprod(survivors)[:-1]])
    with np.errstate(divide="ignore"):
        step = np.where(survivors == 0, 0.0, 1 / (table.at_risk * survivors))
    summed = (step * table.hazard).cumsum()
    earlier = np.concatenate([[0.0], summed[:-1]])
    moves = before * table.events[cause - 1] / table.at_risk
    return RiskPath(step, summed, moves, moves.cumsum(), (moves * (earlier - 1 / table.at_risk)).cumsum(),
                    before / table.at_risk)


def find_risk_influence(rows: FollowUp, cause: int, times: Numbers) -> tuple[Numbers, Numbers]:
    """The risk of a cause at each time, and the weighted influence of each row on it (rows by times)."""
    table = count_at_risk(rows, max(cause, int(rows.event.max(initial=0))))
    path = find_path(table, cause)
    until = np.searchsorted(table.time, times, side="right")
    risks = at_place(path.probability, until)
    influence = np.column_stack([_find_at(rows, table, path, cause, int(place)) for place in until])
    return risks, rows.weight[:, None] * influence


def _find_at(rows: FollowUp, table: RiskTable, path: RiskPath, cause: int, until: int) -> Numbers:
    """The influence of each row on the risk after the first ``until`` times."""
    enters = np.minimum(table.enters, until)
    has_left = table.leaves < until
    ends = np.minimum(table.leaves + 1, until)
    entry_sum = at_place(path.summed, enters)
    exposed = (at_place(path.drift, ends) - at_place(path.drift, enters)
               - entry_sum * (at_place(path.probability, ends) - at_place(path.probability, enters)))
    later = path.summed[table.leaves] - entry_sum - path.step[table.leaves] * (rows.event > 0)
    still = at_place(path.probability, np.full(len(ends), until)) - path.probability[table.leaves]
    gone = path.own[table.leaves] * (rows.event == cause) + later * still
    return np.asarray(exposed + np.where(has_left, gone, 0.0))
