"""The partial likelihood of a Cox model, its slope and its curvature, in time linear in the rows.

Cox, J R Stat Soc B 1972;34:187; ties after Efron, J Am Stat Assoc 1977;72:557, or Breslow, Biometrics
1974;30:89; weights as in R survival (tied events share their mean weight). Two things keep it short: the
curvature weighs each row by the events expected of it, so that no squares are summed over risk sets; and
what Efron's steps leave out of a risk set is a share of the same sums, so that steps are single numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stepdown.cohorts.survival.cox_rows import CoxRows, multiply_lines
from stepdown.cohorts.survival.follow_up import Numbers
from stepdown.cohorts.survival.risk_table import sum_lines


@dataclass(frozen=True)
class Likelihood:
    """What the data say at one set of coefficients.

    ``risk`` is exp(linear predictor) of each row and ``expected`` the events expected of it, both without its
    weight. The rest belongs to moments: ``sums`` of covariates over those at risk and ``event_sums`` over
    those with the event (a line of ones first), the ``hazard`` and what is ``left_out`` of it for those with
    the event, and ``squares``: sums over steps of weight / (at risk)^2 times the share to the power 0, 1, 2.
    """

    value: float
    slope: Numbers
    curvature: Numbers
    risk: Numbers
    expected: Numbers
    sums: Numbers
    event_sums: Numbers
    at_risk: Numbers
    hazard: Numbers
    left_out: Numbers
    squares: Numbers


def evaluate(rows: CoxRows, coefficients: Numbers) -> Likelihood:
    """The logarithm of the partial likelihood and what belongs to it; not finite when a risk overflows."""
    steps, x = rows.steps, rows.covariates
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        risk = np.exp(np.einsum("i,ij->j", coefficients, x))
        weights = rows.weight * risk
        sums = rows.sum_at_risk(np.multiply(rows.with_ones, weights, out=rows.scratch))
        event_sums = rows.sum_events(weights) if steps.leave_out else np.zeros_like(sums)
        at_risk = sums[0, steps.moment] - steps.share * event_sums[0, steps.moment]
        value = coefficients @ rows.event_sums - np.einsum("i,i", steps.weight, np.log(at_risk))
        each = steps.weight / at_risk
        hazard, left_out = steps.add(each), steps.add(each * steps.share)
        squares = np.stack([steps.add(each / at_risk * steps.share**power) for power in range(3)])
        expected = risk * _live_through(rows, hazard, left_out)
        weighted = rows.weight * expected
        slope = rows.event_sums - np.einsum("ij,j->i", x, weighted)  # as multiply_lines
        curvature = multiply_lines(np.multiply(x, weighted, out=rows.scratch[1:]), x)
        curvature = curvature - _square_means(sums[1:], event_sums[1:], squares)
    return Likelihood(float(value), slope, curvature, risk, expected, sums, event_sums, at_risk, hazard,
                      left_out, squares)


def _live_through(rows: CoxRows, hazard: Numbers, left_out: Numbers) -> Numbers:
    """The hazard that each row lives through: summed over its moments, less the shares it is left out of."""
    lived = rows.add_up(hazard)
    if rows.steps.leave_out:
        lived[rows.events] -= left_out[rows.event_moment]
    return lived


def _square_means(sums: Numbers, event_sums: Numbers, squares: Numbers) -> Numbers:
    """The sum over steps of weight times the outer square of the mean covariates at risk."""
    inner = multiply_lines(sums * squares[0], sums)
    if not event_sums.any():
        return np.asarray(inner)
    across = multiply_lines(sums * squares[1], event_sums)
    return np.asarray(inner - across - across.T + multiply_lines(event_sums * squares[2], event_sums))


def find_drifts(found: Likelihood) -> tuple[Numbers, Numbers]:
    """At each moment the mean covariates at risk times the hazard, and times what is left out of it."""
    sums, event_sums = found.sums[1:], found.event_sums[1:]
    with np.errstate(invalid="ignore", over="ignore"):
        return (sums * found.squares[0] - event_sums * found.squares[1],
                sums * found.squares[1] - event_sums * found.squares[2])


def find_score_residuals(rows: CoxRows, found: Likelihood) -> Numbers:
    """What each row adds to the slope, once its weight is left out (covariates by rows).

    Lin and Wei, J Am Stat Assoc 1989;84:1074, with Efron's ties as R survival shares them out.
    """
    steps, x, own = rows.steps, rows.covariates, rows.event_moment
    drift, left_out = find_drifts(found)
    lived = rows.add_up(drift)
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        lived *= found.risk
        lived -= np.multiply(found.expected, x, out=rows.scratch[1:])
        portion = steps.portion / found.at_risk
        means = found.sums[1:] * steps.add(portion) - found.event_sums[1:] * steps.add(portion * steps.share)
        at_event = rows.events_with_ones[1:] - np.take(means, own, axis=1)
        if steps.leave_out:
            at_event -= np.take(left_out, own, axis=1) * found.risk[rows.events]
    lived[:, rows.events] += at_event
    return lived


def sum_by_person(rows: CoxRows, residuals: Numbers) -> Numbers:
    """Residuals, which are then weighted in place, summed over the rows of each person."""
    residuals *= rows.weight
    if rows.cluster is None:
        return residuals
    return sum_lines(rows.cluster, residuals, int(rows.cluster.max()) + 1)
