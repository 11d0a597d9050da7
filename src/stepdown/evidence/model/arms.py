"""Groups of people as arrays: who they are, what was done, for how long; what is not known stays NaN.

One person is an array of length one. Nothing is filled in here: ``design`` does that, and widens for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike

from stepdown.evidence.meta.distributions import Flags, Floats, Indices

OUTCOMES = ("relapse", "mri_activity", "any_activity", "reactivation", "confirmed_worsening")
STRATEGIES = ("continue", "extend", "switch", "stop")
#: The kinds of drugs the model tells apart, each with the groups in it.
FAMILIES: Mapping[str, tuple[str, ...]] = {
    "first-line": ("injectable", "teriflunomide", "fumarate"),
    "natalizumab": ("natalizumab",),
    "s1p": ("s1p",),
    "anti-cd20": ("anti-cd20",),
    "long-acting": ("cladribine", "alemtuzumab", "mitoxantrone", "ahsct"),
}
HIGH_EFFICACY = frozenset({"natalizumab", "anti-cd20", *FAMILIES["long-acting"]})
PROGRESSIVE = frozenset({"SPMS", "PPMS"})


@dataclass(frozen=True)
class ArmFacts:
    """One group of people, or one person, in words. None and empty tuples mean: not known.

    ``groups`` are the drug groups left (stop, switch) or taken (continue, extend), ``to_groups`` the next.
    ``strict`` and ``repeated`` say how a study counted its events and are used in the fit alone.
    """

    outcome: str
    strategy: str
    groups: tuple[str, ...] = ()
    to_groups: tuple[str, ...] = ()
    courses: tuple[str, ...] = ()
    years: float | None = None
    age_mean: float | None = None
    age_min: float | None = None
    age_max: float | None = None
    quiet_mean: float | None = None
    quiet_min: float | None = None
    quiet_max: float | None = None
    mri_active: bool | None = None
    strict: bool = False
    repeated: bool = False


@dataclass(frozen=True, eq=False)
class Arms:
    """The same for many, one row each: codes into OUTCOMES and STRATEGIES, shares, years, NaN where unknown.

    ``families`` has a column for each of FAMILIES; a row of NaN means that the drug was not read.
    ``progressive`` is the share with a progressive course, ``mixed_course`` whether several are in it.
    """

    outcome: Indices
    strategy: Indices
    families: Floats
    to_high: Floats
    progressive: Floats
    mixed_course: Flags
    years: Floats
    age_mean: Floats
    age_min: Floats
    age_max: Floats
    quiet_mean: Floats
    quiet_min: Floats
    quiet_max: Floats
    mri: Floats
    strict: Floats
    repeated: Floats

    def __len__(self) -> int:
        return len(self.outcome)

    def rows(self, chosen: ArrayLike) -> Arms:
        """Only the rows chosen, by their numbers or by flags."""
        index = np.asarray(chosen)
        return Arms(*(getattr(self, item.name)[index] for item in fields(self)))


def to_arms(facts: Sequence[ArmFacts]) -> Arms:
    """The arrays for these groups of people."""
    share = np.array([_share_of_courses(row.courses) for row in facts])
    return Arms(
        np.array([OUTCOMES.index(row.outcome) for row in facts], dtype=np.intp),
        np.array([STRATEGIES.index(row.strategy) for row in facts], dtype=np.intp),
        np.array([_family_shares(row.groups) for row in facts]).reshape(-1, len(FAMILIES)),
        np.array([_share_of_high(row.to_groups) for row in facts]),
        share,
        (share > 0) & (share < 1),
        *(
            _column(facts, name)
            for name in (
                "years",
                "age_mean",
                "age_min",
                "age_max",
                "quiet_mean",
                "quiet_min",
                "quiet_max",
                "mri_active",
                "strict",
                "repeated",
            )
        ),
    )


def _column(facts: Sequence[ArmFacts], name: str) -> Floats:
    """One fact as numbers, NaN where it is not known."""
    values = [getattr(row, name) for row in facts]
    return np.array([np.nan if value is None else float(value) for value in values])


def _family_shares(groups: tuple[str, ...]) -> list[float]:
    """How the people divide over the families: evenly over the groups named; NaN where none is."""
    if not groups:
        return [np.nan] * len(FAMILIES)
    return [sum(group in members for group in groups) / len(groups) for members in FAMILIES.values()]


def _share_of_high(groups: tuple[str, ...]) -> float:
    """The share of the groups gone to that are of high efficacy; NaN where none is named."""
    return sum(group in HIGH_EFFICACY for group in groups) / len(groups) if groups else np.nan


def _share_of_courses(courses: tuple[str, ...]) -> float:
    """The share of progressive courses: none, all, or between in a mixture; NaN where not read."""
    return sum(course in PROGRESSIVE for course in courses) / len(courses) if courses else np.nan
