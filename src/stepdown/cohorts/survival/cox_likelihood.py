"""The partial likelihood of a Cox model, its slope and its curvature, in time linear in the rows.

Cox, J R Stat Soc B 1972;34:187; ties after Efron, J Am Stat Assoc 1977;72:557, or Breslow, Biometrics
1974;30:89; weights as in R survival (tied events share their mean weight). The curvature is written as
X'AX - M'WM: A weighs each row by the events expected of it, so that no sum of squares over risk sets is
ever formed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stepdown.cohorts.survival.cox_rows import CoxRows
from stepdown.cohorts.survival.follow_up import Numbers
from stepdown.cohorts.survival.risk_table import sum_by, sum_lines


@dataclass(frozen=True)
class Likelihood:
    """What the data say at one set of coefficients.

    ``risk`` is exp(linear predictor) of each row; ``means`` and ``hazard`` belong to the steps; ``expected``
    is the number of events expected of each row, its weight left out.
    """

    value: float
    slope: Numbers
    curvature: Numbers
    risk: Numbers
    means: Numbers
    hazard: Numbers
    expected: Numbers


def evaluate(rows: CoxRows, coefficients: Numbers) -> Likelihood:
    """The logarithm of the partial likelihood and what belongs to it; not finite when a risk overflows."""
    steps, x = rows.steps, rows.covariates
    predictor = coefficients @ x
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        risk = np.exp(predictor)
        lines = np.vstack([np.ones_like(risk), x]) * (rows.weight * risk)
        sums = rows.sum_at_risk(lines)[:, steps.moment]
        if steps.share.any():
            sums = sums - steps.share * rows.sum_events(lines)[:, steps.moment]
        at_risk, means = sums[0], sums[1:] / sums[0]
        value = rows.weight[rows.events] @ predictor[rows.events] - steps.weight @ np.log(at_risk)
        hazard = steps.weight / at_risk
        expected = risk * expect_events(rows, hazard)
        slope = x[:, rows.events] @ rows.weight[rows.events] - x @ (rows.weight * expected)
        curvature = (x * (rows.weight * expected)) @ x.T - (means * steps.weight) @ means.T
    return Likelihood(float(value), slope, curvature, risk, means, hazard, expected)


def expect_events(rows: CoxRows, hazard: Numbers) -> Numbers:
    """The hazard that each row lives through: summed over its moments, less the shares it is left out of."""
    steps, size = rows.steps, rows.n_moments
    lived = rows.add_up(sum_by(steps.moment, hazard, size))
    if steps.share.any():
        lived[rows.events] -= sum_by(steps.moment, steps.share * hazard, size)[rows.event_moment]
    return lived


def find_score_residuals(rows: CoxRows, found: Likelihood) -> Numbers:
    """What each row adds to the slope, once its weight is left out (covariates by rows).

    Lin and Wei, J Am Stat Assoc 1989;84:1074, with Efron's ties as R survival shares them out.
    """
    steps, size, x = rows.steps, rows.n_moments, rows.covariates
    drift = rows.add_up(sum_lines(steps.moment, found.means * found.hazard, size))
    own = rows.event_moment
    if steps.share.any():
        drift[:, rows.events] -= sum_lines(
            steps.moment, found.means * found.hazard * steps.share, size)[:, own]
    residuals = found.risk * drift - found.expected * x
    residuals[:, rows.events] += x[:, rows.events] - sum_lines(
        steps.moment, found.means * steps.portion, size)[:, own]
    return np.asarray(residuals)


def sum_by_person(rows: CoxRows, residuals: Numbers) -> Numbers:
    """Weighted residuals summed over the rows of each person (covariates by persons)."""
    weighted = residuals * rows.weight
    if rows.cluster is None:
        return weighted
    return sum_lines(rows.cluster, weighted, int(rows.cluster.max()) + 1)
