"""What a cohort found: proportions, rates, risks, contrasts, mean times, predictors, reasons for leaving.

Arrays of the analysis table go in, one value a row; frozen results with intervals go out. Log-rank tests
and Cox models are in ``stepdown.cohorts.survival``, weights in ``stepdown.cohorts.weighting``. What is not
known is not a number and says why. See docs/explanation/cohort-estimates.md.
"""

from stepdown.cohorts.estimates.contrasts import Comparison, RiskContrast, compare_risks
from stepdown.cohorts.estimates.exact import (
    Proportion,
    Rate,
    RateRatio,
    compare_rates,
    estimate_proportion,
    estimate_rate,
)
from stepdown.cohorts.estimates.imputation import (
    Combined,
    combine_imputations,
    impute_covariates,
    mark_missing,
)
from stepdown.cohorts.estimates.leaving import Leaving, describe_leaving, describe_leaving_by
from stepdown.cohorts.estimates.means import MeanContrast, compare_restricted_means
from stepdown.cohorts.estimates.predictors import (
    HazardRatio,
    PredictorLine,
    PredictorTable,
    tabulate_predictors,
)
from stepdown.cohorts.estimates.risks import Risk, estimate_risks, estimate_risks_by
from stepdown.cohorts.estimates.unmeasured import EValue, find_e_value

__all__ = ["Combined", "Comparison", "EValue", "HazardRatio", "Leaving", "MeanContrast", "PredictorLine",
           "PredictorTable", "Proportion", "Rate", "RateRatio", "Risk", "RiskContrast",
           "combine_imputations", "compare_rates", "compare_restricted_means", "compare_risks",
           "describe_leaving", "describe_leaving_by", "estimate_proportion", "estimate_rate",
           "estimate_risks", "estimate_risks_by", "find_e_value", "impute_covariates", "mark_missing",
           "tabulate_predictors"]
