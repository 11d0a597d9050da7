"""How strong would something unmeasured have to be to explain the result away? The E-value.

VanderWeele and Ding, Ann Intern Med 2017;167:268: the least strength, as a risk ratio with both the choice
and the outcome, given what was measured. It says how strong, and nothing of whether such a thing exists.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stepdown.cohorts.survival.follow_up import FollowUpError


@dataclass(frozen=True)
class EValue:
    """For the estimate, and for the nearer bound of its interval to no effect (1 if it includes 1)."""

    estimate: float
    bound: float


def find_e_value(ratio: float, lower: float, upper: float, *, is_hazard_ratio: bool = False,
                 is_common: bool = True) -> EValue:
    """The E-value of a risk ratio with its interval, or of a hazard ratio.

    A hazard ratio of an outcome that is common (more than about 15 in 100 by the end) is first turned into
    an approximate risk ratio. FollowUpError unless 0 < lower <= ratio <= upper.
    """
    if not 0 < lower <= ratio <= upper < np.inf:
        raise FollowUpError("give a ratio with its interval: 0 < lower <= ratio <= upper.")
    ratios = [_to_risk_ratio(value) if is_hazard_ratio and is_common else value
              for value in (ratio, lower, upper)]
    if ratios[1] <= 1 <= ratios[2]:
        return EValue(_find_strength(ratios[0]), 1.0)
    return EValue(_find_strength(ratios[0]), _find_strength(ratios[1] if ratios[0] > 1 else ratios[2]))


def _find_strength(ratio: float) -> float:
    away = max(ratio, 1 / ratio)
    return float(away + np.sqrt(away * (away - 1)))


def _to_risk_ratio(hazard_ratio: float) -> float:
    """VanderWeele, Biometrics 2020;76:746."""
    root = float(np.sqrt(hazard_ratio))
    return float((1 - 0.5**root) / (1 - 0.5 ** (1 / root)))
