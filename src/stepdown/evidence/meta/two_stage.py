"""Inverse-variance pooling of normal estimates, with or without moderators.

Methods FE, DL, REML, ML, PM, EB for the variance between studies; tests z, knha (Knapp-Hartung) and
adhoc (Knapp-Hartung never narrower than z). An unknown name is refused with the list of those offered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from stepdown.evidence.meta.distributions import Floats, chi2_tail, critical_value, f_tail, two_sided_p
from stepdown.evidence.meta.heterogeneity import (
    Weighted,
    find_tau2,
    find_tau2_interval,
    find_tau2_se,
    find_typical_variance,
    fit_weighted,
)
from stepdown.evidence.meta.many_sets import (
    TAU2_METHODS,
    TESTS,
    find_tau2_of_sets,
)
from stepdown.evidence.meta.refusals import NotPoolable, check_choice

ModeratorTest = tuple[float | None, float | None, tuple[float, float | None] | None]


@dataclass(frozen=True, eq=False)
class TwoStage:
    """Coefficients (intercept first) with tests and intervals, the spread, and how the fit went."""

    method: str
    test: str
    k: int
    p: int
    names: tuple[str, ...]
    coef: Floats
    se: Floats
    stat: Floats
    pval: Floats
    ci_low: Floats
    ci_high: Floats
    df: float | None
    covariance: Floats
    tau2: float
    se_tau2: float | None
    i2: float
    h2: float
    q: float
    q_p: float
    qm: float | None
    qm_p: float | None
    qm_df: tuple[float, float | None] | None
    r2: float | None
    log_likelihood: float
    restricted_log_likelihood: float
    weights: Floats
    level: float
    iterations: int
    converged: bool
    estimates: Floats
    variances: Floats
    design: Floats

    @cached_property
    def tau2_interval(self) -> tuple[float, float] | None:
        """The Q-profile interval of tau2; None for FE and where no study is to spare."""
        if self.method == "FE" or self.k <= self.p:
            return None
        return find_tau2_interval(self.estimates, self.variances, self.design, self.level)

    @property
    def i2_interval(self) -> tuple[float, float] | None:
        """The interval of I2 in percent that belongs to it."""
        if self.tau2_interval is None:
            return None
        typical = find_typical_variance(self.variances, self.design)
        low, high = (100 * bound / (typical + bound) for bound in self.tau2_interval)
        return low, high

    @property
    def prediction_interval(self) -> tuple[float, float] | None:
        """Where a new study's true value lies (intercept only): normal for z, t with k - p df otherwise."""
        return self._predict(self.df) if self.p == 1 and self.method != "FE" else None

    @property
    def prediction_interval_t(self) -> tuple[float, float] | None:
        """The same with t of k - 2 degrees of freedom (Higgins, Thompson and Spiegelhalter 2009)."""
        return self._predict(self.k - 2) if self.p == 1 and self.method != "FE" and self.k > 2 else None

    def _predict(self, df: float | None) -> tuple[float, float]:
        reach = critical_value(self.level, df) * float(np.sqrt(self.se[0] ** 2 + self.tau2))
        return float(self.coef[0]) - reach, float(self.coef[0]) + reach


def fit_two_stage(y: Sequence[float] | Floats, v: Sequence[float] | Floats, moderators: Floats | None = None,
                  method: str = "REML", test: str = "z", level: float = 0.95,
                  names: Sequence[str] = ()) -> TwoStage:
    """Pool estimates y with variances v; ``moderators`` is a matrix without the intercept."""
    check_choice("method", method, TAU2_METHODS)
    check_choice("test", test, TESTS)
    values, variances = check_estimates(y, v)
    design = add_intercept(moderators, len(values))
    if len(values) < design.shape[1]:
        raise NotPoolable(f"{len(values)} studies cannot carry {design.shape[1]} coefficients")
    if moderators is None:
        return fit_sets(values[None], variances[None], method, test, level)[0]
    labels = ("intercept", *names) if names else tuple(_name(j) for j in range(design.shape[1]))
    return _assemble(values, variances, design, method, test, level, labels,
                     find_tau2(values, variances, design, method))


def fit_sets(y: Floats, v: Floats, method: str = "REML", test: str = "z",
             level: float = 0.95) -> tuple[TwoStage, ...]:
    """Pool many sets of studies without moderators: a row a set, a column a study."""
    found, ones = find_tau2_of_sets(y, v, method), np.ones((y.shape[1], 1))
    return tuple(
        _assemble(y[i], v[i], ones, method, test, level, ("intercept",),
                  (float(found.tau2[i]), int(found.turns[i]), bool(found.converged[i])))
        for i in range(len(y)))


