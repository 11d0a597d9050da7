"""What one would predict without a model: one risk for all, or one for each drug."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from stepdown.evidence.meta.distributions import Floats
from stepdown.evidence.model.arms import ArmFacts, to_arms
from stepdown.evidence.model.fit import DRAWS, find_posterior, to_evidence
from stepdown.evidence.model.integrate import Evidence
from stepdown.evidence.model.settings import read_settings
from stepdown.evidence.model.spread_table import lay_spread_table
from stepdown.evidence.model.training import Training

# A hazard of 14 in 100 person-years, a factor of 50 either way: the data decide.
_PRIOR_MEAN, _PRIOR_SD = -2.0, 2.0


def predict_baseline(
    training: Training, asked: Sequence[ArmFacts], probabilities: Floats, by_drug: bool
) -> Floats:
    """Quantiles of the risk of each arm, at one constant hazard for all or one for each family of drugs."""
    evidence = _to_baseline(training, by_drug)
    draws, weights = find_posterior(evidence, DRAWS // 2)
    columns, offset = _describe(asked, by_drug)
    beta, mean = draws[:, :-1], weights @ draws[:, :-1]
    variance = (columns @ ((weights[:, None] * (beta - mean)).T @ (beta - mean)) * columns).sum(axis=1)
    settings = read_settings()
    table = lay_spread_table(draws[:, -1], weights, settings["study_degrees_of_freedom"])
    sd = np.sqrt(variance + settings["arm_sd"] ** 2)
    log_hazard = (offset + columns @ mean)[:, None] + table.quantiles(probabilities, sd)
    return np.asarray(-np.expm1(-np.exp(np.minimum(log_hazard, 50.0))))


def _to_baseline(training: Training, by_drug: bool) -> Evidence:
    """The counts of the arms with the plain design; the contrasts say nothing here."""
    columns, offset = _describe([arm.facts for arm in training.arms], by_drug)
    size = columns.shape[1]
    none = np.zeros(0)
    return replace(
        to_evidence(training),
        columns=columns,
        offset=offset,
        doubt=np.zeros(len(offset)),
        contrasts=np.zeros((0, size)),
        contrast_value=none,
        contrast_se=none,
        prior_mean=np.full(size, _PRIOR_MEAN),
        prior_sd=np.full(size, _PRIOR_SD),
        spread_log_mean=0.0,
        spread_log_sd=0.7,
    )


def _describe(facts: Sequence[ArmFacts], by_drug: bool) -> tuple[Floats, Floats]:
    """One column, or one for each family and one for drugs not read; the offset is the log of the time."""
    arms = to_arms(facts)
    years = np.where(np.isnan(arms.years), read_settings()["missing"]["years_unknown"][0], arms.years)
    if not by_drug:
        return np.ones((len(arms), 1)), np.log(years)
    unknown = np.isnan(arms.families[:, :1])
    columns = np.concatenate([np.where(unknown, 0.0, arms.families), unknown], axis=1)
    return columns, np.log(years)
