"""Pictures of pooled evidence as matplotlib Figures that can be restyled: forest, funnel, cumulative.

Pools, histories and pooled files become ``PlotSection`` in ``rows`` and ``from_csv``. ``forest`` draws
studies with their pool, and a pool after each study; ``funnel`` draws estimates over their errors. How well
unseen studies are predicted is drawn by ``stepdown.reports.calibration``; the findings behind one answer by
``stepdown.reports.forest``.
"""

from stepdown.reports.evidence_plots.forest import draw_cumulative, draw_pooled_forest
from stepdown.reports.evidence_plots.funnel import draw_funnel
from stepdown.reports.evidence_plots.rows import (
    FunnelPoint,
    PlotRow,
    PlotSection,
    find_pool_sections,
    find_step_sections,
)

__all__ = ["FunnelPoint", "PlotRow", "PlotSection", "draw_cumulative", "draw_funnel", "draw_pooled_forest",
           "find_pool_sections", "find_step_sections"]
