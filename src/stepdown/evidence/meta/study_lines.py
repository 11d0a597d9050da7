"""Each study's own line in a pooled result: weight, own value, and value shrunken towards the others."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from stepdown.evidence.meta.bayesian import ReportsModel
from stepdown.evidence.meta.distributions import Floats, critical_value
from stepdown.evidence.meta.exact import find_exact_interval
from stepdown.evidence.meta.hazard_scale import HazardReport, crude_log_hazard
from stepdown.evidence.meta.mixed_model import MixedFit
from stepdown.evidence.meta.pooled import StudyLine, Triple
from stepdown.evidence.meta.posterior import Posterior

Studies = Mapping[str, Sequence[HazardReport]]


def lines_without_spread(studies: Studies, level: float) -> tuple[StudyLine, ...]:
    """Lines when no spread can be estimated: weights by the time people were watched."""
    time = np.array([0.5 / math.exp(crude_log_hazard(reports)) for reports in studies.values()])
    return _to_lines(studies, level, time / time.sum(), [None] * len(studies))


def lines_from_posterior(model: ReportsModel, posterior: Posterior, studies: Studies,
                         level: float) -> tuple[StudyLine, ...]:
    """Lines averaged over the posterior of the spread; the mean is integrated around its peak."""
    part = model.marginal(posterior.spread, posterior.peak)
    pull = 1 + part.bend * posterior.spread**2
    within = part.effect_variance + (pull * posterior.scale) ** 2
    share = posterior.spread_weight
    centre = part.effect_mean @ share
    variance = within @ share + (part.effect_mean - centre[:, None]) ** 2 @ share
    information = -part.bend @ share
    return _to_lines(studies, level, information / information.sum(),
                     _to_triples(centre, np.sqrt(variance), level))


def lines_from_fit(model: ReportsModel, fit: MixedFit, studies: Studies,
                   level: float) -> tuple[StudyLine, ...]:
    """Lines at the maximum of the likelihood."""
    part = model.marginal(fit.spread, fit.beta)
    information = -part.bend[:, 0]
    pull = 1 + part.bend[:, 0] * fit.spread[0] ** 2
    sd = np.sqrt(part.effect_variance[:, 0] + pull**2 * fit.covariance[0, 0])
    return _to_lines(studies, level, information / information.sum(),
                     _to_triples(part.effect_mean[:, 0], sd, level))


def _to_triples(centre: Floats, sd: Floats, level: float) -> list[Triple | None]:
    reach = critical_value(level) * sd
    return [(float(c), float(c - r), float(c + r)) for c, r in zip(centre, reach, strict=True)]


def _to_lines(studies: Studies, level: float, weights: Floats,
              shrunken: Sequence[Triple | None]) -> tuple[StudyLine, ...]:
    lines = []
    for (name, reports), weight, value in zip(studies.items(), weights, shrunken, strict=True):
        own = find_exact_interval(reports, level)
        lines.append(StudyLine(name, tuple(r.finding for r in reports), float(weight),
                               own.value, own.low, own.high, value))
    return tuple(lines)
