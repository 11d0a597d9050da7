"""What a Cox model found: hazard ratios with intervals, tests, baseline hazards, and what is in doubt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stepdown.cohorts.survival.follow_up import FollowUpError, Numbers
from stepdown.cohorts.survival.intervals import find_quantile


@dataclass(frozen=True)
class ChiSquare:
    """A test that all coefficients are 0: the statistic, its degrees of freedom and its p-value."""

    value: float
    degrees_of_freedom: int

    @property
    def p_value(self) -> float:
        """The probability of a larger value; not a number without degrees of freedom."""
        from scipy.special import chdtrc

        return float(chdtrc(self.degrees_of_freedom, self.value)) if self.degrees_of_freedom else float("nan")


@dataclass(frozen=True)
class BaselineHazard:
    """The cumulative hazard of a person whose covariates are all 0, in one stratum.

    ``variance`` and ``weighted_means`` (covariates by times) are what the error of a prediction is made of.
    """

    stratum: object
    time: Numbers
    cumulative_hazard: Numbers
    variance: Numbers
    weighted_means: Numbers


@dataclass(frozen=True)
class CoxFit:
    """A fitted Cox model; one value for each covariate, in the order of ``names``.

    ``covariance`` is robust if ``is_robust`` says so; ``model_covariance`` is the inverse of the information.
    A covariate in ``left_out`` could not be estimated and is not a number throughout; one in ``runaway`` has
    no finite estimate, and neither interval nor p-value. ``warnings`` says so in words. ``martingale`` and
    ``deviance`` are the residuals of the rows as given (not a number for rows of weight zero).
    """

    names: tuple[str, ...]
    coefficients: Numbers
    covariance: Numbers
    model_covariance: Numbers
    log_likelihood_null: float
    log_likelihood: float
    score_test: ChiSquare
    wald_test: ChiSquare
    robust_score_test: ChiSquare | None
    iterations: int
    ties: str
    is_robust: bool
    n_rows: int
    n_events: int
    level: float
    left_out: tuple[str, ...]
    runaway: tuple[str, ...]
    warnings: tuple[str, ...]
    baseline: tuple[BaselineHazard, ...]
    martingale: Numbers
    deviance: Numbers

    @property
    def standard_errors(self) -> Numbers:
        """Of the coefficients; robust if the fit is."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))

    @property
    def hazard_ratios(self) -> Numbers:
        """The factor by which one unit of each covariate multiplies the hazard."""
        return np.asarray(np.exp(self.coefficients))

    @property
    def lower(self) -> Numbers:
        """Lower bounds of the hazard ratios."""
        return self._find_bounds(-1)

    @property
    def upper(self) -> Numbers:
        """Upper bounds of the hazard ratios."""
        return self._find_bounds(1)

    @property
    def p_values(self) -> Numbers:
        """Of each coefficient being 0, from its standard error (Wald)."""
        from scipy.special import ndtr

        return np.asarray(2 * ndtr(-np.abs(self.coefficients / self._errors_in_use)))

    @property
    def likelihood_ratio_test(self) -> ChiSquare:
        """Twice the rise of the log-likelihood; it has no meaning for a weighted or clustered fit."""
        value = float("nan") if self.is_robust else 2 * (self.log_likelihood - self.log_likelihood_null)
        return ChiSquare(value, self.score_test.degrees_of_freedom)

    def place(self, name: str) -> int:
        """The place of a covariate in ``names``; FollowUpError when there is none of that name."""
        if name not in self.names:
            raise FollowUpError(f"there is no covariate {name!r}; the model has {', '.join(self.names)}.")
        return self.names.index(name)

    @property
    def _errors_in_use(self) -> Numbers:
        without = np.array([name in self.runaway for name in self.names]) | (self.standard_errors == 0)
        return np.where(without, np.nan, self.standard_errors)

    def _find_bounds(self, side: int) -> Numbers:
        reach = side * find_quantile(self.level) * self._errors_in_use
        return np.asarray(np.exp(self.coefficients + reach))
