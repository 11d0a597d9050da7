"""Several findings of one study: three-level models, correlated sampling errors, robust standard errors.

y ~ N(X beta, V + between * (same study) + within * (same finding)). V may hold the covariance of
findings of one study, from an assumed correlation. Variances by ML or REML, Fisher scoring with
relative convergence; robust covariance CR1 or CR2 (Pustejovsky and Tipton 2018) with Satterthwaite
degrees of freedom.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from stepdown.evidence.meta.distributions import Floats, Indices, critical_value
from stepdown.evidence.meta.refusals import NotPoolable, check_choice
from stepdown.evidence.meta.two_stage import add_intercept, check_estimates
from stepdown.evidence.meta.variance_components import ComponentModel, find_profile_interval, fit_components

METHODS = ("REML", "ML")
ROBUST = ("CR1", "CR2")


@dataclass(frozen=True, eq=False)
class Multilevel:
    """Coefficients, the variances between studies and between findings within them, the working model."""

    method: str
    k: int
    studies: int
    coef: Floats
    se: Floats
    ci_low: Floats
    ci_high: Floats
    covariance: Floats
    sigma2: tuple[float, float]
    sigma2_intervals: tuple[tuple[float, float], tuple[float, float]]
    log_likelihood: float
    q: float
    level: float
    converged: bool
    marginal: Floats
    design: Floats
    residual: Floats
    cluster: tuple[str, ...]

    @property
    def prediction_interval(self) -> tuple[float, float]:
        """Where the true value of a new finding of a new study lies (no moderators)."""
        reach = critical_value(self.level) * float(np.sqrt(self.se[0] ** 2 + sum(self.sigma2)))
        return float(self.coef[0]) - reach, float(self.coef[0]) + reach


@dataclass(frozen=True, eq=False)
class Robust:
    """Coefficients with standard errors that hold even when the working model is wrong."""

    kind: str
    coef: Floats
    se: Floats
    df: Floats
    ci_low: Floats
    ci_high: Floats


def build_sampling_covariance(v: Floats, cluster: Sequence[str], correlation: float = 0.0) -> Floats:
    """The covariance of sampling errors when findings of one study correlate."""
    if not -1 < correlation < 1:
        raise NotPoolable(f"a correlation of {correlation} is not possible; it must lie between -1 and 1")
    same = _same(cluster)
    root = np.sqrt(v)
    return np.asarray(np.where(np.eye(len(v)) > 0, np.diag(v), correlation * same * np.outer(root, root)))


def fit_three_level(y: Sequence[float] | Floats, v: Sequence[float] | Floats, study: Sequence[object],
                    moderators: Floats | None = None, method: str = "REML", correlation: float = 0.0,
                    level: float = 0.95) -> Multilevel:
    """Findings within studies; ``correlation`` is that of the sampling errors of one study's findings."""
    check_choice("method", method, METHODS)
    values, variances = check_estimates(y, v)
    cluster, design = tuple(str(s) for s in study), add_intercept(moderators, len(values))
    if len(cluster) != len(values):
        raise NotPoolable(f"{len(values)} findings with {len(cluster)} study names; give one name a finding")
    if len(set(cluster)) < 2:
        raise NotPoolable("a three-level model needs at least two studies")
    sampling = build_sampling_covariance(variances, cluster, correlation)
    parts = np.array([_same(cluster), np.eye(len(values))])
    model = ComponentModel(values, sampling, design, parts, method == "REML")
    return _to_result(model, cluster, method, level)


def _same(cluster: Sequence[str]) -> Floats:
    names = np.array(cluster)
    return np.asarray(names[:, None] == names[None, :], dtype=float)


def _to_result(model: ComponentModel, cluster: tuple[str, ...], method: str, level: float) -> Multilevel:
    fit = fit_components(model)
    intervals = (find_profile_interval(model, fit, 0, level), find_profile_interval(model, fit, 1, level))
    se = np.sqrt(np.diag(fit.covariance))
    reach = critical_value(level) * se
    sigma2 = (float(fit.sigma2[0]), float(fit.sigma2[1]))
    return Multilevel(method, len(model.y), len(set(cluster)), fit.beta, se, fit.beta - reach,
                      fit.beta + reach, fit.covariance, sigma2, intervals, fit.log_likelihood, _find_q(model),
                      level, fit.converged, fit.marginal, model.design, model.y - model.design @ fit.beta,
                      cluster)


def _find_q(model: ComponentModel) -> float:
    x, weight = model.design, np.linalg.inv(model.sampling)
    residual = model.y - x @ np.linalg.solve(x.T @ weight @ x, x.T @ weight @ model.y)
    return float(residual @ weight @ residual)


def find_robust(fit: Multilevel, kind: str = "CR2") -> Robust:
    """Cluster-robust standard errors by study; CR2 with Satterthwaite df, CR1 scaled by m / (m - p)."""
    check_choice("kind", kind, ROBUST)
    names = np.array(fit.cluster)
    groups = [np.flatnonzero(names == name) for name in dict.fromkeys(fit.cluster)]
    m, p = len(groups), fit.design.shape[1]
    if m <= p:
        raise NotPoolable(f"robust errors need more than {p} studies; there are {m}")
    loads = [_load(fit, rows, kind) for rows in groups]
    scores = np.array([load @ fit.residual[rows] for load, rows in zip(loads, groups, strict=True)])
    covariance = scores.T @ scores * (m / (m - p) if kind == "CR1" else 1.0)
    df = np.full(p, float(m - p)) if kind == "CR1" else _find_satterthwaite(fit, groups, loads)
    se = np.sqrt(np.diag(covariance))
    reach = np.array([critical_value(fit.level, d) for d in df]) * se
    return Robust(kind, fit.coef, se, df, fit.coef - reach, fit.coef + reach)


def _load(fit: Multilevel, rows: Indices, kind: str) -> Floats:
    """What a study's residuals are multiplied by to give its part of the coefficients."""
    block, x = fit.marginal[np.ix_(rows, rows)], fit.design[rows]
    base = fit.covariance @ x.T @ np.linalg.inv(block)
    return np.asarray(base @ _adjust(block, x, fit.covariance) if kind == "CR2" else base)


def _adjust(block: Floats, x: Floats, covariance: Floats) -> Floats:
    """The CR2 matrix that makes the robust variance unbiased under the working model."""
    root = np.linalg.cholesky(block).T
    inner = root @ (block - x @ covariance @ x.T) @ root.T
    values, vectors = np.linalg.eigh(inner)
    inverse = np.where(values > 1e-12 * values.max(), values, np.inf) ** -0.5
    return np.asarray(root.T @ (vectors * inverse) @ vectors.T @ root)


def _find_satterthwaite(fit: Multilevel, groups: list[Indices], loads: list[Floats]) -> Floats:
    """Degrees of freedom of each coefficient."""
    k, p = fit.design.shape
    hat = fit.design @ fit.covariance @ fit.design.T @ np.linalg.inv(fit.marginal)
    away = np.eye(k) - hat
    df = np.empty(p)
    for j in range(p):
        pulls = np.array([load[j] @ away[rows] for load, rows in zip(loads, groups, strict=True)])
        spread = pulls @ fit.marginal @ pulls.T
        df[j] = np.trace(spread) ** 2 / np.sum(spread**2)
    return df
