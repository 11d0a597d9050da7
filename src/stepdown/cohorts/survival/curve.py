"""A survival curve as numbers: what it is at a time, when it falls to a level, how long it stays up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stepdown.cohorts.survival.follow_up import TIE_TOLERANCE, Codes, Numbers, read_numbers


@dataclass(frozen=True)
class SurvivalCurve:
    """The share still without the event after each time, with its interval; not a number where unknown.

    ``n_risk``, ``n_event`` and ``n_censor`` are sums of weights; ``rows_at_risk`` counts rows.
    ``standard_error`` is that of ``survival``; it is robust if ``is_robust`` says so, else Greenwood's.
    """

    time: Numbers
    n_risk: Numbers
    n_event: Numbers
    n_censor: Numbers
    rows_at_risk: Codes
    survival: Numbers
    standard_error: Numbers
    lower: Numbers
    upper: Numbers
    cumulative_hazard: Numbers
    cumulative_hazard_error: Numbers
    interval: str
    level: float
    is_robust: bool
    n_rows: int

    def at(self, times: ArrayLike) -> CurvePoints:
        """The curve at given times; beyond the last follow-up it is unknown, unless it had come to nought."""
        asked = np.atleast_1d(read_numbers("times", np.atleast_1d(np.asarray(times))))
        place = np.searchsorted(self.time, asked, side="right")
        known = (asked <= self.time[-1]) | (self.survival[-1] == 0)
        next_place = np.searchsorted(self.time, asked, side="left")

        def take(values: Numbers, first: float) -> Numbers:
            return np.where(known, np.concatenate([[first], values])[place], np.nan)

        return CurvePoints(
            asked, np.append(self.n_risk, 0.0)[next_place], np.append(self.rows_at_risk, 0)[next_place],
            take(self.survival, 1.0), take(self.standard_error, 0.0), take(self.lower, 1.0),
            take(self.upper, 1.0))

    def find_quantiles(self, shares: ArrayLike) -> Quantiles:
        """The times by which given shares have had the event, with intervals from the curve's own bounds.

        0.5 asks for the median (Brookmeyer and Crowley, Biometrics 1982;38:29). Where the curve, or a bound,
        is flat at the level, the middle of the flat piece is taken, as R does; not a number if not reached.
        """
        asked = np.atleast_1d(read_numbers("shares", np.atleast_1d(np.asarray(shares))))
        curves = (self.survival, self.lower, self.upper)
        return Quantiles(asked, *(find_crossings(self.time, curve, asked) for curve in curves))

    @property
    def median(self) -> float:
        """The time by which half have had the event; not a number if the curve does not fall so far."""
        return float(self.find_quantiles([0.5]).time[0])


@dataclass(frozen=True)
class CurvePoints:
    """A curve read at given times; ``n_risk`` (weights) and ``rows_at_risk`` count times from it on."""

    time: Numbers
    n_risk: Numbers
    rows_at_risk: Codes
    survival: Numbers
    standard_error: Numbers
    lower: Numbers
    upper: Numbers


@dataclass(frozen=True)
class Quantiles:
    """Times by which given shares have had the event, and the bounds of these times."""

    share: Numbers
    time: Numbers
    lower: Numbers
    upper: Numbers


def find_crossings(time: Numbers, survival: Numbers, shares: Numbers) -> Numbers:
    """When a falling curve comes down to one less each share; the middle of a flat piece at that level."""
    fallen, places = np.concatenate([[0.0], 1 - survival]), np.concatenate([[0.0], time])
    known = np.flatnonzero(~np.isnan(fallen))
    levels, first = np.unique(fallen[known], return_index=True)
    moments = np.append(places[known][first], np.nan)
    reached = moments[np.searchsorted(levels, shares - TIE_TOLERANCE)]
    passed = moments[np.searchsorted(levels, shares + TIE_TOLERANCE)]
    ends_there = np.abs(fallen[known[first.max()]] - shares) < TIE_TOLERANCE
    if not np.isnan(fallen[-1]):
        passed = np.where(ends_there, places[-1], passed)
    return np.where(shares == 0, 0.0, (reached + passed) / 2)
