"""The risk of groups of people, or of persons, with its interval: one or a million by one function."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from stepdown.evidence.meta.distributions import Floats
from stepdown.evidence.model.arms import Arms
from stepdown.evidence.model.design import to_design
from stepdown.evidence.model.settings import read_settings
from stepdown.evidence.model.spread_table import SpreadTable, lay_spread_table

if TYPE_CHECKING:
    from stepdown.evidence.model.fit import Fit

_CHUNK = 1_000
#: Points of the predictive distribution over which a risk is averaged.
MEAN_POINTS = (np.arange(41) + 0.5) / 41


@dataclass(frozen=True, eq=False)
class Predictor:
    """What is needed to predict: the posterior mean and covariance, and the table of the spread."""

    mean: Floats
    covariance: Floats
    table: SpreadTable

    @cached_property
    def root(self) -> Floats:
        """A square root of the covariance: variances become sums of squares."""
        return np.asarray(np.linalg.cholesky(self.covariance + 1e-12 * np.eye(self.mean.size)))


def to_predictor(fit: Fit) -> Predictor:
    """The predictor of a fit."""
    df = read_settings()["study_degrees_of_freedom"]
    return Predictor(fit.mean, fit.covariance, lay_spread_table(fit.log_spread, fit.weights, df))


def predict_risk(arms: Arms, predictor: Predictor, level: float = 0.95) -> tuple[Floats, Floats, Floats]:
    """The mean risk and its prediction interval for each row, between 0 and 1.

    The interval holds the doubt about the coefficients, about facts that are not known, and the spread
    between studies.
    """
    tail = (1 - level) / 2
    answer = np.empty((3, len(arms)))
    for start in range(0, len(arms), _CHUNK):
        part = slice(start, start + _CHUNK)
        rows = arms.rows(np.arange(len(arms))[part])
        answer[0, part] = predict_mean(rows, predictor)
        answer[1:, part] = predict_quantiles(rows, np.array([tail, 1 - tail]), predictor).T
    return answer[0], answer[1], answer[2]


def predict_mean(arms: Arms, predictor: Predictor) -> Floats:
    """The mean risk of each row over its predictive distribution."""
    return np.asarray(predict_quantiles(arms, MEAN_POINTS, predictor).mean(axis=1))


def predict_quantiles(arms: Arms, probabilities: Floats, predictor: Predictor) -> Floats:
    """The risk below which each probability lies: a row for each arm, a column for each probability."""
    middle, sd = predict_log_hazard(arms, predictor)
    table = predictor.table
    log_hazard = middle[:, None] + table.quantiles(probabilities, sd)
    return np.asarray(-np.expm1(-np.exp(np.minimum(log_hazard, 50.0))))


def predict_log_hazard(arms: Arms, predictor: Predictor) -> tuple[Floats, Floats]:
    """The expected log cumulative hazard, and its standard deviation before the spread between studies."""
    design = to_design(arms)
    arm_sd = read_settings()["arm_sd"]
    variance = ((design.columns @ predictor.root) ** 2).sum(axis=1) + design.doubt + arm_sd**2
    return design.offset + design.columns @ predictor.mean, np.sqrt(variance)
