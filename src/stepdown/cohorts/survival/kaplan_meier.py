"""How many are still without the event, and the hazard they have lived through, with their errors.

Kaplan and Meier, J Am Stat Assoc 1958;53:457; Greenwood's variance; Nelson-Aalen (Aalen, Ann Stat
1978;6:701); the correction of Fleming and Harrington (1984) for ties. With weights or with several rows a
person the variance is that of the influence of persons (see ``influence``), as in R's survfit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from stepdown.cohorts.survival.curve import SurvivalCurve
from stepdown.cohorts.survival.follow_up import FollowUp, FollowUpError, Numbers, read_follow_up, read_labels
from stepdown.cohorts.survival.influence import at_place, sum_squares
from stepdown.cohorts.survival.intervals import find_bounds
from stepdown.cohorts.survival.risk_table import RiskTable, count_at_risk

METHODS = ("kaplan-meier", "fleming-harrington")


def estimate_survival(time: ArrayLike, event: ArrayLike, *, entry: ArrayLike | None = None,
                      weights: ArrayLike | None = None, cluster: ArrayLike | None = None,
                      method: str = "kaplan-meier", interval: str = "log", level: float = 0.95,
                      robust: bool | None = None) -> SurvivalCurve:
    """The survival curve of the rows, with the cumulative hazard.

    ``time`` is the end of follow-up of each row, ``event`` whether it ended with the event, ``entry`` where
    it began if later than 0 (left truncation, start-stop). ``weights`` or ``cluster`` (whose row it is) make
    the errors robust, unless ``robust`` is False: weights are then read as counts of people. ``interval``:
    log, log-log, plain, logit, arcsin. ``method`` fleming-harrington gives exp(-hazard) with the hazard
    corrected for ties. FollowUpError when an array cannot be read.
    """
    return find_curve(read_follow_up(time, event, entry, weights, cluster, robust=robust),
                      method, interval, level)


def estimate_survival_by(group: ArrayLike, time: ArrayLike, event: ArrayLike, *,
                         entry: ArrayLike | None = None, weights: ArrayLike | None = None,
                         cluster: ArrayLike | None = None, method: str = "kaplan-meier",
                         interval: str = "log", level: float = 0.95,
                         robust: bool | None = None) -> dict[object, SurvivalCurve]:
    """One curve for each label of ``group``; the other arguments are those of ``estimate_survival``."""
    rows = read_follow_up(time, event, entry, weights, cluster, robust=robust)
    return {label: find_curve(part, method, interval, level) for label, part in split_rows(rows, group)}


def split_rows(rows: FollowUp, group: ArrayLike) -> list[tuple[object, FollowUp]]:
    """The rows of each label of a group; a label all of whose rows weigh nothing is left out."""
    labels, codes = read_labels("group", group, len(rows.kept))
    codes = codes[rows.kept]
    return [(label, rows.take(codes == code)) for code, label in enumerate(labels) if (codes == code).any()]


def find_curve(rows: FollowUp, method: str, interval: str, level: float) -> SurvivalCurve:
    """The curve of rows that were checked before."""
    if method not in METHODS:
        raise FollowUpError(f"there is no method {method!r}; choose one of {', '.join(METHODS)}.")
    table = count_at_risk(rows)
    hazard, hazard_error = _find_corrected(rows, table) if method == METHODS[1] else find_hazard(rows, table)
    survival, error = np.exp(-hazard), np.exp(-hazard) * hazard_error
    if method == METHODS[0]:
        survival, error = find_survival(rows, table)
    lower, upper = find_bounds(survival, error, interval, level)
    return SurvivalCurve(
        table.time, table.at_risk, table.events[0], table.censored, table.rows_at_risk, survival, error,
        lower, upper, hazard, hazard_error, interval, level, rows.is_robust, len(rows.time))


def find_survival(rows: FollowUp, table: RiskTable) -> tuple[Numbers, Numbers]:
    """The Kaplan-Meier curve and its error; once the curve is 0 its error is unknown."""
    survival = find_product(table)
    events = table.events[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.sqrt((events / (table.at_risk * (table.at_risk - events))).cumsum())
    if rows.is_robust:
        relative = np.sqrt(sum_squares(rows, table, *describe_influence(rows, table, per_survivor=True)))
    return survival, np.where(survival == 0, np.nan, survival * np.where(survival == 0, 0.0, relative))


def find_product(table: RiskTable) -> Numbers:
    """The share without an event after each time, whatever its cause."""
    return np.asarray(np.cumprod(1 - table.hazard), dtype=np.float64)


def find_hazard(rows: FollowUp, table: RiskTable) -> tuple[Numbers, Numbers]:
    """The Nelson-Aalen cumulative hazard and its error."""
    hazard = (table.events[0] / table.at_risk).cumsum()
    if not rows.is_robust:
        return hazard, np.sqrt((table.events[0] / table.at_risk**2).cumsum())
    return hazard, np.sqrt(sum_squares(rows, table, *describe_influence(rows, table, per_survivor=False)))


def describe_influence(rows: FollowUp, table: RiskTable,
                       per_survivor: bool) -> tuple[Numbers, Numbers, Numbers]:
    """What a row adds to its person's influence when it enters and leaves, times the functions 1 and A(t).

    The influence on the cumulative hazard is that of being at risk, -A(t), and of the event, 1/n; on the
    logarithm of the survival both are divided by the share that survives the moment (``per_survivor``).
    """
    survivors = 1 - table.hazard if per_survivor else np.ones_like(table.hazard)
    with np.errstate(divide="ignore"):
        step = np.where(survivors == 0, 0.0, 1 / (table.at_risk * survivors))
    lived = (step * table.hazard).cumsum()
    weight = rows.weight
    at_event = step[table.leaves] * (rows.event > 0)
    entering = np.column_stack([-weight * at_place(lived, table.enters), weight])
    leaving = np.column_stack([weight * (lived[table.leaves] - at_event), -weight])
    return entering, leaving, np.stack([np.ones_like(lived), lived])


def _find_corrected(rows: FollowUp, table: RiskTable) -> tuple[Numbers, Numbers]:
    """The hazard of those who have the event together, as if they had it one after the other."""
    if rows.is_robust:
        raise FollowUpError("fleming-harrington has no robust error here; use the method kaplan-meier.")
    counts = np.bincount(table.leaves[rows.event == 1], minlength=len(table.time))
    place = np.repeat(np.arange(len(counts)), counts)
    before = np.arange(len(place)) - np.repeat(counts.cumsum() - counts, counts)
    each = (table.events[0] / np.maximum(counts, 1))[place]
    left = table.at_risk[place] - before * each
    sums = [np.bincount(place, terms, len(counts)).cumsum() for terms in (each / left, each / left**2)]
    return sums[0], np.sqrt(sums[1])
