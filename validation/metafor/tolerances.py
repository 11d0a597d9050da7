"""How close is close enough: the tolerances of the reference's README, field by field."""

from __future__ import annotations

from typing import Any

import numpy as np

ABSOLUTE = 1e-9
CLOSED_FORM = 1e-9
ITERATED, ITERATED_SPREAD = 1e-6, 1e-5
MIXED, EXACT_MIXED, FEW_NODES, MULTILEVEL = 5e-4, 1e-4, 2e-2, 1e-4
SPREAD_FIELDS = ("tau2", "se_tau2", "I2", "H2", "R2", "tau2_ci_qprofile", "I2_ci_qprofile", "tau2_del")
# metafor's search for the Q-profile interval ends here
LARGEST_TAU2 = 1000.0


def find_excess(field: str, ours: Any, theirs: Any, tolerance: float, stat: float = 0.0) -> float:
    """The largest difference as a multiple of what is allowed; above 1 is a failure.

    A p-value moves stat times as much as its statistic does, so its tolerance grows with stat squared;
    I2 is in percent, so its absolute tolerance is larger; bounds near zero are held to the tolerance
    times the width of their interval.
    """
    a, b = _to_array(ours), _to_array(theirs)
    if a.shape != b.shape or np.any(np.isnan(a) != np.isnan(b)):
        return float("inf")
    if field in ("pval", "p", "Q_p", "QM_p", "cmh_p", "tarone_p"):
        tolerance *= 1 + stat**2
    size = np.abs(b)
    if b.size == 2 and field.startswith("pi"):
        size = np.maximum(size, abs(b[1] - b[0]))
    allowed = np.maximum(tolerance * size, 1000 * ABSOLUTE if field.startswith("I2") else ABSOLUTE)
    with np.errstate(invalid="ignore"):
        return float(np.nanmax(np.abs(a - b) / allowed, initial=0.0))


def _to_array(value: Any) -> np.ndarray:
    flat = np.ravel(np.array(value, dtype=object))
    return np.array([np.nan if item is None else float(item) for item in flat])
