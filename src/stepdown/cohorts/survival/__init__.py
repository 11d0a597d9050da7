"""Survival analysis for cohorts: numbers in, frozen results out, on numpy and scipy alone.

Arrays go in, one value a row: ``time`` (end of follow-up), ``event`` (0/1), and where needed ``entry``,
``weights``, ``cluster``, ``group``, ``strata``. Every result agrees with R survival within rounding; see
docs/how-to/from-lifelines.md for the calls and docs/explanation/survival.md for the methods. Nothing here
knows of tables, databases or people.
"""

from stepdown.cohorts.survival.concordance import Concordance, measure_concordance
from stepdown.cohorts.survival.cox import fit_cox
from stepdown.cohorts.survival.cox_baseline import predict_log_hazard, predict_survival
from stepdown.cohorts.survival.cox_fit import BaselineHazard, ChiSquare, CoxFit
from stepdown.cohorts.survival.curve import CurvePoints, Quantiles, SurvivalCurve
from stepdown.cohorts.survival.fine_gray import FineGrayFit, fit_fine_gray
from stepdown.cohorts.survival.follow_up import FollowUpError
from stepdown.cohorts.survival.gray import IncidenceComparison, compare_incidence
from stepdown.cohorts.survival.incidence import (
    IncidenceCurves,
    IncidencePoints,
    estimate_incidence,
    estimate_incidence_by,
)
from stepdown.cohorts.survival.kaplan_meier import estimate_survival, estimate_survival_by
from stepdown.cohorts.survival.logrank import SurvivalComparison, compare_survival
from stepdown.cohorts.survival.restricted_mean import RestrictedMean, estimate_restricted_mean

__all__ = ["BaselineHazard", "ChiSquare", "Concordance", "CoxFit", "CurvePoints", "FineGrayFit",
           "FollowUpError", "IncidenceComparison", "IncidenceCurves", "IncidencePoints", "Quantiles",
           "RestrictedMean", "SurvivalComparison", "SurvivalCurve", "compare_incidence", "compare_survival",
           "estimate_incidence", "estimate_incidence_by", "estimate_restricted_mean", "estimate_survival",
           "estimate_survival_by", "fit_cox", "fit_fine_gray", "measure_concordance", "predict_log_hazard",
           "predict_survival"]
