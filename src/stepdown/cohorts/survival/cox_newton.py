"""Finding the coefficients of a Cox model, and knowing which of them the data cannot give.

Newton's steps with the halving and the stopping rule of R's coxph, so that both stop at the same place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stepdown.cohorts.survival.cox_likelihood import Likelihood, evaluate
from stepdown.cohorts.survival.cox_rows import CoxRows
from stepdown.cohorts.survival.follow_up import Numbers

# R's coxph.control: pivots below this share of the largest are redundant covariates.
SMALLEST_PIVOT = float(np.finfo(np.float64).eps ** 0.75)


@dataclass(frozen=True)
class Maximum:
    """Where the search stopped: the coefficients, what the data say there, and whether it had converged."""

    coefficients: Numbers
    start: Likelihood
    end: Likelihood
    covariance: Numbers
    iterations: int
    has_converged: bool


def maximise(rows: CoxRows, start: Likelihood, tolerance: float, most: int) -> Maximum:
    """Climb from 0, where the data say ``start``, until the likelihood is level to ``tolerance``."""
    here, found = np.zeros(len(rows.covariates)), start
    there = here + solve(start.curvature, start.slope)
    halvings, iterations, has_converged = 0, 0, False
    while iterations < most and not has_converged:
        iterations += 1
        tried = evaluate(rows, there)
        if _is_level(found.value, tried.value, tolerance) and halvings == 0:
            here, found, has_converged = there, tried, True
        elif not tried.value >= found.value:
            halvings += 1
            there = (there + halvings * here) / (halvings + 1)
        else:
            halvings, here, found = 0, there, tried
            there = here + solve(found.curvature, found.slope)
    return Maximum(here, start, found, invert(found.curvature), iterations, has_converged)


def _is_level(before: float, now: float, tolerance: float) -> bool:
    return bool(abs(1 - before / now) <= tolerance) if now != 0 else before == 0


def solve(curvature: Numbers, slope: Numbers) -> Numbers:
    """Newton's step."""
    return np.asarray(invert(curvature) @ slope)


def invert(curvature: Numbers) -> Numbers:
    """The inverse, in the scale of the covariates; where there is none, the pseudo-inverse."""
    scale = np.sqrt(np.maximum(np.diag(curvature), np.finfo(np.float64).tiny))
    scaled = curvature / np.outer(scale, scale)
    if not np.isfinite(scaled).all():
        return np.full_like(curvature, np.nan)
    try:
        inverse = np.linalg.inv(scaled)
    except np.linalg.LinAlgError:
        inverse = np.linalg.pinv(scaled)
    return np.asarray(inverse / np.outer(scale, scale))


def find_estimable(curvature: Numbers, scale: Numbers, smallest: float = SMALLEST_PIVOT) -> list[int]:
    """The covariates that are not constant, nor a sum of those before them, among people at risk."""
    left = curvature / np.outer(scale, scale)
    limit = smallest * max(float(np.diag(left).max(initial=0.0)), np.finfo(np.float64).tiny)
    kept = []
    for j in range(len(left)):
        if left[j, j] > limit:
            kept.append(j)
            left = left - np.outer(left[:, j], left[j]) / left[j, j]
    return kept


def find_runaways(maximum: Maximum, tolerance: float) -> list[int]:
    """The coefficients that were still moving when the likelihood no longer rose: they run to infinity."""
    step = np.abs(maximum.covariance @ maximum.end.slope)
    moving = ~np.isfinite(step) | (step > np.sqrt(tolerance) * (1 + np.abs(maximum.coefficients)))
    return [int(j) for j in np.flatnonzero(moving)]
