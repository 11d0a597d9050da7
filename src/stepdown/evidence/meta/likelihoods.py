"""How likely each report is, given the true log hazard (or log odds) of its group, with two derivatives.

Each likelihood has ``terms(eta)``: the log likelihood and its first and second derivative, row by row,
for eta of shape (rows, ...). Constants of the data are left out: compare differences only.
All are concave in eta, so that the integrals over study effects have one peak.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from stepdown.evidence.meta.distributions import Floats, to_logistic

Terms = tuple[Floats, Floats, Floats]
# exp() beyond this would overflow; at such hazards every probability is 0 or 1 anyway
LARGEST_LOG = 200.0


class Likelihood(Protocol):
    """Rows of data whose likelihood depends on one linear predictor each."""

    def terms(self, eta: Floats) -> Terms:
        """Log likelihood, first and second derivative at eta, each shaped like eta."""
        ...


def _column(values: Floats, like: Floats) -> Floats:
    """Values by row, ready to combine with an array that has more axes behind the rows."""
    return values.reshape(values.shape + (1,) * (like.ndim - values.ndim))


@dataclass(frozen=True)
class BinomialCloglog:
    """Events among n people watched for a time, at a constant hazard exp(eta)."""

    events: Floats
    n: Floats
    log_years: Floats

    def terms(self, eta: Floats) -> Terms:
        """P(event) = 1 - exp(-H), H = years * exp(eta)."""
        events, quiet = _column(self.events, eta), _column(self.n - self.events, eta)
        hazard = np.exp(np.minimum(eta + _column(self.log_years, eta), LARGEST_LOG))
        share = -np.expm1(-hazard)
        share = np.where(share > 0, share, np.finfo(float).tiny)
        slope = np.where(hazard < 1e-10, 1.0, hazard * np.exp(-hazard) / share)
        bend = np.where(hazard < 1e-5, -hazard / 2, 1 - hazard / share)
        value = np.where(events > 0, events * np.log(share), 0.0) - quiet * hazard
        return value, events * slope - quiet * hazard, events * slope * bend - quiet * hazard


@dataclass(frozen=True)
class PoissonLog:
    """Events over an exposure (person-years), at the rate exp(eta)."""

    events: Floats
    log_exposure: Floats

    def terms(self, eta: Floats) -> Terms:
        """Expected events = exposure * exp(eta)."""
        predictor = np.minimum(eta + _column(self.log_exposure, eta), LARGEST_LOG)
        events, expected = _column(self.events, eta), np.exp(predictor)
        return events * predictor - expected, events - expected, -expected


@dataclass(frozen=True)
class NormalIdentity:
    """An estimate with its standard error; eta is its true value."""

    value: Floats
    se: Floats

    def terms(self, eta: Floats) -> Terms:
        """Normal with known variance."""
        weight = _column(1 / self.se**2, eta) * np.ones_like(eta)
        residual = _column(self.value, eta) - eta
        return -0.5 * weight * residual**2, weight * residual, -weight


@dataclass(frozen=True)
class BinomialLogit:
    """Events among n people whose log odds are eta plus a known offset."""

    events: Floats
    n: Floats
    offset: Floats

    def terms(self, eta: Floats) -> Terms:
        """P(event) = 1 / (1 + exp(-eta - offset))."""
        predictor = eta + _column(self.offset, eta)
        events, n = _column(self.events, eta), _column(self.n, eta)
        p = to_logistic(predictor)
        return events * predictor - n * np.logaddexp(0.0, predictor), events - n * p, -n * p * (1 - p)


@dataclass(frozen=True)
class Stacked:
    """Rows of different kinds in one likelihood; ``parts`` pairs each kind with its row numbers."""

    parts: tuple[tuple[Likelihood, tuple[int, ...]], ...]

    def terms(self, eta: Floats) -> Terms:
        """The terms of every part, put back in the order of the rows."""
        if len(self.parts) == 1 and list(self.parts[0][1]) == list(range(len(eta))):
            return self.parts[0][0].terms(eta)
        value, slope, bend = np.empty_like(eta), np.empty_like(eta), np.empty_like(eta)
        for part, rows in self.parts:
            index = list(rows)
            value[index], slope[index], bend[index] = part.terms(eta[index])
        return value, slope, bend


@dataclass(frozen=True)
class Tempered:
    """A likelihood raised, row by row, to a power up to 1: rows of doubtful studies count for less."""

    likelihood: Likelihood
    power: Floats

    def terms(self, eta: Floats) -> Terms:
        """The terms times the power."""
        power = _column(self.power, eta)
        value, slope, bend = self.likelihood.terms(eta)
        return power * value, power * slope, power * bend
