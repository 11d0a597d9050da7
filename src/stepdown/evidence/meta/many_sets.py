"""The variance between studies of many sets of studies at once, without moderators: one row a set.

Estimates y and variances v have a row for each set and a column for each study. A single pool is a
batch of one; leaving each study out, intervals and bootstrap refits are batches of many. Rows that have
converged leave the batch. The estimators and the relative rule of convergence are those of
``heterogeneity``, with Newton's steps once Fisher's have come near, which saves half of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stepdown.evidence.meta.distributions import Flags, Floats, Indices, critical_value, to_chi2_quantile
from stepdown.evidence.meta.refusals import NotPoolable, check_choice

TAU2_METHODS = ("FE", "DL", "REML", "ML", "PM", "EB")
TESTS = ("z", "knha", "adhoc")
RELATIVE = 1e-12
# A Newton step this small, squared, is below what a computer can tell apart.
RELATIVE_NEWTON = 1e-8
NEAR = 0.2
MOST_TURNS = 2000
# So many rows are worked on at once: their arrays stay in the processor's cache.
ROWS_AT_ONCE = 1000


@dataclass(frozen=True, eq=False)
class Weighed:
    """Weighted means at one variance between studies a row; ``pull`` is weight times residual (Py)."""

    weight: Floats
    total: Floats
    centre: Floats
    pull: Floats
    q: Floats

    @property
    def squared_score(self) -> Floats:
        """y'PPy, with P the projection that removes the mean."""
        return np.asarray(np.vecdot(self.pull, self.pull))

    @property
    def cubed_score(self) -> Floats:
        """y'PPPy."""
        heavy = self.weight * self.pull
        return np.asarray(np.vecdot(heavy, self.pull) - heavy.sum(axis=1) ** 2 / self.total)

    @property
    def traces(self) -> tuple[Floats, Floats]:
        """The traces of P and of PP."""
        squared = self.weight * self.weight
        share = squared.sum(axis=1) / self.total
        cubed = np.vecdot(squared, self.weight)
        return self.total - share, share * self.total - 2 * cubed / self.total + share**2


@dataclass(frozen=True, eq=False)
class Refits:
    """The pool of each row: coefficient, standard error, interval, variance between studies."""

    coef: Floats
    se: Floats
    ci_low: Floats
    ci_high: Floats
    tau2: Floats
    converged: Flags


@dataclass(frozen=True, eq=False)
class Roots:
    """The variance between studies of each row, the steps it took, and whether it converged."""

    tau2: Floats
    turns: Indices
    converged: Flags


def weigh(y: Floats, v: Floats, tau2: Floats) -> Weighed:
    """Weighted means with weights 1 / (v + tau2)."""
    weight = 1 / (v + tau2[:, None])
    total = weight.sum(axis=1)
    centre = np.vecdot(weight, y) / total
    residual = y - centre[:, None]
    pull = weight * residual
    return Weighed(weight, total, centre, pull, np.vecdot(pull, residual))


