"""Weights for those who stay in view, so that they stand for those who were lost or left their strategy.

Inverse probability of censoring weights (Robins and Finkelstein, Biometrics 2000;56:779): a row of
follow-up is weighed by one over the probability of not being censored before it begins, given what was known
of the person. Stabilised weights have the same probability given fewer covariates on top (Hernan, Brumback
and Robins, JASA 2001;96:440). At one time an event comes before censoring, as in every curve here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stepdown.cohorts.survival.cox import fit_cox, read_covariates
from stepdown.cohorts.survival.cox_baseline import predict_log_hazard
from stepdown.cohorts.survival.cox_fit import BaselineHazard
from stepdown.cohorts.survival.follow_up import (
    Codes,
    FollowUpError,
    Numbers,
    read_follow_up,
    read_labels,
    read_strata,
    refuse_rows,
)
from stepdown.cohorts.weighting.logistic import fit_logistic
from stepdown.cohorts.weighting.treatment import truncate_weights

Covariates = ArrayLike | Mapping[str, ArrayLike]
METHODS = ("pooled-logistic", "cox")


@dataclass(frozen=True)
class CensoringWeights:
    """One weight a row, and the probability of still being in view when the row begins.

    ``truncated`` counts weights cut to ``bounds``; ``warnings`` comes from the models of censoring.
    """

    weights: Numbers
    in_view: Numbers
    method: str
    is_stabilised: bool
    truncated: int
    bounds: tuple[float, float] | None
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class _Rows:
    """Rows in order of person and time; ``order`` leads back."""

    person: Codes
    start: Numbers
    stop: Numbers
    censored: Codes
    arm: Codes
    arms: tuple[object, ...]
    order: Codes


def find_censoring_weights(person: ArrayLike, start: ArrayLike, stop: ArrayLike, censored: ArrayLike,
                           covariates: Covariates, *, arm: ArrayLike | None = None,
                           numerator: Covariates | None = None, method: str = "pooled-logistic",
                           truncate: tuple[float, float] | None = None) -> CensoringWeights:
    """Weigh rows of follow-up (from ``start`` to ``stop``, several a person) for censoring.

    ``censored`` says whether the person went out of view at the end of the row, by being lost or by leaving
    the strategy; the end of the study for everybody is no censoring of that kind. ``covariates`` are those
    known at the start of the row. ``arm`` fits each arm by itself. ``numerator`` (covariates known from the
    beginning) makes weights stabilised. ``method``: pooled-logistic models each row's chance of ending in
    censoring - put the time among the covariates and cut rows short and alike (``cut_follow_up``); cox
    models its hazard and needs neither. ``truncate`` cuts weights to two of their quantiles.
    FollowUpError when an array cannot be read or rows of one person overlap.
    """
    if method not in METHODS:
        raise FollowUpError(f"there is no method {method!r}; choose one of {', '.join(METHODS)}.")
    rows = _read_rows(person, start, stop, censored, arm)
    _, table = read_covariates(covariates, len(rows.order))
    in_view, warnings = _find_in_view(rows, table[rows.order], method)
    weights = 1 / in_view
    if numerator is not None:
        _, top = read_covariates(numerator, len(rows.order))
        kept, more = _find_in_view(rows, top[rows.order], method)
        weights, warnings = weights * kept, warnings + more
    back = np.argsort(rows.order)
    refuse_rows("covariates", ~np.isfinite(weights[back]), "make it certain to be out of view by then")
    cut, count, bounds = truncate_weights(weights[back], np.ones(len(back), dtype=np.bool_), truncate)
    return CensoringWeights(cut, in_view[back], method, numerator is not None, count, bounds,
                            tuple(dict.fromkeys(warnings)))


def _read_rows(person: ArrayLike, start: ArrayLike, stop: ArrayLike, censored: ArrayLike,
               arm: ArrayLike | None) -> _Rows:
    """Checked rows in order, of each person and arm one after another."""
    follow_up = read_follow_up(stop, censored, start)
    size = len(follow_up.time)
    arms, arm_codes = read_strata(arm, size)
    persons = read_labels("person", person, size)[1] * len(arms) + arm_codes
    begin = follow_up.time if follow_up.entry is None else follow_up.entry
    order = np.lexsort((begin, persons))
    rows = _Rows(persons[order], begin[order], follow_up.time[order], follow_up.event[order],
                 arm_codes[order], arms, order)
    overlaps = np.zeros(size, dtype=np.bool_)
    overlaps[order[1:]] = (rows.person[1:] == rows.person[:-1]) & (rows.start[1:] < rows.stop[:-1])
    refuse_rows("start", overlaps, "lies before the end of the person's earlier row")
    return rows


def _find_in_view(rows: _Rows, table: Numbers, method: str) -> tuple[Numbers, tuple[str, ...]]:
    """The probability of not being censored before each row begins."""
    lost = np.zeros(len(rows.person))
    warnings: list[str] = []
    find = _find_logistic_hazard if method == METHODS[0] else _find_cox_hazard
    for code in range(len(rows.arms)):
        inside = rows.arm == code
        if rows.censored[inside].any():
            lost[inside], more = find(rows, inside, table[inside])
            warnings += more
    return np.exp(-_sum_before(rows.person, lost)), tuple(warnings)


def _find_logistic_hazard(rows: _Rows, inside: NDArray[np.bool_],
                          table: Numbers) -> tuple[Numbers, tuple[str, ...]]:
    """Minus the logarithm of the chance of passing each row in view."""
    if rows.censored[inside].all():
        raise FollowUpError("censored is true in every row of an arm: nobody stays in view to be weighed.")
    fit = fit_logistic(rows.censored[inside], table, may_be_never=True)
    return -np.log1p(-np.minimum(fit.probabilities, 1 - 1e-15)), fit.warnings


def _find_cox_hazard(rows: _Rows, inside: NDArray[np.bool_],
                          table: Numbers) -> tuple[Numbers, tuple[str, ...]]:
    """The hazard of censoring that each row lives through."""
    start, stop = rows.start[inside], rows.stop[inside]
    fit = fit_cox(stop, rows.censored[inside], table, entry=start, ties="breslow")
    lived = _read_hazard(fit.baseline[0], stop) - _read_hazard(fit.baseline[0], start)
    return np.exp(predict_log_hazard(fit, table)) * lived, fit.warnings


def _read_hazard(base: BaselineHazard, times: Numbers) -> Numbers:
    """The cumulative hazard up to and including the times."""
    return np.concatenate([[0.0], base.cumulative_hazard])[np.searchsorted(base.time, times, side="right")]


def _sum_before(person: Codes, values: Numbers) -> Numbers:
    """The sum of the values of a person's earlier rows."""
    running = values.cumsum() - values
    first = np.flatnonzero(np.diff(person, prepend=-1))
    return np.maximum(running - np.repeat(running[first], np.diff(np.append(first, len(person)))), 0.0)
