"""Of whom do predictions hold, and of whom not? Facts by which the same people are also compared apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stepdown.cohorts.audit.grouping import UNKNOWN
from stepdown.cohorts.audit.steps import Numbers, Steps, Words

_AGES = (45.0, 55.0)
_YEARS = (2.0, 5.0)


def list_facts(steps: Steps, rows: NDArray[np.intp]) -> dict[str, Words]:
    """A label a step by each fact: the drug, age, years without relapse, MRI, course, centre."""
    age_high = np.where(np.isnan(steps.age_high), steps.age_low, steps.age_high)
    mri = np.select([steps.mri == 1, steps.mri == 0], ["active", "not active"], UNKNOWN)
    return {
        "drug": steps.left_drug[rows],
        "age": _cut(((steps.age_low + age_high) / 2)[rows], _AGES, ("under 45", "45 to 54", "55 and older")),
        "years without relapse": _cut(steps.quiet_low[rows], _YEARS,
                                      ("under 2 at least", "2 to 5 at least", "5 or more")),
        "MRI in the year before": mri[rows],
        "course": _or_unknown(steps.course[rows]),
        "centre": _or_unknown(steps.centre[rows]),
    }


def _or_unknown(words: Words) -> Words:
    return np.where(words == "", UNKNOWN, words)


def _cut(values: Numbers, cuts: tuple[float, ...], labels: tuple[str, ...]) -> Words:
    named = np.array(labels)[np.searchsorted(cuts, np.nan_to_num(values), side="right")]
    return np.where(np.isnan(values), UNKNOWN, named)