def refit_sets(y: Floats, v: Floats, method: str = "REML", test: str = "z", level: float = 0.95) -> Refits:
    """Pool many resampled or invented sets of studies at once: a row a set, a column a study.

    The numbers are those of ``fit_two_stage`` row by row. Raises NotPoolable and UnknownChoice.
    """
    check_choice("method", method, TAU2_METHODS)
    check_choice("test", test, TESTS)
    values, variances = np.asarray(y, dtype=float), np.asarray(v, dtype=float)
    if values.ndim != 2 or values.shape != variances.shape or not values.size:
        raise NotPoolable("estimates and variances need a row for each set and a column for each study")
    if not (np.all(np.isfinite(values)) and np.all(np.isfinite(variances)) and np.all(variances > 0)):
        raise NotPoolable("every estimate must be a number and every variance more than 0")
    starts = range(0, len(values), ROWS_AT_ONCE)
    parts = [_refit(values[i:i + ROWS_AT_ONCE], variances[i:i + ROWS_AT_ONCE], method, test, level)
             for i in starts]
    return Refits(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _refit(y: Floats, v: Floats, method: str, test: str, level: float) -> tuple[Floats | Flags, ...]:
    found, df = find_tau2_of_sets(y, v, method), y.shape[1] - 1
    at = weigh(y, v, found.tau2)
    se = 1 / np.sqrt(at.total)
    if test != "z" and df:
        factor = at.q / df
        se = se * np.sqrt(np.maximum(factor, 1.0) if test == "adhoc" else factor)
    reach = critical_value(level, df if test != "z" and df else None) * se
    return at.centre, se, at.centre - reach, at.centre + reach, found.tau2, found.converged


def find_tau2_of_sets(y: Floats, v: Floats, method: str) -> Roots:
    """The variance between studies of each row by FE, DL, REML, ML, PM or EB."""
    count, k = y.shape
    none, at_once = np.zeros(count), (np.ones(count, dtype=np.intp), np.ones(count, dtype=bool))
    if method == "FE" or k < 2:
        return Roots(none, *at_once)
    if method == "DL":
        return Roots(_find_dersimonian_laird(weigh(y, v, none)), *at_once)
    if method in ("PM", "EB"):
        return solve_q_of_sets(y, v, np.full(count, k - 1.0))
    return _find_likelihood_roots(y, v, method == "REML")


def _find_dersimonian_laird(plain: Weighed) -> Floats:
    """From the weighted means at no variance between studies."""
    df = plain.weight.shape[1] - 1
    return np.asarray(np.maximum((plain.q - df) / plain.traces[0], 0.0))


def solve_q_of_sets(y: Floats, v: Floats, target: Floats) -> Roots:
    """Where the weighted residual sum of squares meets the target of each row; 0 where it never does.

    Q falls and is convex in tau2, so Newton's steps on Q never overshoot from the left, and from the right
    land on the left. Steps on 1 / Q, nearly a straight line for large tau2, come first: few are needed.
    """
    tau2, turns = np.zeros(len(y)), np.zeros(len(y), dtype=np.intp)
    converged, straight, left = turns > 0, turns == 0, np.arange(len(y))
    floor = 1e-3 * v.min(axis=1)
    for turn in range(1, MOST_TURNS):
        at, wanted, here = weigh(y[left], v[left], tau2[left]), target[left], tau2[left]
        step = (at.q - wanted) / np.maximum(at.squared_score, 1e-300)
        straight[left] &= step >= 0
        step = np.where(straight[left], step * at.q / wanted, step)
        there = np.maximum(here + step, 0.0)
        small = RELATIVE_NEWTON * (there + floor[left])
        done = (np.abs(there - here) <= small) | ((turn == 1) & (step <= 0))
        tau2[left], turns[left], converged[left] = there, turn, done
        left = left[~done]
        if not left.size:
            break
    return Roots(tau2, turns, converged)


def find_intervals_of_sets(y: Floats, v: Floats, level: float) -> tuple[Floats, Floats]:
    """The lower and upper bounds of tau2 of each row by the Q-profile."""
    df, tail = y.shape[1] - 1, (1 - level) / 2
    targets = np.repeat([to_chi2_quantile(1 - tail, df), to_chi2_quantile(tail, df)], len(y))
    bounds = solve_q_of_sets(np.concatenate([y, y]), np.concatenate([v, v]), targets).tau2
    return bounds[:len(y)], bounds[len(y):]


def _find_likelihood_roots(y: Floats, v: Floats, restricted: bool) -> Roots:
    """Fisher scoring with halved steps, finished by Newton steps on the score; 0 where that is as likely."""
    plain = weigh(y, v, np.zeros(len(y)))
    apart = y - y.mean(axis=1)[:, None]
    start = np.maximum(_find_dersimonian_laird(plain),
                       np.vecdot(apart, apart) / (y.shape[1] - 1) - v.mean(axis=1))
    found = _climb(y, v, np.maximum(start, 0.0), restricted)
    falls = plain.squared_score < (plain.traces[0] if restricted else plain.total)
    doubtful = np.flatnonzero(falls & (found.tau2 > 0))
    if doubtful.size:
        there = weigh(y[doubtful], v[doubtful], found.tau2[doubtful])
        lower = _log_likelihood(there, restricted) <= _log_likelihood(plain, restricted)[doubtful]
        found.tau2[doubtful[lower]] = 0.0
    return found


def _log_likelihood(at: Weighed, restricted: bool) -> Floats:
    """Up to a constant."""
    value = np.log(at.weight).sum(axis=1) - at.q
    return np.asarray(value - np.log(at.total) if restricted else value)


def _climb(y: Floats, v: Floats, tau2: Floats, restricted: bool) -> Roots:
    """The likelihood's peak that is reached from a start."""
    turns, converged, left = np.zeros(len(y), dtype=np.intp), np.zeros(len(y), dtype=bool), np.arange(len(y))
    for turn in range(1, MOST_TURNS):
        there, done = _step(y, v, tau2[left], restricted, find_damping(turn))
        tau2[left], turns[left], converged[left] = there, turn, done
        if done.any():
            y, v, left = y[~done], v[~done], left[~done]
        if not left.size:
            break
    return Roots(tau2, turns, converged)


def find_damping(turn: int) -> float:
    """How much of Fisher's step is taken: they may go to and fro around a root, which shorter ones end."""
    return 1.0 if turn <= 20 else 0.5


def _step(y: Floats, v: Floats, tau2: Floats, restricted: bool, damping: float) -> tuple[Floats, Flags]:
    """Where one step leads each row, and whether it is the last."""
    at, floor = weigh(y, v, tau2), 1e-3 * v.min(axis=1)
    trace, information = at.traces if restricted else (at.total, np.vecdot(at.weight, at.weight))
    score = at.squared_score - trace
    bend = np.maximum(2 * at.cubed_score - information, 1e-3 * information)
    is_near = np.abs(score) <= NEAR * (tau2 + floor) * bend
    step = np.where(is_near, score / bend, damping * score / information)
    at_zero = (tau2 == 0) & (step <= 0)
    there = np.where(at_zero, 0.0, np.maximum(tau2 + _halve(step, tau2, v), 0.0))
    small = np.where(is_near, RELATIVE_NEWTON, RELATIVE) * (tau2 + floor)
    return there, at_zero | (np.abs(there - tau2) <= small)


def _halve(step: Floats, tau2: Floats, v: Floats) -> Floats:
    """Steps that would end below 0 halved until they do not; to 0 itself where that would be far."""
    below = (tau2 > 0) & (tau2 + step < 0)
    if not below.any():
        return step
    ratio = np.where(below, -step / np.where(below, tau2, 1.0), 1.0)
    far = (ratio > 100) | (tau2 < 1e-14 * v.mean(axis=1))
    halved = step * 0.5 ** np.ceil(np.log2(ratio))
    return np.where(below, np.where(far, -tau2, halved), step)
