"""Maximum likelihood of thousands of one-stage pools at once, written apart from ``stepdown`` on purpose.

Binomial counts with complementary log-log link and log-time offset, a normal effect for each study, adaptive
Gauss-Hermite quadrature, Newton steps in (mean, spread). A test compares a sample of its results with those
of ``pool_hazard``, so that a difference between the two programs does not stay unseen.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace

import numpy as np
from designs import Floats, HazardData

NODES = 25
STEPS = 80


@dataclass(frozen=True)
class OneStage:
    """Mean log hazard, its variance, the spread, and whether the slope vanished, for each run."""

    mean: Floats
    variance: Floats
    spread: Floats
    converged: np.ndarray


@dataclass(frozen=True)
class _Point:
    value: Floats
    slope: Floats
    bend: Floats


def fit_many(data: HazardData) -> OneStage:
    """Fit every run by Newton steps, each halved until the likelihood rises; finished runs are left alone."""
    crude = np.log(data.events.sum(axis=1) / (data.people * data.years).sum())
    theta = np.stack([crude, np.full_like(crude, 0.5)], axis=1)
    value, slope, bend = (np.array(part) for part in astuple(_evaluate(data, theta)))
    left = np.arange(len(theta))
    for _ in range(STEPS):
        step, decrement = _newton_step(_Point(value[left], slope[left], bend[left]))
        left, step = left[decrement > 1e-12], step[decrement > 1e-12]
        if not left.size:
            break
        point = _Point(value[left], slope[left], bend[left])
        theta[left], there = _walk(replace(data, events=data.events[left]), theta[left], point, step)
        value[left], slope[left], bend[left] = astuple(there)
    _, decrement = _newton_step(_Point(value, slope, bend))
    covariance = np.linalg.pinv(-bend)
    return OneStage(theta[:, 0], covariance[:, 0, 0], np.abs(theta[:, 1]), decrement < 1e-8)


def _newton_step(point: _Point) -> tuple[Floats, Floats]:
    """An uphill step even where the likelihood is not concave, at most 2 long, and the Newton decrement."""
    values, vectors = np.linalg.eigh(-point.bend)
    values = np.maximum(np.abs(values), 1e-9)
    along = np.einsum("bij,bi->bj", vectors, point.slope)
    step = np.einsum("bij,bj->bi", vectors, along / values)
    shorter = np.minimum(1.0, 2.0 / (np.abs(step).max(axis=1) + 1e-300))
    return step * shorter[:, None], (along**2 / values).sum(axis=1)


def _walk(data: HazardData, theta: Floats, point: _Point, step: Floats) -> tuple[Floats, _Point]:
    """Take each run's step, halved while its likelihood falls."""
    share = np.ones(len(theta))
    for _ in range(12):
        trial = theta + share[:, None] * step
        there = _evaluate(data, trial)
        worse = there.value < point.value - 1e-12 * (1 + np.abs(point.value))
        if not worse.any():
            break
        share = np.where(worse, share / 2, share)
    return trial, there


def _terms(data: HazardData, eta: Floats) -> tuple[Floats, Floats, Floats]:
    """Log likelihood of each count at each log hazard, with its slope and bend."""
    shape = (1, -1) + (1,) * (eta.ndim - 2)
    years, people = data.years.reshape(shape), data.people.reshape(shape)
    events = data.events.reshape(*data.events.shape, *(1,) * (eta.ndim - 2))
    total = np.exp(np.clip(eta, -50, 50)) * years
    chance = -np.expm1(-total)
    odds = total * np.exp(-total) / np.maximum(chance, 1e-300)
    value = events * np.log(np.maximum(chance, 1e-300)) - (people - events) * total
    slope = events * odds - (people - events) * total
    bend = events * odds * (1 - total - odds) - (people - events) * total
    return value, slope, bend


def _find_modes(data: HazardData, mean: Floats, spread: Floats) -> tuple[Floats, Floats]:
    """The most likely effect of each study and the bend there, by steps short enough not to swing."""
    u, longest = np.zeros(data.events.shape), 3.0 / np.maximum(np.abs(spread), 1.0)
    for _ in range(200):
        _, slope, bend = _terms(data, mean + spread * u)
        down = spread**2 * bend - 1
        step = np.clip((spread * slope - u) / -down, -longest, longest)
        if np.max(np.abs(step)) < 1e-8:
            break
        u = u + step
    return u, down


def _evaluate(data: HazardData, theta: Floats) -> _Point:
    """The likelihood of every run with slope and bend, by averages over the study effects."""
    mean, spread = theta[:, :1], theta[:, 1:]
    mode, down = _find_modes(data, mean, spread)
    x, w = np.polynomial.hermite_e.hermegauss(NODES)
    scale = 1 / np.sqrt(-down)
    u = mode[..., None] + scale[..., None] * x
    value, slope, bend = _terms(data, mean[..., None] + spread[..., None] * u)
    joint = value - u**2 / 2 + np.log(w) + x**2 / 2
    top = joint.max(axis=2, keepdims=True)
    weight = np.exp(joint - top)
    mass = weight.sum(axis=2)
    weight = weight / mass[..., None]
    total = (top[..., 0] + np.log(mass * scale)).sum(axis=1)
    scores = np.stack([slope, slope * u], axis=3)
    centre = np.einsum("bkm,bkmp->bkp", weight, scores)
    apart = (scores - centre[:, :, None, :]) * np.sqrt(weight)[..., None]
    spreads = np.einsum("bkmp,bkmq->bpq", apart, apart)
    means = [(weight * bend * u**power).sum(axis=(1, 2)) for power in (0, 1, 2)]
    own = np.stack([np.stack(means[:2], axis=1), np.stack(means[1:], axis=1)], axis=1)
    return _Point(total, centre.sum(axis=1), own + spreads)