def check_estimates(y: Sequence[float] | Floats, v: Sequence[float] | Floats) -> tuple[Floats, Floats]:
    """The estimates and variances as arrays; NotPoolable when they cannot be pooled."""
    values, variances = np.asarray(y, dtype=float), np.asarray(v, dtype=float)
    if values.size == 0 or values.shape != variances.shape:
        raise NotPoolable(f"{values.size} estimates, {variances.size} variances; give one for each")
    if not (np.all(np.isfinite(values)) and np.all(np.isfinite(variances)) and np.all(variances > 0)):
        raise NotPoolable("every estimate must be a number and every variance more than 0")
    return values, variances


def add_intercept(moderators: Floats | None, k: int) -> Floats:
    """The design matrix: a column of ones, then the moderators."""
    ones = np.ones((k, 1))
    if moderators is None:
        return ones
    return np.hstack([ones, np.asarray(moderators, dtype=float).reshape(k, -1)])


def _name(column: int) -> str:
    return "intercept" if column == 0 else f"moderator {column}"


def _assemble(y: Floats, v: Floats, x: Floats, method: str, test: str, level: float, names: tuple[str, ...],
              found: tuple[float, int, bool]) -> TwoStage:
    (k, p), (tau2, turns, converged) = x.shape, found
    fit, plain = fit_weighted(y, v, x, tau2), fit_weighted(y, v, x, 0.0)
    df = float(k - p) if test != "z" and k > p else None
    covariance = fit.covariance * find_knapp_hartung_factor(fit, test)
    se = np.sqrt(np.diag(covariance))
    with np.errstate(divide="ignore", invalid="ignore"):
        stat, reach = fit.beta / se, critical_value(level, df) * se
    typical = (k - p) / plain.trace_p if k > p else float("nan")
    qm, qm_p, qm_df = _test_moderators(fit.beta, covariance, df)
    i2, h2 = _find_inconsistency(method, plain.q, k - p, tau2, typical)
    return TwoStage(
        method, test, k, p, names, fit.beta, se, stat, two_sided_p(stat, df), fit.beta - reach,
        fit.beta + reach, df, covariance, tau2, find_tau2_se(fit, plain, tau2, method), i2, h2, plain.q,
        chi2_tail(plain.q, k - p), qm, qm_p, qm_df,
        _find_r2(y, v, x, method, tau2, plain) if p > 1 else None, _log_likelihood(fit),
        _restricted_log_likelihood(fit), fit.weight / fit.weight.sum(), level, turns, converged, y, v, x)


def find_knapp_hartung_factor(fit: Weighted, test: str) -> float:
    """What the covariance is multiplied by: 1 for z, Q/(k-p) for knha, at least 1 for adhoc."""
    k, p = len(fit.design), fit.design.shape[1]
    if test == "z" or k <= p:
        return 1.0
    factor = float(fit.q / (k - p))
    return max(factor, 1.0) if test == "adhoc" else factor


def _find_inconsistency(method: str, q: float, df: int, tau2: float, typical: float) -> tuple[float, float]:
    """I2 in percent, and H2."""
    if df <= 0:
        return 0.0, 1.0
    if method == "FE":
        return max(0.0, 100 * (q - df) / q) if q > 0 else 0.0, q / df
    return 100 * tau2 / (typical + tau2), tau2 / typical + 1


def _test_moderators(beta: Floats, covariance: Floats, df: float | None) -> ModeratorTest:
    """Whether all moderators together explain anything: chi-squared, or F when there are df."""
    count = len(beta) - 1
    if count == 0:
        return None, None, None
    qm = float(beta[1:] @ np.linalg.solve(covariance[1:, 1:], beta[1:]))
    if df is None:
        return qm, chi2_tail(qm, count), (count, None)
    return qm / count, f_tail(qm / count, count, df), (count, df)


def _find_r2(y: Floats, v: Floats, x: Floats, method: str, tau2: float, plain: Weighted) -> float | None:
    """The percentage of the spread that the moderators explain; for FE the adjusted R2 of the regression."""
    k, p = x.shape
    ones = np.ones((k, 1))
    if method == "FE":
        total = fit_weighted(y, v, ones, 0.0).q
        return max(0.0, 100 * (1 - (plain.q / total) * (k - 1) / (k - p))) if k > p else None
    before = find_tau2(y, v, ones, method)[0]
    return max(0.0, 100 * (before - tau2) / before) if before > 0 else None


def _log_likelihood(fit: Weighted) -> float:
    k = len(fit.weight)
    return float(-0.5 * k * np.log(2 * np.pi) + 0.5 * np.sum(np.log(fit.weight)) - 0.5 * fit.q)


def _restricted_log_likelihood(fit: Weighted) -> float:
    p = fit.design.shape[1]
    shape = _log_det(fit.design.T @ fit.design) + _log_det(fit.covariance)
    return float(_log_likelihood(fit) + 0.5 * p * np.log(2 * np.pi) + 0.5 * shape)


def _log_det(matrix: Floats) -> float:
    return float(np.log(matrix[0, 0]) if matrix.size == 1 else np.linalg.slogdet(matrix)[1])
