"""Confidence intervals of a probability from its standard error, on five scales, as R survival forms them.

Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data, 2nd ed. 2002, section 1.4; names as
in R's survfit(conf.type=). On the scales log-log, logit and arcsin a curve that has not yet moved has no
interval: the bounds are then not a number, which is to say unknown.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from stepdown.cohorts.survival.follow_up import FollowUpError, Numbers

Bounds = tuple[Numbers, Numbers]


def find_quantile(level: float) -> float:
    """The normal quantile of a two-sided interval: 1.96 for 0.95."""
    from scipy.special import ndtri

    if not 0 < level < 1:
        raise FollowUpError(f"level must lie between 0 and 1, as 0.95 does; it is {level}.")
    return float(ndtri(0.5 + level / 2))


def find_bounds(p: Numbers, error: Numbers, interval: str = "log", level: float = 0.95) -> Bounds:
    """The lower and upper bounds of probabilities with their standard errors (on their own scale)."""
    if interval not in INTERVALS:
        raise FollowUpError(f"there is no interval {interval!r}; choose one of {', '.join(INTERVALS)}.")
    z = find_quantile(level)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        relative = np.where(error == 0, 0.0, error / p)
        return INTERVALS[interval](p, relative, z)


def _plain(p: Numbers, relative: Numbers, z: float) -> Bounds:
    return np.maximum(p - z * relative * p, 0), np.minimum(p + z * relative * p, 1)


def _log(p: Numbers, relative: Numbers, z: float) -> Bounds:
    known = np.where(p == 0, np.nan, p)
    return np.exp(np.log(known) - z * relative), np.minimum(np.exp(np.log(known) + z * relative), 1)


def _log_log(p: Numbers, relative: Numbers, z: float) -> Bounds:
    known = np.where((p == 0) | (p == 1), np.nan, p)
    middle, half = np.log(-np.log(known)), z * relative / np.log(known)
    return np.exp(-np.exp(middle - half)), np.exp(-np.exp(middle + half))


def _logit(p: Numbers, relative: Numbers, z: float) -> Bounds:
    known = np.where((p == 0) | (p == 1), np.nan, p)
    middle, half = np.log(known / (1 - known)), z * relative / (1 - known)
    return 1 - 1 / (1 + np.exp(middle - half)), 1 - 1 / (1 + np.exp(middle + half))


def _arcsin(p: Numbers, relative: Numbers, z: float) -> Bounds:
    known = np.where(p == 0, np.nan, p)
    middle, half = np.arcsin(np.sqrt(known)), 0.5 * z * relative * np.sqrt(known / (1 - known))
    return np.sin(np.maximum(0, middle - half)) ** 2, np.sin(np.minimum(np.pi / 2, middle + half)) ** 2


INTERVALS: dict[str, Callable[[Numbers, Numbers, float], Bounds]] = {
    "log": _log, "log-log": _log_log, "plain": _plain, "logit": _logit, "arcsin": _arcsin}
