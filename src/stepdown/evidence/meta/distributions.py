"""Tails and quantiles of the usual distributions, from scipy.special, which is loaded on first use."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Indices = NDArray[np.intp]


def _special() -> Any:
    import scipy.special

    return scipy.special


def to_normal_probability(z: Floats | float) -> Floats:
    """The chance that a standard normal value lies below z."""
    return np.asarray(_special().ndtr(z))


def to_normal_quantile(p: float) -> float:
    """The standard normal value below which a share p lies."""
    return float(_special().ndtri(p))


def to_t_probability(value: Floats | float, df: float) -> Floats:
    """The chance that Student's t with df degrees of freedom lies below the value."""
    return np.asarray(_special().stdtr(df, value))


def to_t_quantile(p: float, df: float) -> float:
    """The value below which a share p of Student's t lies."""
    return float(_special().stdtrit(df, p))


def two_sided_p(stat: Floats | float, df: float | None = None) -> Floats:
    """Two-sided p of a z statistic, or of a t statistic when df is given."""
    size = -np.abs(np.asarray(stat, dtype=float))
    return 2 * (to_normal_probability(size) if df is None else to_t_probability(size, df))


def critical_value(level: float, df: float | None = None) -> float:
    """How many standard errors an interval of this level reaches: normal, or t when df is given."""
    upper = 0.5 + level / 2
    return to_normal_quantile(upper) if df is None else to_t_quantile(upper, df)


def chi2_tail(value: float, df: float) -> float:
    """The chance that a chi-squared value exceeds this one; 1 when there are no degrees of freedom."""
    return float(_special().chdtrc(df, max(value, 0.0))) if df > 0 else 1.0


def to_chi2_quantile(p: float, df: float) -> float:
    """The chi-squared value below which a share p lies."""
    return float(2 * _special().gammaincinv(df / 2, p))


def f_tail(value: float, df1: float, df2: float) -> float:
    """The chance that an F value exceeds this one."""
    return float(_special().fdtrc(df1, df2, value))


def to_beta_quantile(p: float, a: float, b: float) -> float:
    """The value below which a share p of the beta(a, b) distribution lies."""
    return float(_special().betaincinv(a, b, p))


def to_gamma_quantile(p: float, shape: float) -> float:
    """The value below which a share p of the gamma(shape, 1) distribution lies."""
    return float(_special().gammaincinv(shape, p))


def log_gamma(value: Floats | float) -> Floats:
    """The logarithm of the gamma function."""
    return np.asarray(_special().gammaln(value))


def differentiate_log_gamma(value: Floats | float) -> Floats:
    """The derivative of the logarithm of the gamma function (digamma)."""
    return np.asarray(_special().digamma(value))


def to_logistic(eta: Floats | float) -> Floats:
    """The probability whose log odds are given."""
    return np.asarray(_special().expit(eta))
