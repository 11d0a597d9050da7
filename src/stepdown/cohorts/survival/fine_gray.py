"""Ratios of the hazard of the subdistribution: which covariates go with a higher risk of one cause.

Fine and Gray, J Am Stat Assoc 1999;94:496. People with a competing event stay at risk, with a weight that
falls as others are censored. The variance allows for that weight being estimated. A ratio tells the direction
of the risk, and is no ratio of risks; the risks themselves are in ``incidence``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stepdown.cohorts.survival.cox import Covariates, read_covariates
from stepdown.cohorts.survival.cox_newton import find_estimable, invert
from stepdown.cohorts.survival.follow_up import Codes, FollowUp, FollowUpError, Numbers, read_follow_up
from stepdown.cohorts.survival.intervals import find_quantile
from stepdown.cohorts.survival.risk_table import sum_lines

TOLERANCE, MOST_STEPS = 1e-12, 30
# A coefficient that would still move by this share of itself runs to infinity.
SETTLED = 1e-5


@dataclass(frozen=True)
class FineGrayFit:
    """A fitted model; one value for each covariate, in the order of ``names``.

    A covariate in ``left_out`` is constant or given by others, and not a number throughout.
    """

    names: tuple[str, ...]
    cause: int
    coefficients: Numbers
    covariance: Numbers
    log_likelihood_null: float
    log_likelihood: float
    has_converged: bool
    n_rows: int
    n_events: int
    level: float
    left_out: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def standard_errors(self) -> Numbers:
        """Of the coefficients."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))

    @property
    def hazard_ratios(self) -> Numbers:
        """The factor by which one unit multiplies the hazard of the subdistribution."""
        return np.asarray(np.exp(self.coefficients))

    @property
    def lower(self) -> Numbers:
        """Lower bounds of the ratios."""
        return np.asarray(np.exp(self.coefficients - find_quantile(self.level) * self.standard_errors))

    @property
    def upper(self) -> Numbers:
        """Upper bounds of the ratios."""
        return np.asarray(np.exp(self.coefficients + find_quantile(self.level) * self.standard_errors))


@dataclass(frozen=True)
class _Rows:
    """Rows in order of time. Moments are the times of the cause; ``until`` counts those to each row's time.

    ``stays`` is one over the chance of not being censored before a competing event, and 0 without one;
    ``uncensored`` is that chance at the moments.
    """

    covariates: Numbers
    rows: FollowUp
    events: Codes
    until: Codes
    moments: Numbers
    deaths: Numbers
    stays: Numbers
    uncensored: Numbers


@dataclass(frozen=True)
class _State:
    value: float
    slope: Numbers
    curvature: Numbers
    risk: Numbers
    means: Numbers
    hazard: Numbers


def fit_fine_gray(time: ArrayLike, event: ArrayLike, covariates: Covariates, *, cause: int = 1,
                  level: float = 0.95) -> FineGrayFit:
    """Fit the model for one cause (R: cmprsk::crr); ``event`` is 0 (censored) or the number of the cause.

    ``covariates`` are those of ``fit_cox``. Rows have neither weights nor late entry. FollowUpError when an
    array cannot be read or the cause did not occur.
    """
    follow_up = read_follow_up(time, event, causes=True)
    names, table = read_covariates(covariates, len(follow_up.time))
    if not (follow_up.event == cause).any():
        raise FollowUpError(f"event never is {cause}: there is nothing to fit.")
    rows = _sort(follow_up, table, cause)
    start = _evaluate(rows, rows.covariates, np.zeros(table.shape[1]))
    scale = np.abs(rows.covariates).mean(axis=1)
    kept = find_estimable(start.curvature, np.where(scale > 0, scale, 1.0))
    x = rows.covariates[kept]
    coefficients, state, has_converged = _climb(rows, x)
    inverse = invert(state.curvature)
    residuals = inverse @ (_find_scores(rows, x, state) + _find_censoring_scores(rows, x, state))
    spread, variance = np.full(len(names), np.nan), np.full((len(names), len(names)), np.nan)
    spread[kept], variance[np.ix_(kept, kept)] = coefficients, residuals @ residuals.T
    left_out = tuple(name for j, name in enumerate(names) if j not in kept)
    return FineGrayFit(names, cause, spread, variance, start.value, state.value, has_converged,
                       len(follow_up.time), len(rows.events), level, left_out,
                       _find_warnings(left_out, has_converged))


def _find_warnings(left_out: tuple[str, ...], has_converged: bool) -> tuple[str, ...]:
    found = []
    if left_out:
        found.append(f"{', '.join(left_out)}: the same for everybody, or given by others; left out.")
    if not has_converged:
        found.append("The search did not settle: a covariate may separate those with the cause from the "
                     "rest; the figures have no finite estimate behind them.")
    return tuple(found)


def _sort(follow_up: FollowUp, table: Numbers, cause: int) -> _Rows:
    order = np.argsort(follow_up.time, kind="stable")
    rows = follow_up.take(order)
    events = np.flatnonzero(rows.event == cause)
    moments, deaths = np.unique(rows.time[events], return_counts=True)
    times, chance = _find_uncensored(rows)
    competes = (rows.event > 0) & (rows.event != cause)
    own = chance[np.searchsorted(times, rows.time, side="left")]
    stays = np.where(competes, 1 / np.where(own > 0, own, 1.0), 0.0)
    lines = np.ascontiguousarray(table[order].T)
    return _Rows(lines - lines.mean(axis=1, keepdims=True), rows, events,
                 np.searchsorted(moments, rows.time, side="right"), moments, deaths.astype(np.float64), stays,
                 chance[np.searchsorted(times, moments, side="left")])


