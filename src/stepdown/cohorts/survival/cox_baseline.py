"""The hazard of a person with given covariates, from a fitted Cox model.

Breslow's estimate, or its counterpart for Efron's ties; the error of a prediction after Tsiatis, Ann Stat
1981;9:93, as R's survfit(coxph) forms it.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from stepdown.cohorts.survival.cox_fit import BaselineHazard, CoxFit
from stepdown.cohorts.survival.cox_likelihood import find_drifts
from stepdown.cohorts.survival.cox_newton import Maximum
from stepdown.cohorts.survival.cox_rows import CoxRows
from stepdown.cohorts.survival.follow_up import FollowUpError, Numbers, read_numbers


class Spread(Protocol):
    """Puts lines of the estimated covariates among all covariates."""

    def lines(self, values: Numbers) -> Numbers:
        """One line a covariate; not a number where it was not estimated."""


def find_baselines(rows: CoxRows, maximum: Maximum, labels: tuple[object, ...],
                   spread: Spread) -> tuple[BaselineHazard, ...]:
    """The baseline hazard of each stratum, at every time at which somebody's follow-up ends."""
    found = maximum.end
    jumps = np.vstack([found.hazard, found.squares[0], find_drifts(found)[0]])
    return tuple(_find_baseline(rows, maximum, jumps, code, label, spread)
                 for code, label in enumerate(labels) if (rows.stratum == code).any())


def _find_baseline(rows: CoxRows, maximum: Maximum, jumps: Numbers, code: int, label: object,
                   spread: Spread) -> BaselineHazard:
    """Move a stratum's hazard from its centre to covariates of 0."""
    time = np.unique(rows.time[rows.stratum == code])
    inside = rows.moment_stratum == code
    running = np.zeros((len(jumps), len(time)))
    running[:, np.searchsorted(time, rows.moment_time[inside])] = jumps[:, inside]
    running = running.cumsum(axis=1)
    centre = rows.centre[:, code]
    factor = float(np.exp(-maximum.coefficients @ centre))
    means = factor * (running[2:] + centre[:, None] * running[0])
    return BaselineHazard(label, time, factor * running[0], factor**2 * running[1], spread.lines(means))


def predict_log_hazard(fit: CoxFit, covariates: ArrayLike) -> Numbers:
    """The linear predictor of people, one line each in the order of ``fit.names``: higher means sooner.

    A covariate that was left out of the fit plays no part. It is summed covariate by covariate, so that
    people with the same covariates get the same number to the last digit and count as tied.
    """
    people = _read_people(fit, covariates)
    total = np.zeros(len(people))
    for column, coefficient in zip(people.T, fit.coefficients, strict=True):
        total += 0.0 if np.isnan(coefficient) else column * coefficient
    return total


def _read_people(fit: CoxFit, covariates: ArrayLike) -> Numbers:
    people = np.atleast_2d(np.asarray(covariates, dtype=np.float64))
    if people.shape[1] != len(fit.names):
        raise FollowUpError(f"covariates has {people.shape[1]} columns where the model has {len(fit.names)}.")
    return people


def predict_survival(fit: CoxFit, covariates: ArrayLike, times: ArrayLike,
                     stratum: object = None) -> tuple[Numbers, Numbers]:
    """The survival of people with given covariates at given times, and its standard error (people by times).

    ``covariates`` is one line a person in the order of ``fit.names``; ``stratum`` names the stratum if there
    are several. Beyond the last follow-up of the stratum the survival is not a number, which is to say
    unknown. A covariate that was left out of the fit plays no part. FollowUpError for an unknown stratum or
    a wrong number of covariates.
    """
    people = _read_people(fit, covariates)
    asked = read_numbers("times", np.atleast_1d(np.asarray(times)))
    base, known = _choose_stratum(fit, stratum), ~np.isnan(fit.coefficients)
    place = np.searchsorted(base.time, asked, side="right")

    def take(values: Numbers) -> Numbers:
        return np.concatenate([np.zeros((*values.shape[:-1], 1)), values], axis=-1)[..., place]

    x, spread = people[:, known], fit.covariance[np.ix_(known, known)]
    risk = np.exp(x @ fit.coefficients[known])[:, None]
    hazard = take(base.cumulative_hazard)
    drift = x[:, :, None] * hazard - take(base.weighted_means[known])
    variance = np.maximum(take(base.variance) + np.einsum("pit,ij,pjt->pt", drift, spread, drift), 0)
    survival = np.where(asked <= base.time[-1], np.exp(-risk * hazard), np.nan)
    return survival, np.asarray(survival * risk * np.sqrt(variance))


def _choose_stratum(fit: CoxFit, stratum: object) -> BaselineHazard:
    found = [base for base in fit.baseline if base.stratum == stratum]
    if stratum is None and len(fit.baseline) == 1:
        return fit.baseline[0]
    if not found:
        known = ", ".join(str(base.stratum) for base in fit.baseline)
        raise FollowUpError(f"stratum must be one of {known}; it is {stratum}.")
    return found[0]
