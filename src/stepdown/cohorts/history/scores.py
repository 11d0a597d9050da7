"""The activity of the course and the VIAADISC points of a whole registry, as ``ms`` gives them for one.

Facts about index days go in, one column each: a truth, or a number between two bounds (NULL as high beside a
low: at least). What a score rests on that is not known makes its answer a range, or indeterminate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stepdown.cohorts.engines import Expression, load_ibis
from stepdown.ms.course import ACTIVE, INDETERMINATE, NOT_ACTIVE
from stepdown.ms.viaadisc import read_rules

Bands = Sequence[Mapping[str, Any]]


def course_activity(relapse: Expression, mri_active: Expression) -> Expression:
    """The word for the activity of the course in a window, from two truths about that window."""
    either, both = relapse | mri_active, (relapse == False) & (mri_active == False)  # noqa: E712
    return load_ibis().cases((either.fill_null(False), ACTIVE), (both.fill_null(False), NOT_ACTIVE),
                             else_=INDETERMINATE)


def viaadisc_points(rows: Expression) -> Expression:
    """``rows`` with ``low, high``: the fewest and the most points; NULL where the score does not hold.

    In: ``age_low, age_high, mri_active, years_low, years_high, group`` (of drugs; NULL: not known).
    """
    ibis = load_ibis()
    rules = read_rules()
    age_low, age_high = _find_points(rules["age"], rows.age_low, rows.age_high)
    years_low, years_high = _find_points(rules["years_stable"], rows.years_low, rows.years_high)
    points = int(rules["mri_active_points"])
    mri_low = ibis.ifelse(rows.mri_active.fill_null(False), points, 0)
    mri_high = ibis.ifelse(rows.mri_active.fill_null(True), points, 0)
    holds = (~rows.group.isin([*rules["refused_groups"], "none"])).fill_null(False)
    none = ibis.null("float64")
    low, high = age_low + years_low + mri_low, age_high + years_high + mri_high
    return rows.mutate(low=ibis.ifelse(holds, low.cast("float64"), none),
                       high=ibis.ifelse(holds, high.cast("float64"), none))


def _find_points(bands: Bands, low: Expression, high: Expression) -> tuple[Expression, Expression]:
    """The fewest and the most points of a number between bounds; the higher the number, the fewer points."""
    ibis = load_ibis()
    every = [int(band["points"]) for band in bands]
    fewest = ibis.ifelse(low.isnull() | high.isnull(), min(every), _find_band(bands, high))
    most = ibis.ifelse(low.isnull(), max(every), _find_band(bands, low))
    return fewest, most


def _find_band(bands: Bands, number: Expression) -> Expression:
    cases = [(number < band["below"] if "below" in band else number <= band["up_to"], int(band["points"]))
             for band in bands[:-1]]
    return load_ibis().cases(*cases, else_=int(bands[-1]["points"]))
