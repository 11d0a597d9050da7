"""How far may one clinic's people lie from their predicted risks before the evidence itself is surprised?

Studies of one question differ by more than chance, and so will clinics. A prediction says so with its
interval; this module says it of many people of one clinic together.
"""

from __future__ import annotations

import math

import numpy as np

from stepdown.evidence.meta.distributions import Floats, to_normal_quantile
from stepdown.evidence.model.drawing import Lots, draw_hazards, draw_lots
from stepdown.evidence.model.fitted import library_model
from stepdown.evidence.risk import Risks

_Z95 = 1.959964


def draw_clinic_lots(clinics: int, seed: int) -> Lots:
    """Lots for so many clinics, by the model of the library."""
    return draw_lots(library_model(), clinics, seed)


def draw_clinics(risks: Risks, lots: Lots) -> Floats:
    """The cumulative hazards of all people of ``risks`` added up, in each of the drawn clinics.

    People without a number count as nothing. Where the studies answer, a clinic lies as far from their pool,
    on the log scale, as its place among all clinics says.
    """
    own = np.flatnonzero(risks.is_personal)
    total = np.zeros(len(lots.place))
    if risks.backing is not None and own.size:
        total += draw_hazards(library_model(), risks.backing.asked, risks.years[own], risks.people.rows(own),
                              lots)
    others = np.flatnonzero(~risks.is_personal & (risks.estimate > 0))
    if others.size:
        total += _draw_pooled(risks, others, lots)
    return total


def _draw_pooled(risks: Risks, rows: np.ndarray, lots: Lots) -> Floats:
    """The same for people of whom the pool of the studies speaks; their intervals are nearly alike."""
    middle, low, high = (to_hazard(values[rows]) for values in (risks.estimate, risks.low, risks.high))
    below = float(np.average(np.log(middle / np.maximum(low, 1e-9)), weights=middle)) / _Z95
    above = float(np.average(np.log(high / middle), weights=middle)) / _Z95
    z = np.array([to_normal_quantile(float(place)) for place in lots.place])
    return np.asarray(middle.sum() * np.exp(np.where(z < 0, below, above) * z))


def to_hazard(risk: Floats) -> Floats:
    """The cumulative hazard of a risk; a risk of all is that of all but one in a million million."""
    return np.asarray(-np.log1p(-np.minimum(risk, 1 - math.exp(-27))))
