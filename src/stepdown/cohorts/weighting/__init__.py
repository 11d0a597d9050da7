"""Weights that let two groups of a cohort be compared: treatment, censoring, balance and overlap.

Arrays go in, one value a row; frozen results with the weights and with what speaks against them go out. A
propensity comes from ``fit_logistic``, treatment weights from ``find_treatment_weights``, the check of what
they did from ``measure_balance`` and ``check_overlap``. See docs/explanation/cohort-estimates.md.
"""

from stepdown.cohorts.weighting.balance import (
    Balance,
    CovariateBalance,
    measure_balance,
    measure_balance_within,
)
from stepdown.cohorts.weighting.censoring import CensoringWeights, find_censoring_weights
from stepdown.cohorts.weighting.clones import Clones, CutRows, clone_people, cut_follow_up
from stepdown.cohorts.weighting.logistic import LogisticFit, fit_logistic
from stepdown.cohorts.weighting.overlap import Overlap, check_overlap
from stepdown.cohorts.weighting.treatment import (
    ESTIMANDS,
    TreatmentWeights,
    find_effective_size,
    find_treatment_weights,
)

__all__ = ["ESTIMANDS", "Balance", "CensoringWeights", "Clones", "CovariateBalance", "CutRows",
           "LogisticFit", "Overlap", "TreatmentWeights", "check_overlap", "clone_people", "cut_follow_up",
           "find_censoring_weights", "find_effective_size", "find_treatment_weights", "fit_logistic",
           "measure_balance", "measure_balance_within"]