def _find_uncensored(rows: FollowUp) -> tuple[Numbers, Numbers]:
    """The times of censoring, and the chance of not being censored before each (and after the last)."""
    times, counts = np.unique(rows.time[rows.event == 0], return_counts=True)
    at_risk = len(rows.time) - np.searchsorted(rows.time, times, side="left")
    return times, np.concatenate([[1.0], np.cumprod(1 - counts / at_risk)])


def _evaluate(rows: _Rows, x: Numbers, coefficients: Numbers) -> _State:
    """Value, slope and curvature; a row counts while at risk, and less and less after a competing event."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        risk = np.exp(coefficients @ x)
        lines = np.vstack([np.ones_like(risk), x]) * risk
        sums = _sum_from_moments(rows, lines) + rows.uncensored * _sum_before(rows, lines * rows.stays)
        means, hazard = sums[1:] / sums[0], rows.deaths / sums[0]
        value = (coefficients @ x[:, rows.events]).sum() - rows.deaths @ np.log(sums[0])
        expected = risk * _expose(rows, hazard[None])[0]
        slope = x[:, rows.events].sum(axis=1) - x @ expected
        curvature = (x * expected) @ x.T - (means * rows.deaths) @ means.T
    return _State(float(value), slope, curvature, risk, means, hazard)


def _sum_from_moments(rows: _Rows, lines: Numbers) -> Numbers:
    """At each moment the sums over rows with that time or a later one."""
    at = sum_lines(rows.until, lines, len(rows.moments) + 1)
    return np.asarray(at[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:])


def _sum_before(rows: _Rows, lines: Numbers) -> Numbers:
    """At each moment the sums over rows with an earlier time."""
    later = np.searchsorted(rows.moments, rows.rows.time, side="right")
    return np.asarray(sum_lines(later, lines, len(rows.moments) + 1).cumsum(axis=1)[:, :-1])


def _expose(rows: _Rows, at_moments: Numbers) -> Numbers:
    """For each row: what it meets while at risk, and what remains of it after a competing event."""
    zero = np.zeros((len(at_moments), 1))
    met = np.hstack([zero, at_moments.cumsum(axis=1)])
    falling = np.hstack([zero, (at_moments * rows.uncensored).cumsum(axis=1)])
    return np.asarray(met[:, rows.until] + rows.stays * (falling[:, -1:] - falling[:, rows.until]))


def _climb(rows: _Rows, x: Numbers) -> tuple[Numbers, _State, bool]:
    """Newton's steps from 0, halved when the likelihood falls."""
    here = np.zeros(len(x))
    state = _evaluate(rows, x, here)
    for _ in range(MOST_STEPS):
        step = invert(state.curvature) @ state.slope
        tried = _evaluate(rows, x, here + step)
        while not tried.value >= state.value - 1e-9 and np.abs(step).max(initial=0.0) > 1e-10:
            step = step / 2
            tried = _evaluate(rows, x, here + step)
        rise, here, state = tried.value - state.value, here + step, tried
        if abs(rise) <= TOLERANCE * (abs(state.value) + 1):
            break
    step = np.abs(invert(state.curvature) @ state.slope)
    return here, state, bool((step <= SETTLED * (1 + np.abs(here))).all())


def _find_scores(rows: _Rows, x: Numbers, state: _State) -> Numbers:
    """What each row adds to the slope (covariates by rows)."""
    drift = _expose(rows, state.means * state.hazard)
    scores = state.risk * (drift - x * _expose(rows, state.hazard[None])[0])
    scores[:, rows.events] += x[:, rows.events] - state.means[:, rows.until[rows.events] - 1]
    return np.asarray(scores)


def _find_censoring_scores(rows: _Rows, x: Numbers, state: _State) -> Numbers:
    """What each row adds through the estimated chance of not being censored."""
    times, counts = np.unique(rows.rows.time[rows.rows.event == 0], return_counts=True)
    if not len(times):
        return np.zeros_like(x)
    at_risk = len(rows.rows.time) - np.searchsorted(rows.rows.time, times, side="left")
    pull = _find_pull(rows, x, state, times) / at_risk
    met = np.hstack([np.zeros((len(x), 1)), (pull * counts / at_risk).cumsum(axis=1)])
    scores = -met[:, np.searchsorted(times, rows.rows.time, side="right")]
    is_censored = rows.rows.event == 0
    scores[:, is_censored] += pull[:, np.searchsorted(times, rows.rows.time[is_censored])]
    return np.asarray(scores)


def _find_pull(rows: _Rows, x: Numbers, state: _State, times: Numbers) -> Numbers:
    """How much a censoring at each time moves the slope, by those with a competing event before it."""
    lines = np.vstack([np.ones_like(state.risk), x]) * (state.risk * rows.stays)
    running = np.hstack([np.zeros((len(lines), 1)), lines.cumsum(axis=1)])
    before = running[:, np.searchsorted(rows.rows.time, times, side="left")]
    lived = np.vstack([state.hazard, state.means * state.hazard]) * rows.uncensored
    ahead = np.hstack([lived[:, ::-1].cumsum(axis=1)[:, ::-1], np.zeros((len(lived), 1))])
    still = ahead[:, np.searchsorted(rows.moments, times, side="left")]
    return np.asarray(before[1:] * still[0] - before[0] * still[1:])
