"""Where the true value of a new study, like those pooled, will lie: quantiles and chances."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from stepdown.evidence.meta.distributions import (
    to_normal_probability,
    to_normal_quantile,
    to_t_probability,
    to_t_quantile,
)
from stepdown.evidence.meta.posterior import MeanGivenSpread, Posterior, find_posterior


class Predictive(Protocol):
    """A distribution on the log scale of the pooled result."""

    def prob_below(self, value: float) -> float:
        """The chance that a new study's true value lies below this one."""
        ...

    def quantile(self, p: float) -> float:
        """The value below which a new study's true value lies with chance p."""
        ...


@dataclass(frozen=True)
class PosteriorPredictive:
    """Averaged over the posterior of the mean and the spread, which is found when first asked for."""

    model: MeanGivenSpread
    prior_scale: float

    @cached_property
    def posterior(self) -> Posterior:
        """The posterior under the half-normal prior of the spread."""
        return find_posterior(self.model, (self.prior_scale,))[0]

    def prob_below(self, value: float) -> float:
        """The chance that a new study's true value lies below this one."""
        return float(self.posterior.predictive_below(np.array([value]))[0])

    def quantile(self, p: float) -> float:
        """The value below which a new study's true value lies with chance p."""
        return float(self.posterior.predictive_quantiles(np.array([p]))[0])


@dataclass(frozen=True)
class StudentPredictive:
    """A t distribution (normal when df is None) around the estimate, its spread from both sources."""

    centre: float
    scale: float
    df: float | None

    def prob_below(self, value: float) -> float:
        """The chance that a new study's true value lies below this one."""
        z = (value - self.centre) / self.scale
        return float(to_normal_probability(z) if self.df is None else to_t_probability(z, self.df))

    def quantile(self, p: float) -> float:
        """The value below which a new study's true value lies with chance p."""
        reach = to_normal_quantile(p) if self.df is None else to_t_quantile(p, self.df)
        return self.centre + self.scale * reach
