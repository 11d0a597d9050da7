"""Hazard ratios: the Cox model with ties, weights, strata, late entry, and robust errors by person.

Cox, J R Stat Soc B 1972;34:187; robust variance of Lin and Wei, J Am Stat Assoc 1989;84:1074. The numbers
are those of R's coxph.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stepdown.cohorts.survival.cox_baseline import find_baselines
from stepdown.cohorts.survival.cox_fit import ChiSquare, CoxFit
from stepdown.cohorts.survival.cox_likelihood import Likelihood, evaluate, find_score_residuals, sum_by_person
from stepdown.cohorts.survival.cox_newton import Maximum, find_estimable, find_runaways, invert, maximise
from stepdown.cohorts.survival.cox_rows import CoxRows, multiply_lines, sort_rows
from stepdown.cohorts.survival.follow_up import (
    FollowUpError,
    Numbers,
    read_follow_up,
    read_numbers,
    read_strata,
)

# R's coxph.wtest: a variance below this share of the largest is none.
SMALLEST_VARIANCE = 1e-9
TIES = ("efron", "breslow")
Covariates = ArrayLike | Mapping[str, ArrayLike]


def fit_cox(time: ArrayLike, event: ArrayLike, covariates: Covariates, *, entry: ArrayLike | None = None,
            weights: ArrayLike | None = None, strata: ArrayLike | None = None,
            cluster: ArrayLike | None = None, ties: str = "efron", robust: bool | None = None,
            small_sample: bool = False, level: float = 0.95, tolerance: float = 1e-9,
            most_iterations: int = 20) -> CoxFit:
    """Fit a Cox model. ``covariates`` is a mapping of names to columns, or a table of rows by columns.

    The other arrays are those of ``estimate_survival``; ``strata`` have hazards of their own. Errors are
    robust with ``weights`` or ``cluster`` unless ``robust`` is False; ``small_sample`` multiplies the robust
    variance by G/(G-1) for G persons, as survey's svycoxph does. What cannot be estimated - no events, a
    constant or redundant covariate, one that separates those with the event from those without - is not a
    number, and ``warnings`` says why. FollowUpError when an array cannot be read.
    """
    if ties not in TIES:
        raise FollowUpError(f"there is no method {ties!r} for ties; choose one of {', '.join(TIES)}.")
    follow_up = read_follow_up(time, event, entry, weights, cluster, robust=robust)
    names, table = read_covariates(covariates, len(follow_up.kept))
    labels, stratum = read_strata(strata, len(follow_up.kept))
    if not follow_up.kept.all():
        table, stratum = table[follow_up.kept], stratum[follow_up.kept]
    rows = sort_rows(follow_up, table, stratum, ties)
    kept, start = _choose_covariates(rows)
    rows = rows.choose(kept)
    maximum = maximise(rows, start, tolerance, most_iterations)
    covariance, robust_score = maximum.covariance, None
    if follow_up.is_robust:
        covariance = _find_robust(rows, maximum, small_sample)
        robust_score = _test_robustly(rows, maximum)
    runaway = find_runaways(maximum, tolerance) if len(rows.events) else []
    martingale, deviance = _find_residuals(rows, maximum, follow_up.kept)
    spread = _Spread(tuple(kept), len(names))
    fit = CoxFit(
        names, spread.line(maximum.coefficients), spread.table(covariance), spread.table(maximum.covariance),
        maximum.start.value, maximum.end.value, _test(maximum.start.slope, maximum.start.curvature),
        _test(maximum.coefficients, covariance), robust_score, maximum.iterations, ties, follow_up.is_robust,
        len(rows.time), len(rows.events), level, tuple(n for j, n in enumerate(names) if j not in kept),
        tuple(names[kept[j]] for j in runaway), (), find_baselines(rows, maximum, labels, spread), martingale,
        deviance)
    return replace(fit, warnings=_find_warnings(fit, maximum))


def _choose_covariates(rows: CoxRows) -> tuple[list[int], Likelihood]:
    """Those that can be estimated, none without an event; and what the data say of them at 0."""
    start = evaluate(rows, np.zeros(len(rows.covariates)))
    scale = np.abs(rows.covariates).mean(axis=1)
    kept = find_estimable(start.curvature, np.where(scale > 0, scale, 1.0)) if len(rows.events) else []
    return kept, replace(start, slope=start.slope[kept], curvature=start.curvature[np.ix_(kept, kept)],
                         sums=start.sums[[0, *(j + 1 for j in kept)]],
                         event_sums=start.event_sums[[0, *(j + 1 for j in kept)]])


def _find_robust(rows: CoxRows, maximum: Maximum, small_sample: bool) -> Numbers:
    """The sandwich: scores summed by person, squared, between the inverse of the information."""
    scores = sum_by_person(rows, find_score_residuals(rows, maximum.end))
    persons = scores.shape[1] if rows.cluster is None else len(np.unique(rows.cluster))
    if persons == 1:  # the influences of all rows sum to 0, which is no sign of certainty
        return np.full_like(maximum.covariance, np.nan)
    factor = persons / (persons - 1) if small_sample and persons > 1 else 1.0
    return np.asarray(factor * maximum.covariance @ multiply_lines(scores, scores) @ maximum.covariance)


def _test_robustly(rows: CoxRows, maximum: Maximum) -> ChiSquare:
    """The score test with the variance of the scores summed by person."""
    scores = sum_by_person(rows, find_score_residuals(rows, maximum.start))
    return _test(scores.sum(axis=1), multiply_lines(scores, scores))


def _test(values: Numbers, covariance: Numbers) -> ChiSquare:
    """The quadratic form of the values in the inverse of their covariance."""
    if not len(values) or not np.isfinite(covariance).all():
        return ChiSquare(float("nan"), 0)
    # Fewer persons than covariates leave no more directions than persons; R's coxph tests those, as here.
    kept = find_estimable(covariance, np.ones(len(values)), SMALLEST_VARIANCE)
    inner = covariance[np.ix_(kept, kept)]
    return ChiSquare(float(values[kept] @ invert(inner) @ values[kept]), len(kept))


def _find_residuals(rows: CoxRows, maximum: Maximum, kept: NDArray[np.bool_]) -> tuple[Numbers, Numbers]:
    """Martingale and deviance residuals (Therneau, Grambsch and Fleming, Biometrika 1990;77:147)."""
    places, expected = np.flatnonzero(kept)[rows.order], maximum.end.expected
    martingale, deviance = np.full(len(kept), np.nan), np.full(len(kept), np.nan)
    left = -expected
    left[rows.events] += 1
    inner = -2 * left
    with np.errstate(divide="ignore", invalid="ignore"):  # where a coefficient runs to infinity
        inner[rows.events] -= 2 * np.log(expected[rows.events])
    martingale[places] = left
    deviance[places] = np.copysign(np.sqrt(np.maximum(inner, 0)), left)
    return martingale, deviance


@dataclass(frozen=True)
class _Spread:
    """Puts values of the estimated covariates among all; the others are not a number."""

    kept: tuple[int, ...]
    size: int

    def line(self, values: Numbers) -> Numbers:
        """One value a covariate."""
        return self.lines(values[:, None])[:, 0]

    def lines(self, values: Numbers) -> Numbers:
        """One line a covariate."""
        spread = np.full((self.size, values.shape[1]), np.nan)
        spread[list(self.kept)] = values
        return spread

    def table(self, values: Numbers) -> Numbers:
        """One line and one column a covariate."""
        return self.lines(self.lines(values).T)


def _find_warnings(fit: CoxFit, maximum: Maximum) -> tuple[str, ...]:
    if not fit.n_events:
        return ("No event happened: no hazard ratio can be estimated, which does not show that there is no "
                "difference.",)
    found = []
    if fit.left_out:
        found.append(f"{', '.join(fit.left_out)}: the same for everybody at risk, or given by other "
                     "covariates; no hazard ratio can be estimated.")
    if fit.runaway:
        found.append(f"{', '.join(fit.runaway)}: it separates those with the event from those without, so "
                     "the hazard ratio has no finite estimate; only its direction can be read.")
    if fit.is_robust and np.isnan(fit.covariance).all() and len(fit.left_out) < len(fit.names):
        found.append("All rows are of one person: there is no robust error, so no interval and no p-value.")
    elif not fit.runaway and not maximum.has_converged:
        found.append("The search for the coefficients ran out of iterations; the figures are not final.")
    return tuple(found)


def read_covariates(covariates: Covariates, length: int) -> tuple[tuple[str, ...], Numbers]:
    """Names and a table of rows by covariates; a column without a name is x1, x2 and so on."""
    if isinstance(covariates, Mapping):
        names = tuple(str(name) for name in covariates)
        columns = [read_numbers(name, column, length)
                   for name, column in zip(names, covariates.values(), strict=True)]
    else:
        table = _read_table(covariates)
        names = tuple(f"x{j + 1}" for j in range(table.shape[1]))
        columns = [read_numbers(name, column, length) for name, column in zip(names, table.T, strict=True)]
    if not columns:
        raise FollowUpError("covariates is empty: name at least one.")
    return names, np.column_stack(columns)


def _read_table(covariates: ArrayLike) -> NDArray[np.generic]:
    table = np.asarray(covariates)
    if table.ndim == 1:
        table = table[:, None]
    if table.ndim != 2:
        raise FollowUpError("covariates must be a table of rows by covariates, or map names to columns.")
    return table
