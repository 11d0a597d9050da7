"""Meta-analysis on numpy and scipy alone: typed reports in, frozen pooled results out.

``reports`` says what a study may report; ``pool`` pools hazards and ratios with defaults right for
one to five studies; ``two_stage``, ``glmm``, ``regression``, ``multilevel`` and ``diagnostics`` hold
the classical methods; ``csv_input`` reads a table. Nothing here knows of drugs or people.
scipy is imported inside functions, so that importing this package stays quick.
"""

from stepdown.evidence.meta.pool_hazard import pool_hazard
from stepdown.evidence.meta.pool_ratio import pool_ratio
from stepdown.evidence.meta.pooled import Excluded, Pooled, PooledHazard, PooledRatio
from stepdown.evidence.meta.refusals import NotPoolable, ReportError, UnknownChoice
from stepdown.evidence.meta.reports import (
    Counts,
    Difference,
    MeanDifference,
    Rate,
    Ratio,
    Report,
    SurvivalProbability,
)

__all__ = ["Counts", "Difference", "Excluded", "MeanDifference", "NotPoolable", "Pooled", "PooledHazard",
           "PooledRatio", "Rate", "Ratio", "Report", "ReportError", "SurvivalProbability", "UnknownChoice",
           "pool_hazard", "pool_ratio"]
